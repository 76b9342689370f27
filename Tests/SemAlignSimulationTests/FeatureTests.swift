// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignSimulation
import Testing

@Suite struct FeatureTests {
    /// Cosine between the features at two pixels.
    private func similarity(_ map: FeatureMap, _ first: SIMD2<Double>, _ second: SIMD2<Double>) -> Float {
        func feature(_ pixel: SIMD2<Double>) -> [Float] {
            let place = map.patchCoordinates(of: pixel)
            let row = min(max(Int(place.y.rounded()), 0), map.rows - 1)
            let column = min(max(Int(place.x.rounded()), 0), map.columns - 1)
            let start = (row * map.columns + column) * map.channels
            return map.values[start..<start + map.channels].map(Float.init)
        }
        return zip(feature(first), feature(second)).reduce(0) { $0 + $1.0 * $1.1 }
    }

    @Test("Features are finite, of unit length, and as many as configured")
    func haveUnitLength() {
        let map = SmallScenes.simulator().view(instance: 0, seed: 1, id: "a").observation.features
        #expect(map.rows == 16 && map.columns == 16 && map.channels == 48)
        for patch in 0..<256 {
            let squares = map.values[patch * 48..<(patch + 1) * 48].reduce(Float(0)) {
                $0 + Float($1) * Float($1)
            }
            #expect(abs(squares - 1) < 0.01)
        }
    }

    @Test("Left and right look more alike than other keypoints do")
    func confusesLeftAndRight() {
        let simulator = SmallScenes.simulator(.truck)
        let flip = simulator.objectClass.flip
        var mirrored: [Float] = []
        var others: [Float] = []
        for image in simulator.images(of: [0, 1, 2], count: 12, split: "tst", seed: 1) {
            for (index, truth) in image.keypoints.enumerated() where truth.isVisible {
                for (second, other) in image.keypoints.enumerated() where other.isVisible && second > index {
                    let value = similarity(image.observation.features, truth.pixel, other.pixel)
                    if flip[index] == second { mirrored.append(value) } else { others.append(value) }
                }
            }
        }
        let mirroredMean = mirrored.reduce(0, +) / Float(mirrored.count)
        let othersMean = others.reduce(0, +) / Float(others.count)
        #expect(mirroredMean > othersMean + 0.05, "\(mirroredMean) \(othersMean)")
    }

    @Test("The patches cover a square round the mask, or the whole image")
    func covers() throws {
        let image = SmallScenes.simulator().view(instance: 0, seed: 1, id: "a")
        let box = try #require(image.observation.mask.bounds(of: 1))
        #expect(abs(image.observation.features.region.largerSide - 1.25 * box.largerSide) < 1e-9)
        let whole = SmallScenes.simulator { $0.features.coverage = .image }.view(
            instance: 0, seed: 1, id: "a")
        #expect(whole.observation.features.region == PixelRegion(image.observation.imageSize))
    }

    @Test("Nearest neighbour finds about half of an unseen instance's keypoints in wide views")
    func isHard() {
        // Small images and few of them: the figures of all families at full size are in docs/design/simulation.md.
        let simulator = SmallScenes.simulator(.truck, seed: 1) {
            $0.features.rows = 24
            $0.features.columns = 24
        }
        let training = simulator.images(of: SyntheticSets.seen, count: 18, split: "trn", seed: 1)
        let test = simulator.images(of: SyntheticSets.unseen, count: 12, split: "tst", seed: 1)
        let share = NearestNeighbor(training: training).pck(test)
        #expect((0.33...0.65).contains(share), "\(share)")
    }
}
