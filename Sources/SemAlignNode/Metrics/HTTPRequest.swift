// SPDX-License-Identifier: Apache-2.0

/// The little of HTTP that a scraper speaks: the first line of a request decides the answer.
struct HTTPRequest: Sendable {
    /// Bytes of a request's head that are read; longer ones are refused.
    static let limit = 8192

    /// True where a head is complete.
    static func isComplete(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 4 && bytes.suffix(4) == [13, 10, 13, 10]
            || bytes.firstRange(of: [13, 10, 13, 10]) != nil
    }

    /// The whole answer to a head; `page` is made only where it is asked for.
    static func answer(to bytes: [UInt8], page: () -> String) -> [UInt8] {
        guard isComplete(bytes), let end = bytes.firstIndex(of: 13) else {
            return response("400 Bad Request", "not a request\n")
        }
        let words = bytes[..<end].split(separator: 32, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard words.count == 3, words[2].hasPrefix("HTTP/1.") else {
            return response("400 Bad Request", "not a request\n")
        }
        guard words[0] == "GET" || words[0] == "HEAD" else {
            return response("405 Method Not Allowed", "GET only\n", extra: "Allow: GET, HEAD\r\n")
        }
        let path = words[1].prefix { $0 != "?" }
        guard path == "/metrics" || path == "/" else {
            return response("404 Not Found", "see /metrics\n")
        }
        return response("200 OK", page(), type: MetricsText.contentType, isHead: words[0] == "HEAD")
    }

    private static func response(
        _ status: String, _ body: String, type: String = "text/plain; charset=utf-8", extra: String = "",
        isHead: Bool = false
    ) -> [UInt8] {
        let head =
            "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\(extra)"
            + "Connection: close\r\n\r\n"
        return Array(head.utf8) + (isHead ? [] : Array(body.utf8))
    }
}
