// SPDX-License-Identifier: Apache-2.0

import CZeroMQ

/// The ZeroMQ context: its I/O thread, and the space of `inproc://` names.
///
/// Shared by all threads; sockets keep it alive. It ends with its last socket, after that one's linger time.
@safe public final class Context: @unchecked Sendable {
    // Sendable: ZeroMQ contexts are thread safe, and the pointer is never changed.
    let handle: UnsafeMutableRawPointer

    /// Starts a context with one I/O thread, which is good for a gigabyte a second.
    public init() throws(TransportError) {
        guard let handle = unsafe zmq_ctx_new() else { throw .last(operation: "starting ZeroMQ") }
        unsafe self.handle = handle
    }

    /// Ends every wait on every socket of this context with `TransportError.terminated`, from any thread.
    public func shutDown() {
        _ = unsafe zmq_ctx_shutdown(handle)
    }

    deinit {
        // A signal may interrupt the wait for the I/O thread.
        while unsafe zmq_ctx_term(handle) != 0, zmq_errno() == EINTR {}
    }
}

extension TransportError {
    /// The library's last error on this thread.
    static func last(operation: String) -> TransportError {
        let code = zmq_errno()
        return code == ETERM ? .terminated : .failed(operation: operation, reason: reason(of: code))
    }

    static func reason(of code: Int32) -> String {
        unsafe String(cString: zmq_strerror(code))
    }
}
