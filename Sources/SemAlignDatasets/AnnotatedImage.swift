// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore

/// One image of a dataset: what `dataset.json` says about it.
///
/// Nothing is loaded.
public struct AnnotatedImage: Hashable, Sendable {
    /// Unique name within the dataset.
    public let id: String
    /// Split it belongs to: `trn`, `val`, `tst`, or another name.
    public let split: String
    /// Which physical object it shows.
    public let instance: String
    /// Recording it is a frame of; `nil` for single pictures.
    public let run: String?
    /// Acquisition time [ns since the Unix epoch]; `nil` for single pictures.
    public let timestamp: UInt64?

    /// Colour picture (PNG or JPEG), relative to the dataset's folder, like all paths here.
    public let imagePath: String
    /// Depth (16-bit PNG); `nil` where there is none.
    public let depthPath: String?
    /// Metres per unit of depth; `nil` = relative depth.
    public let depthScale: Double?
    /// What the depth file holds.
    public var depthKind = DepthKind.depth
    /// Object mask (PNG of 8-bit labels or of colours); `nil` where there is none.
    public let maskPath: String?
    /// Patch features (`.npy`); `nil` where there are none.
    public let featuresPath: String?
    /// What the patches cover [px, edges]; `nil` = the whole image.
    public let crop: PixelRegion?
    /// The camera; `nil` where unknown.
    public let intrinsics: CameraIntrinsics?
    /// Image size that the intrinsics were stated for.
    public let intrinsicsSize: ImageSize?
    /// The object's bounding box [px, edges]; `nil` where unknown.
    public let boundingBox: PixelRegion?
    /// One entry per keypoint of the class, in its order; `nil` where nothing is stated.
    public let keypoints: [KeypointAnnotation?]

    /// Keypoints that may be learned from and aligned with: only those that are visible [px].
    public var visiblePixels: [SIMD2<Double>?] {
        keypoints.map { annotation in annotation.flatMap { $0.isVisible ? $0.pixel : nil } }
    }
}

/// What a depth file holds.
public enum DepthKind: String, Hashable, Sendable, CaseIterable {
    /// Distance along the optical axis: larger is farther.
    case depth
    /// Its inverse up to scale and offset, as monocular networks give it: larger is nearer, 0 = no value.
    case disparity
}

/// What is stated about one keypoint in one image.
public struct KeypointAnnotation: Hashable, Sendable {
    /// Where it is, or would be if nothing hid it [px, integers at pixel centres].
    public let pixel: SIMD2<Double>
    /// True where it is seen; only then it is an annotation, else it is truth for evaluation alone.
    public let isVisible: Bool
    /// Position in the camera's optical frame [m]: truth for evaluation alone; `nil` where unknown.
    public let position: SIMD3<Double>?

    /// Joins what is stated about a keypoint.
    public init(pixel: SIMD2<Double>, isVisible: Bool, position: SIMD3<Double>?) {
        self.pixel = pixel
        self.isVisible = isVisible
        self.position = position
    }
}

/// Two images of a dataset to be matched: keypoints of the source are looked for in the target.
public struct ImagePair: Hashable, Sendable {
    /// Id of the image that points are taken from.
    public let source: String
    /// Id of the image that they are looked for in.
    public let target: String

    /// Joins two ids.
    public init(source: String, target: String) {
        self.source = source
        self.target = target
    }
}
