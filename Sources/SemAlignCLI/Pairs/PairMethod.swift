// SPDX-License-Identifier: Apache-2.0

/// Ways to carry a keypoint from one image to another.
enum PairMethod: String, CaseIterable {
    /// Over the aligned class: equation 14.
    case semalign
    /// The most similar patch.
    case nearest
    /// Soft argmax in a window round it.
    case window
}
