// SPDX-License-Identifier: Apache-2.0
internal import SemAlignMessages

/// Joins the features of several networks by their stamps: a frame needs those of all classes.
struct FeatureCollector: Sendable {
    /// Stamps that may wait for the rest of their features.
    private static let capacity = 8

    /// Networks, one a class, the first class's among them.
    private let count: Int
    private var waiting: [(stamp: UInt64, maps: [FeatureMessage?])] = []

    /// Joins the features of so many networks, at least 1.
    init(count: Int) { self.count = max(1, count) }

    /// Adds the features of class number `index`; gives all features of the stamp once they are complete, in order.
    ///
    /// Stamps that became too old are given up and counted in `drops`.
    mutating func add(
        _ message: FeatureMessage, ofClass index: Int, drops: inout [Drop]
    ) -> [FeatureMessage]? {
        guard count > 1 else { return [message] }
        let place =
            waiting.firstIndex { $0.stamp == message.timestamp }
            ?? {
                waiting.append((message.timestamp, [FeatureMessage?](repeating: nil, count: count)))
                return waiting.count - 1
            }()
        waiting[place].maps[index] = message
        let maps = waiting[place].maps.compactMap { $0 }
        if maps.count == count {
            waiting.remove(at: place)
            return maps
        }
        while waiting.count > Self.capacity {
            let old = waiting.removeFirst()
            let missing = old.maps.indices.filter { old.maps[$0] == nil }.map(String.init)
            drops.append(
                Drop(
                    .incomplete,
                    "features at \(old.stamp) lack those of class \(missing.joined(separator: ", ")), counted from 0"
                ))
        }
        return nil
    }

    /// Forgets everything.
    mutating func removeAll() { waiting = [] }
}
