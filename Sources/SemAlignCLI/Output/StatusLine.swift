// SPDX-License-Identifier: Apache-2.0

/// One line on standard error that changes while a person watches; silent otherwise.
struct StatusLine {
    /// Nobody reads faster [ns], and writing takes time from what is reported.
    private static let period: UInt64 = 100_000_000
    private let isShown = StandardError.isTerminal
    private var last = ""
    private var next: UInt64 = 0

    /// Shows a text in place of the last one; one that differs only in figures waits for its turn.
    mutating func update(isUrgent: Bool = false, _ text: () -> String) {
        guard isShown else { return }
        let now = MonotonicClock.now()
        guard isUrgent || now >= next else { return }
        next = now &+ Self.period
        let line = text()
        guard line != last else { return }
        last = line
        StandardError.write("\r\u{1B}[K\(line)")
    }

    /// Clears the line.
    mutating func finish() {
        guard isShown, !last.isEmpty else { return }
        last = ""
        StandardError.write("\r\u{1B}[K")
    }
}
