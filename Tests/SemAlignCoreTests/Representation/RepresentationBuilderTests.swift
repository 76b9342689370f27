// SPDX-License-Identifier: Apache-2.0

import SemAlignSimulation
import Testing

@testable import SemAlignCore

/// A small simulated class, learned once for all tests.
struct LearnedClass: Sendable {
    let synthetic: SyntheticClass
    let views: [TrainingView]
    let representation: ClassRepresentation
    let report: BuildReport

    static let truck = Result { try LearnedClass(.truck) }

    private init(_ family: SyntheticFamily) throws {
        synthetic = SyntheticClass(family: family, seed: 3)
        views = synthetic.observations(of: .training, count: 18, seed: 3).map(\.trainingView)
        (representation, report) = try Self.builder(synthetic).build(views, provenance: Self.provenance)
    }

    static let provenance = Provenance(programVersion: "test", settings: [:], inputHashes: [:])

    static func builder(_ synthetic: SyntheticClass, seed: UInt64 = 0) -> RepresentationBuilder {
        var configuration = BuildConfiguration()
        configuration.seed = seed
        configuration.densePointLimit = 200
        return RepresentationBuilder(
            ClassDescription(
                name: synthetic.name, keypointNames: synthetic.keypointNames, flip: synthetic.flip,
                skeleton: synthetic.skeleton), configuration: configuration)
    }

    /// True where an answer to a frame of its video lies near the truth: half of the keypoints within 0.15 diameters.
    func isRight(_ result: TrackingResult, _ truth: SyntheticObservation) -> Bool {
        let errors = zip(result.keypoints, truth.keypoints).map {
            squaredDistance($0.position, $1.position).squareRoot()
        }.sorted()
        guard result.state == .tracking, !errors.isEmpty else { return false }
        return errors[errors.count / 2] < 0.15 * synthetic.instance(SyntheticSets.unseen[0]).diameter
    }
}

@Suite struct RepresentationBuilderTests {
    @Test("The canonical cloud is the class's shape, in its own hand and its size in metres")
    func recoversShape() throws {
        let learned = try LearnedClass.truck.get()
        let instances = SyntheticSets.seen.map { learned.synthetic.instance($0) }
        var residuals: [Double] = []
        for instance in instances {
            let onto = try #require(
                SimilarityTransform.fit(
                    from: learned.representation.keypoints, to: instance.keypoints,
                    weights: instance.keypoints.map { _ in 1 }))
            for (canonical, truth) in zip(learned.representation.keypoints, instance.keypoints) {
                residuals.append(
                    squaredDistance(onto.apply(canonical), truth).squareRoot() / instance.diameter)
            }
        }
        residuals.sort()
        #expect(residuals[residuals.count / 2] < 0.06)
        let scale = try #require(learned.representation.metricScale)
        let size = scale.metresPerUnit * diameter(of: learned.representation.keypoints)
        let sizes = instances.map { diameter(of: $0.keypoints) }.sorted()
        #expect(size > sizes[0] * 0.9 && size < sizes[sizes.count - 1] * 1.1)
    }

    @Test(
        "Rows of B sum to one, vectors have unit length, deviations their floor, the covariance is symmetric")
    func invariants() throws {
        let representation = try LearnedClass.truck.get().representation
        let map = representation.dense.map
        #expect(map.pointCount > 100)
        for row in 0..<map.pointCount {
            let entries = Int(map.rowStarts[row])..<Int(map.rowStarts[row + 1])
            #expect(abs(map.weights[entries].reduce(0, +) - 1) < 1e-3)
        }
        let appearance = representation.appearance
        for point in 0..<appearance.pointCount {
            let vector = appearance.vectors[
                (point * appearance.channels)..<((point + 1) * appearance.channels)]
            #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-3)
        }
        #expect(appearance.similarityDeviation.allSatisfy { $0 >= 0.01 })
        let (covariance, size) = (representation.prior.shapeCovariance, 3 * representation.keypoints.count)
        for i in 0..<size {
            for j in 0..<i { #expect(abs(covariance[i * size + j] - covariance[j * size + i]) < 1e-12) }
        }
    }

    @Test("The same views and seed give the same class")
    func isDeterministic() throws {
        let learned = try LearnedClass.truck.get()
        let again = try LearnedClass.builder(learned.synthetic)
            .build(learned.views, provenance: LearnedClass.provenance)
        #expect(again.representation == learned.representation)
    }

    @Test("Another seed changes the Beta distributions alone: points, features and covariance stay")
    func seeds() throws {
        let learned = try LearnedClass.truck.get()
        let other = try LearnedClass.builder(learned.synthetic, seed: 1)
            .build(learned.views, provenance: LearnedClass.provenance).representation
        let first = learned.representation
        #expect(other.prior.edgePairs != first.prior.edgePairs)
        #expect(other.prior.shapeCovariance == first.prior.shapeCovariance)
        #expect(other.keypoints == first.keypoints && other.dense == first.dense)
        #expect(other.appearance == first.appearance && other.visibility == first.visibility)
    }

    @Test("Views that cannot serve are left out by name and reason, and too few are an error")
    func rejects() throws {
        let learned = try LearnedClass.truck.get()
        var views = learned.views
        let first = views[0]
        views[0] = TrainingView(
            id: "bare", instance: first.instance, observation: first.observation,
            keypoints: first.keypoints.map { _ in nil })
        let o = first.observation
        views[1] = TrainingView(
            id: "flat", instance: first.instance,
            observation: Observation(
                timestamp: 0, frameID: "", imageSize: o.imageSize, intrinsics: o.intrinsics, depth: nil,
                mask: o.mask, instance: o.instance, features: o.features), keypoints: first.keypoints)
        let report = try LearnedClass.builder(learned.synthetic)
            .build(views, provenance: LearnedClass.provenance).report
        #expect(report.rejected.map(\.id).contains("bare"))
        #expect(report.rejected.contains(RejectedView(id: "flat", reason: "no depth")))
        #expect(throws: RepresentationError.self) {
            try LearnedClass.builder(learned.synthetic)
                .build([views[0], views[1]], provenance: LearnedClass.provenance)
        }
    }

    @Test("Objects lie farther from a class that was built without them than from their own")
    func leavesObjectsOut() throws {
        let learned = try LearnedClass.truck.get()
        var configuration = BuildConfiguration()
        configuration.densePointLimit = 50
        configuration.leavesInstancesOut = true
        let quality = try RepresentationBuilder(
            ClassDescription(
                name: "truck", keypointNames: learned.synthetic.keypointNames, flip: learned.synthetic.flip,
                skeleton: []), configuration: configuration
        ).build(learned.views, provenance: LearnedClass.provenance).report.quality
        let residuals = quality.views.map(\.residual).filter(\.isFinite).sorted()
        #expect(quality.leaveOneOutError > residuals[residuals.count / 2] && quality.leaveOneOutError < 0.1)
        #expect(quality.keypoints.allSatisfy { $0.leaveOneOutError > 0 && $0.leaveOneOutError < 0.2 })
        // It costs time, and is measured where it is asked for only.
        #expect(learned.report.quality.leaveOneOutError.isNaN)
    }
}
