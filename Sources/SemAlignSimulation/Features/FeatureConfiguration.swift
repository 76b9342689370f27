// SPDX-License-Identifier: Apache-2.0

/// The patch grid, and how much of each kind of information the features carry.
///
/// Strengths are lengths of vectors that are added before the sum is normalised; only their ratios matter.
public struct FeatureConfiguration: Hashable, Sendable {
    /// What the patches cover.
    public enum Coverage: Hashable, Sendable {
        /// The whole image.
        case image
        /// A square round the mask's box, `margin` times its larger side; it may reach outside the image.
        case object(margin: Double)
    }

    /// Patches from top to bottom.
    public var rows = 32
    /// Patches from left to right.
    public var columns = 32
    /// Feature length.
    public var channels = 128
    /// What the patches cover.
    public var coverage = Coverage.object(margin: 1.25)

    /// Position on the shape, the same for left and right.
    public var position = 0.5
    /// Position on the shape, the same for left and right and for front and back.
    public var likeness = 1.0
    /// What distinguishes left from right.
    public var handedness = 0.12
    /// Which part it is.
    public var part = 0.3
    /// What changes with the direction of view.
    public var view = 3.0
    /// What differs from instance to instance.
    public var instance = 0.6
    /// What all patches have in common.
    public var common = 0.5
    /// What the background has of its own.
    public var background = 1.0
    /// Noise of a patch that neighbours share.
    public var smoothNoise = 0.7
    /// Noise of a patch alone.
    public var noise = 0.25
    /// Length scale of the position, in object diameters.
    public var lengthScale = 0.25
    /// Length scale on the shape of what changes with the direction of view, in object diameters.
    public var viewLengthScale = 0.25
    /// Standard deviation of the bleeding over patches [patches].
    public var bleeding = 1.0

    /// The default: 32×32 patches of 128 channels round the object.
    public init() {}

    /// The configuration as a family tunes it.
    func tuned(for family: SyntheticFamily) -> FeatureConfiguration {
        var changed = self
        changed.view *= family.nuisance
        changed.instance *= family.nuisance
        changed.smoothNoise *= family.nuisance
        changed.noise *= family.nuisance
        changed.lengthScale *= family.smoothness
        changed.viewLengthScale *= family.smoothness
        return changed
    }
}
