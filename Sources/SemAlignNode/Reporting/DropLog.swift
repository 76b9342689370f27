// SPDX-License-Identifier: Apache-2.0

/// Decides which drops are written to the log: each reason once a minute, with what was left out since.
struct DropLog: Hashable, Sendable {
    private static let interval: UInt64 = 60_000_000_000
    private var written: [DropReason: UInt64] = [:]
    private var leftOut: [DropReason: Int] = [:]

    /// The line to write for a drop at `now` [ns, steady clock]; `nil` where its reason was written lately.
    mutating func line(for drop: Drop, at now: UInt64) -> String? {
        if let last = written[drop.reason], now &- last < Self.interval {
            leftOut[drop.reason, default: 0] += drop.count
            return nil
        }
        written[drop.reason] = now
        let more = leftOut.removeValue(forKey: drop.reason) ?? 0
        let suffix = more > 0 ? " (and \(more) more of this kind since it was last said)" : ""
        return "dropped, \(drop.reason.rawValue): \(printable(drop.detail))\(suffix)"
    }

    /// Names in a message come from outside: no line breaks, no control characters, no novels.
    private func printable(_ text: String) -> String {
        let clean = text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : Character($0) }
        return clean.count > 400 ? String(clean.prefix(400)) + "…" : String(clean)
    }
}
