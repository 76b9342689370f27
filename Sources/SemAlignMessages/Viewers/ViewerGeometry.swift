// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SwiftProtobuf

extension Foxglove_Point3 {
    /// From a vector.
    init(_ point: SIMD3<Double>) {
        self.init()
        x = point.x
        y = point.y
        z = point.z
    }
}

extension Foxglove_Vector3 {
    /// From a vector.
    init(_ vector: SIMD3<Double>) {
        self.init()
        x = vector.x
        y = vector.y
        z = vector.z
    }
}

extension Foxglove_Point2 {
    /// From a pixel that has integer coordinates at pixel centres: viewers have them at corners.
    init(pixelCenter pixel: SIMD2<Double>) {
        self.init()
        x = pixel.x + 0.5
        y = pixel.y + 0.5
    }
}

extension Foxglove_Pose {
    /// A pose that is not turned.
    init(position: SIMD3<Double>) {
        self.init()
        self.position = .init(position)
        orientation.w = 1
    }
}

extension Foxglove_KeyValuePair {
    /// Joins key and value.
    init(key: String, value: String) {
        self.init()
        self.key = key
        self.value = value
    }
}

extension Foxglove_Color {
    /// Joins the parts, each 0…1.
    init(_ r: Double, _ g: Double, _ b: Double, _ a: Double) {
        self.init()
        self.r = r
        self.g = g
        self.b = b
        self.a = a
    }

    /// Lines.
    static var white: Foxglove_Color { .init(1, 1, 1, 0.8) }
    /// Behind text.
    static var shade: Foxglove_Color { .init(0, 0, 0, 0.4) }
    /// Dense points.
    static var cloud: Foxglove_Color { .init(0.35, 0.78, 0.98, 0.7) }
    /// The inside of hollow circles.
    static var clear: Foxglove_Color { .init(0, 0, 0, 0) }

    /// A hue of its own for each keypoint, faint where it is hidden.
    init(index: Int, of count: Int, visible: Double) {
        self.init(index: index, of: count, opacity: visible >= 0.5 ? 1 : 0.45)
    }

    /// A hue of its own for each keypoint.
    init(index: Int, of count: Int, opacity: Double) {
        let hue = 6 * Double(index) / Double(max(count, 1))
        let channel = { (offset: Double) -> Double in
            let phase = (hue + offset).truncatingRemainder(dividingBy: 6)
            return min(max(min(phase, 4 - phase), 0), 1)
        }
        self.init(channel(2), channel(0), channel(4), opacity)
    }
}

extension KeypointEstimate {
    /// False for points behind the camera, which have no pixel.
    var isOnImagePlane: Bool { pixel.x.isFinite && pixel.y.isFinite }
}

extension [SIMD2<Int32>] {
    /// The pairs of which both numbers are in 0 ..< `count`.
    func edges(below count: Int) -> [SIMD2<Int>] {
        compactMap { edge in
            let pair = SIMD2(Int(edge.x), Int(edge.y))
            return pair.min() >= 0 && pair.max() < count ? pair : nil
        }
    }
}
