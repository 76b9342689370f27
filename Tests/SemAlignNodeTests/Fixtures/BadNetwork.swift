// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization

/// A network between two ends of tcp connections that delays what passes, cuts connections, or goes silent.
///
/// Each direction of a connection has a thread that reads, waits and passes on.
final class BadNetwork: Sendable {
    /// What happens to connections.
    enum Weather: Sendable {
        /// Every piece waits so long before it is passed on [ms].
        case delay(UInt32)
        /// Connections stay open and nothing passes, as where a cable is pulled; what waits comes when it is back.
        case silence
    }

    /// Where to connect instead of the target.
    let endpoint: String
    private let listener: Int32
    private let target: UInt16
    private let weather = Mutex(Weather.delay(0))
    private let connections = Mutex<[Int32]>([])
    private let taken = Mutex(0)

    /// Connections that were made so far.
    var connectionCount: Int { taken.withLock { $0 } }

    /// Stands before the tcp endpoint `target` on this machine.
    init(before target: String) throws {
        guard let port = target.split(separator: ":").last.flatMap({ UInt16($0) }) else {
            throw POSIXError(.EINVAL)
        }
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.local(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(listener, $0, size) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, $0, &size) == 0
            }
        }
        guard bound else { throw POSIXError(.EADDRINUSE) }
        self.target = port
        self.listener = listener
        endpoint = "tcp://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        Thread.detachNewThread { [weak self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0, let self else { return }
                self.join(client)
            }
        }
    }

    /// From now on the network is like this.
    func set(_ new: Weather) { weather.withLock { $0 = new } }

    /// Ends all connections there are.
    func cut() {
        connections.withLock { open in
            for descriptor in open { shutdown(descriptor, Int32(SHUT_RDWR)) }
            open = []
        }
    }

    /// Ends everything; no further connection is taken.
    func close() {
        set(.delay(0))
        cut()
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func join(_ client: Int32) {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.local(port: target)
        let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        connections.withLock { $0 += [client, server] }
        taken.withLock { $0 += 1 }
        if !isConnected { cut() }
        for (from, to) in [(client, server), (server, client)] {
            Thread.detachNewThread { self.pass(from, to) }
        }
    }

    private func pass(_ from: Int32, _ to: Int32) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe read(from, &buffer, buffer.count)
            guard count > 0 else { break }
            waitForPassage()
            var sent = 0
            while sent < count {
                let step = unsafe buffer[sent..<count].withUnsafeBytes { rest in
                    unsafe send(to, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                }
                guard step > 0 else { return }
                sent += step
            }
        }
        shutdown(to, Int32(SHUT_RDWR))
    }

    private func waitForPassage() {
        while true {
            switch weather.withLock({ $0 }) {
            case .delay(let milliseconds):
                usleep(milliseconds * 1000)
                return
            case .silence: usleep(2000)
            }
        }
    }

    private static func local(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
