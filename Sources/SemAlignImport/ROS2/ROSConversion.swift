// SPDX-License-Identifier: Apache-2.0

internal import SemAlignCore
internal import SemAlignMessages

/// Messages of ROS 2 as messages of ours.
public enum ROSConversion {
    /// Types that are taken over.
    public static let types = [
        "sensor_msgs/msg/Image", "sensor_msgs/msg/CompressedImage", "sensor_msgs/msg/CameraInfo",
        "sensor_msgs/msg/PointCloud2",
    ]

    /// Turns the CDR bytes of a message of `type` into the name of our schema and its protobuf message.
    public static func convert(
        type: String, _ bytes: [UInt8]
    ) throws(ImportError) -> (schema: String, payload: [UInt8]) {
        guard types.contains(type) else { throw .unknownType(type) }
        var reader = try CDRReader(bytes)
        switch type {
        case types[0]: return try encoded(try image(ROSImage(&reader)))
        case types[1]:
            let picture = try ROSCompressedImage(&reader)
            return picture.isDepthToDecode
                ? try encoded(try picture.depth()) : try encoded(try Self.picture(picture))
        case types[2]: return try encoded(try calibration(ROSCameraInfo(&reader)))
        default: return try encoded(try depth(ROSPointCloud(&reader)))
        }
    }

    private static func encoded(
        _ message: some TopicMessage
    ) throws(ImportError) -> (schema: String, payload: [UInt8]) {
        do throws(MessageError) {
            return (type(of: message).schemaName, try message.encoded())
        } catch {
            throw .message(error.description)
        }
    }

    private static func image(_ image: ROSImage) throws(ImportError) -> RawImageMessage {
        // Opacity is of no use here.
        let opaque: [String: PixelEncoding] = ["rgba8": .rgb8, "8UC4": .bgr8, "bgra8": .bgr8]
        let encoding: PixelEncoding
        var pixels: [UInt8]
        if let reduced = opaque[image.encoding] {
            encoding = reduced
            let rows = try image.packedRows(bytesPerPixel: 4)
            pixels = rows.indices.filter { $0 % 4 != 3 }.map { rows[$0] }
        } else if let known = PixelEncoding(name: image.encoding) {
            encoding = known
            pixels = try image.packedRows(bytesPerPixel: known.bytesPerPixel)
            let size = known == .depthMetres ? 4 : known == .depthMillimetres ? 2 : 1
            if image.isBigEndian, size > 1 { reverse(&pixels, each: size) }
        } else {
            let names = (PixelEncoding.allCases.map(\.rawValue) + opaque.keys.sorted()).joined(
                separator: ", ")
            throw .value(field: "encoding", found: "'\(image.encoding)'", expected: names)
        }
        return RawImageMessage(
            timestamp: image.header.stamp, frameID: image.header.frameID, size: image.size,
            encoding: encoding, data: pixels)
    }

    private static func reverse(_ bytes: inout [UInt8], each size: Int) {
        for start in stride(from: 0, to: bytes.count - size + 1, by: size) {
            bytes[start..<start + size].reverse()
        }
    }

    /// JPEG and PNG as they are; depth of image_transport has twelve bytes in front of its PNG.
    private static func picture(_ image: ROSCompressedImage) throws(ImportError) -> CompressedImageMessage {
        let data = image.isDepth ? image.data.dropFirst(ROSCompressedImage.depthHeaderSize) : image.data
        let isPNG = data.starts(with: [0x89, 0x50, 0x4E, 0x47])
        guard isPNG || data.starts(with: [0xFF, 0xD8]) else {
            throw .value(field: "format", found: "'\(image.format)'", expected: "a PNG or JPEG file")
        }
        return CompressedImageMessage(
            timestamp: image.header.stamp, frameID: image.header.frameID, format: isPNG ? "png" : "jpeg",
            data: Array(data))
    }

    /// The camera for the images that it sends: region and binning as REP 104 has them.
    private static func calibration(_ info: ROSCameraInfo) throws(ImportError) -> CalibrationMessage {
        let full = info.region ?? info.size
        let size = ImageSize(
            width: full.width / Int(info.binning.x), height: full.height / Int(info.binning.y))
        let k = info.matrix
        guard k[0] > 0, k[4] > 0, k.allSatisfy(\.isFinite), k[1] == 0, k[3] == 0, size.width > 0,
            size.height > 0
        else {
            throw .value(
                field: "k", found: k[0] == 0 ? "0, which means not calibrated" : "\(k)",
                expected: "[fx 0 cx; 0 fy cy; 0 0 1]")
        }
        do throws(MessageError) {
            return CalibrationMessage(
                timestamp: info.header.stamp, frameID: info.header.frameID, size: size,
                intrinsics: CameraIntrinsics(
                    focalLength: SIMD2(k[0], k[4]) / info.binning,
                    principalPoint: (SIMD2(k[2], k[5]) - info.offset) / info.binning),
                distortion: try Distortion(model: info.model, coefficients: info.distortion))
        } catch {
            throw .message(error.description)
        }
    }

    /// The z of an organised cloud, which is depth [m] where the cloud lies in the camera's frame.
    private static func depth(_ cloud: ROSPointCloud) throws(ImportError) -> RawImageMessage {
        guard cloud.size.height > 1 else {
            throw .value(
                field: "height", found: "1", expected: "an organised cloud, a row for every image row")
        }
        guard let z = cloud.fields.first(where: { $0.name == "z" }), z.kind == 7 || z.kind == 8 else {
            throw .value(
                field: "fields", found: cloud.fields.map(\.name).joined(separator: " "),
                expected: "z as floating point")
        }
        let size = z.kind == 7 ? 4 : 8
        guard z.offset + size <= cloud.pointStep, cloud.pointStep <= 4096 else {
            throw .value(
                field: "point_step", found: "\(cloud.pointStep)", expected: "\(z.offset + size) to 4096")
        }
        let points = try packedRows(
            cloud.data, size: cloud.size, step: cloud.rowStep, bytesPerPixel: cloud.pointStep)
        var depth: [Float] = []
        depth.reserveCapacity(cloud.size.width * cloud.size.height)
        for start in stride(from: z.offset, to: points.count, by: cloud.pointStep) {
            var number = points[start..<start + size]
            if cloud.isBigEndian { number.reverse() }
            let bits = number.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            depth.append(size == 4 ? Float(bitPattern: UInt32(bits)) : Float(Double(bitPattern: bits)))
        }
        return try cloud.header.depthMessage(size: cloud.size, metres: depth)
    }
}
