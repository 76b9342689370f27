// SPDX-License-Identifier: Apache-2.0
import Glibc
import SemAlignCore
import SemAlignProfiling
import Testing

@testable import SemAlignNode

/// Sends bytes to a server and returns all that comes back.
private func exchange(_ address: String, _ request: [UInt8]) throws -> String {
    let place = try #require(SocketAddress(address))
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var target = sockaddr_in()
    target.sin_family = sa_family_t(AF_INET)
    target.sin_port = place.port.bigEndian
    unsafe withUnsafeMutableBytes(of: &target.sin_addr.s_addr) { unsafe $0.copyBytes(from: place.host) }
    let code = unsafe withUnsafePointer(to: &target) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
    try #require(code == 0)
    _ = unsafe request.withUnsafeBytes {
        unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    shutdown(descriptor, Int32(SHUT_WR))
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { break }
        answer += buffer[..<count]
    }
    return String(decoding: answer, as: UTF8.self)
}

@Suite struct MetricsTests {
    @Test("A running node shows its counters, histograms with cumulative buckets among them")
    func scrape() throws {
        var live = try LiveNode { $0.reports.metricsBind = "127.0.0.1:0" }
        try live.settle()
        let found = live.metricsAddress
        let address = try #require(found)
        let page = try exchange(address, Array("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
        #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n") && page.contains("text/plain; version=0.0.4"))
        #expect(
            page.contains("semalign_state{state=\"")
                && page.contains("semalign_drops_total{reason=\"late\"} "))
        let body = try #require(page.split(separator: "\r\n\r\n", maxSplits: 1).last)
        #expect(body.hasSuffix("\n"))
        let frames = body.split(separator: "\n").first { $0.hasPrefix("semalign_frames_total ") }
        #expect((frames?.split(separator: " ").last.flatMap { Int($0) } ?? 0) > 0)
        let buckets = body.split(separator: "\n").filter {
            $0.hasPrefix("semalign_stage_duration_seconds_bucket{stage=\"publish\"")
        }.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
        #expect(buckets.count == 13 && buckets == buckets.sorted())
        for line in body.split(separator: "\n") where !line.hasPrefix("#") {
            #expect(line.contains(/^[a-zA-Z_:][a-zA-Z0-9_:]*(\{[^}]*\})? [0-9.eE+-]+$/), "\(line)")
        }
        #expect(try live.stop().frames > 0)
    }

    @Test("Requests that are none are refused, and the next good one is answered")
    func hostile() throws {
        let server = try MetricsServer(address: "127.0.0.1:0", clock: NodeClocks.system.steady) { "page\n" }
        let requests: [([UInt8], String)] = [
            ([], ""), (Array("\r\n\r\n".utf8), "400"), (Array("GET\r\n\r\n".utf8), "400"),
            (Array("GET /metrics HTTP/2\r\n\r\n".utf8), "400"),
            (Array("POST /metrics HTTP/1.1\r\n\r\n".utf8), "405"),
            (Array("GET /../etc/passwd HTTP/1.1\r\n\r\n".utf8), "404"),
            ([UInt8](repeating: 0xFF, count: 200_000), ""), (Array("GET /metrics HTTP/1.1\r\nX: ".utf8), ""),
        ]
        for (bytes, status) in requests {
            let answer = try exchange(server.address, bytes)
            #expect(
                answer.isEmpty || answer.hasPrefix("HTTP/1.1 \(status.isEmpty ? "400" : status) "),
                "\(answer)")
        }
        let good = try exchange(server.address, Array("GET /metrics?x=1 HTTP/1.0\r\n\r\n".utf8))
        #expect(good.hasSuffix("\r\n\r\npage\n"))
        let head = try exchange(server.address, Array("HEAD /metrics HTTP/1.1\r\n\r\n".utf8))
        #expect(head.contains("Content-Length: 5") && head.hasSuffix("\r\n\r\n"))
    }

    @Test("Addresses that are none, taken or open to others are refused by name")
    func addresses() throws {
        for text in ["", "9464", "127.0.0.1", "127.0.0.1:99999", "1.2.3:4", "::1:5", "300.0.0.1:1"] {
            #expect(SocketAddress(text) == nil)
        }
        #expect(SocketAddress("localhost:1")?.isPublic == false && SocketAddress("*:1")?.isPublic == true)
        let server = try MetricsServer(address: "127.0.0.1:0", clock: { 0 }, page: { "" })
        do throws(NodeError) {
            _ = try MetricsServer(address: server.address, clock: { 0 }) { "" }
            Issue.record("a taken address was bound")
        } catch { #expect(error.exitCode == 69 && error.description.contains(server.address)) }
        var configuration = NodeConfiguration()
        configuration.reports.metricsBind = "0.0.0.0:9464"
        #expect(throws: NodeError.self) { try configuration.check() }
    }

    @Test("Names that come from outside are escaped")
    func escapes() {
        let text = MetricsText(
            CounterSnapshot(
                uptime: 1, frames: 2, state: .tracking,
                topics: [.init(name: "a\"b\\c\nd", received: 3, missing: 0)], drops: [:], stages: [])
        ).text
        #expect(text.contains("{topic=\"a\\\"b\\\\c\\nd\"} 3"))
    }
}
