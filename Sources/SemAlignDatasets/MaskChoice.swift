// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore
import SemAlignImages

/// Which of the objects in an image's mask is meant.
public struct MaskChoice: Hashable, Sendable {
    /// The whole mask.
    public let mask: ObjectMask
    /// Label of the object that is meant; 1 where the mask is empty.
    public let instance: UInt8
    /// Different labels in the mask.
    public let labelCount: Int
    /// Colour (red, green, blue) that the label has in the file; `nil` where the file holds labels.
    public let color: SIMD3<UInt8>?

    /// What was taken, for people: `colour #c00000 of 3`; `nil` where there was nothing to choose.
    public var note: String? {
        guard labelCount > 1 || color != nil else { return nil }
        let taken = color.map { "colour #" + Self.hexadecimal($0) } ?? "label \(instance)"
        return "\(taken) of \(labelCount)"
    }

    private static func hexadecimal(_ color: SIMD3<UInt8>) -> String {
        [color.x, color.y, color.z].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension AnnotatedDataset {
    /// Loads the mask of an image and tells which object in it is meant: of several that whose own box covers
    /// the annotated box best, and without such a box the largest.
    public func maskChoice(of image: AnnotatedImage) throws(DatasetError) -> MaskChoice {
        try maskChoice(of: image, size: try imageSize(of: image))
    }

    func maskChoice(of image: AnnotatedImage, size: ImageSize) throws(DatasetError) -> MaskChoice {
        guard let path = image.maskPath else {
            let labels = [UInt8](repeating: 0, count: size.width * size.height)
            return MaskChoice(
                mask: ObjectMask(size: size, labels: labels), instance: 1, labelCount: 0, color: nil)
        }
        let bytes = try read(path, key: "mask", of: image)
        let colored: ColoredMask
        do {
            colored = try ImageDecoder.coloredMask(bytes.span)
        } catch {
            throw .undecodable(image: image.id, key: "mask", path: path, error: error)
        }
        let mask = colored.mask
        guard mask.size == size else {
            throw .mismatch(
                image: image.id, key: "mask", found: "\(mask.size.width)×\(mask.size.height)",
                expected: "the picture's size, \(size.width)×\(size.height)")
        }
        let labels = Set(mask.labels).subtracting([0]).sorted()
        var instance = mask.largestInstance ?? 1
        if labels.count > 1, let box = image.boundingBox {
            let shares = labels.map { mask.bounds(of: $0).map { box.overlap(with: $0) } ?? 0 }
            if let best = labels.indices.max(by: { shares[$0] < shares[$1] }), shares[best] > 0 {
                instance = labels[best]
            }
        }
        return MaskChoice(
            mask: mask, instance: instance, labelCount: labels.count, color: colored.colors[instance])
    }
}

extension PixelRegion {
    /// Area that both regions share, as a share of the area that they cover together.
    fileprivate func overlap(with other: PixelRegion) -> Double {
        let low = pointwiseMax(minimum, other.minimum)
        let high = pointwiseMin(maximum, other.maximum)
        let common = max(0, high.x - low.x) * max(0, high.y - low.y)
        func area(_ region: PixelRegion) -> Double {
            let extent = region.maximum - region.minimum
            return extent.x * extent.y
        }
        return common / max(area(self) + area(other) - common, 1e-9)
    }
}
