// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// A kind of shape that classes are made of.
public enum SyntheticFamily: String, Hashable, Sendable, CaseIterable {
    /// A mug of about 10 cm: a body of revolution with a handle.
    case mug
    /// A kettle of about 25 cm with spout, handle and lid.
    case kettle
    /// A chair of about 45 cm with legs and a back.
    case chair
    /// A toy truck of about 25 cm.
    case truck
    /// A toy animal of about 20 cm on four legs.
    case animal
    /// A claw hammer of about 28 cm.
    case hammer

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
        }
        return builder
    }
}
