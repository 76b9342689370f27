// SPDX-License-Identifier: Apache-2.0

import SemAlignSimulation
import Testing

@testable import SemAlignCore

/// Focal lengths of 1 to 3 image sides that nobody tells: how well a class is built all the same.
@Suite struct UnknownCameraTests {
    private static func images(_ family: SyntheticFamily, _ depth: SimulationConfiguration.Depth)
        -> (SyntheticClass, [SyntheticObservation])
    {
        let synthetic = SyntheticClass(family: family, seed: 3)
        var configuration = SimulationConfiguration()
        configuration.focal = .unknown
        configuration.unknownFocalRange = 1...3
        configuration.depth = depth
        configuration.hasClutter = false
        configuration.features.rows = 32
        configuration.features.columns = 32
        configuration.features.channels = 8
        return (
            synthetic,
            synthetic.observations(of: .training, count: 30, seed: 5, configuration: configuration)
        )
    }

    private static func build(
        _ synthetic: SyntheticClass, _ images: [SyntheticObservation], isTold: Bool
    ) throws -> (representation: ClassRepresentation, report: BuildReport) {
        var configuration = BuildConfiguration()
        configuration.densePointLimit = 50
        let views = images.map { image in
            let o = image.observation
            return TrainingView(
                id: image.id, instance: image.instance,
                observation: Observation(
                    timestamp: 0, frameID: "", imageSize: o.imageSize,
                    intrinsics: isTold ? image.intrinsics : nil,
                    // Relative: known metres would join the images of an object only where cameras are known.
                    depth: o.depth.map { DepthImage(size: $0.size, values: $0.values, isMetric: false) },
                    mask: o.mask, instance: o.instance, features: o.features),
                keypoints: image.trainingView.keypoints)
        }
        return try RepresentationBuilder(
            ClassDescription(
                name: synthetic.name, keypointNames: synthetic.keypointNames, flip: synthetic.flip,
                skeleton: []), configuration: configuration
        ).build(views, provenance: Provenance(programVersion: "", settings: [:], inputHashes: [:]))
    }

    /// Relative errors of the used images' focal lengths after the common factor is taken out, ascending.
    private static func errors(_ report: BuildReport, _ images: [SyntheticObservation]) -> [Double] {
        let truth = Dictionary(uniqueKeysWithValues: images.map { ($0.id, $0.intrinsics.focalLength.x) })
        let ratios = zip(report.used, report.focalLengths).map { $1 / (truth[$0] ?? .nan) }
        let middle = ratios.sorted()[ratios.count / 2]
        return ratios.map { abs($0 / middle - 1) }.sorted()
    }

    @Test(
        "With exact depth the median error is under 10 %, and the class is that of known focal lengths within 2 %",
        arguments: [SyntheticFamily.mug, .chair, .truck, .hammer])
    func exactDepth(family: SyntheticFamily) throws {
        let (synthetic, images) = Self.images(family, .exact)
        let unknown = try Self.build(synthetic, images, isTold: false)
        let errors = Self.errors(unknown.report, images)
        #expect(errors[errors.count / 2] < 0.1, "\(errors)")
        let known = try Self.build(synthetic, images, isTold: true).representation
        let keypoints = unknown.representation.keypoints
        let onto = try #require(
            SimilarityTransform.fit(
                from: keypoints, to: known.keypoints, weights: keypoints.map { _ in 1 }))
        let squares = zip(keypoints, known.keypoints).map { squaredDistance(onto.apply($0), $1) }
        let difference = (squares.reduce(0, +) / Double(squares.count)).squareRoot()
        let share = difference / diameter(of: known.keypoints)
        #expect(share < 0.02)
        print(
            "focal lengths, \(family), exact depth: median \(errors[errors.count / 2]),",
            "p90 \(errors[errors.count * 9 / 10]), cloud \(share) of the diameter")
    }

    @Test("With a sensor's depth each focal length comes with its spread, and errors keep to it")
    func sensorDepth() throws {
        for family in [SyntheticFamily.mug, .chair, .truck] {
            let (synthetic, images) = Self.images(family, .sensor)
            let report = try Self.build(synthetic, images, isTold: false).report
            let truth = Dictionary(uniqueKeysWithValues: images.map { ($0.id, $0.intrinsics.focalLength.x) })
            let ratios = zip(report.used, report.focalLengths).map { $1 / (truth[$0] ?? .nan) }
            let middle = ratios.sorted()[ratios.count / 2]
            let within = zip(ratios, report.cameras).filter { ratio, camera in
                abs(ratio / middle - 1) < 2 * camera.logDeviation
            }.count
            #expect(report.cameras.allSatisfy { $0.logDeviation > 0 && $0.logDeviation <= 0.7 })
            #expect(Double(within) > 0.8 * Double(ratios.count), "\(within) of \(ratios.count)")
            let errors = Self.errors(report, images)
            print(
                "focal lengths, \(family), sensor depth: median \(errors[errors.count / 2]),",
                "p90 \(errors[errors.count * 9 / 10]), \(within) of \(ratios.count) within two deviations")
        }
    }
}
