// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

extension Simulator {
    /// Single images, `count` of them, of the instances in turn; `split` names them and tells their draws
    /// from another split's.
    public func images(of instances: [Int], count: Int, split: String, seed: UInt64) -> [SyntheticObservation]
    {
        precondition(!instances.isEmpty, "a set of images needs an instance")
        return (0..<count).map { number in
            imageOfSet(instances: instances, number: number, split: split, seed: seed)
        }
    }

    /// One image of the set that `images` gives.
    public func imageOfSet(instances: [Int], number: Int, split: String, seed: UInt64) -> SyntheticObservation
    {
        let stream = split.utf8.reduce(UInt64(11)) { $0 &* 31 &+ UInt64($1) }
        var mixer = SeededGenerator(seed, stream, UInt64(number))
        return view(
            instance: instances[number % instances.count], seed: mixer.next(), id: "\(split)-\(number.padded)"
        )
    }
}

/// The instances that the usual sets are made of.
public enum SyntheticSets {
    /// Six instances that a class is built from.
    public static let seen = Array(0..<6)
    /// Twelve instances that no class is built from.
    public static let unseen = Array(100..<112)
    /// Images in the usual training set.
    public static let trainingCount = 30
}

extension Int {
    /// At least four digits.
    var padded: String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(0, 4 - digits.count)) + digits
    }
}
