// SPDX-License-Identifier: Apache-2.0

import SemAlignBags

/// One message of a sample, as it was written and as it should be read.
struct SampleMessage: Hashable {
    let topic: String
    let sequence: UInt32
    let logTime: UInt64
    let publishTime: UInt64
    let payload: [UInt8]
}

extension SampleMessage {
    init(_ message: BagMessage) {
        self.init(
            topic: message.topic, sequence: message.sequence, logTime: message.logTime,
            publishTime: message.publishTime, payload: message.payload)
    }
}

/// A small bag with three topics, a schema for two of them, an attachment and metadata.
struct SampleBag {
    var messages: [SampleMessage]
    static let topics = ["/camera/image", "/camera/depth", "/note"]
    static let attachment = Attachment(
        logTime: 5, createTime: 4, name: "camera.yaml", mediaType: "text/yaml", data: [UInt8]("fx: 1".utf8))
    static let metadata = Metadata(name: "robot", values: ["arm": "left", "bench": "2"])

    /// Messages whose times step by about 10 ms, some out of order by up to `disorder` [ns].
    init(count: Int, payloadSize: Int = 40, disorder: UInt64 = 0, seed: UInt64 = 1) {
        var random = SplitMix(state: seed)
        messages = (0..<count).map { index in
            let back = disorder == 0 ? 0 : UInt64.random(in: 0...disorder, using: &random)
            let time = 1_000_000_000 + UInt64(index) * 10_000_000
            let payload = (0..<payloadSize).map { UInt8(truncatingIfNeeded: index + $0 / 7) }
            return SampleMessage(
                topic: Self.topics[index % 3], sequence: UInt32(index / 3), logTime: time - back,
                publishTime: time - back - min(index == 0 ? 0 : 1000, time), payload: payload)
        }
    }

    /// The messages in the order of their log time, equal times as written.
    var ordered: [SampleMessage] {
        messages.enumerated().sorted { ($0.element.logTime, $0.offset) < ($1.element.logTime, $1.offset) }
            .map(\.element)
    }

    /// Writes everything but the end of the bag.
    func write(to sink: any ByteSink, _ configuration: WriterConfiguration) throws -> BagWriter {
        var writer = try BagWriter(sink, configuration: configuration)
        let image = try writer.addSchema(name: "Image", encoding: "protobuf", data: [1, 2, 3, 4])
        let depth = try writer.addSchema(name: "Depth", encoding: "protobuf", data: [])
        let channels: [String: UInt16] = [
            Self.topics[0]: try writer.addChannel(
                topic: Self.topics[0], schema: image, encoding: "protobuf", metadata: ["lens": "wide"]),
            Self.topics[1]: try writer.addChannel(topic: Self.topics[1], schema: depth, encoding: "protobuf"),
            Self.topics[2]: try writer.addChannel(topic: Self.topics[2], schema: 0, encoding: "json"),
        ]
        try writer.write(Self.metadata)
        for (index, message) in messages.enumerated() {
            if index == messages.count / 2 { try writer.write(Self.attachment) }
            try writer.write(
                channel: channels[message.topic] ?? 0, sequence: message.sequence, logTime: message.logTime,
                publishTime: message.publishTime, payload: message.payload)
        }
        return writer
    }

    /// The bytes of the whole bag.
    func bytes(_ configuration: WriterConfiguration = .small()) throws -> [UInt8] {
        let sink = MemorySink()
        _ = try write(to: sink, configuration).close()
        return sink.bytes
    }
}

extension WriterConfiguration {
    /// Chunks of a few messages.
    static func small(_ compression: Compression = .zstd, chunkSize: Int? = 300) -> WriterConfiguration {
        var configuration = WriterConfiguration()
        configuration.compression = compression
        configuration.chunkSize = chunkSize
        return configuration
    }

    /// No checksum anywhere.
    func withoutChecksums() -> WriterConfiguration {
        var configuration = self
        configuration.checksChunks = false
        configuration.checksAttachments = false
        configuration.checksData = false
        configuration.checksSummary = false
        return configuration
    }
}

extension StreamedMessages {
    /// Everything up to the end or the first error.
    mutating func all() throws -> [SampleMessage] {
        var result: [SampleMessage] = []
        while let message = try next() { result.append(SampleMessage(message)) }
        return result
    }
}

extension OrderedMessages {
    /// Everything up to the end or the first error.
    mutating func all() throws -> [SampleMessage] {
        var result: [SampleMessage] = []
        while let message = try next() { result.append(SampleMessage(message)) }
        return result
    }
}

/// A small generator with a seed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
