// SPDX-License-Identifier: Apache-2.0

import Glibc
import SemAlignProfiling

/// The folder that a profile is kept in.
enum ProfileFiles {
    /// Reads the table of a profile: a folder's or a file.
    static func table(_ path: String) throws(CommandFailure) -> FrameTable {
        var status = stat()
        let isFolder = unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        let file = isFolder ? path + "/frames.csv" : path
        let text = String(decoding: try InputFile.read(file), as: UTF8.self)
        do { return try FrameTable(text: text) } catch { throw .badData("'\(file)': \(error)") }
    }
}

/// What the machine is, for the head of a report.
enum MachineFacts {
    static var all: [LatencyProfile.Fact] {
        [
            .init("version", ProgramVersion.current), .init("processor", "\(count) × \(processor)"),
            .init(
                "kernel",
                line("/proc/version").split(separator: " ").dropFirst(2).first.map(String.init) ?? "?"),
            .init("load before", line("/proc/loadavg")),
            .init("governor", line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")),
        ]
    }

    private static var count: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    private static var processor: String {
        let lines = text("/proc/cpuinfo").split(separator: "\n")
        let model = lines.first { $0.hasPrefix("model name") || $0.hasPrefix("Model") }
        return model.flatMap { $0.split(separator: ":").last }.map { String($0.drop { $0 == " " }) }
            ?? "unknown"
    }

    private static func line(_ path: String) -> String {
        text(path).split(separator: "\n").first.map(String.init) ?? "unknown"
    }

    /// Files of /proc say that they are empty.
    private static func text(_ path: String) -> String {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { _ = close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
        }
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
