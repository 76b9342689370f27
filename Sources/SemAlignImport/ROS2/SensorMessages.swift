// SPDX-License-Identifier: Apache-2.0

internal import SemAlignCore

/// `std_msgs/msg/Header`.
struct ROSHeader {
    /// [ns since the Unix epoch].
    let stamp: UInt64
    let frameID: String

    init(_ reader: inout CDRReader) throws(ImportError) {
        let seconds = try reader.integer(Int32.self, "header.stamp.sec")
        let nanoseconds = try reader.integer(UInt32.self, "header.stamp.nanosec")
        guard seconds >= 0, nanoseconds < 1_000_000_000 else {
            throw .value(
                field: "header.stamp", found: "\(seconds) s and \(nanoseconds) ns",
                expected: "a time since 1970")
        }
        stamp = UInt64(seconds) * 1_000_000_000 + UInt64(nanoseconds)
        frameID = try reader.text("header.frame_id")
    }
}

/// `sensor_msgs/msg/Image`.
struct ROSImage {
    let header: ROSHeader
    let size: ImageSize
    let encoding: String
    let isBigEndian: Bool
    let step: Int
    let data: ArraySlice<UInt8>

    init(_ reader: inout CDRReader) throws(ImportError) {
        header = try ROSHeader(&reader)
        size = try reader.size("image")
        encoding = try reader.text("encoding")
        isBigEndian = try reader.flag("is_bigendian")
        step = try reader.unsigned("step")
        data = try reader.data("data")
    }

    /// The pixels row after row without gaps, `bytesPerPixel` each.
    func packedRows(bytesPerPixel: Int) throws(ImportError) -> [UInt8] {
        try SemAlignImport.packedRows(data, size: size, step: step, bytesPerPixel: bytesPerPixel)
    }
}

/// `sensor_msgs/msg/CompressedImage`.
struct ROSCompressedImage {
    let header: ROSHeader
    let format: String
    let data: ArraySlice<UInt8>

    init(_ reader: inout CDRReader) throws(ImportError) {
        header = try ROSHeader(&reader)
        format = try reader.text("format")
        data = try reader.data("data")
    }
}

/// `sensor_msgs/msg/CameraInfo`.
struct ROSCameraInfo {
    let header: ROSHeader
    let size: ImageSize
    let model: String
    let distortion: [Double]
    let matrix: [Double]
    /// Pixels that were added up, at least 1.
    let binning: SIMD2<Double>
    /// Left and top of the region that is read, unbinned.
    let offset: SIMD2<Double>
    /// Size of the region that is read, unbinned; `nil` = all.
    let region: ImageSize?

    init(_ reader: inout CDRReader) throws(ImportError) {
        header = try ROSHeader(&reader)
        size = try reader.size("camera_info")
        model = try reader.text("distortion_model")
        distortion = try reader.numbers(reader.count(of: 8, "d"), "d")
        matrix = try reader.numbers(9, "k")
        _ = try reader.numbers(9 + 12, "r and p")
        var bins: SIMD2<Double> = .one
        for axis in 0..<2 { bins[axis] = max(1, Double(try reader.unsigned("binning"))) }
        binning = bins
        var roi: [Int] = []
        for name in ["x_offset", "y_offset", "height", "width"] {
            roi.append(try reader.unsigned("roi.\(name)"))
        }
        _ = try reader.flag("roi.do_rectify")
        offset = SIMD2(Double(roi[0]), Double(roi[1]))
        region = roi[2] > 0 && roi[3] > 0 ? ImageSize(width: roi[3], height: roi[2]) : nil
    }
}

/// `sensor_msgs/msg/PointCloud2`.
struct ROSPointCloud {
    /// One number of a point.
    struct Field {
        let name: String
        let offset: Int
        /// 7 = 32-bit, 8 = 64-bit floating point.
        let kind: UInt8
    }

    let header: ROSHeader
    let size: ImageSize
    let fields: [Field]
    let isBigEndian: Bool
    let pointStep: Int
    let rowStep: Int
    let data: ArraySlice<UInt8>

    init(_ reader: inout CDRReader) throws(ImportError) {
        header = try ROSHeader(&reader)
        size = try reader.size("point cloud")
        var fields: [Field] = []
        // A name takes five bytes at least, offset, kind and count nine.
        for _ in 0..<(try reader.count(of: 14, "fields")) {
            let name = try reader.text("fields.name")
            let offset = try reader.unsigned("fields.offset")
            fields.append(
                Field(name: name, offset: offset, kind: try reader.integer(UInt8.self, "fields.datatype")))
            _ = try reader.integer(UInt32.self, "fields.count")
        }
        self.fields = fields
        isBigEndian = try reader.flag("is_bigendian")
        pointStep = try reader.unsigned("point_step")
        rowStep = try reader.unsigned("row_step")
        data = try reader.data("data")
    }
}

extension CDRReader {
    /// Height, then width, both at least one.
    fileprivate mutating func size(_ what: String) throws(ImportError) -> ImageSize {
        let height = try unsigned("height")
        let width = try unsigned("width")
        guard (1...65_536).contains(width), (1...65_536).contains(height) else {
            throw .value(
                field: "size of the \(what)", found: "\(width)×\(height)", expected: "1 to 65536 a side")
        }
        return ImageSize(width: width, height: height)
    }
}

/// Copies `size.height` rows that begin `step` bytes apart, without the gaps.
func packedRows(
    _ data: ArraySlice<UInt8>, size: ImageSize, step: Int, bytesPerPixel: Int
) throws(ImportError) -> [UInt8] {
    let row = size.width * bytesPerPixel
    guard step >= row else {
        throw .value(field: "step", found: "\(step)", expected: "\(row) or more")
    }
    let needed = step * (size.height - 1) + row
    guard data.count >= needed else {
        throw .truncated(what: "data", needed: needed, available: data.count)
    }
    if step == row { return Array(data.prefix(needed)) }
    var packed: [UInt8] = []
    packed.reserveCapacity(row * size.height)
    for start in stride(from: data.startIndex, to: data.startIndex + step * size.height, by: step) {
        packed += data[start..<start + row]
    }
    return packed
}
