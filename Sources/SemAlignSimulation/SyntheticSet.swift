// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// The sets of images that a class is usually built from and tested on; the raw value names the split.
public enum SyntheticSet: String, Hashable, Sendable, CaseIterable {
    /// Wide views of six instances.
    case training = "trn"
    /// Other views of the same instances.
    case seen
    /// Wide views of instances that the training set does not show.
    case unseen
    /// Unseen instances of which 30 to 50 % are hidden.
    case occluded
    /// A video of an unseen instance with a jump of 60° in its middle.
    case video
}

extension SyntheticClass {
    /// `count` images of a usual set, looked at as `configuration` says but for what makes the set.
    public func observations(
        of set: SyntheticSet, count: Int, seed: UInt64,
        configuration: SimulationConfiguration = SimulationConfiguration()
    ) -> [SyntheticObservation] {
        var changed = configuration
        let name = set.rawValue
        switch set {
        case .training, .seen:
            return Simulator(self, configuration: changed)
                .images(of: SyntheticSets.seen, count: count, split: name, seed: seed)
        case .unseen:
            return Simulator(self, configuration: changed)
                .images(of: SyntheticSets.unseen, count: count, split: name, seed: seed)
        case .occluded:
            changed.occlusion = SimulationConfiguration.usualOcclusion
            return Simulator(self, configuration: changed)
                .images(of: SyntheticSets.unseen, count: count, split: name, seed: seed)
        case .video:
            changed.jumps = [count / 2]
            return Simulator(self, configuration: changed)
                .video(instance: SyntheticSets.unseen[0], seed: seed, name: name).frames(count)
        }
    }
}
