// SPDX-License-Identifier: Apache-2.0

/// Why an observation cannot be aligned with a class.
public enum AlignmentError: Error, Hashable, Sendable {
    /// No pixel of the mask carries the instance.
    case emptyMask(instance: UInt8)
    /// The features' region holds nothing of the mask.
    case maskOutsideFeatures
    /// The features are not as long as the class's.
    case channels(found: Int, expected: Int)
    /// The features come from another network than the class's.
    case featureModel(found: String, expected: String)
    /// Every start of the solver led to something that is no solution.
    case noSolution(starts: Int)
}

extension AlignmentError: CustomStringConvertible {
    /// One line: what was found, what was expected, what to do.
    public var description: String {
        switch self {
        case .emptyMask(let instance):
            "the mask holds no pixel of instance \(instance); check the segmentation"
        case .maskOutsideFeatures:
            "the features' crop and the object's mask do not meet; compute features where the mask is"
        case .channels(let found, let expected):
            "features have \(found) channels, the class has \(expected); use the network it was built with"
        case .featureModel(let found, let expected):
            "features come from '\(found)', the class was built with '\(expected)'; use that network"
        case .noSolution(let starts):
            "none of \(starts) starts of adamw leads to a solution; give it more of them"
        }
    }
}
