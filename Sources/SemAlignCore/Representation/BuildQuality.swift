// SPDX-License-Identifier: Apache-2.0

/// How well the images agree with the class, image by image and keypoint by keypoint.
public struct BuildQuality: Hashable, Sendable {
    /// One used image.
    public struct View: Hashable, Sendable {
        /// Its name.
        public let id: String
        /// The object that it shows.
        public let instance: String
        /// Keypoints with depth that it brings.
        public let keypoints: Int
        /// Median distance of its keypoints from the class's own, laid onto them [diameters]; NaN without a pose.
        public let residual: Double
        /// From the object towards the camera [class frame], unit length; `nil` without a pose.
        public let direction: SIMD3<Double>?
    }

    /// One keypoint.
    public struct Keypoint: Hashable, Sendable {
        /// Its name.
        public let name: String
        /// Used images that show it with depth.
        public let images: Int
        /// Different objects among those.
        public let instances: Int
        /// Root mean square distance of the objects' own keypoint from the class's [diameters].
        public let spread: Double
        /// Mean similarity of its feature over images, each against the average of the other objects.
        public let similarity: Double
        /// Deviation of that similarity.
        public let similarityDeviation: Double
        /// Median distance from a class built without the object [diameters]; NaN where it was not measured.
        public let leaveOneOutError: Double
    }

    /// The used images in order.
    public let views: [View]
    /// The keypoints in order.
    public let keypoints: [Keypoint]
    /// Median over all keypoints of the images of objects that a class was built without [diameters].
    public let leaveOneOutError: Double
}

extension RepresentationBuilder {
    /// Compares the lifted keypoints of all views with the class.
    func quality(
        _ lifted: [LiftedView], _ views: [TrainingView], _ points: [[SIMD3<Double>?]], _ sparse: SparseCloud,
        _ representation: ClassRepresentation, _ size: Double
    ) -> BuildQuality {
        let entries = lifted.indices.map { v in
            let distances = Self.distances(points[v], to: sparse.keypoints).compactMap { $0 }
            return BuildQuality.View(
                id: views[lifted[v].index].id, instance: lifted[v].instance, keypoints: lifted[v].count,
                residual: Self.median(distances) / size,
                direction: sparse.cameraFromClass[v].map { unit($0.applyInverse(.zero)) })
        }
        let errors = configuration.leavesInstancesOut ? leaveOneOut(lifted, points, size) : []
        let appearance = representation.appearance
        let keypoints = description.keypointNames.indices.map { i in
            let showing = lifted.filter { $0.samples[i] != nil }
            let shapes = sparse.instances.values.filter { $0.observations[i] > 0.1 }
            let squares = shapes.map { squaredDistance($0.keypoints[i], sparse.keypoints[i]) }
            return BuildQuality.Keypoint(
                name: description.keypointNames[i], images: showing.count,
                instances: Set(showing.map(\.instance)).count,
                spread: (squares.reduce(0, +) / Double(max(squares.count, 1))).squareRoot() / size,
                similarity: Double(appearance.similarityMean[i]),
                similarityDeviation: Double(appearance.similarityDeviation[i]),
                leaveOneOutError: Self.median(errors.compactMap { $0[i] }))
        }
        return BuildQuality(
            views: entries, keypoints: keypoints,
            leaveOneOutError: Self.median(errors.flatMap { $0 }.compactMap { $0 }))
    }

    /// For each view of each instance: distances of its keypoints from a class built without the instance.
    private func leaveOneOut(
        _ lifted: [LiftedView], _ points: [[SIMD3<Double>?]], _ size: Double
    ) -> [[Double?]] {
        let names = lifted.map(\.instance)
        var errors: [[Double?]] = []
        for left in Set(names).sorted() {
            let others = names.indices.filter { names[$0] != left }
            guard others.count >= configuration.minimumViews,
                let cloud = try? SparseCloudBuilder(sharesScale: false, flip: description.flip)
                    .build(others.map { points[$0] }, instances: others.map { names[$0] })
            else { continue }
            let diameter = max(diameter(of: cloud.keypoints), 1e-9)
            let known = description.keypointNames.indices.map { i in
                others.contains { points[$0][i] != nil }
            }
            for v in names.indices where names[v] == left {
                errors.append(
                    zip(Self.distances(points[v], to: cloud.keypoints), known).map { distance, isKnown in
                        isKnown ? distance.map { $0 / diameter } : nil
                    })
            }
        }
        return errors
    }

    /// Distances of a view's keypoints from `shape` after the best similarity transform [shape's unit].
    private static func distances(_ view: [SIMD3<Double>?], to shape: [SIMD3<Double>]) -> [Double?] {
        let seen = view.indices.filter { view[$0] != nil }
        guard seen.count >= 4,
            let onto = SimilarityTransform.fit(
                from: seen.compactMap { view[$0] }, to: seen.map { shape[$0] }, weights: seen.map { _ in 1 })
        else { return view.map { _ in nil } }
        return view.indices.map { i in
            view[i].map { squaredDistance(onto.apply($0), shape[i]).squareRoot() }
        }
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.filter(\.isFinite).sorted()
        return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
    }
}
