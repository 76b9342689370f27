// SPDX-License-Identifier: Apache-2.0

/// Checks a bag from the end of its data section to its last byte, against what the data section holds.
struct SummaryCheck {
    private(set) var findings = FindingList()
    private let source: any ByteSource
    private let configuration: ReaderConfiguration
    private let content: CheckedContent
    private let dataEnd: UInt64
    private var summary = BagSummary()
    private var statisticsCount = 0
    /// Runs of equal opcodes, in the order of the file.
    private var groups: [SummaryOffset] = []

    init(
        _ source: any ByteSource, _ configuration: ReaderConfiguration, _ content: CheckedContent,
        dataEnd: UInt64
    ) {
        self.source = source
        self.configuration = configuration
        self.content = content
        self.dataEnd = dataEnd
    }

    mutating func run() throws(BagError) {
        do throws(BagError) {
            let (footer, offset) = try BagSummary.footer(of: source)
            guard offset >= dataEnd else {
                findings.error(at: offset, "the Footer overlaps the data section")
                return
            }
            try scan(to: offset)
            check(footer, at: offset)
            try checkChecksum(footer, at: offset)
        } catch {
            try findings.add(error, at: dataEnd)
            return
        }
        let comparison = SummaryComparison(content: content, summary: summary, place: dataEnd)
        comparison.run(&findings)
    }

    private mutating func scan(to end: UInt64) throws(BagError) {
        var scanner = RecordScanner(source, configuration, from: dataEnd, to: end)
        while let frame = try scanner.next() {
            extendGroups(frame)
            guard let kind = frame.kind else {
                findings.addUnknown(frame.opcode, at: frame.offset)
                continue
            }
            do throws(BagError) {
                var fields = try scanner.fields(of: frame)
                if kind == .statistics { statisticsCount += 1 }
                if try summary.add(kind, scanner.bytes, &fields) {
                    findings.addTrailing(fields, kind)
                } else {
                    findings.error(at: frame.offset, "\(kind.name) does not belong into the summary")
                }
            } catch {
                try findings.add(error, at: frame.offset)
            }
        }
    }

    private mutating func extendGroups(_ frame: RecordFrame) {
        let length = frame.end - frame.offset
        if let last = groups.last, last.groupOpcode == frame.opcode {
            groups[groups.count - 1] = SummaryOffset(
                groupOpcode: last.groupOpcode, groupStart: last.groupStart,
                groupLength: last.groupLength + length)
        } else {
            groups.append(
                SummaryOffset(groupOpcode: frame.opcode, groupStart: frame.offset, groupLength: length))
        }
    }

    private mutating func check(_ footer: Footer, at offset: UInt64) {
        let start = offset == dataEnd ? 0 : dataEnd
        if footer.summaryStart != start {
            findings.error(
                at: offset, "Footer: summary start is \(footer.summaryStart), expected \(start)")
        }
        let offsetGroup = groups.first { $0.groupOpcode == Opcode.summaryOffset.rawValue }
        let offsetStart = offsetGroup?.groupStart ?? 0
        if footer.summaryOffsetStart != offsetStart {
            let text =
                "Footer: summary offsets start at \(footer.summaryOffsetStart), expected \(offsetStart)"
            findings.error(at: offset, text)
        }
        let kinds = groups.map(\.groupOpcode)
        if Set(kinds).count != kinds.count {
            findings.error(at: dataEnd, "the records of the summary are not grouped by kind")
        }
        if statisticsCount > 1 { findings.error(at: dataEnd, "\(statisticsCount) Statistics, expected one") }
        if !summary.summaryOffsets.isEmpty {
            let expected = groups.filter { $0.groupOpcode != Opcode.summaryOffset.rawValue }
            // The Python package writes entries for groups without records, too.
            let stated = summary.summaryOffsets.filter { $0.groupLength > 0 }
            if Set(expected) != Set(stated) || expected.count != stated.count {
                findings.error(at: offsetStart, "the SummaryOffsets do not fit the groups of the summary")
            }
        }
    }

    private mutating func checkChecksum(_ footer: Footer, at offset: UInt64) throws(BagError) {
        if footer.summaryCRC == 0 {
            findings.add(.note, at: offset, "the summary carries no checksum")
        }
        guard footer.summaryStart == 0 || (dataEnd...offset).contains(footer.summaryStart) else { return }
        try BagSummary.check(footer, at: offset, source)
    }
}
