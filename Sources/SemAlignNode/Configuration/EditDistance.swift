// SPDX-License-Identifier: Apache-2.0

/// Number of letters to insert, delete, replace or swap with their neighbour that turn `first` into `second`.
func editDistance(_ first: String, _ second: String) -> Int {
    let (a, b) = (Array(first.utf8), Array(second.utf8))
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in a.indices {
        var row = [i + 1]
        for j in b.indices {
            var best = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                best = min(best, beforeLast[j - 1] + 1)
            }
            row.append(best)
        }
        (beforeLast, last) = (last, row)
    }
    return last[b.count]
}

/// The candidate with the smallest edit distance to `name`, the first of equals; `nil` where none is near.
///
/// Near means that no more than a third of the letters differ, at least two.
func nearest(to name: String, among candidates: [String]) -> String? {
    let ranked = candidates.map { (distance: editDistance(name, $0), candidate: $0) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(2, best.candidate.utf8.count / 3) ? best.candidate : nil
}
