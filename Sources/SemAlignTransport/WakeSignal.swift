// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Wakes a poller from another thread: to stop, or because there is work that is no message.
public final class WakeSignal: Sendable {
    /// Readable while the signal calls: the end of a pipe.
    let descriptor: Int32
    private let writing: Int32

    /// Makes a signal that does not call yet.
    public init() throws(TransportError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else {
            throw .failed(operation: "making a wake-up signal", reason: TransportError.reason(of: errno))
        }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (descriptor, writing) = (ends[0], ends[1])
    }

    deinit {
        close(descriptor)
        close(writing)
    }

    /// Wakes whoever waits, now and at every further wait until it is reset; from any thread.
    public func call() {
        // A full pipe is readable as well.
        var byte: UInt8 = 1
        _ = unsafe write(writing, &byte, 1)
    }

    /// Stops calling.
    public func reset() {
        var bytes: (UInt64, UInt64) = (0, 0)
        while unsafe read(descriptor, &bytes, MemoryLayout.size(ofValue: bytes)) > 0 {}
    }
}
