// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignBags

/// How fast bags are read and written, beside the programs that people compare with, in one run.
struct BagBenchmark {
    /// Repetitions; the fastest counts, since other work on the machine only makes things slower.
    private static let repetitions = 5
    private static let python = """
        from sys import argv
        from time import perf_counter
        from mcap.stream_reader import StreamReader
        from mcap.records import Message
        with open(argv[1], "rb") as file:
            start = perf_counter()
            count = sum(isinstance(r, Message) for r in StreamReader(file, record_size_limit=None, validate_crcs=True).records)
            print(perf_counter() - start)
        """

    let folder: String
    let messages: Int
    let interpreter: String
    private let payloadSize: Int
    private let payloads: [[UInt8]]

    /// Bags of `mebibytes` in `folder`, in messages of `payloadSize` bytes; `interpreter` has the package mcap.
    init(folder: String, mebibytes: Int, interpreter: String, payloadSize: Int = 64 << 10) {
        self.folder = folder
        self.payloadSize = payloadSize
        self.interpreter = interpreter
        messages = mebibytes << 20 / payloadSize
        // Like pixels: a ramp with noise, which a codec makes smaller but not small.
        var state: UInt64 = 1
        payloads = (0..<37).map { number in
            (0..<payloadSize).map { index in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: index / 512 + number + Int(state >> 60))
            }
        }
    }

    /// Prints a row for every comparison.
    func run() throws {
        try write(.none, to: path("plain.mcap"))
        try write(.zstd, to: path("zstd.mcap"))
        let size = try FileManager.default.attributesOfItem(atPath: path("plain.mcap"))[.size] as? Int ?? 0
        let mebibytes = Double(size) / Double(1 << 20)
        try shell("zstd -q -f -1 \(path("plain.mcap")) -o \(path("plain.zst"))")
        print("| what | ours [MiB/s] | beside | theirs [MiB/s] | ratio | wanted |")
        print("|---|---|---|---|---|---|")
        try compare(
            "read, no compression", mebibytes, { try read("plain.mcap") }, "cat",
            Thresholds.readAgainstCat,
            { try shell("cat \(path("plain.mcap")) > /dev/null") })
        try compare(
            "the same, checksums not compared", mebibytes, { try read("plain.mcap", checks: false) }, "cat",
            Thresholds.readAgainstCat,
            { try shell("cat \(path("plain.mcap")) > /dev/null") })
        try compare(
            "read, zstd", mebibytes, { try read("zstd.mcap") }, "zstd -dc",
            Thresholds.readAgainstZstd,
            { try shell("zstd -dcq \(path("plain.zst")) > /dev/null") })
        try compare(
            "write, no compression", mebibytes, { try write(.none, to: path("new.mcap")) }, "dd",
            Thresholds.writeAgainstDD,
            { try shell("dd if=/dev/zero of=\(path("dd")) bs=1M count=\(Int(mebibytes)) status=none") })
        try comparePython("messages of 64 KiB", mebibytes)
        // What most topics of a robot are: the size at which the cost of a message counts, not that of a byte.
        let small = BagBenchmark(
            folder: folder, mebibytes: max(1, Int(mebibytes) / 8), interpreter: interpreter, payloadSize: 256)
        try small.write(.none, to: path("plain.mcap"))
        try small.write(.zstd, to: path("zstd.mcap"))
        try small.comparePython("messages of 256 bytes", mebibytes / 8)
    }

    /// Both compare checksums.
    private func comparePython(_ what: String, _ mebibytes: Double) throws {
        for name in ["plain", "zstd"] {
            try compare(
                "read, \(name), \(what)", mebibytes, { try read("\(name).mcap") }, "Python mcap",
                Thresholds.readAgainstPython,
                { try python("\(name).mcap") }, repetitions: 2)
        }
    }

    private func path(_ name: String) -> String { "\(folder)/\(name)" }

    private func compare(
        _ what: String, _ mebibytes: Double, _ ours: () throws -> Double, _ name: String, _ wanted: Double,
        _ theirs: () throws -> Double, repetitions: Int = Self.repetitions
    ) throws {
        var best = (ours: Double.infinity, theirs: Double.infinity)
        for _ in 0..<repetitions {
            best.ours = min(best.ours, try ours())
            best.theirs = min(best.theirs, try theirs())
        }
        let ratio = best.theirs / best.ours
        let cells = [
            what, rounded(mebibytes / best.ours), name, rounded(mebibytes / best.theirs), rounded(ratio),
            rounded(wanted),
        ]
        print("| \(cells.joined(separator: " | ")) |")
    }

    /// Seconds to write the bag anew.
    @discardableResult
    private func write(_ compression: Compression, to path: String) throws -> Double {
        var configuration = WriterConfiguration()
        configuration.compression = compression
        try? FileManager.default.removeItem(atPath: path)
        return try seconds {
            var writer = try BagWriter.create(path, configuration: configuration)
            let channel = try writer.addChannel(topic: "/image", schema: 0, encoding: "raw")
            for number in 0..<messages {
                try writer.write(
                    channel: channel, sequence: UInt32(number), logTime: UInt64(number) * 1_000_000,
                    payload: payloads[number % payloads.count])
            }
            _ = try writer.close()
        }
    }

    /// Seconds to read every message.
    private func read(_ name: String, checks: Bool = true) throws -> Double {
        var count = 0
        let duration = try seconds {
            let reader = try BagReader.open(
                path(name), configuration: ReaderConfiguration(checksChecksums: checks))
            var stream = reader.stream()
            while let size = try stream.withNext({ $2.byteCount }) { count += size }
        }
        precondition(count == messages * payloadSize, "messages are missing")
        return duration
    }

    /// Seconds that the package needs, without its start.
    private func python(_ name: String) throws -> Double {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: interpreter)
        process.arguments = ["-c", Self.python, path(name)]
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? .infinity
    }

    /// Seconds that a command takes.
    @discardableResult
    private func shell(_ command: String) throws -> Double {
        try seconds {
            let process = try Process.run(URL(filePath: "/bin/sh"), arguments: ["-c", command])
            process.waitUntilExit()
            precondition(process.terminationStatus == 0, "a command failed: \(command)")
        }
    }

    private func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try body()
        return (ContinuousClock.now - start) / .seconds(1)
    }

    private func rounded(_ value: Double) -> String {
        value >= 100 ? String(Int(value.rounded())) : String((value * 100).rounded() / 100)
    }
}
