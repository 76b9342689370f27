// SPDX-License-Identifier: Apache-2.0
internal import SemAlignCore

/// A region of the image that a feature map may cover in truth, relative to the one that it says.
enum RegionGuess: Hashable, Sendable, CustomStringConvertible {
    /// The one that it says.
    case said
    /// The whole image.
    case image
    /// `scale` times as large about its own middle, which lies `shift` of the said region's sides aside.
    case moved(scale: Double, shift: SIMD2<Double>)

    /// All that are tried: a quarter to four times as large, up to half a side aside.
    static let all: [RegionGuess] =
        [.image]
        + [0.25, 0.35, 0.5, 0.7, 1, 1.4, 2, 2.8, 4].flatMap { scale in
            (-5...5).flatMap { row in
                (-5...5).map { .moved(scale: scale, shift: 0.1 * SIMD2(Double($0), Double(row))) }
            }
        }

    /// The region [px, edges] in an image of `size`.
    func region(said: PixelRegion, in size: ImageSize) -> PixelRegion {
        switch self {
        case .said: return said
        case .image: return PixelRegion(size)
        case .moved(let scale, let shift):
            let middle = 0.5 * (said.minimum + said.maximum) + shift * said.extent
            let half = 0.5 * scale * said.extent
            return PixelRegion(minimum: middle - half, maximum: middle + half)
        }
    }

    var description: String {
        switch self {
        case .said: return "the region that they say"
        case .image: return "the whole image"
        case .moved(let scale, let shift):
            var parts: [String] = []
            if scale != 1 { parts.append("\(scale) times as large") }
            if shift != .zero {
                parts.append(
                    "\(short(100 * shift.x)) % of its width and \(short(100 * shift.y)) % of its height aside"
                )
            }
            return "a region " + parts.joined(separator: ", ")
        }
    }
}
