// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore

/// The files of one image that no `dataset.json` speaks of, in the formats of a dataset's.
public struct ImageFiles: Hashable, Sendable {
    /// Colour picture (PNG or JPEG); like all paths here absolute or relative to the working folder.
    public let image: String
    /// Patch features (`.npy`).
    public let features: String
    /// Depth (16-bit PNG); `nil` where there is none.
    public var depth: String?
    /// Metres per unit of depth; `nil` = relative depth.
    public var depthScale: Double? = 0.001
    /// Object mask (PNG of 8-bit labels or of colours); `nil` where there is none.
    public var mask: String?
    /// What the patches cover [px, edges]; `nil` = the whole image.
    public var crop: PixelRegion?

    /// Names the two files that every image needs.
    public init(image: String, features: String) {
        self.image = image
        self.features = features
    }
}

extension AnnotatedDataset {
    /// A dataset of one image: its id is the picture's path, its camera is unknown and nothing is annotated.
    public init(_ files: ImageFiles) {
        self.init(
            images: [
                AnnotatedImage(
                    id: files.image, split: "", instance: "", run: nil, timestamp: nil,
                    imagePath: files.image, depthPath: files.depth, depthScale: files.depthScale,
                    maskPath: files.mask, featuresPath: files.features, crop: files.crop, intrinsics: nil,
                    intrinsicsSize: nil, boundingBox: nil, keypoints: [])
            ])
    }
}
