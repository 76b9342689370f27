// SPDX-License-Identifier: Apache-2.0
import Foundation
import SemAlignBags
import Synchronization
import Testing

@testable import SemAlignNode

/// A message of a topic with a payload that no codec makes smaller.
func noise(_ number: Int, topic: String = "/noise", bytes: Int = 1000, seconds: Double = 0) -> RecordedMessage
{
    var state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 | 1
    let payload = (0..<bytes).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return UInt8(truncatingIfNeeded: state)
    }
    return RecordedMessage(
        topic: topic, schema: "test.Noise", payload: payload, sequence: UInt32(number),
        logTime: 1_000_000_000_000 + UInt64(seconds * 1e9), publishTime: UInt64(number))
}

/// What a recorder said.
final class EventList: Sendable {
    private let events = Mutex<[RecorderEvent]>([])

    var all: [RecorderEvent] { events.withLock { $0 } }

    @Sendable func add(_ event: RecorderEvent) { events.withLock { $0.append(event) } }
}

/// A disk that is full after some bytes.
final class SmallDisk: ByteSink {
    let memory = MemorySink()
    private let limit: Int

    init(_ limit: Int) { self.limit = limit }

    func write(_ bytes: RawSpan) throws(BagError) {
        guard memory.bytes.count + bytes.byteCount <= limit else {
            memory.write(bytes.extracting(first: limit - memory.bytes.count))
            throw .writeFailed(offset: UInt64(limit), reason: "No space left on device")
        }
        memory.write(bytes)
    }

    func finish() {}
}

extension BagMessage {
    /// What was recorded, for comparison.
    var recorded: RecordedMessage {
        RecordedMessage(
            topic: topic, schema: schemaName, payload: payload, sequence: sequence, logTime: logTime,
            publishTime: publishTime)
    }
}

@Suite struct BagRecorderTests {
    let folder: TemporaryFolder
    let events = EventList()

    init() throws { folder = try TemporaryFolder() }

    private func record(
        _ messages: [RecordedMessage], _ change: (inout RecorderConfiguration) -> Void = { _ in }
    ) throws -> RecorderSummary {
        var configuration = RecorderConfiguration(path: folder.file("out.mcap"))
        change(&configuration)
        let recorder = try BagRecorder.start(configuration, report: events.add)
        for message in messages { recorder.input.put(message) }
        return recorder.stop()
    }

    @Test(
        "What was put in stands in the bag, byte for byte, with names, numbers and times",
        arguments: Compression.allCases)
    func everything(compression: Compression) throws {
        let messages = (0..<50).map { noise($0, topic: "/t\($0 % 3)", seconds: Double($0)) }
        let summary = try record(messages) { $0.compression = compression }
        #expect(summary.written == 50 && summary.dropped == 0 && summary.lost == 0)
        #expect(summary.files == [folder.file("out.mcap")] && summary.failure == nil)
        #expect(try readBag(folder.file("out.mcap")).map(\.recorded) == messages)
        #expect(try BagCheck(FileSource(path: folder.file("out.mcap"))).isSound)
    }

    @Test("Schemas of this project are embedded, foreign ones keep their name, a topic may carry two")
    func schemas() throws {
        let frame = try TinyFrame(0).all().map {
            RecordedMessage(topic: $0.topic, schema: $0.schema, payload: $0.payload, logTime: 5)
        }
        _ = try record(frame + [noise(1, topic: frame[0].topic)])
        let messages = try readBag(folder.file("out.mcap"))
        #expect(messages.map(\.recorded.payload) == (frame + [noise(1)]).map(\.payload))
        #expect(messages.dropLast().allSatisfy { $0.channel.schema?.data.isEmpty == false })
        let foreign = try #require(messages.last?.channel.schema)
        #expect(foreign.name == "test.Noise" && foreign.encoding.isEmpty && foreign.data.isEmpty)
    }

    @Test("Topics are chosen and left out, a pause leaves a gap, and an existing bag is not overwritten")
    func selection() throws {
        let summary = try record((0..<9).map { noise($0, topic: "/t\($0 % 3)") }) {
            $0.topics = TopicFilter(included: ["/t*"], excluded: ["/t1"])
        }
        #expect(summary.written == 6)
        #expect(throws: NodeError.self) { try record([]) }
        let recorder = try BagRecorder.start(
            RecorderConfiguration(path: folder.file("paused.mcap")), report: events.add)
        recorder.input.put(noise(0))
        recorder.input.isPaused = true
        recorder.input.put(noise(1))
        recorder.input.isPaused = false
        recorder.input.put(noise(2))
        #expect(recorder.stop().written == 2)
        #expect(try readBag(folder.file("paused.mcap")).map(\.sequence) == [0, 2])
    }

    @Test("A recording is split by size and by time; no message is in two files or in none")
    func splits() throws {
        let messages = (0..<40).map { noise($0, bytes: 100_000, seconds: Double($0) / 10) }
        let bySize = try record(messages) { $0.splitSize = 1 << 20 }
        #expect(bySize.files.count == 4 && bySize.files[1] == folder.file("out_0001.mcap"))
        for path in bySize.files { #expect(try BagReader.open(path).source.size < 1 << 20 + 4096) }
        #expect(try bySize.files.flatMap { try readBag($0) }.map(\.recorded) == messages)
        let byTime = try record(messages) {
            $0.path = folder.file("time.mcap")
            $0.splitTime = 1_000_000_000
        }
        #expect(byTime.files.count == 4)
        #expect(try byTime.files.map { try readBag($0).count } == [10, 10, 10, 10])
    }

    @Test("Of a ring only the last files stay, and each begins with the last calibration")
    func ring() throws {
        let camera = try TinyFrame(0).camera()
        let calibration = RecordedMessage(
            topic: camera.topic, schema: camera.schema, payload: camera.payload, logTime: 7, publishTime: 6)
        let summary = try record([calibration] + (0..<40).map { noise($0, bytes: 100_000) }) {
            $0.splitSize = 1 << 20
            $0.keptFiles = 2
        }
        #expect(summary.written == 41 && summary.files.count == 4)
        #expect(events.all.filter { if case .deleted = $0 { true } else { false } }.count == 2)
        #expect(throws: BagError.self) { try BagReader.open(summary.files[1]) }
        for path in summary.files[2...] {
            let messages = try readBag(path)
            #expect(messages[0].payload == camera.payload && messages[0].publishTime == 6)
            #expect(messages[0].logTime == messages[1].logTime)
            #expect(try BagCheck(FileSource(path: path)).isSound)
        }
    }

    @Test("A snapshot holds the last seconds up to the request, every one once")
    func snapshots() throws {
        var configuration = RecorderConfiguration(path: folder.file("snap.mcap"))
        configuration.snapshotTime = 2_000_000_000
        let recorder = try BagRecorder.start(configuration, report: events.add)
        for number in 0..<100 { recorder.input.put(noise(number, seconds: Double(number) / 10)) }
        recorder.input.takeSnapshot()
        for number in 100..<105 { recorder.input.put(noise(number, seconds: Double(number) / 10)) }
        recorder.input.takeSnapshot()
        recorder.input.takeSnapshot()
        recorder.input.put(noise(105))
        let summary = recorder.stop()
        #expect(summary.files == [folder.file("snap_0000.mcap"), folder.file("snap_0001.mcap")])
        #expect(try readBag(summary.files[0]).map(\.sequence) == Array(79..<100))
        #expect(try readBag(summary.files[1]).map(\.sequence) == Array(100..<105))
    }

    @Test("A full disk is said once, every message is accounted for, and what was flushed stays readable")
    func fullDisk() throws {
        let disk = SmallDisk(3 << 20)
        let recorder = try BagRecorder.start(
            RecorderConfiguration(path: "out.mcap"), clocks: .system, report: events.add
        ) { _ throws(BagError) in disk }
        for number in 0..<50 { recorder.input.put(noise(number, bytes: 200_000)) }
        let input = recorder.input
        let summary = recorder.stop()
        #expect(input.hasFailed && summary.failure?.contains("No space left") == true)
        #expect(events.all.filter { if case .failed = $0 { true } else { false } }.count == 1)
        let reader = try BagReader(MemorySource(disk.memory.bytes))
        var stream = reader.stream()
        var count: UInt64 = 0
        while try stream.next() != nil { count += 1 }
        #expect(count == summary.written && count >= 10)
        #expect(summary.written + summary.lost + summary.dropped == 50)
        let mended = MemorySink()
        let report = try BagRecovery.recover(MemorySource(disk.memory.bytes), to: mended)
        #expect(report.messages >= count)
        #expect(try BagCheck(MemorySource(mended.bytes)).isSound)
    }

    @Test(
        "Before less of the disk is free than shall stay so, the bag is completed and all is accounted for",
        arguments: [nil, 1_000_000_000] as [UInt64?])
    func leavesSpace(snapshot: UInt64?) throws {
        let disk = MemorySink()
        var configuration = RecorderConfiguration(path: "out.mcap")
        configuration.freeSpace = 2 << 20
        configuration.snapshotTime = snapshot
        let recorder = try BagRecorder.start(
            configuration, clocks: .system, report: events.add,
            freeSpace: { _ in UInt64(6 << 20) - UInt64(disk.bytes.count) }
        ) { _ throws(BagError) in disk }
        for number in 0..<50 { recorder.input.put(noise(number, bytes: 200_000)) }
        recorder.input.takeSnapshot()
        let input = recorder.input
        let summary = recorder.stop()
        #expect(input.hasFailed && summary.failure?.contains("2 MiB are to stay free (free_mib)") == true)
        #expect(events.all.filter { if case .failed = $0 { true } else { false } }.count == 1)
        #expect(summary.files.count == 1 && summary.written + summary.lost + summary.dropped == 50)
        #expect(disk.bytes.count <= 4 << 20 && disk.bytes.count > 5 << 19)
        #expect(try BagCheck(MemorySource(disk.bytes)).isSound)
        var stream = try BagReader(MemorySource(disk.bytes)).stream()
        var count: UInt64 = 0
        while try stream.next() != nil { count += 1 }
        #expect(count == summary.written)
    }

    @Test("With too little space from the start no file is made, it is said once, and all is counted as lost")
    func noSpaceAtAll() throws {
        let summary = try record((0..<5).map { noise($0) }) { $0.freeSpace = 1 << 60 }
        #expect(summary.failure?.contains("are to stay free (free_mib)") == true)
        #expect(summary.files.isEmpty && summary.lost == 5)
        #expect(try !FileManager.default.contentsOfDirectory(atPath: folder.path).contains("out.mcap"))
        #expect(events.all.count == 1)
    }

    @Test("A deleted file is noticed and another one begun; where none can be, recording stops and says so")
    func vanished() throws {
        var configuration = RecorderConfiguration(path: folder.file("gone/out.mcap"))
        try folder.makeFolder("gone")
        configuration.flushPeriod = 0
        let recorder = try BagRecorder.start(configuration, report: events.add)
        recorder.input.put(noise(0))
        try folder.remove("gone/out.mcap")
        recorder.input.put(noise(1))
        while !events.all.contains(.opened(path: folder.file("gone/out_0001.mcap"))) {
            recorder.input.put(noise(2))
        }
        try folder.remove("gone")
        while !recorder.input.hasFailed { recorder.input.put(noise(3)) }
        recorder.input.put(noise(4))
        let summary = recorder.stop()
        #expect(summary.files.isEmpty && summary.lost > 2)
        #expect(events.all.filter { if case .vanished = $0 { true } else { false } }.count == 2)
        #expect(summary.failure?.contains("out_0002.mcap") == true)
    }

    @Test("More topics than a recording takes are refused and counted, the others go on")
    func topicFlood() throws {
        let summary = try record(
            (0..<1100).map { noise($0, topic: "/t\($0)", bytes: 1) } + [noise(0, topic: "/t5", bytes: 1)])
        #expect(summary.written == 1025 && summary.lost == 76)
        #expect(events.all.filter { if case .refused = $0 { true } else { false } }.count == 1)
    }

    @Test("Settings that cannot be are refused")
    func refusals() {
        for change: (inout RecorderConfiguration) -> Void in [
            { $0.keptFiles = 2 }, { $0.splitSize = 0 }, { $0.path = "" }, { $0.memoryLimit = 0 },
        ] {
            #expect(throws: NodeError.self) { try record([], change) }
        }
    }

    @Test("A file's number stands before its suffix")
    func names() {
        #expect(RecordingFiles.name("a/b.mcap", 3) == "a/b_0003.mcap")
        #expect(RecordingFiles.name("a.b/c", 12345) == "a.b/c_12345.mcap")
        #expect(RecordingFiles.name(".mcap", 0) == ".mcap_0000.mcap")
    }
}
