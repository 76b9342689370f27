// SPDX-License-Identifier: Apache-2.0

import Glibc

/// An aligned view that queries can refer to by pixels.
public struct ReferenceView: Sendable {
    let observation: Observation
    let result: TrackingResult

    /// Joins a frame and its answer.
    public init(observation: Observation, result: TrackingResult) {
        self.observation = observation
        self.result = result
    }
}

/// Carries points from a reference view or from the class frame into aligned frames (equation 14).
///
/// Unlike the paper, an answer keeps the query's offset from the class's point, so that two queries between the
/// same points stay two, and a hidden point is preferred less.
public struct CorrespondenceMap: Sendable {
    /// σ of equation 14 where nobody sets another.
    public static let defaultSigma = 0.03

    private let representation: ClassRepresentation
    private let canonical: [SIMD3<Double>]
    private let reference: AlignedView?
    private let sigma: Double

    /// Prepares to carry points from `reference`, or from the class frame alone where that is `nil`.
    ///
    /// `sigma` is σ of both spatial likelihoods [larger sides of the features' region].
    public init(
        representation: ClassRepresentation, reference: ReferenceView?,
        sigma: Double = CorrespondenceMap.defaultSigma
    ) {
        self.sigma = sigma
        self.representation = representation
        canonical = representation.points
        self.reference = reference.flatMap {
            AlignedView(representation, result: $0.result, observation: $0.observation)
        }
    }

    /// One answer for each query that has one: none for pixels of a view that could not be aligned.
    public func correspondences(
        for queries: [CorrespondenceQuery], result: TrackingResult, observation: Observation
    ) -> [Correspondence] {
        guard let view = AlignedView(representation, result: result, observation: observation) else {
            return []
        }
        return queries.compactMap { query in
            anchor(of: query).map { answer(query, anchor: $0, in: view) }
        }
    }

    /// The class's point that stands for a query, and where the query is from there [canonical units].
    private struct Anchor {
        let point: Int
        let offset: SIMD3<Double>
    }

    private func anchor(of query: CorrespondenceQuery) -> Anchor? {
        switch query.place {
        case .position(let position):
            let point = canonical.indices.min {
                squaredDistance(canonical[$0], position) < squaredDistance(canonical[$1], position)
            }
            return point.map { Anchor(point: $0, offset: position - canonical[$0]) }
        case .pixel(let pixel):
            guard let view = reference else { return nil }
            let point = canonical.indices.max { likelihood($0, pixel, view) < likelihood($1, pixel, view) }
            guard let point else { return nil }
            let seen = view.camera.unproject(pixel, depth: view.points[point].z)
            return Anchor(point: point, offset: view.toClass(seen - view.points[point]))
        }
    }

    private func likelihood(_ point: Int, _ pixel: SIMD2<Double>, _ view: AlignedView) -> Double {
        guard let projection = view.camera.project(view.points[point]) else { return 0 }
        let visible = 0.1 + 0.9 * view.visibility(of: point)
        return view.spatial(pixel - projection, sigma: sigma) * view.semantic(point, at: pixel) * visible
    }

    private func answer(
        _ query: CorrespondenceQuery, anchor: Anchor, in view: AlignedView
    ) -> Correspondence {
        var position = view.points[anchor.point] + view.fromClass(anchor.offset)
        var pixel = view.camera.project(position) ?? SIMD2(.nan, .nan)
        var score = 0.0
        if position.z > 0 {
            (pixel, score) = view.bestPixel(near: pixel, point: anchor.point, sigma: sigma)
        }
        let depth = Double(view.depth(at: pixel))
        let covariance = covariance(of: anchor.point, view)
        let tolerance = max(0.01, 2 * covariance[8].squareRoot())
        if depth > 0, abs(depth - position.z) < tolerance {
            position = view.camera.unproject(pixel, depth: depth)
        }
        let isHidden = depth > 0 && depth < position.z - tolerance
        let isInside = PixelRegion(view.observation.imageSize).contains(pixel)
        var asked: SIMD2<Double>?
        if case .pixel(let place) = query.place { asked = place }
        return Correspondence(
            id: query.id, queryPixel: asked, pixel: pixel, position: position, covariance: covariance,
            score: score, visible: isInside && !isHidden ? view.visibility(of: anchor.point) : 0)
    }

    /// A keypoint's own covariance, or the mean of those that a dense point hangs on, by their weights [m²].
    private func covariance(of point: Int, _ view: AlignedView) -> [Double] {
        let keypoints = view.result.keypoints
        guard point >= keypoints.count else { return keypoints[point].covariance }
        let map = representation.dense.map
        let row = point - keypoints.count
        var sum = [Double](repeating: 0, count: 9)
        var total = 0.0
        for entry in Int(map.rowStarts[row])..<Int(map.rowStarts[row + 1]) {
            let weight = Double(abs(map.weights[entry]))
            let covariance = keypoints[Int(map.columns[entry])].covariance
            for i in 0..<9 { sum[i] += weight * covariance[i] }
            total += weight
        }
        return total > 0 ? sum.map { $0 / total } : keypoints[0].covariance
    }
}

/// A frame with its answer: what of the class is where in it.
private struct AlignedView: Sendable {
    let observation: Observation
    let result: TrackingResult
    let camera: CameraIntrinsics
    /// L + N points in the camera frame [m where metric].
    let points: [SIMD3<Double>]
    private let representation: ClassRepresentation
    private let direction: Int

    /// `nil` where the answer has no points.
    init?(_ representation: ClassRepresentation, result: TrackingResult, observation: Observation) {
        let points = result.keypoints.map(\.position) + result.densePoints
        guard result.state == .tracking, points.count == representation.points.count else { return nil }
        self.representation = representation
        self.observation = observation
        self.result = result
        self.points = points
        camera = observation.camera(focalLength: result.focalLengthPixels)
        let pose = result.cameraFromClass
        let towards = unit(pose.rotation.applyInverse(-pose.translation))
        direction = representation.visibility.nearestDirection(to: SIMD3<Float>(towards))
    }

    /// A difference of class points as one of the camera frame.
    func fromClass(_ offset: SIMD3<Double>) -> SIMD3<Double> {
        result.cameraFromClass.scale * result.cameraFromClass.rotation.apply(offset)
    }

    /// A difference of camera points as one of the class frame.
    func toClass(_ offset: SIMD3<Double>) -> SIMD3<Double> {
        result.cameraFromClass.rotation.applyInverse(offset) / result.cameraFromClass.scale
    }

    func visibility(of point: Int) -> Double {
        Double(representation.visibility.probability(point: point, direction: direction))
    }

    func depth(at pixel: SIMD2<Double>) -> Float {
        observation.depth?.value(at: pixel, in: observation.imageSize) ?? 0
    }

    /// p_spatial (equation 5) for a distance [px].
    func spatial(_ distance: SIMD2<Double>, sigma: Double) -> Double {
        let relative = distance / (sigma * observation.features.region.largerSide)
        return exp(-0.5 * (relative * relative).sum())
    }

    /// p_sem (equation 4) of a point at the patch that holds `pixel`; 0 outside the features.
    func semantic(_ point: Int, at pixel: SIMD2<Double>) -> Double {
        let features = observation.features
        let place = features.patchCoordinates(of: pixel)
        guard place.x > -0.5, place.y > -0.5, place.x < Double(features.columns) - 0.5,
            place.y < Double(features.rows) - 0.5
        else { return 0 }
        let appearance = representation.appearance
        let patch = (Int(place.y.rounded()) * features.columns + Int(place.x.rounded())) * features.channels
        let row = point * appearance.channels
        var (dot, norm): (Float, Float) = (0, 0)
        for channel in 0..<appearance.channels {
            let value = Float(features.values[patch + channel])
            dot += value * appearance.vectors[row + channel]
            norm += value * value
        }
        guard norm > 0 else { return 0 }
        let below = dot / norm.squareRoot() - appearance.similarityMean[point]
        let relative = Double(below / appearance.similarityDeviation[point])
        return exp(-0.5 * relative * relative)
    }

    /// Where p_spatial · p_sem of a point is largest: at its projection or at a patch centre near it.
    func bestPixel(
        near projection: SIMD2<Double>, point: Int, sigma: Double
    ) -> (pixel: SIMD2<Double>, score: Double) {
        let features = observation.features
        var best = (pixel: projection, score: semantic(point, at: projection))
        let place = features.patchCoordinates(of: projection)
        guard place.x.isFinite, place.y.isFinite else { return best }
        let reach = 2 * sigma * features.region.largerSide / features.patchSize
        let low = ((place - reach).rounded(.up)).clamped(
            lowerBound: .zero, upperBound: SIMD2(Double(features.columns), Double(features.rows)))
        let high = ((place + reach).rounded(.down)).clamped(
            lowerBound: SIMD2(-1, -1),
            upperBound: SIMD2(Double(features.columns - 1), Double(features.rows - 1)))
        guard low.x <= high.x, low.y <= high.y else { return best }
        for row in Int(low.y)...Int(high.y) {
            for column in Int(low.x)...Int(high.x) {
                let center = features.center(row: row, column: column)
                let score = spatial(center - projection, sigma: sigma) * semantic(point, at: center)
                if score > best.score { best = (center, score) }
            }
        }
        return best
    }
}
