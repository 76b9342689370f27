// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Answers scrapers on a thread of its own, one at a time, each within two seconds; its end ends with the value.
struct MetricsServer: ~Copyable {
    private static let patience: UInt64 = 2_000_000_000
    /// Before the next client is asked for, where one could not be taken [ms].
    private static let pause: Int32 = 100

    /// Where it listens, with the port that was chosen.
    let address: String
    private let wake: Int32

    /// Binds `address` (IPv4 host and port, port 0 = any) and starts to answer with what `page` makes.
    init(
        address: String, clock: @escaping @Sendable () -> UInt64, page: @escaping @Sendable () -> String
    ) throws(NodeError) {
        let listener = try Self.listen(address)
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else {
            close(listener.descriptor)
            throw .endpoint(endpoint: address, reason: unsafe String(cString: strerror(errno)))
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let stop = ends[0]
        do throws(NodeError) {
            let thread = try WorkerThread(name: "semalign-metric") {
                Self.serve(listener.descriptor, until: stop, clock, page)
                close(listener.descriptor)
                close(stop)
            }
            thread.detach()
        } catch {
            for descriptor in [listener.descriptor, ends[0], ends[1]] { close(descriptor) }
            throw error
        }
        wake = ends[1]
        self.address = listener.address
    }

    // The thread sees that nobody holds the other end; a scraper that is being answered is cut off.
    deinit { close(wake) }

    private static func listen(_ text: String) throws(NodeError) -> (descriptor: Int32, address: String) {
        guard let place = SocketAddress(text) else {
            throw .endpoint(
                endpoint: text, reason: "expected an IPv4 address and a port, such as 127.0.0.1:9464")
        }
        let descriptor = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else {
            throw .endpoint(endpoint: text, reason: unsafe String(cString: strerror(errno)))
        }
        var on: Int32 = 1
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, 4)
        guard place.bind(descriptor), Glibc.listen(descriptor, 8) == 0 else {
            let reason = unsafe String(cString: strerror(errno))
            close(descriptor)
            throw .endpoint(endpoint: text, reason: reason)
        }
        return (descriptor, SocketAddress(boundTo: descriptor)?.text ?? text)
    }

    private static func serve(
        _ listener: Int32, until stop: Int32, _ clock: () -> UInt64, _ page: () -> String
    ) {
        while true {
            let client = wait(for: listener, POLLIN, stop, milliseconds: -1) ? accept(listener, nil, nil) : -1
            guard client >= 0 else {
                // Where no descriptor is left the client stays in the queue: asked again at once, this thread would take
                // a processor for itself.
                guard isOpen(stop, for: pause) else { return }
                continue
            }
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            _ = fcntl(client, F_SETFL, O_NONBLOCK)
            let isGoingOn = answer(client, stop, deadline: clock() &+ patience, clock, page)
            close(client)
            guard isGoingOn else { return }
        }
    }

    /// Reads a head and writes the answer; false where the server is to stop.
    private static func answer(
        _ client: Int32, _ stop: Int32, deadline: UInt64, _ clock: () -> UInt64, _ page: () -> String
    ) -> Bool {
        var head: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 2048)
        while !HTTPRequest.isComplete(head), head.count < HTTPRequest.limit {
            let now = clock()
            guard now < deadline else { return true }
            guard wait(for: client, POLLIN, stop, milliseconds: Int32((deadline - now) / 1_000_000) + 1)
            else {
                return isOpen(stop)
            }
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(client, $0.baseAddress, $0.count) }
            guard count > 0 else { return true }
            head += buffer[..<count]
        }
        var rest = HTTPRequest.answer(to: head, page: page)[...]
        while !rest.isEmpty {
            let now = clock()
            guard now < deadline else { return true }
            guard wait(for: client, POLLOUT, stop, milliseconds: Int32((deadline - now) / 1_000_000) + 1)
            else {
                return isOpen(stop)
            }
            let count = unsafe rest.withUnsafeBytes {
                unsafe send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return true }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Waits for a descriptor; false where time is up or the server is to stop.
    private static func wait(for descriptor: Int32, _ event: Int32, _ stop: Int32, milliseconds: Int32)
        -> Bool
    {
        var polls = [
            pollfd(fd: descriptor, events: Int16(event), revents: 0),
            pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
        ]
        let count = unsafe poll(&polls, 2, milliseconds)
        if count < 0, errno == EINTR { return wait(for: descriptor, event, stop, milliseconds: milliseconds) }
        return count > 0 && polls[1].revents == 0
    }

    private static func isOpen(_ stop: Int32, for milliseconds: Int32 = 0) -> Bool {
        var polls = [pollfd(fd: stop, events: Int16(POLLIN), revents: 0)]
        return unsafe poll(&polls, 1, milliseconds) == 0
    }
}

/// An IPv4 address and a port.
struct SocketAddress: Hashable, Sendable {
    let host: [UInt8]
    let port: UInt16

    /// Reads `127.0.0.1:9464`; `localhost` and `*` may stand for their addresses.
    init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let port = UInt16(parts[1]) else { return nil }
        let name = parts[0] == "localhost" ? "127.0.0.1" : parts[0] == "*" ? "0.0.0.0" : String(parts[0])
        let numbers = name.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        let host = numbers.compactMap { $0 }
        guard numbers.count == 4, host.count == 4 else { return nil }
        self.host = host
        self.port = port
    }

    /// The address that a socket was bound to.
    init?(boundTo descriptor: Int32) {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &length)
            }
        }
        guard code == 0 else { return nil }
        host = unsafe withUnsafeBytes(of: address.sin_addr.s_addr) { unsafe Array($0) }
        port = UInt16(bigEndian: address.sin_port)
    }

    var text: String { host.map(String.init).joined(separator: ".") + ":\(port)" }

    /// True where other machines can reach it.
    var isPublic: Bool { host[0] != 127 }

    func bind(_ descriptor: Int32) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        unsafe withUnsafeMutableBytes(of: &address.sin_addr.s_addr) { unsafe $0.copyBytes(from: host) }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
