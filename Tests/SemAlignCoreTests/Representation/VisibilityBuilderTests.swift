// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SemAlignCore

@Suite struct VisibilityBuilderTests {
    /// A sphere of dense points with four keypoints on it, at +x, −x, +y and +z.
    private static let keypoints: [SIMD3<Double>] = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, 0, 1]]
    private static let surface: [SIMD3<Double>] = {
        var generator = SeededGenerator(seed: 8)
        return (0..<600).map { _ in Rotation.random(using: &generator).apply([1, 0, 0]) }
    }()

    private func model(_ sightings: [VisibilityBuilder.Sighting] = []) -> VisibilityModel {
        VisibilityBuilder().build(
            points: Self.keypoints + Self.surface, normals: Self.surface, keypointCount: 4,
            sightings: sightings)
    }

    private func probability(_ model: VisibilityModel, _ point: Int, from direction: SIMD3<Float>) -> Float {
        model.probability(point: point, direction: model.nearestDirection(to: direction))
    }

    @Test("A point is seen from its own side and hidden from the other")
    func sides() {
        let model = model()
        #expect(
            probability(model, 0, from: [1, 0, 0]) > 0.8 && probability(model, 0, from: [-1, 0, 0]) < 0.2)
        #expect(
            probability(model, 1, from: [1, 0, 0]) < 0.2 && probability(model, 1, from: [-1, 0, 0]) > 0.8)
        #expect(probability(model, 2, from: [0, -1, 0]) < 0.2)
    }

    @Test("Images in which a point was not annotated speak against what geometry says")
    func sightings() {
        let unseen = VisibilityBuilder.Sighting(
            direction: [1, 0, 0], isVisible: [false, false, true, true])
        let before = probability(model(), 0, from: [1, 0, 0])
        let after = probability(model(Array(repeating: unseen, count: 6)), 0, from: [1, 0, 0])
        #expect(after < 0.3 * before)
        // From elsewhere nothing changes.
        let other = probability(model(Array(repeating: unseen, count: 6)), 2, from: [0, 1, 0])
        #expect(other == probability(model(), 2, from: [0, 1, 0]))
    }
}
