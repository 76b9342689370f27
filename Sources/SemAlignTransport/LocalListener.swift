// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The listening end of an `ipc://` endpoint: a file that only its owner may connect to.
///
/// ZeroMQ itself would delete whatever lies at the path, so that a second node silently takes the place of
/// the first, and would create the socket for everybody. Here a path in use is an error, a socket that a crashed
/// program left behind is replaced, and any other file is left alone.
struct LocalListener {
    let descriptor: Int32
    private let path: String
    /// Which file was made: another program may have put its own in place since.
    private let device: dev_t
    private let inode: ino_t

    /// Listens at the endpoint's path; `nil` for other transports, for wildcards, and for names without a file.
    init?(endpoint: String) throws(TransportError) {
        guard endpoint.hasPrefix("ipc://") else { return nil }
        path = String(endpoint.dropFirst("ipc://".count))
        guard !path.hasPrefix("*"), !path.hasPrefix("@") else { return nil }
        guard !path.isEmpty else { throw .invalidEndpoint(endpoint: endpoint, reason: "the path is missing") }
        var address = try Self.address(path, endpoint)
        try Self.clear(&address, path, endpoint)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Self.failure(endpoint) }
        // On Linux the file takes the mode of the unbound socket: at no moment may others connect.
        var status = stat()
        guard fchmod(descriptor, 0o600) == 0, Self.bind(descriptor, &address) == 0 else {
            let failure = Self.failure(endpoint)
            close(descriptor)
            throw failure
        }
        guard listen(descriptor, 100) == 0, unsafe lstat(path, &status) == 0 else {
            let failure = Self.failure(endpoint)
            close(descriptor)
            _ = unsafe unlink(path)
            throw failure
        }
        self.descriptor = descriptor
        device = status.st_dev
        inode = status.st_ino
    }

    /// Removes the file, once the library has closed the descriptor.
    func removeFile() {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_dev == device, status.st_ino == inode else {
            return
        }
        _ = unsafe unlink(path)
    }

    /// Gives up a listener that the library did not take.
    func abandon() {
        close(descriptor)
        removeFile()
    }

    private static func address(_ path: String, _ endpoint: String) throws(TransportError) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path) - 1
        guard path.utf8.count <= room, !path.utf8.contains(0) else {
            throw .invalidEndpoint(
                endpoint: endpoint, reason: "the path has \(path.utf8.count) bytes, at most \(room) fit")
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        return address
    }

    /// Removes a socket at the path that nobody listens to; throws where somebody does, or for other files.
    private static func clear(
        _ address: inout sockaddr_un, _ path: String, _ endpoint: String
    ) throws(TransportError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw .cannotBind(endpoint: endpoint, reason: "a file that is no socket is in the way")
        }
        let probe = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard probe >= 0 else { throw failure(endpoint) }
        defer { close(probe) }
        let answered = unsafe withGeneric(&address) { unsafe Glibc.connect(probe, $0, $1) } == 0
        guard !answered, errno == ECONNREFUSED else { throw .addressInUse(endpoint: endpoint) }
        _ = unsafe unlink(path)
    }

    private static func bind(_ descriptor: Int32, _ address: inout sockaddr_un) -> Int32 {
        unsafe withGeneric(&address) { unsafe Glibc.bind(descriptor, $0, $1) }
    }

    private static func withGeneric(
        _ address: inout sockaddr_un, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static func failure(_ endpoint: String) -> TransportError {
        errno == EADDRINUSE
            ? .addressInUse(endpoint: endpoint)
            : .cannotBind(endpoint: endpoint, reason: TransportError.reason(of: errno))
    }
}
