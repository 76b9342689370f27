// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What a class is called and how its keypoints are ordered.
public struct ClassDescription: Hashable, Sendable {
    /// Name of the class.
    public let name: String
    /// Names of the L keypoints, in order.
    public let keypointNames: [String]
    /// Permutation of the keypoints under mirroring, or `nil`.
    public let flip: [Int]?
    /// Pairs of keypoints to draw lines between.
    public let skeleton: [SIMD2<Int32>]

    /// Joins the parts of a description.
    public init(name: String, keypointNames: [String], flip: [Int]?, skeleton: [SIMD2<Int32>]) {
        self.name = name
        self.keypointNames = keypointNames
        self.flip = flip
        self.skeleton = skeleton
    }
}

/// Options of `RepresentationBuilder`.
public struct BuildConfiguration: Hashable, Sendable {
    /// Seed of the noise under the Beta distributions, and of which edge pairs and tetrahedra are kept.
    ///
    /// Nothing else is drawn: what solver `fast` reads is the same for every seed.
    public var seed: UInt64 = 0
    /// Dense points N at most.
    public var densePointLimit = 500
    /// Images that a class needs at least.
    public var minimumViews = 3
    /// Error of relative depth that is estimated for each image, together with its focal length.
    public var depthOffset = DepthOffset.none
    /// True to build the class once more without each instance, for the report: costs that many times the time
    /// of the sparse cloud.
    public var leavesInstancesOut = false

    /// The defaults.
    public init() {}
}

/// What became of each image, for the report.
public struct BuildReport: Hashable, Sendable {
    /// Names of the images that serve, in the order given.
    public let used: [String]
    /// Images that were left out.
    public let rejected: [RejectedView]
    /// Keypoints that were left out of an image that serves: no depth near them.
    public let withoutDepth: [RejectedView]
    /// Focal length of each used image [px]; estimated where the image brought none.
    public let focalLengths: [Double]
    /// Median distance of lifted keypoints from the class shape [diameters].
    public let residual: Double
    /// Cameras of the used images, with what is known about them.
    public let cameras: [CameraEstimate]
    /// Details for people who want to annotate more.
    public let quality: BuildQuality
}

/// Builds a class representation from annotated images: METHOD section 1 from end to end.
public struct RepresentationBuilder: Sendable {
    let description: ClassDescription
    let configuration: BuildConfiguration

    /// Prepares to build the class `description`.
    public init(_ description: ClassDescription, configuration: BuildConfiguration = .init()) {
        self.description = description
        self.configuration = configuration
    }

    /// Builds the class from `views`; `progress` is called with 0…1 as the work goes on.
    ///
    /// Images that cannot serve are left out and named in the report.
    public func build(
        _ views: [TrainingView], provenance: Provenance, progress: (Double) -> Void = { _ in }
    ) throws(RepresentationError) -> (representation: ClassRepresentation, report: BuildReport) {
        var generator = SeededGenerator(seed: configuration.seed)
        let selection = select(views)
        progress(0.1)
        let solution = try solve(selection.lifted, views, rejected: selection.rejected)
        let (lifted, views, sparse) = (solution.cameras.lifted, solution.cameras.views, solution.sparse)
        let cameras = solution.cameras.intrinsics
        progress(0.3)
        let names = sparse.instances.keys.sorted()
        let prior = KeypointPriorBuilder().build(
            keypoints: sparse.keypoints, shapes: names.compactMap { sparse.instances[$0] },
            flip: description.flip, generator: &generator)
        progress(0.6)
        let size = diameter(of: sparse.keypoints)
        let cloud = denseCloud(lifted, cameras, views, sparse, size)
        progress(0.8)
        let dense = DensePoints(
            map: DenseCloudBuilder(pointLimit: configuration.densePointLimit)
                .deformationMap(of: cloud.points, keypoints: sparse.keypoints, diameter: size),
            normals: cloud.normals.map { SIMD3<Float>($0) })
        let representation = ClassRepresentation(
            className: description.name, keypointNames: description.keypointNames, flip: description.flip,
            skeleton: description.skeleton, keypoints: sparse.keypoints, dense: dense, prior: prior,
            appearance: appearance(lifted, views, cloud, sparse.keypoints),
            visibility: visibility(lifted, sparse, cloud),
            metricScale: solution.isMetric ? metricScale(lifted, sparse) : nil,
            provenance: provenance)
        progress(1)
        return (
            representation,
            BuildReport(
                used: lifted.map { views[$0.index].id }, rejected: selection.rejected,
                withoutDepth: selection.withoutDepth, focalLengths: cameras.map(\.focalLength.x),
                residual: sparse.residual / size, cameras: solution.cameras.estimates,
                quality: quality(lifted, views, solution.points, sparse, representation, size))
        )
    }

    /// A class needs some images, and each of its keypoints at least once.
    func checkCoverage(
        _ points: [[SIMD3<Double>?]], rejected: [RejectedView]
    ) throws(RepresentationError) {
        guard points.count >= configuration.minimumViews else {
            throw .tooFewViews(usable: points.count, needed: configuration.minimumViews, rejected: rejected)
        }
        for (i, name) in description.keypointNames.enumerated() {
            let seen = points.reduce(0) { $0 + ($1[i] == nil ? 0 : 1) }
            guard seen >= 1 else { throw .keypointRarelySeen(name: name, views: seen, needed: 1) }
        }
    }

    private func denseCloud(
        _ lifted: [LiftedView], _ cameras: [CameraIntrinsics], _ views: [TrainingView], _ sparse: SparseCloud,
        _ size: Double
    ) -> DenseCloud {
        let builder = DenseCloudBuilder(pointLimit: configuration.densePointLimit)
        var samples: [SurfaceSample] = []
        for (v, view) in lifted.enumerated() {
            guard let pose = sparse.cameraFromClass[v], let shape = sparse.instances[view.instance] else {
                continue
            }
            samples += builder.samples(
                of: views[view.index].observation, view: v, camera: cameras[v], cameraFromClass: pose,
                shape: shape.keypoints, canonical: sparse.keypoints, diameter: size)
        }
        return builder.cluster(samples)
    }

    private func appearance(
        _ lifted: [LiftedView], _ views: [TrainingView], _ cloud: DenseCloud, _ keypoints: [SIMD3<Double>]
    ) -> PointAppearance {
        let numbers = Dictionary(
            uniqueKeysWithValues: Set(lifted.map(\.instance)).sorted().enumerated().map { ($1, $0) })
        var samples: [FeatureSample] = []
        func add(_ point: Int, _ view: Int, _ pixel: SIMD2<Double>) {
            guard let vector = views[lifted[view].index].observation.features.unitVector(at: pixel) else {
                return
            }
            samples.append(
                FeatureSample(
                    point: point, instance: numbers[lifted[view].instance] ?? 0, view: view, vector: vector))
        }
        for (v, view) in lifted.enumerated() {
            for (i, sample) in view.samples.enumerated() {
                if let sample { add(i, v, sample.pixel) }
            }
        }
        for (sample, point) in zip(cloud.samples, cloud.assignment) where point >= 0 {
            add(keypoints.count + point, sample.view, sample.pixel)
        }
        let features = views[lifted[0].index].observation.features
        return AppearanceBuilder(
            channels: features.channels, model: features.model,
            pointCount: keypoints.count + cloud.points.count
        ).build(samples) { point in
            // A keypoint that no image shows looks like the surface next to it.
            guard point < keypoints.count, !cloud.points.isEmpty else { return point }
            let nearest = cloud.points.indices.min {
                squaredDistance(cloud.points[$0], keypoints[point])
                    < squaredDistance(cloud.points[$1], keypoints[point])
            }
            return keypoints.count + (nearest ?? 0)
        }
    }

    private func visibility(_ lifted: [LiftedView], _ sparse: SparseCloud, _ cloud: DenseCloud)
        -> VisibilityModel
    {
        let sightings = lifted.indices.compactMap { v in
            sparse.cameraFromClass[v].map { pose in
                VisibilityBuilder.Sighting(
                    direction: unit(pose.applyInverse(.zero)), isVisible: lifted[v].samples.map { $0 != nil })
            }
        }
        return VisibilityBuilder().build(
            points: sparse.keypoints + cloud.points, normals: cloud.normals,
            keypointCount: sparse.keypoints.count, sightings: sightings)
    }

    private func metricScale(_ lifted: [LiftedView], _ sparse: SparseCloud) -> MetricScale {
        var logs: [Double] = []
        for name in sparse.instances.keys.sorted() {
            let scales = lifted.indices.compactMap {
                lifted[$0].instance == name ? sparse.cameraFromClass[$0]?.scale : nil
            }.sorted()
            if !scales.isEmpty { logs.append(log(scales[scales.count / 2])) }
        }
        logs.sort()
        let median =
            logs.count % 2 == 1 ? logs[logs.count / 2] : (logs[logs.count / 2 - 1] + logs[logs.count / 2]) / 2
        let variance = logs.reduce(0) { $0 + ($1 - median) * ($1 - median) } / Double(logs.count)
        // Few instances say little about the spread: shrink towards 10 %.
        let shrunk = (variance * Double(logs.count) + 2 * 0.01) / Double(logs.count + 2)
        return MetricScale(metresPerUnit: exp(median), logDeviation: max(shrunk.squareRoot(), 0.03))
    }
}
