// SPDX-License-Identifier: Apache-2.0

/// How long something may take, by a clock that its owner brings.
struct TimeBudget: Hashable, Sendable {
    /// [ns]; `nil` = as long as it takes.
    private let end: UInt64?

    /// As long as it takes.
    static let unlimited = TimeBudget(end: nil)

    private init(end: UInt64?) { self.end = end }

    /// `milliseconds` from `start` [ns]; 0, or what is no time at all, = as long as it takes.
    init(milliseconds: Double, from start: UInt64) {
        // Longer than some months is no limit, and might not fit.
        guard milliseconds > 0, milliseconds < 1e10 else {
            end = nil
            return
        }
        let (sum, isPastAllTimes) = start.addingReportingOverflow(UInt64(milliseconds * 1e6))
        end = isPastAllTimes ? nil : sum
    }

    /// True while there is time; `clock` is not asked where there is no limit.
    func isLeft(_ clock: () -> UInt64) -> Bool { end.map { clock() < $0 } ?? true }

    /// A share of the time that is left, 0…1.
    func share(_ part: Double, _ clock: () -> UInt64) -> TimeBudget {
        guard let end else { return self }
        let now = clock()
        return TimeBudget(end: now < end ? now + UInt64(part * Double(end - now)) : now)
    }
}
