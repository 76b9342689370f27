// SPDX-License-Identifier: Apache-2.0

/// Holds the records of a summary against what the data section holds.
struct SummaryComparison {
    let content: CheckedContent
    let summary: BagSummary
    /// Place of the summary, for findings.
    let place: UInt64

    func run(_ findings: inout FindingList) {
        compareDefinitions(&findings)
        compareStatistics(&findings)
        compare(summary.chunkIndexes, content.chunks, "ChunkIndex", "chunk", &findings) {
            $0.chunkStartOffset
        }
        compare(summary.attachmentIndexes, content.attachments, "AttachmentIndex", "attachment", &findings) {
            $0.offset
        }
        compare(summary.metadataIndexes, content.metadata, "MetadataIndex", "metadata", &findings) {
            $0.offset
        }
        if !summary.chunkIndexes.isEmpty, let loose = content.firstLooseMessage {
            findings.error(at: loose, "a message stands outside of the chunks of an indexed bag")
        }
    }

    private func compareDefinitions(_ findings: inout FindingList) {
        for (id, schema) in summary.schemas.sorted(by: { $0.key < $1.key }) {
            compare(schema, content.table.schemas[id], "schema \(id)", &findings)
        }
        for (id, channel) in summary.channels.sorted(by: { $0.key < $1.key }) {
            compare(channel, content.table.channels[id]?.channel, "channel \(id)", &findings)
        }
        // An index is of use only with the definitions of what it leads to.
        guard !summary.chunkIndexes.isEmpty else { return }
        let schemas = content.table.schemas.keys.filter { summary.schemas[$0] == nil }.sorted()
        let channels = content.table.channels.keys.filter { summary.channels[$0] == nil }.sorted()
        addMissing("schemas", schemas, isPartial: !summary.schemas.isEmpty, &findings)
        addMissing("channels", channels, isPartial: !summary.channels.isEmpty, &findings)
    }

    /// Writers that put definitions into chunks have nowhere to put those of channels without messages.
    private func compare<Definition: Equatable>(
        _ stated: Definition, _ found: Definition?, _ what: String, _ findings: inout FindingList
    ) {
        if found == nil {
            findings.add(.warning, at: place, "\(what) stands in the summary alone")
        } else if found != stated {
            findings.error(at: place, "\(what) of the summary is not the one of the data")
        }
    }

    /// A writer may leave out a whole kind, but not a part of it.
    private func addMissing(
        _ what: String, _ missing: [UInt16], isPartial: Bool, _ findings: inout FindingList
    ) {
        guard !missing.isEmpty else { return }
        findings.add(isPartial ? .error : .warning, at: place, "the summary lacks \(what) \(missing)")
    }

    private func compareStatistics(_ findings: inout FindingList) {
        guard var stated = summary.statistics else { return }
        var counted = content.statistics
        // Whether channels without messages are listed is left to the writer.
        stated.channelMessageCounts = stated.channelMessageCounts.filter { $0.value > 0 }
        counted.channelMessageCounts = counted.channelMessageCounts.filter { $0.value > 0 }
        let lone = (
            schemas: summary.schemas.keys.count { content.table.schemas[$0] == nil },
            channels: summary.channels.keys.count { content.table.channels[$0] == nil }
        )
        counted.schemaCount &+= UInt16(lone.schemas)
        counted.channelCount &+= UInt32(lone.channels)
        guard stated != counted else { return }
        let pairs: [(String, UInt64, UInt64)] = [
            ("messages", stated.messageCount, counted.messageCount),
            ("schemas", UInt64(stated.schemaCount), UInt64(counted.schemaCount)),
            ("channels", UInt64(stated.channelCount), UInt64(counted.channelCount)),
            ("attachments", UInt64(stated.attachmentCount), UInt64(counted.attachmentCount)),
            ("metadata records", UInt64(stated.metadataCount), UInt64(counted.metadataCount)),
            ("chunks", UInt64(stated.chunkCount), UInt64(counted.chunkCount)),
            ("as start time", stated.messageStartTime, counted.messageStartTime),
            ("as end time", stated.messageEndTime, counted.messageEndTime),
        ]
        for (what, stated, counted) in pairs where stated != counted {
            findings.error(at: place, "Statistics: \(stated) \(what), the data has \(counted)")
        }
        if stated.channelMessageCounts != counted.channelMessageCounts {
            findings.error(at: place, "Statistics: the counts by channel are not those of the data")
        }
    }

    /// Compares index entries with what they should say; a kind without any entry is not indexed at all.
    private func compare<Index: Hashable>(
        _ stated: [Index], _ expected: [Index], _ name: String, _ target: String,
        _ findings: inout FindingList, offset: (Index) -> UInt64
    ) {
        guard !stated.isEmpty else {
            if !expected.isEmpty { findings.add(.note, at: place, "the summary has no \(name)") }
            return
        }
        let truth = Dictionary(expected.map { (offset($0), $0) }, uniquingKeysWith: { first, _ in first })
        var seen: Set<UInt64> = []
        for index in stated {
            let target = offset(index)
            if truth[target] != index {
                findings.error(at: target, "\(name) does not fit what stands here")
            } else if !seen.insert(target).inserted {
                findings.error(at: target, "\(name) points here twice")
            }
        }
        for index in expected where !seen.contains(offset(index)) {
            findings.error(at: offset(index), "this \(target) has no fitting \(name)")
        }
    }
}
