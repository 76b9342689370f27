// SPDX-License-Identifier: Apache-2.0

/// Viewing directions that a search tries, in their order: numbers of the visibility table's.
struct SearchDirections: Sendable {
    /// How many there are to try.
    let count: Int
    private let first: Int
    private let step: Int
    /// Directions of the table.
    private let total: Int

    /// All of them, beginning with number `first`.
    init(all total: Int, from first: Int) { (count, self.first, step, self.total) = (total, first, 1, total) }

    /// Every `step`-th of them from number `first` on.
    init(every step: Int, of total: Int, from first: Int) {
        count = first < total ? (total - first - 1) / step + 1 : 0
        (self.first, self.step, self.total) = (first, step, total)
    }

    /// Number of direction `place` of those that are tried.
    subscript(place: Int) -> Int { (first + place * step) % total }
}
