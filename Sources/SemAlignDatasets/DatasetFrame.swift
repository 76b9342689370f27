// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore
public import SemAlignImages

/// One image to be written into a dataset folder.
public struct DatasetFrame: Sendable {
    /// Unique name within the dataset; file names are made from it.
    public let id: String
    /// Split it belongs to.
    public let split: String
    /// Which physical object it shows.
    public let instance: String
    /// Recording it is a frame of; with it the observation's stamp is written, without it none.
    public let run: String?
    /// Camera, depth, mask and features; its image size is the picture's.
    public let observation: Observation
    /// The colour picture.
    public let picture: ColorImage
    /// The object's bounding box [px, edges]; `nil` where unknown.
    public let boundingBox: PixelRegion?
    /// One entry per keypoint of the class, in its order; `nil` where nothing is known.
    public let keypoints: [KeypointAnnotation?]

    /// Joins the parts of an image.
    ///
    /// Precondition: the picture has the observation's size.
    public init(
        id: String, split: String, instance: String, run: String?, observation: Observation,
        picture: ColorImage, boundingBox: PixelRegion?, keypoints: [KeypointAnnotation?]
    ) {
        precondition(picture.size == observation.imageSize, "the picture has the observation's size")
        self.id = id
        self.split = split
        self.instance = instance
        self.run = run
        self.observation = observation
        self.picture = picture
        self.boundingBox = boundingBox
        self.keypoints = keypoints
    }
}
