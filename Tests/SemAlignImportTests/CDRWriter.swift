// SPDX-License-Identifier: Apache-2.0

/// Writes CDR as a sender of ROS 2 does: the reader's mirror, for tests.
struct CDRWriter {
    private(set) var bytes: [UInt8]
    private let isBigEndian: Bool

    init(isBigEndian: Bool = false) {
        self.isBigEndian = isBigEndian
        bytes = [0, isBigEndian ? 0 : 1, 0, 0]
    }

    mutating func integer(_ value: some FixedWidthInteger) {
        let size = value.bitWidth / 8
        while (bytes.count - 4) % size != 0 { bytes.append(0) }
        for index in 0..<size {
            bytes.append(UInt8(truncatingIfNeeded: value >> (8 * (isBigEndian ? size - 1 - index : index))))
        }
    }

    mutating func number(_ value: Double) { integer(value.bitPattern) }

    mutating func text(_ text: String) {
        integer(UInt32(text.utf8.count + 1))
        bytes += Array(text.utf8) + [0]
    }

    mutating func data(_ data: [UInt8]) {
        integer(UInt32(data.count))
        bytes += data
    }

    mutating func header(_ stamp: UInt64, _ frame: String) {
        integer(Int32(stamp / 1_000_000_000))
        integer(UInt32(stamp % 1_000_000_000))
        text(frame)
    }

    /// `sensor_msgs/msg/Image`.
    static func image(
        width: UInt32, height: UInt32, encoding: String, step: UInt32, data: [UInt8],
        isBigEndian: Bool = false,
        stamp: UInt64 = 5_000_000_007, frame: String = "optical"
    ) -> [UInt8] {
        var writer = CDRWriter(isBigEndian: isBigEndian)
        writer.header(stamp, frame)
        writer.integer(height)
        writer.integer(width)
        writer.text(encoding)
        writer.integer(UInt8(isBigEndian ? 1 : 0))
        writer.integer(step)
        writer.data(data)
        return writer.bytes
    }

    /// `sensor_msgs/msg/CameraInfo` with k = [600 0 320; 0 610 240; 0 0 1].
    static func camera(
        model: String = "plumb_bob", distortion: [Double] = [0.1, 0, 0, 0, 0], focal: Double = 600,
        binning: UInt32 = 0, region: [UInt32] = [0, 0, 0, 0]
    ) -> [UInt8] {
        var writer = CDRWriter()
        writer.header(9_000_000_000, "optical")
        writer.integer(480 as UInt32)
        writer.integer(640 as UInt32)
        writer.text(model)
        writer.integer(UInt32(distortion.count))
        for value in distortion { writer.number(value) }
        for value in [focal, 0, 320, 0, 610, 240, 0, 0, 1] { writer.number(value) }
        for value in 0..<21 { writer.number(Double(value)) }
        writer.integer(binning)
        writer.integer(binning)
        for value in region { writer.integer(value) }
        writer.integer(1 as UInt8)
        return writer.bytes
    }

    /// `sensor_msgs/msg/PointCloud2` of x, y, z, two points a row, with four bytes behind each row.
    static func cloud(depths: [Float], height: UInt32 = 2, isBigEndian: Bool = false) -> [UInt8] {
        var writer = CDRWriter(isBigEndian: isBigEndian)
        writer.header(9_000_000_000, "optical")
        writer.integer(height)
        writer.integer(UInt32(depths.count) / height)
        writer.integer(3 as UInt32)
        for (index, name) in ["x", "y", "z"].enumerated() {
            writer.text(name)
            writer.integer(UInt32(4 * index))
            writer.integer(7 as UInt8)
            writer.integer(1 as UInt32)
        }
        writer.integer(UInt8(isBigEndian ? 1 : 0))
        let columns = depths.count / Int(height)
        writer.integer(16 as UInt32)
        writer.integer(UInt32(16 * columns + 4))
        var data: [UInt8] = []
        for (index, depth) in depths.enumerated() {
            data += [UInt8](repeating: 7, count: 8)
            for byte in 0..<4 {
                let shift = UInt32(8 * (isBigEndian ? 3 - byte : byte))
                data.append(UInt8(truncatingIfNeeded: depth.bitPattern >> shift))
            }
            data += [1, 2, 3, 4]
            if index % columns == columns - 1 { data += [9, 9, 9, 9] }
        }
        writer.data(data)
        writer.integer(1 as UInt8)
        return writer.bytes
    }
}
