// SPDX-License-Identifier: Apache-2.0

/// What a bag holds.
public struct BagInfo: Hashable, Sendable {
    /// One topic's part of a bag.
    public struct Topic: Hashable, Sendable {
        /// The channel and its schema.
        public let channel: BagChannel
        /// Messages.
        public let count: UInt64
        /// Times and gaps; `nil` where only the summary was read or the bag has no message index.
        public let timing: TopicTiming?
        /// Messages per second, from the topic's own times where known, else over the whole bag.
        public let rate: Double?
    }

    /// The chunks of one compression.
    public struct ChunkGroup: Hashable, Sendable {
        /// Name of the compression; empty for none.
        public let compression: String
        /// Chunks.
        public fileprivate(set) var count = 0
        /// Stored size of their records [bytes].
        public fileprivate(set) var compressedSize: UInt64 = 0
        /// Decompressed size of their records [bytes].
        public fileprivate(set) var uncompressedSize: UInt64 = 0
        /// Decompressed size of the largest [bytes].
        public fileprivate(set) var largestSize: UInt64 = 0
    }

    /// First record of the bag.
    public let header: BagHeader
    /// Length of the file [bytes].
    public let size: UInt64
    /// Counts and time range.
    public let statistics: BagStatistics
    /// Topics by name, then channel number.
    public let topics: [Topic]
    /// Chunks by compression.
    public let chunks: [ChunkGroup]
    /// Whether the time ranges of some chunks overlap by more than a common edge.
    public let chunksOverlap: Bool
    /// Attachments in the order of the file.
    public let attachments: [AttachmentIndex]
    /// Metadata records in the order of the file.
    public let metadata: [MetadataIndex]
    /// Whether the whole file was read because its summary did not suffice.
    public let isScanned: Bool
    /// Where the readable part ends.
    public let ending: BagEnding
    /// What is damaged, the summary first, as far as it was seen; at most some hundred entries.
    public let damage: [BagError]

    /// From the earliest to the latest log time [ns].
    public var duration: UInt64 {
        statistics.messageEndTime > statistics.messageStartTime
            ? statistics.messageEndTime - statistics.messageStartTime : 0
    }
}

extension BagReader {
    /// What the bag holds, from its summary where that suffices, else by reading all of it.
    ///
    /// With `withTiming` the message indexes, small records after the chunks, are read as well.
    public func info(withTiming: Bool = true) throws(BagError) -> BagInfo {
        guard let summary, let statistics = summary.statistics, let table = summary.table,
            Int(statistics.chunkCount) == summary.chunkIndexes.count,
            Int(statistics.attachmentCount) == summary.attachmentIndexes.count,
            Int(statistics.metadataCount) == summary.metadataIndexes.count
        else {
            let scan = try BagScan(self)
            return BagInfo(
                self, scan.statistics, scan.table, scan.timings, scan.chunkIndexes, scan.attachmentIndexes,
                scan.metadataIndexes, scan: scan)
        }
        var (timings, damage): ([UInt16: TopicTiming]?, [BagError]) = (nil, [])
        if withTiming {
            do throws(BagError) { timings = try self.timings(summary.chunkIndexes, statistics) } catch {
                // What the system refuses to read is no matter of the index.
                if case .readFailed = error { throw error }
                damage = [error]
            }
        }
        return BagInfo(
            self, statistics, table, timings, summary.chunkIndexes, summary.attachmentIndexes,
            summary.metadataIndexes, scan: nil, damage)
    }

    /// Times of all messages from the message indexes; `nil` if these do not hold all of them.
    private func timings(
        _ chunks: [ChunkIndex], _ statistics: BagStatistics
    ) throws(BagError) -> [UInt16: TopicTiming]? {
        var timings: [UInt16: TopicTiming] = [:]
        for chunk in chunks where !chunk.messageIndexOffsets.isEmpty {
            let (start, startOverflows) = chunk.chunkStartOffset.addingReportingOverflow(chunk.chunkLength)
            let (end, endOverflows) = start.addingReportingOverflow(chunk.messageIndexLength)
            guard !startOverflows, !endOverflows else { return nil }
            let ahead = min(chunk.messageIndexLength, 64 * 1024)
            var scanner = RecordScanner(source, configuration, from: start, to: end, readAhead: ahead)
            while let frame = try scanner.next(), frame.kind == .messageIndex {
                var fields = try scanner.fields(of: frame)
                let index = try MessageIndex(scanner.bytes, &fields)
                for entry in index.entries {
                    timings[index.channelID, default: TopicTiming()].count(entry.logTime)
                }
            }
        }
        let isWhole = timings.values.reduce(0) { $0 &+ $1.count } == statistics.messageCount
        return isWhole ? timings : nil
    }
}

extension BagInfo {
    fileprivate init(
        _ reader: BagReader, _ statistics: BagStatistics, _ table: ChannelTable,
        _ timings: [UInt16: TopicTiming]?, _ chunks: [ChunkIndex], _ attachments: [AttachmentIndex],
        _ metadata: [MetadataIndex], scan: BagScan?, _ indexDamage: [BagError] = []
    ) {
        header = reader.header
        size = reader.source.size
        self.statistics = statistics
        let counts = statistics.channelMessageCounts
        let start = statistics.messageStartTime
        let seconds = Double(max(statistics.messageEndTime, start) - start) / 1e9
        topics = table.channels.values.map { channel in
            let count = counts[channel.id] ?? 0
            let timing = timings?[channel.id]
            let overall = seconds > 0 && count > 1 ? Double(count - 1) / seconds : nil
            return Topic(channel: channel, count: count, timing: timing, rate: timing?.rate ?? overall)
        }.sorted { ($0.channel.topic, $0.channel.id) < ($1.channel.topic, $1.channel.id) }
        self.chunks = Self.groups(chunks)
        chunksOverlap = Self.overlap(chunks)
        self.attachments = attachments
        self.metadata = metadata
        isScanned = scan != nil
        ending = scan?.ending ?? .complete
        damage = (reader.summaryProblem.map { [$0] } ?? []) + indexDamage + (scan?.damage ?? [])
    }

    private static func groups(_ chunks: [ChunkIndex]) -> [ChunkGroup] {
        var groups: [String: ChunkGroup] = [:]
        for chunk in chunks {
            var group = groups[chunk.compression] ?? ChunkGroup(compression: chunk.compression)
            group.count += 1
            group.compressedSize &+= chunk.compressedSize
            group.uncompressedSize &+= chunk.uncompressedSize
            group.largestSize = max(group.largestSize, chunk.uncompressedSize)
            groups[chunk.compression] = group
        }
        return groups.values.sorted { $0.compression < $1.compression }
    }

    private static func overlap(_ chunks: [ChunkIndex]) -> Bool {
        let sorted = chunks.sorted { $0.messageStartTime < $1.messageStartTime }
        var latest: UInt64 = 0
        for chunk in sorted {
            if chunk.messageStartTime < latest { return true }
            latest = max(latest, chunk.messageEndTime)
        }
        return false
    }
}
