// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// A coloured cloud of points with named keypoints, drawn from several sides next to each other.
public struct CloudPicture: Sendable {
    /// One point of the cloud.
    public struct Point: Hashable, Sendable {
        /// Where it is, in any frame and unit.
        public let position: SIMD3<Double>
        /// Red, green, blue.
        public let color: SIMD3<UInt8>

        /// Joins place and colour.
        public init(position: SIMD3<Double>, color: SIMD3<UInt8>) {
            self.position = position
            self.color = color
        }
    }

    /// One named keypoint.
    public struct Keypoint: Hashable, Sendable {
        /// Its name.
        public let name: String
        /// Where it is.
        public let position: SIMD3<Double>
        /// Where it was before it was pulled; a line leads from there.
        ///
        /// `nil` = it was not.
        public let origin: SIMD3<Double>?

        /// Joins name and places.
        public init(name: String, position: SIMD3<Double>, origin: SIMD3<Double>? = nil) {
            self.name = name
            self.position = position
            self.origin = origin
        }
    }

    /// Side of a panel [px].
    public static let side = 640
    private static let ground: SIMD3<UInt8> = [28, 30, 36]
    private let points: [Point]
    private let keypoints: [Keypoint]
    private let skeleton: [SIMD2<Int32>]

    /// Prepares a cloud; `skeleton` joins keypoints by index.
    public init(points: [Point], keypoints: [Keypoint], skeleton: [SIMD2<Int32>]) {
        self.points = points
        self.keypoints = keypoints
        self.skeleton = skeleton
    }

    /// Four panels: along the cloud's three principal axes, and from a corner.
    public func drawn() throws(ImageError) -> ColorImage {
        let places = points.map(\.position) + keypoints.map(\.position)
        let frame = PrincipalFrame(of: places)
        let corner = Rotation(quaternion: [0.42, 0.32, 0.1, 0.84])
        let (x, y, z) = frame.axes
        let views = [
            Rotation(x: x, y: y, z: z), Rotation(x: z, y: y, z: -x), Rotation(x: x, y: -z, z: y),
            Rotation(x: x, y: y, z: z).composed(with: corner),
        ]
        let side = Self.side
        var picture = ColorImage(size: ImageSize(width: 2 * side, height: 2 * side), color: Self.ground)
        for (number, view) in views.enumerated() {
            let panel = try panel(view, center: frame.center, radius: frame.radius)
            for row in 0..<side {
                let start = 3 * ((row + number / 2 * side) * 2 * side + number % 2 * side)
                picture.pixels.replaceSubrange(
                    start..<(start + 3 * side), with: panel.pixels[(3 * row * side)..<(3 * (row + 1) * side)])
            }
        }
        return picture
    }

    /// What is seen along a view's z axis, x to the right, y down.
    private func panel(
        _ view: Rotation, center: SIMD3<Double>, radius: Double
    ) throws(ImageError) -> ColorImage {
        let side = Self.side
        var canvas = OverlayCanvas(
            ColorImage(size: ImageSize(width: side, height: side), color: Self.ground))
        let scale = 0.42 * Double(side) / max(radius, 1e-12)
        func place(_ position: SIMD3<Double>) -> SIMD3<Double> {
            let seen = scale * view.applyInverse(position - center)
            return SIMD3(seen.x + Double(side) / 2, seen.y + Double(side) / 2, seen.z)
        }
        // Far points first, and darker: near ones cover them.
        let far = scale * radius
        for (place, color) in points.map({ (place($0.position), $0.color) }).sorted(by: { $0.0.z > $1.0.z }) {
            let light = 1 - 0.55 * min(max(0.5 + 0.5 * place.z / far, 0), 1)
            let shaded = SIMD3<UInt8>((light * SIMD3<Double>(color)).rounded(.toNearestOrEven))
            canvas.circle(at: [place.x, place.y], radius: 4, color: shaded)
        }
        let layout = try OverlayLayout(image: ImageSize(width: side, height: side), minimumSide: side)
        let seen = keypoints.map { place($0.position) }
        for pair in skeleton {
            let (a, b) = (Int(pair.x), Int(pair.y))
            guard seen.indices.contains(a), seen.indices.contains(b) else { continue }
            canvas.line(
                from: [seen[a].x, seen[a].y], to: [seen[b].x, seen[b].y], thickness: 1,
                color: OverlayPalette.bone)
        }
        let drawn = zip(keypoints, seen).map { keypoint, place in
            Overlay.Keypoint(name: keypoint.name, pixel: [place.x, place.y], isVisible: true)
        }
        for (index, keypoint) in keypoints.enumerated() {
            if let origin = keypoint.origin.map(place) {
                canvas.line(
                    from: [origin.x, origin.y], to: drawn[index].pixel, thickness: 2,
                    color: [255, 255, 255])
            }
            canvas.circle(at: drawn[index].pixel, radius: 6, color: OverlayPalette.outline)
            canvas.circle(at: drawn[index].pixel, radius: 4.5, color: OverlayPalette.keypoint(index))
        }
        for label in OverlayLabels(drawn, layout).placed {
            if let (start, end) = label.leader {
                canvas.line(from: start, to: end, thickness: 1, color: OverlayPalette.keypoint(label.index))
            }
            canvas.fill(label.box, opacity: 0.65, color: OverlayPalette.outline)
            canvas.text(
                label.text, x: label.box.x + layout.padding, y: label.box.y + layout.padding,
                style: layout.nameStyle, color: OverlayPalette.name(label.index))
        }
        return canvas.image
    }
}

/// Centre, size and axes of a cloud, longest axis first.
private struct PrincipalFrame {
    let center: SIMD3<Double>
    let radius: Double
    let axes: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)

    init(of points: [SIMD3<Double>]) {
        let count = Double(max(points.count, 1))
        let middle = points.reduce(.zero, +) / count
        let offsets = points.map { $0 - middle }
        func spread(_ v: SIMD3<Double>) -> SIMD3<Double> {
            offsets.reduce(.zero) { $0 + $1 * ($1 * v).sum() }
        }
        func unit(_ v: SIMD3<Double>, _ other: SIMD3<Double>) -> SIMD3<Double> {
            let length = (v * v).sum().squareRoot()
            return length > 1e-12 ? v / length : other
        }
        var x: SIMD3<Double> = [0.8, 0.5, 0.33]
        for _ in 0..<100 { x = unit(spread(x), [1, 0, 0]) }
        var y: SIMD3<Double> = abs(x.x) < 0.9 ? [1, 0, 0] : [0, 1, 0]
        for _ in 0..<100 {
            y -= x * (x * y).sum()
            let next = spread(unit(y, [0, 1, 0]))
            y = next - x * (x * next).sum()
            y = unit(y, [0, 1, 0])
        }
        y = unit(y - x * (x * y).sum(), [0, 1, 0])
        let z = SIMD3(x.y * y.z - x.z * y.y, x.z * y.x - x.x * y.z, x.x * y.y - x.y * y.x)
        center = middle
        radius = offsets.map { ($0 * $0).sum().squareRoot() }.max() ?? 1
        axes = (x, y, z)
    }
}
