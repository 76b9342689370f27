// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import SemAlignBags

/// Names of the files of a recording, and the ring of those that are kept.
struct RecordingFiles: Sendable {
    private let path: String
    private let isNumbered: Bool
    private let limit: Int?
    private var number = 0
    private var kept: [String] = []

    init(_ configuration: RecorderConfiguration) {
        path = configuration.path
        isNumbered = configuration.isSplit
        limit = configuration.keptFiles
    }

    /// The name of the next file, and the files that must make room for it.
    mutating func next() -> (path: String, expired: [String]) {
        let name = isNumbered || number > 0 ? Self.name(path, number) : path
        number += 1
        kept.append(name)
        let excess = limit.map { max(0, kept.count - $0) } ?? 0
        defer { kept.removeFirst(excess) }
        return (name, Array(kept.prefix(excess)))
    }

    /// The folder that a file is, or would be, in.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Puts a number of at least four digits before the suffix.
    static func name(_ path: String, _ number: Int) -> String {
        let digits = String(number)
        return name(path, suffix: "_" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits)
    }

    /// Puts a text before the suffix of a file's name; where there is none it becomes `.mcap`.
    static func name(_ path: String, suffix: String) -> String {
        let start = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        guard let dot = path[start...].lastIndex(of: "."), dot > start else { return path + suffix + ".mcap" }
        return path[..<dot] + suffix + path[dot...]
    }
}
