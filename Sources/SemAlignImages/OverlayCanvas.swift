// SPDX-License-Identifier: Apache-2.0

import COpenCV
import SemAlignCore

/// A colour image with the few strokes that an overlay is made of.
///
/// Coordinates are pixels with integers at pixel centres. What lies outside is not drawn; a stroke that fails
/// for want of memory is left out, since a picture for people is no reason to stop.
struct OverlayCanvas {
    private(set) var image: ColorImage

    init(_ image: ColorImage) { self.image = image }

    mutating func line(
        from start: SIMD2<Double>, to end: SIMD2<Double>, thickness: Int, color: SIMD3<UInt8>
    ) {
        guard Self.isDrawable(start), Self.isDrawable(end) else { return }
        unsafe draw { canvas in
            unsafe semalign_cv_line(
                canvas, start.x, start.y, end.x, end.y, Int32(thickness), Self.color(color))
        }
    }

    /// A circle line, or with `thickness` 0 a disc.
    mutating func circle(
        at center: SIMD2<Double>, radius: Double, thickness: Int = 0, color: SIMD3<UInt8>
    ) {
        guard Self.isDrawable(center) else { return }
        unsafe draw { canvas in
            unsafe semalign_cv_circle(
                canvas, center.x, center.y, radius, thickness > 0 ? Int32(thickness) : -1, Self.color(color))
        }
    }

    mutating func fill(_ box: PixelBox, opacity: Double, color: SIMD3<UInt8>) {
        unsafe draw { canvas in
            unsafe semalign_cv_fill(
                canvas, Int32(box.x), Int32(box.y), Int32(box.width), Int32(box.height), opacity,
                Self.color(color))
        }
    }

    /// Writes text whose box, as `size(of:)` gives it, starts at (x, y).
    mutating func text(_ text: String, x: Int, y: Int, style: TextStyle, color: SIMD3<UInt8>) {
        let size = Self.size(of: text, style: style)
        unsafe draw { canvas in
            unsafe semalign_cv_text(
                canvas, text, Int32(x), Int32(y + size.ascent), style.scale, Int32(style.thickness),
                Self.color(color))
        }
    }

    /// Width, ascent and whole height of a text [px].
    static func size(of text: String, style: TextStyle) -> (width: Int, ascent: Int, height: Int) {
        var (width, height, depth) = (Int32(0), Int32(0), Int32(0))
        _ = unsafe semalign_cv_text_size(
            text, style.scale, Int32(style.thickness), &width, &height, &depth)
        return (Int(width), Int(height), Int(height + depth))
    }

    private mutating func draw(_ stroke: (semalign_cv_canvas) -> Int32) {
        let (width, height) = (Int32(image.size.width), Int32(image.size.height))
        unsafe image.pixels.withUnsafeMutableBufferPointer { buffer in
            _ = unsafe stroke(semalign_cv_canvas(pixels: buffer.baseAddress, width: width, height: height))
        }
    }

    /// Far-away and undefined points are not drawn: clamping them would bend lines.
    private static func isDrawable(_ point: SIMD2<Double>) -> Bool {
        abs(point.x) < 1e5 && abs(point.y) < 1e5
    }

    private static func color(_ color: SIMD3<UInt8>) -> semalign_cv_color {
        semalign_cv_color(red: color.x, green: color.y, blue: color.z)
    }
}

/// Size and weight of letters.
struct TextStyle {
    let scale: Double
    let thickness: Int
}

/// A rectangle of whole pixels.
struct PixelBox: Hashable {
    var x: Int
    var y: Int
    var width: Int
    var height: Int

    func overlaps(_ other: PixelBox) -> Bool {
        x < other.x + other.width && other.x < x + width && y < other.y + other.height && other.y < y + height
    }

    func isInside(width outerWidth: Int, height outerHeight: Int) -> Bool {
        x >= 0 && y >= 0 && x + width <= outerWidth && y + height <= outerHeight
    }

    func contains(_ point: SIMD2<Double>, margin: Double) -> Bool {
        point.x > Double(x) - margin && point.x < Double(x + width) + margin
            && point.y > Double(y) - margin && point.y < Double(y + height) + margin
    }
}
