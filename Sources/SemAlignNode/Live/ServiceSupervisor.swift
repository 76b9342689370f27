// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Tells systemd how the node is, by datagrams to the socket that `NOTIFY_SOCKET` names; without one it is silent.
public struct ServiceSupervisor: Hashable, Sendable {
    private let path: String

    /// Takes the value of `NOTIFY_SOCKET`; `nil` or empty where nobody supervises.
    public init(notifySocket: String?) { path = notifySocket ?? "" }

    /// Sends a state such as `READY=1`; nobody waits for it, and nobody is told where it fails.
    public func notify(_ state: String) {
        var address = sockaddr_un()
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard path.hasPrefix("/") || path.hasPrefix("@"), path.utf8.count < room else { return }
        address.sun_family = sa_family_t(AF_UNIX)
        // A leading @ stands for the zero byte of an abstract name.
        let name = path.utf8.map { $0 }.enumerated().map { $0 == 0 && $1 == UInt8(ascii: "@") ? 0 : $1 }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        _ = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe sendto(descriptor, state, state.utf8.count, Int32(MSG_DONTWAIT), $0, length)
            }
        }
    }
}
