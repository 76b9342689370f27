// SPDX-License-Identifier: Apache-2.0

/// Why a class representation cannot be built.
public enum RepresentationError: Error, Hashable, Sendable {
    /// Fewer images can serve than a class needs.
    case tooFewViews(usable: Int, needed: Int, rejected: [RejectedView])
    /// A keypoint is visible, with depth, in too few of the images that can serve.
    case keypointRarelySeen(name: String, views: Int, needed: Int)
    /// The images cannot be laid over each other: some share fewer than three keypoints with all others.
    case disconnectedViews(connected: Int, usable: Int)
}

/// An image that was left out of a class, and why.
public struct RejectedView: Hashable, Sendable {
    /// Name of the image in its dataset.
    public let id: String
    /// Why it cannot serve, as a sentence part.
    public let reason: String

    /// Joins name and reason.
    public init(id: String, reason: String) {
        self.id = id
        self.reason = reason
    }
}

extension RepresentationError: CustomStringConvertible {
    /// One line that says what is missing and what to add.
    public var description: String {
        switch self {
        case .tooFewViews(let usable, let needed, let rejected):
            "only \(usable) of \(usable + rejected.count) images can serve, a class needs at least \(needed): "
                + "annotate more images or mend those that were left out"
                + (rejected.first.map { " (first: \($0.id), \($0.reason))" } ?? "")
        case .keypointRarelySeen(let name, let views, let needed):
            "keypoint '\(name)' has a position in \(views) images, at least \(needed) are needed: "
                + "annotate it in more images or remove it from the class"
        case .disconnectedViews(let connected, let usable):
            "only \(connected) of \(usable) images share three or more keypoints with the others: "
                + "annotate more keypoints in each image"
        }
    }
}
