// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// Two images side by side with lines between matched points: green where right, red where wrong (figure 6).
///
/// With one image only, lines go from the true place to the one that was found.
public struct MatchPicture: Hashable, Sendable {
    /// One matched point.
    public struct Match: Hashable, Sendable {
        /// Place in the left image [px], or the true place where there is one image only.
        public let start: SIMD2<Double>
        /// Place that was found in the right image [px].
        public let end: SIMD2<Double>
        /// True place in the right image [px], drawn as a ring; `nil` where unknown.
        public let truth: SIMD2<Double>?
        /// Whether it counts as right.
        public let isCorrect: Bool

        /// Joins the places of a match.
        public init(start: SIMD2<Double>, end: SIMD2<Double>, truth: SIMD2<Double>?, isCorrect: Bool) {
            self.start = start
            self.end = end
            self.truth = truth
            self.isCorrect = isCorrect
        }
    }

    /// Height of the picture [px].
    public static let height = 480
    private static let right = SIMD3<UInt8>(40, 200, 80)
    private static let wrong = SIMD3<UInt8>(230, 50, 50)

    private let matches: [Match]

    /// Prepares the matches.
    public init(_ matches: [Match]) { self.matches = matches }

    /// Draws onto copies of the images, scaled to the same height.
    public func drawn(source: ColorImage?, target: ColorImage) throws(ImageError) -> ColorImage {
        let panels = try [source, target].map { image throws(ImageError) in
            try image.map { image throws(ImageError) in try Self.scaled(image) }
        }
        let (left, right) = (panels[0], panels[1] ?? (target, 1))
        let offset = left?.image.size.width ?? 0
        let size = ImageSize(width: offset + right.image.size.width, height: Self.height)
        var picture = ColorImage(size: size, color: SIMD3(0, 0, 0))
        if let left { picture.paste(left.image, column: 0) }
        picture.paste(right.image, column: offset)
        var canvas = OverlayCanvas(picture)
        func place(_ pixel: SIMD2<Double>, _ scale: Double, _ shift: Int) -> SIMD2<Double> {
            (pixel + 0.5) * scale - 0.5 + SIMD2(Double(shift), 0)
        }
        for match in matches {
            let color = match.isCorrect ? Self.right : Self.wrong
            let start = left.map { place(match.start, $0.scale, 0) } ?? place(match.start, right.scale, 0)
            let end = place(match.end, right.scale, offset)
            canvas.line(from: start, to: end, thickness: 2, color: color)
            canvas.circle(at: start, radius: 4, color: color)
            canvas.circle(at: end, radius: 5, color: color)
            if let truth = match.truth {
                canvas.circle(
                    at: place(truth, right.scale, offset), radius: 7, thickness: 2,
                    color: SIMD3(255, 255, 255))
            }
        }
        return canvas.image
    }

    private static func scaled(_ image: ColorImage) throws(ImageError) -> (image: ColorImage, scale: Double) {
        let scale = Double(height) / Double(max(image.size.height, 1))
        let width = min(max(1, Int((Double(image.size.width) * scale).rounded())), 8 * height)
        return (try image.resized(to: ImageSize(width: width, height: height)), scale)
    }
}

extension ColorImage {
    /// Copies an image of the same height to a column; what would stand out is left out.
    mutating func paste(_ other: ColorImage, column: Int) {
        let width = min(other.size.width, size.width - column)
        guard column >= 0, width > 0 else { return }
        for row in 0..<min(size.height, other.size.height) {
            let start = 3 * (row * size.width + column)
            let source = 3 * row * other.size.width
            pixels.replaceSubrange(
                start..<(start + 3 * width), with: other.pixels[source..<(source + 3 * width)])
        }
    }
}
