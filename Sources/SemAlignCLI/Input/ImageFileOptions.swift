// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignCore
import SemAlignDatasets
import SemAlignImages
import SemAlignNode

/// The files of an image that belongs to no dataset.
struct ImageFileOptions: ParsableArguments {
    @Option(help: "Patch features (.npy, rows × columns × channels, float16 or float32).")
    var features: String?
    @Option(help: "Depth registered to the image (16-bit PNG).")
    var depth: String?
    @Option(help: "Metres per unit of depth.")
    var depthScale = 0.001
    @Flag(help: "Depth is known up to a factor only.")
    var relativeDepth = false
    @Option(
        help: "Object mask (8-bit PNG, 0 = background); without one the object is taken to fill the patches.")
    var mask: String?
    @Option(help: "Camera calibration (ROS camera_info YAML).")
    var camera: String?
    @Option(help: ArgumentHelp("What the patches cover, in pixel edges.", valueName: "x0,y0,x1,y1"))
    var crop: String?

    /// True where a file is named.
    var isGiven: Bool { ![features, depth, mask, camera, crop].allSatisfy { $0 == nil } }

    func validate() throws {
        guard depthScale > 0, depthScale.isFinite else {
            throw ValidationError("--depth-scale is \(depthScale), expected a number above 0.")
        }
        guard crop == nil || region != nil else {
            throw ValidationError(
                "--crop is '\(crop ?? "")', expected x0,y0,x1,y1 with x1 > x0 and y1 > y0.")
        }
    }

    private var region: PixelRegion? {
        let parts = (crop ?? "").split(separator: ",", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Double($0) }.filter(\.isFinite)
        guard numbers.count == 4, parts.count == 4, numbers[2] > numbers[0], numbers[3] > numbers[1] else {
            return nil
        }
        return PixelRegion(minimum: [numbers[0], numbers[1]], maximum: [numbers[2], numbers[3]])
    }

    /// Loads them for the picture at `image`.
    func load(image: String) throws -> AlignmentInput {
        guard let features else {
            throw CommandFailure.usage(
                "'\(image)' is a file and not an image of a dataset: name its features with --features FILE.npy"
            )
        }
        var files = ImageFiles(image: image, features: features)
        (files.depth, files.mask, files.crop) = (depth, mask, region)
        files.depthScale = relativeDepth ? nil : depthScale
        let dataset = AnnotatedDataset(files)
        var observation = try dataset.observation(of: dataset.images[0])
        if mask == nil { observation = observation.filled() }
        var lens: LensCamera?
        if let camera {
            let found = try Self.camera(camera, for: observation.imageSize)
            observation = try observation.straightened(through: found)
            lens = found
        }
        return AlignmentInput(
            name: image, observation: observation, lens: lens, annotations: nil,
            picture: { try dataset.colorImage(of: dataset.images[0]) })
    }

    private static func camera(_ path: String, for size: ImageSize) throws -> LensCamera {
        let bytes = try InputFile.read(path)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure.badData("'\(path)' is not UTF-8 text")
        }
        let file = try CameraCalibrationFile(text: text, path: path)
        for note in file.notes { StandardError.note(note) }
        guard let intrinsics = file.calibration.intrinsics(for: size) else {
            let sent = file.calibration.sentSize
            throw CommandFailure.badData(
                "'\(path)' is of a camera with \(sent.width)×\(sent.height) pixels, the image has "
                    + "\(size.width)×\(size.height)")
        }
        return LensCamera(intrinsics: intrinsics, distortion: file.calibration.distortion)
    }
}

extension Observation {
    /// The same with a mask of all that the patches cover.
    fileprivate func filled() -> Observation {
        let (low, high) = (features.region.minimum, features.region.maximum)
        let labels = (0..<imageSize.height).flatMap { row in
            (0..<imageSize.width).map { column -> UInt8 in
                let pixel = SIMD2(Double(column), Double(row)) + 0.5
                let isInside = pixel.x > low.x && pixel.y > low.y && pixel.x < high.x && pixel.y < high.y
                return isInside ? 1 : 0
            }
        }
        return Observation(
            timestamp: timestamp, frameID: frameID, imageSize: imageSize, intrinsics: intrinsics,
            depth: depth, mask: ObjectMask(size: imageSize, labels: labels), instance: 1, features: features)
    }
}
