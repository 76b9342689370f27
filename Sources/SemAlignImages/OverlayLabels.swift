// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// Finds a free place near its keypoint for every name.
struct OverlayLabels {
    struct Label {
        let index: Int
        let text: String
        let box: PixelBox
        /// Ends of the line to the keypoint, where the label is not right beside it.
        let leader: (SIMD2<Double>, SIMD2<Double>)?
    }

    private(set) var placed: [Label] = []
    private let layout: OverlayLayout
    private let points: [SIMD2<Double>]

    init(_ keypoints: [Overlay.Keypoint], _ layout: OverlayLayout) {
        self.layout = layout
        points = keypoints.map { layout.place($0.pixel) }
        let center = Self.center(of: points.filter { $0.x.isFinite && $0.y.isFinite })
        for (index, keypoint) in keypoints.enumerated()
        where !keypoint.name.isEmpty && isInPicture(points[index]) {
            place(keypoint.name, index: index, awayFrom: center)
        }
    }

    /// Tries rings of growing radius, on each beginning with the direction that leads out of the object.
    private mutating func place(_ text: String, index: Int, awayFrom center: SIMD2<Double>) {
        let size = OverlayCanvas.size(of: text, style: layout.nameStyle)
        let (width, height) = (size.width + 2 * layout.padding, size.height + 2 * layout.padding)
        let outward = direction(from: center, to: points[index])
        for ring in 0..<6 {
            let distance = (12 + 16 * Double(ring)) * layout.unit
            for turn in [
                (1.0, 0.0), (0.8, 0.6), (0.8, -0.6), (0.3, 0.95), (0.3, -0.95), (-0.5, 0.87), (-0.5, -0.87),
            ] {
                let heading = SIMD2(
                    outward.x * turn.0 - outward.y * turn.1, outward.x * turn.1 + outward.y * turn.0)
                let box = Self.box(width, height, beside: points[index], heading: heading, distance: distance)
                guard isFree(box) else { continue }
                let leader =
                    ring == 0
                    ? nil : (points[index] + heading * 6 * layout.unit, points[index] + heading * distance)
                placed.append(Label(index: index, text: text, box: box, leader: leader))
                return
            }
        }
    }

    private func isFree(_ box: PixelBox) -> Bool {
        box.isInside(width: layout.pictureSize.width, height: layout.pictureSize.height)
            && !placed.contains { $0.box.overlaps(box) }
            && !points.contains { box.contains($0, margin: 5 * layout.unit) }
    }

    private func isInPicture(_ point: SIMD2<Double>) -> Bool {
        point.x >= 0 && point.y >= 0 && point.x < Double(layout.pictureSize.width)
            && point.y < Double(layout.pictureSize.height)
    }

    private func direction(from center: SIMD2<Double>, to point: SIMD2<Double>) -> SIMD2<Double> {
        let difference = point - center
        let length = (difference * difference).sum().squareRoot()
        return length > 1 ? difference / length : SIMD2(1, 0)
    }

    /// The box whose nearest edge lies `distance` from the point in the direction `heading`.
    private static func box(
        _ width: Int, _ height: Int, beside point: SIMD2<Double>, heading: SIMD2<Double>, distance: Double
    ) -> PixelBox {
        let half = SIMD2(Double(width), Double(height)) / 2
        let center = point + heading * distance + SIMD2(heading.x * half.x, heading.y * half.y)
        return PixelBox(
            x: Int((center.x - half.x).rounded()), y: Int((center.y - half.y).rounded()), width: width,
            height: height)
    }

    private static func center(of points: [SIMD2<Double>]) -> SIMD2<Double> {
        points.isEmpty ? .zero : points.reduce(.zero, +) / Double(points.count)
    }
}
