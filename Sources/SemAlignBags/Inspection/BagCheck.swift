// SPDX-License-Identifier: Apache-2.0

/// Something that is wrong, or worth knowing, about a bag.
public struct BagFinding: Hashable, Sendable {
    /// How bad a finding is.
    public enum Severity: Int, Hashable, Sendable, Comparable {
        /// Allowed, but it leaves something unchecked or unknown.
        case note
        /// Allowed, but unusual or a hindrance to some readers.
        case warning
        /// The bag breaks the specification or contradicts itself.
        case error

        /// Notes before warnings before errors.
        public static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }
    }

    /// How bad it is.
    public let severity: Severity
    /// Place in the file, of the record that the finding is about.
    public let offset: UInt64
    /// One line that says what was found and what was expected.
    public let text: String
}

/// The result of holding every part of a bag against every other.
///
/// Checked are all checksums, every index entry against what it points to, the statistics against the
/// content, the order of records and of times, and both ends of the file. Memory grows with the number of
/// chunks, not with their size.
public struct BagCheck: Sendable {
    /// What was found, in the order of discovery; at most ``largestCount``.
    public private(set) var findings: [BagFinding] = []
    /// Findings that were left out because there were too many.
    public private(set) var omitted = 0
    /// What the data section holds, counted.
    public let statistics: BagStatistics
    /// Findings that are kept.
    public static let largestCount = 1000

    /// Whether there is no error; warnings and notes are allowed.
    public var isSound: Bool { errorCount == 0 }
    /// Errors, those left out included.
    public private(set) var errorCount = 0

    /// Checks a bag from its first byte to its last; throws only if the system refuses to read.
    public init(_ source: any ByteSource, limits: BagLimits = BagLimits()) throws(BagError) {
        let configuration = ReaderConfiguration(checksChecksums: true, limits: limits)
        var data = DataSectionCheck(source, configuration)
        try data.run()
        statistics = data.content.statistics
        for finding in data.findings.list { add(finding) }
        omitted += data.findings.omitted
        errorCount += data.findings.omittedErrors
        guard let end = data.end else { return }
        var summary = SummaryCheck(source, configuration, data.content, dataEnd: end)
        try summary.run()
        for finding in summary.findings.list { add(finding) }
        omitted += summary.findings.omitted
        errorCount += summary.findings.omittedErrors
    }

    private mutating func add(_ finding: BagFinding) {
        if finding.severity == .error { errorCount += 1 }
        if findings.count < Self.largestCount {
            findings.append(finding)
        } else {
            omitted += 1
        }
    }
}

/// A bounded list of findings.
struct FindingList: Sendable {
    private(set) var list: [BagFinding] = []
    private(set) var omitted = 0
    private(set) var omittedErrors = 0

    mutating func add(_ severity: BagFinding.Severity, at offset: UInt64, _ text: String) {
        if list.count < BagCheck.largestCount {
            list.append(BagFinding(severity: severity, offset: offset, text: text))
        } else {
            omitted += 1
            if severity == .error { omittedErrors += 1 }
        }
    }

    mutating func error(at offset: UInt64, _ text: String) { add(.error, at: offset, text) }

    /// Notes an error of the reader; throws it on if the system refused to read.
    mutating func add(_ error: BagError, at offset: UInt64) throws(BagError) {
        if case .readFailed = error { throw error }
        self.error(at: offset, error.description)
    }

    /// Notes that a record is of a kind that the specification does not know.
    mutating func addUnknown(_ opcode: UInt8, at offset: UInt64) {
        switch opcode {
        case 0: error(at: offset, "opcode 0 is not valid")
        case 0x80...: add(.note, at: offset, "private record of opcode \(opcode)")
        default: add(.warning, at: offset, "record of unknown opcode \(opcode)")
        }
    }

    /// Notes bytes behind the known fields of a record.
    mutating func addTrailing(_ fields: FieldReader, _ kind: Opcode) {
        guard fields.remaining > 0 else { return }
        let text = "\(kind.name) has \(fields.remaining) bytes behind its known fields"
        add(.note, at: fields.recordOffset, text)
    }
}

/// What the data section really holds; the truth for the check of the summary.
struct CheckedContent: Sendable {
    var table = ChannelTable()
    var statistics = BagStatistics()
    /// What the index of each chunk should say, in the order of the file.
    var chunks: [ChunkIndex] = []
    var attachments: [AttachmentIndex] = []
    var metadata: [MetadataIndex] = []
    /// Place of the first message outside of a chunk.
    var firstLooseMessage: UInt64?
}
