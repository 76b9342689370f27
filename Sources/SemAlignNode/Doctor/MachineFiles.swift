// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Reads the small files of /proc and /sys below a folder: the machine's own root, or a made-up one.
struct MachineFiles: Sendable {
    private let root: String

    init(root: String) { self.root = root.hasSuffix("/") ? String(root.dropLast()) : root }

    /// The text of a file, at most 64 KiB; `nil` where it cannot be read.
    func text(_ path: String) -> String? {
        let descriptor = unsafe open(root + path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        var count = 0
        while count < bytes.count {
            let got = unsafe bytes.withUnsafeMutableBytes {
                unsafe read(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count)
            }
            guard got > 0 else {
                if got < 0, count == 0 { return nil }
                break
            }
            count += got
        }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// The first line without blanks at its ends; `nil` where there is none.
    func line(_ path: String) -> String? {
        guard let first = text(path)?.split(separator: "\n").first else { return nil }
        let words = first.split { $0 == " " || $0 == "\t" }
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    /// The number that a file holds.
    func number(_ path: String) -> Int? { line(path).flatMap { Int($0) } }

    /// The names in a folder, sorted.
    func names(in path: String) -> [String] {
        guard let folder = unsafe opendir(root + path) else { return [] }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder), names.count < 100_000 {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// True where a file is there.
    func exists(_ path: String) -> Bool { unsafe access(root + path, F_OK) == 0 }

    /// True where a file may be written.
    func isWritable(_ path: String) -> Bool { unsafe access(root + path, W_OK) == 0 }

    /// Numbers of the processors, by the folders that describe them.
    var processors: [Int] {
        names(in: "/sys/devices/system/cpu").compactMap { $0.hasPrefix("cpu") ? Int($0.dropFirst(3)) : nil }
            .sorted()
    }
}
