// SPDX-License-Identifier: Apache-2.0

/// What the subscribers of a publisher ask for, as they report it.
struct Subscriptions {
    /// More prefixes than this are not remembered: a subscriber may invent any number.
    private static let limit = 1024

    private var prefixes: Set<[UInt8]> = []

    /// Takes a report: one byte (1 = from now on, 0 = no more), then the prefix; anything else is chatter.
    mutating func take(_ report: Span<UInt8>) {
        guard report.count >= 1, report.count <= 1 + WireMessage.nameLimit else { return }
        let prefix = (1..<report.count).map { report[$0] }
        switch report[0] {
        case 1 where prefixes.count < Self.limit: prefixes.insert(prefix)
        case 0: prefixes.remove(prefix)
        default: break
        }
    }

    /// True where somebody asks for `topic`.
    func includes(_ topic: String) -> Bool {
        prefixes.contains { topic.utf8.starts(with: $0) }
    }
}
