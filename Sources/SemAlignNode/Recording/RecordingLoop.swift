// SPDX-License-Identifier: Apache-2.0
internal import SemAlignBags

/// The writing thread's work: takes messages from the queue, owns the file, splits it, and stops where it cannot go on.
struct RecordingLoop: ~Copyable {
    /// Topics of one recording: who invents topics does not fill the memory.
    private static let topicLimit = 1024

    /// A file that is being written.
    private struct OpenFile: ~Copyable, Sendable {
        var bag: TopicBagWriter
        let path: String
        let sink: any ByteSink
        var firstLogTime: UInt64?
        /// Messages at its beginning that an earlier file has as well.
        var repeated: UInt64 = 0

        /// Messages that no other file has: all of them, and those that the system was given.
        var counts: (written: UInt64, flushed: UInt64) {
            let counts = bag.messageCounts
            return (counts.written - repeated, counts.flushed - min(repeated, counts.flushed))
        }

        /// Where the file is no longer, its bytes go nowhere.
        var isInPlace: Bool { (sink as? FileSink)?.stands(at: path) ?? true }
    }

    private let configuration: RecorderConfiguration
    private let shared: RecorderInput
    private let clocks: NodeClocks
    private let freeSpace: @Sendable (_ folder: String) -> UInt64?
    private let makeSink: @Sendable (String) throws(BagError) -> any ByteSink
    private var names: RecordingFiles
    private var file: OpenFile?
    private var snapshot: SnapshotBuffer?
    private var latched: [ChannelName: RecordedMessage] = [:]
    private var nextFlush: UInt64
    /// What the file system had free [bytes] when the file had grown to `position`.
    private var room: (position: UInt64, free: UInt64)?

    init(
        _ configuration: RecorderConfiguration, _ shared: RecorderInput, clocks: NodeClocks,
        freeSpace: @escaping @Sendable (_ folder: String) -> UInt64?,
        makeSink: @escaping @Sendable (String) throws(BagError) -> any ByteSink
    ) {
        self.configuration = configuration
        self.shared = shared
        self.clocks = clocks
        self.freeSpace = freeSpace
        self.makeSink = makeSink
        names = RecordingFiles(configuration)
        snapshot = configuration.snapshotTime.map {
            SnapshotBuffer(window: $0, limit: configuration.memoryLimit)
        }
        nextFlush = clocks.steady() &+ configuration.flushPeriod
    }

    /// Begins the first file, so that a path that cannot be is known before anything was lost.
    mutating func begin() throws(BagError) {
        guard snapshot == nil else { return }
        do throws(BagError) { try open() } catch {
            guard case .lowSpace = error else { throw error }
            fail(error)
        }
    }

    /// Works until the queue is closed and empty, then completes the file.
    mutating func run() {
        while true {
            let delivery = shared.queue.take(until: nextFlush)
            do throws(BagError) {
                switch delivery {
                case .value(.message(let message)): try take(message)
                case .value(.snapshot): try writeSnapshot()
                case .timeout: break
                case .closed:
                    try close()
                    return
                }
                try flushWhenDue()
            } catch {
                fail(error)
                return
            }
        }
    }

    private mutating func take(_ message: RecordedMessage) throws(BagError) {
        if let forgotten = snapshot?.add(message) {
            for message in forgotten { remember(message) }
            return
        }
        if mustSplit(before: message) {
            try close()
            do throws(BagError) { try open() } catch {
                shared.change { $0.lost += 1 }
                throw error
            }
        }
        try write(message)
    }

    /// Keeps a message that later ones need to be understood.
    private mutating func remember(_ message: RecordedMessage) {
        guard configuration.latchedSchemas.contains(message.schema),
            latched.count < Self.topicLimit || latched[message.channelName] != nil
        else { return }
        latched[message.channelName] = message
    }

    private func mustSplit(before message: RecordedMessage) -> Bool {
        // `switch`, since a file cannot be copied out.
        switch file {
        case .none: return false
        case .some(let file):
            guard let start = file.firstLogTime else { return false }
            let size = file.bag.size + UInt64(message.weight)
            if let limit = configuration.splitSize, size > limit { return true }
            guard let limit = configuration.splitTime, message.logTime > start else { return false }
            return message.logTime - start >= limit
        }
    }

    private mutating func write(_ message: RecordedMessage) throws(BagError) {
        guard file != nil else { return }
        do throws(BagError) { try checkRoom(for: message.weight) } catch {
            shared.change { $0.lost += 1 }
            throw error
        }
        if file?.firstLogTime == nil {
            file?.firstLogTime = message.logTime
            for earlier in latched.values.sorted(by: { $0.topic < $1.topic })
            where earlier.channelName != message.channelName {
                try file?.bag.write(earlier.logged(at: message.logTime))
                file?.repeated += 1
            }
        }
        if file?.bag.needsChannel(for: message.channelName) ?? false,
            file?.bag.channelCount ?? 0 >= Self.topicLimit
        {
            shared.refuse(message.topic)
            return
        }
        remember(message)
        try file?.bag.write(message)
    }

    /// Refuses what would leave less of the disk free than shall stay so, once the file is completed.
    ///
    /// The system is asked again whenever the file has grown, which it does at every chunk and once a second.
    private mutating func checkRoom(for bytes: Int) throws(BagError) {
        let floor = configuration.freeSpace
        guard floor > 0 else { return }
        let (position, closing) = (file?.bag.position ?? 0, file?.bag.closingSize ?? 0)
        let folder = RecordingFiles.folder(of: configuration.path)
        if room?.position != position { room = freeSpace(folder).map { (position, $0) } }
        guard let free = room?.free, free < floor + closing + UInt64(bytes) else { return }
        throw .lowSpace(folder: folder, free: free, floor: floor)
    }

    /// Hands to the system what has waited long enough, and sees whether the file is still there.
    private mutating func flushWhenDue() throws(BagError) {
        let now = clocks.steady()
        guard now >= nextFlush else { return }
        nextFlush = now &+ configuration.flushPeriod
        try file?.bag.flush()
        guard let path = file?.path, !(file?.isInPlace ?? true) else { return }
        shared.report(.vanished(path: path))
        try close(asLost: true)
        try open()
    }

    private mutating func writeSnapshot() throws(BagError) {
        guard let messages = snapshot?.takeAll(), !messages.isEmpty else { return }
        var rest = messages.count
        do throws(BagError) {
            try open()
            for message in messages {
                rest -= 1
                try write(message)
            }
        } catch {
            shared.change { $0.lost += UInt64(rest) }
            throw error
        }
        try close()
    }

    private mutating func open() throws(BagError) {
        room = nil
        try checkRoom(for: 0)
        let (path, expired) = names.next()
        let sink = try makeSink(path)
        var settings = WriterConfiguration()
        settings.compression = configuration.compression
        file = OpenFile(
            bag: TopicBagWriter(try BagWriter(sink, configuration: settings)), path: path, sink: sink,
            firstLogTime: nil)
        shared.report(.opened(path: path))
        for old in expired where shared.delete(old) { shared.report(.deleted(path: old)) }
    }

    private mutating func close(asLost: Bool = false) throws(BagError) {
        guard let file = file.take() else { return }
        let (path, counts) = (file.path, file.counts)
        do throws(BagError) {
            try file.bag.close()
        } catch {
            count(counts)
            throw error
        }
        shared.change {
            if asLost { $0.lost += counts.written } else { $0.written += counts.written }
            if !asLost { $0.files.append(path) }
        }
        if !asLost { shared.report(.closed(path: path, messages: counts.written)) }
    }

    /// Counts what a file has that cannot be completed.
    private func count(_ counts: (written: UInt64, flushed: UInt64)) {
        shared.change {
            $0.written += counts.flushed
            $0.lost += counts.written - counts.flushed
        }
    }

    /// Stops for good: what the file has stays, what waits in the queue is counted as lost.
    private mutating func fail(_ error: BagError) {
        // There is still room to complete the file; should there be none, it stays as it is.
        if case .lowSpace = error { try? close() }
        if let counts = file?.counts { count(counts) }
        let path = file?.path
        file = nil
        shared.fail(path.map { "'\($0)': \(error)" } ?? error.description)
        shared.queue.close()
        var waiting: UInt64 = 0
        while case .value(let entry) = shared.queue.take(until: 0) {
            if case .message = entry { waiting += 1 }
        }
        shared.change { $0.lost += waiting }
    }
}
