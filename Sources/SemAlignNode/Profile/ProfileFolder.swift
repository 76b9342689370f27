// SPDX-License-Identifier: Apache-2.0
internal import Glibc
public import SemAlignProfiling

/// The folder that a profile is kept in: `frames.csv`, `latency.hlog`, `trace.json`, `report.html`.
public struct ProfileFolder: Sendable {
    private let path: String

    /// Names a folder; nothing is made yet.
    public init(_ path: String) { self.path = path }

    /// Makes the folder, which may exist already, and sees that it takes files.
    public func make() throws(NodeError) {
        // A slash at the end: a file of that name is none.
        guard unsafe mkdir(path, 0o755) == 0 || (errno == EEXIST && access(path + "/", W_OK | X_OK) == 0)
        else {
            throw .unwritableFile(path: path, reason: unsafe String(cString: strerror(errno)))
        }
    }

    /// Writes all files of a profile, replacing those of an older one.
    public func write(_ profile: LatencyProfile) throws(NodeError) {
        var log = HistogramLog(
            startTime: profile.startTime,
            comment: profile.facts.map { "\($0.name): \($0.value)" }.joined(separator: "\n"))
        for kind in StageFigures.Kind.allCases {
            for stage in profile.figures(kind) {
                log.append(stage.histogram, tag: "\(kind.rawValue).\(stage.name)", length: profile.span)
            }
        }
        try writeText(FrameTable(profile).text, to: path + "/frames.csv")
        try writeText(log.text, to: path + "/latency.hlog")
        try writeText(profile.trace, to: path + "/trace.json")
        try writeText(ReportPage(profile).text, to: path + "/report.html")
    }

    /// Writes histograms of a node that runs since `startTime` [ns] for `length` [ns]: `node.hlog`.
    func write(
        _ histograms: [(stage: String, histogram: LatencyHistogram)], startTime: UInt64, length: UInt64
    ) throws(NodeError) {
        var log = HistogramLog(startTime: startTime, comment: "all frames since the node's start")
        for (stage, histogram) in histograms { log.append(histogram, tag: stage, length: length) }
        try writeText(log.text, to: path + "/node.hlog")
    }
}

/// Writes a text file, replacing what is there.
func writeText(_ text: String, to path: String) throws(NodeError) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
        throw .unwritableFile(path: path, reason: unsafe String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if written < 0, errno == EINTR { continue }
        guard written > 0 else {
            throw .unwritableFile(path: path, reason: unsafe String(cString: strerror(errno)))
        }
        rest = rest.dropFirst(written)
    }
}
