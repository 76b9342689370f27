// SPDX-License-Identifier: Apache-2.0

/// A bar on standard error while a person watches; silent otherwise.
///
/// It is cleared by `finish`, so that only results stay on the screen.
struct ProgressBar {
    private static let width = 32
    private let label: String
    private let isShown: Bool
    private var last = ""
    private let start = MonotonicClock.now()

    /// Prepares a bar; nothing is drawn before the first `update`.
    init(_ label: String, isShown: Bool = StandardError.isTerminal) {
        self.label = label
        self.isShown = isShown
    }

    /// Draws the share 0…1 that is done.
    mutating func update(_ share: Double, detail: String = "") {
        guard isShown else { return }
        let bounded = min(max(share, 0), 1)
        let filled = Int(bounded * Double(Self.width))
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.width - filled)
        let line = "\(label) [\(bar)] \(Int(bounded * 100)) % \(detail)\(timeLeft(bounded))"
        guard line != last else { return }
        last = line
        StandardError.write("\r\u{1B}[K\(line)")
    }

    /// The time that the rest takes if it goes on as before; nothing before that can be told.
    private func timeLeft(_ share: Double) -> String {
        let seconds = Double(MonotonicClock.now() - start) / 1e9
        guard share > 0.01, share < 1, seconds > 1 else { return "" }
        let left = Int((seconds * (1 - share) / share).rounded(.up))
        return left < 60 ? ", \(left) s left" : ", \(left / 60) min \(left % 60) s left"
    }

    /// Draws `done` of `count`.
    mutating func update(_ done: Int, of count: Int) {
        update(Double(done) / Double(max(count, 1)), detail: "\(done) of \(count)")
    }

    /// Clears the bar.
    mutating func finish() {
        guard isShown, !last.isEmpty else { return }
        last = ""
        StandardError.write("\r\u{1B}[K")
    }
}
