// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// A kind of shape that classes are made of.
public enum SyntheticFamily: String, Hashable, Sendable, CaseIterable {
    /// A mug of about 10 cm: a body of revolution with a handle.
    case mug
    /// A kettle of about 25 cm with spout, handle and lid.
    case kettle
    /// A toy chair of about 40 cm with legs and a back.
    case chair
    /// A toy truck of about 25 cm.
    case truck
    /// A toy animal of about 20 cm on four legs.
    case animal
    /// A short claw hammer of about 20 cm.
    case hammer
    /// A toy steam engine of about 25 cm with as many keypoints as classes usually have at most: 20.
    case locomotive

    /// True for bodies of revolution, whose places round the axis look alike.
    var isRound: Bool { self == .mug || self == .kettle }

    /// Factor on all strengths that mislead the features.
    ///
    /// Tuned such that nearest neighbour is about as bad in every family; figures in docs/design/simulation.md.
    var nuisance: Double {
        switch self {
        case .mug: 1.9
        case .kettle: 2.25
        case .chair: 1.35
        case .truck: 0.8
        case .animal: 1.7
        case .hammer: 3
        case .locomotive: 1.05
        }
    }

    /// Factor on the length scales of the features: how far on the shape, in diameters, things look alike.
    ///
    /// Tuned together with `nuisance`.
    var smoothness: Double {
        switch self {
        case .mug, .animal: 1.1
        case .kettle: 1.07
        case .hammer: 1.25
        case .chair, .truck, .locomotive: 1
        }
    }

    /// The shape for the numbers that `vary` gives.
    func shape(_ vary: inout Variation) -> ShapeBuilder {
        var builder = ShapeBuilder()
        switch self {
        case .mug: builder.mug(&vary)
        case .kettle: builder.kettle(&vary)
        case .chair: builder.chair(&vary)
        case .truck: builder.truck(&vary)
        case .animal: builder.animal(&vary)
        case .hammer: builder.hammer(&vary)
        case .locomotive: builder.locomotive(&vary)
        }
        return builder
    }
}
