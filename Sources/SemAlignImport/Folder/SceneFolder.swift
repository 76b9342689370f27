// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import SemAlignCore
internal import SemAlignImages
internal import SemAlignMessages

/// A folder as BundleSDF and FoundationPose have it: `rgb/`, `depth/` (16-bit PNG, mm), `masks/`, `cam_K.txt`.
///
/// Pictures of one frame have one name without their suffixes. Depth and masks may be missing, for all frames
/// or for some.
public struct SceneFolder: Hashable, Sendable {
    private let path: String
    private let intrinsics: [Double]
    private let pictures: [String]

    /// True where `path` looks like such a folder.
    public static func isOne(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path + "/rgb")
            && FileManager.default.fileExists(atPath: path + "/cam_K.txt")
    }

    /// Reads what there is and the camera's matrix.
    public init(path: String) throws(ImportError) {
        self.path = path
        let text = String(decoding: try Self.bytes(path + "/cam_K.txt"), as: UTF8.self)
        let words = text.split { $0.isWhitespace || $0 == "," }
        let numbers = words.compactMap { Double($0) }.filter(\.isFinite)
        guard words.count == 9, numbers.count == 9, numbers[0] > 0, numbers[4] > 0 else {
            throw .unusable(path: path + "/cam_K.txt", reason: "expected the nine numbers of a camera matrix")
        }
        intrinsics = numbers
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: path + "/rgb") } catch {
            throw .unreadable(path: path + "/rgb", reason: error.localizedDescription)
        }
        pictures = names.filter { ["png", "jpg", "jpeg"].contains(Self.parts($0).suffix.lowercased()) }
            .sorted { (Self.parts($0).stem.utf8.count, $0) < (Self.parts($1).stem.utf8.count, $1) }
        guard !pictures.isEmpty else {
            throw .unusable(path: path + "/rgb", reason: "no .png or .jpg file in it")
        }
    }

    /// Number of frames.
    public var frameCount: Int { pictures.count }

    /// When each frame was taken [ns]: the picture's name where that is a time in nanoseconds.
    ///
    /// Other frames are numbered from one second on, `rate` of them a second.
    public func stamps(rate: Double) -> [UInt64] {
        let named = pictures.compactMap { picture -> UInt64? in
            guard let stamp = UInt64(Self.parts(picture).stem), stamp >= 1_000_000_000_000_000 else {
                return nil
            }
            return stamp
        }
        if named.count == pictures.count, Set(named).count == named.count { return named.sorted() }
        return pictures.indices.map { 1_000_000_000 + UInt64(Double($0) / rate * 1e9) }
    }

    /// The messages of a frame: camera, image, depth, mask, all under its stamp.
    ///
    /// What cannot be used is left out and noted in the report.
    public func messages(
        ofFrame index: Int, stamp: UInt64, frameID: String = "camera_optical", report: inout ImportReport
    ) -> [ImportedMessage] {
        let frame = SceneFrame(stamp: stamp, frameID: frameID)
        let picture = pictures[index]
        let stem = Self.parts(picture).stem
        var messages: [ImportedMessage] = []
        func add(
            _ topic: Topic, _ file: String, _ make: ([UInt8]) throws(ImportError) -> (any TopicMessage)?
        ) {
            do throws(ImportError) {
                guard FileManager.default.fileExists(atPath: "\(path)/\(file)"),
                    let message = try make(try Self.bytes("\(path)/\(file)"))
                else { return }
                messages.append(try frame.imported(topic, message))
            } catch {
                report.leaveOut(file, error)
            }
        }
        add(.calibration, "rgb/" + picture) { bytes throws(ImportError) in
            try frame.camera(for: bytes, intrinsics)
        }
        add(.image, "rgb/" + picture) { bytes throws(ImportError) in try frame.picture(bytes) }
        add(.depth, "depth/\(stem).png") { bytes throws(ImportError) in try frame.depth(bytes) }
        add(.mask, "masks/\(stem).png") { bytes throws(ImportError) in try frame.mask(bytes) }
        report.messages += messages.count
        return messages
    }

    private static func parts(_ name: String) -> (stem: String, suffix: String) {
        guard let dot = name.lastIndex(of: ".") else { return (name, "") }
        return (String(name[..<dot]), String(name[name.index(after: dot)...]))
    }

    private static func bytes(_ path: String) throws(ImportError) -> [UInt8] {
        do { return [UInt8](try Data(contentsOf: URL(filePath: path))) } catch {
            throw .unreadable(path: path, reason: error.localizedDescription)
        }
    }
}

/// Makes the messages of one frame.
private struct SceneFrame {
    let stamp: UInt64
    let frameID: String

    func imported(_ topic: Topic, _ message: any TopicMessage) throws(ImportError) -> ImportedMessage {
        do throws(MessageError) {
            return ImportedMessage(
                topic: topic.defaultName, schema: type(of: message).schemaName,
                payload: try message.encoded(),
                logTime: stamp, publishTime: stamp)
        } catch {
            throw .message(error.description)
        }
    }

    /// `k` is row-major.
    func camera(for picture: [UInt8], _ k: [Double]) throws(ImportError) -> CalibrationMessage {
        CalibrationMessage(
            timestamp: stamp, frameID: frameID, size: try Self.header(picture).size,
            intrinsics: CameraIntrinsics(focalLength: [k[0], k[4]], principalPoint: [k[2], k[5]]),
            distortion: .none)
    }

    func picture(_ bytes: [UInt8]) throws(ImportError) -> CompressedImageMessage {
        CompressedImageMessage(
            timestamp: stamp, frameID: frameID,
            format: try Self.header(bytes).format == .png ? "png" : "jpeg", data: bytes)
    }

    func depth(_ bytes: [UInt8]) throws(ImportError) -> CompressedImageMessage {
        let header = try Self.header(bytes)
        guard header.format == .png, header.bitDepth == 16, header.channels == 1 else {
            throw .value(field: "depth", found: header.pixelDescription, expected: "a 16-bit grey PNG, mm")
        }
        return CompressedImageMessage(timestamp: stamp, frameID: frameID, format: "png", data: bytes)
    }

    /// Colours and tables become one instance: what is not black.
    func mask(_ bytes: [UInt8]) throws(ImportError) -> any TopicMessage {
        let header = try Self.header(bytes)
        if header.format == .png, header.bitDepth == 8, header.channels == 1, !header.isIndexed {
            return CompressedImageMessage(timestamp: stamp, frameID: frameID, format: "png", data: bytes)
        }
        do throws(ImageError) {
            let image = try ImageDecoder.color(bytes.span)
            let labels = stride(from: 0, to: image.pixels.count, by: 3).map { start -> UInt8 in
                image.pixels[start..<start + 3].contains { $0 > 0 } ? 1 : 0
            }
            return RawImageMessage(
                mask: ObjectMask(size: image.size, labels: labels), timestamp: stamp, frameID: frameID)
        } catch {
            throw .message(error.description)
        }
    }

    private static func header(_ bytes: [UInt8]) throws(ImportError) -> ImageHeader {
        do throws(ImageError) { return try ImageHeader(bytes.span) } catch {
            throw .message(error.description)
        }
    }
}
