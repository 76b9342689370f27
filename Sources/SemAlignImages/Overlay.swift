// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore

/// What is drawn over a camera image so that a person sees what the node answered.
public struct Overlay: Hashable, Sendable {
    /// One keypoint.
    public struct Keypoint: Hashable, Sendable {
        /// Its name; empty = no label.
        public let name: String
        /// Where it is [px of the image, integers at pixel centres]; NaN = it is not drawn.
        public let pixel: SIMD2<Double>
        /// Seen points are discs, hidden ones circles.
        public let isVisible: Bool
        /// Where it truly is, drawn as a cross; `nil` where unknown.
        public let truth: SIMD2<Double>?

        /// Joins what is drawn for a keypoint.
        public init(name: String, pixel: SIMD2<Double>, isVisible: Bool, truth: SIMD2<Double>? = nil) {
            self.name = name
            self.pixel = pixel
            self.isVisible = isVisible
            self.truth = truth
        }
    }

    /// Keypoints in the class's order: a keypoint keeps its colour from frame to frame.
    public var keypoints: [Keypoint]
    /// Pairs of keypoint indices joined by lines; indices without a keypoint are passed over.
    public var skeleton: [SIMD2<Int32>]
    /// Dense points [px], as fine dots below all else.
    public var densePoints: [SIMD2<Double>]
    /// What the tracker says; `nil` = no badge.
    public var state: TrackingState?
    /// Short lines for the strip below the picture: energy, time, reason.
    public var notes: [String]
    /// Rows of the strip below the picture: what has no room in them is cut; `nil` = as many as it takes.
    public var legendRows: Int?
    /// Images are enlarged by a whole factor until their larger side has this many pixels.
    public var minimumSide: Int

    /// Makes an overlay; see the properties.
    public init(
        keypoints: [Keypoint] = [], skeleton: [SIMD2<Int32>] = [], densePoints: [SIMD2<Double>] = [],
        state: TrackingState? = nil, notes: [String] = [], minimumSide: Int = 960
    ) {
        self.keypoints = keypoints
        self.skeleton = skeleton
        self.densePoints = densePoints
        self.state = state
        self.notes = notes
        self.minimumSide = minimumSide
    }

    /// The picture: `image`, enlarged where it is small, everything drawn over it, and a legend below.
    ///
    /// Letters and lines have the same size in every picture.
    public func drawn(on image: ColorImage) throws(ImageError) -> ColorImage {
        let layout = try OverlayLayout(image: image.size, minimumSide: minimumSide)
        let enlarged = layout.factor == 1 ? image : try image.resized(to: layout.pictureSize)
        var canvas = OverlayCanvas(enlarged)
        drawDensePoints(on: &canvas, layout)
        drawSkeleton(on: &canvas, layout)
        drawTruth(on: &canvas, layout)
        drawKeypoints(on: &canvas, layout)
        drawNames(on: &canvas, layout)
        return try OverlayLegend(overlay: self, layout: layout).appended(to: canvas.image)
    }

    private func drawDensePoints(on canvas: inout OverlayCanvas, _ layout: OverlayLayout) {
        for point in densePoints {
            canvas.circle(
                at: layout.place(point), radius: 1.2 * layout.unit, color: OverlayPalette.densePoint)
        }
    }

    private func drawSkeleton(on canvas: inout OverlayCanvas, _ layout: OverlayLayout) {
        let strokes = skeleton.compactMap { pair -> (SIMD2<Double>, SIMD2<Double>, Bool)? in
            let (first, second) = (Int(pair.x), Int(pair.y))
            guard keypoints.indices.contains(first), keypoints.indices.contains(second) else { return nil }
            let (a, b) = (keypoints[first], keypoints[second])
            return (layout.place(a.pixel), layout.place(b.pixel), a.isVisible && b.isVisible)
        }
        // All dark edges before all light lines: crossings then look like crossings.
        for (start, end, isSolid) in strokes where isSolid {
            canvas.line(
                from: start, to: end, thickness: layout.pixels(4), color: OverlayPalette.outline)
        }
        for (start, end, isSolid) in strokes {
            if isSolid {
                canvas.line(from: start, to: end, thickness: layout.pixels(2), color: OverlayPalette.bone)
            } else {
                drawDashes(from: start, to: end, on: &canvas, layout)
            }
        }
    }

    /// Lines to hidden points are dashed.
    private func drawDashes(
        from start: SIMD2<Double>, to end: SIMD2<Double>, on canvas: inout OverlayCanvas,
        _ layout: OverlayLayout
    ) {
        let length = ((end - start) * (end - start)).sum().squareRoot()
        guard length > 0, length < 1e5 else { return }
        let direction = (end - start) / length
        let (dash, gap) = (6 * layout.unit, 5 * layout.unit)
        for position in stride(from: 0, to: length, by: dash + gap) {
            canvas.line(
                from: start + direction * position, to: start + direction * min(position + dash, length),
                thickness: layout.pixels(1), color: OverlayPalette.bone)
        }
    }

    private func drawTruth(on canvas: inout OverlayCanvas, _ layout: OverlayLayout) {
        for (index, keypoint) in keypoints.enumerated() {
            guard let truth = keypoint.truth else { continue }
            let center = layout.place(truth)
            let arm = 5 * layout.unit
            let strokes = [(3, OverlayPalette.outline), (1, OverlayPalette.keypoint(index))]
            for (thickness, color) in strokes {
                for diagonal in [SIMD2(arm, arm), SIMD2(arm, -arm)] {
                    canvas.line(
                        from: center - diagonal, to: center + diagonal, thickness: layout.pixels(thickness),
                        color: color)
                }
            }
        }
    }

    private func drawKeypoints(on canvas: inout OverlayCanvas, _ layout: OverlayLayout) {
        for (index, keypoint) in keypoints.enumerated() {
            let center = layout.place(keypoint.pixel)
            let color = OverlayPalette.keypoint(index)
            if keypoint.isVisible {
                canvas.circle(at: center, radius: 6 * layout.unit, color: OverlayPalette.outline)
                canvas.circle(at: center, radius: 4.5 * layout.unit, color: color)
            } else {
                canvas.circle(
                    at: center, radius: 6 * layout.unit, thickness: layout.pixels(4),
                    color: OverlayPalette.outline)
                canvas.circle(at: center, radius: 6 * layout.unit, thickness: layout.pixels(2), color: color)
            }
        }
    }

    private func drawNames(on canvas: inout OverlayCanvas, _ layout: OverlayLayout) {
        let labels = OverlayLabels(keypoints, layout).placed
        // Lines first: none may cross a name.
        for label in labels {
            guard let (start, end) = label.leader else { continue }
            canvas.line(
                from: start, to: end, thickness: layout.pixels(1), color: OverlayPalette.keypoint(label.index)
            )
        }
        for label in labels {
            canvas.fill(label.box, opacity: 0.65, color: OverlayPalette.outline)
            canvas.text(
                label.text, x: label.box.x + layout.padding, y: label.box.y + layout.padding,
                style: layout.nameStyle, color: OverlayPalette.name(label.index))
        }
    }
}
