// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignSimulation
import Testing

@Suite struct SimulatorTests {
    @Test("The same seed gives the same image, another seed another one")
    func isDeterministic() {
        let first = SmallScenes.simulator().view(instance: 0, seed: 5, id: "a")
        let again = SmallScenes.simulator().view(instance: 0, seed: 5, id: "a")
        let other = SmallScenes.simulator().view(instance: 0, seed: 6, id: "a")
        #expect(first.observation == again.observation)
        #expect(first.pixels == again.pixels)
        #expect(first.keypoints == again.keypoints)
        #expect(first.observation != other.observation)
    }

    @Test("The truth is the instance's keypoints, carried to the camera and projected")
    func tellsTruth() {
        let simulator = SmallScenes.simulator(.truck)
        let image = simulator.view(instance: 2, seed: 1, id: "a")
        let points = simulator.objectClass.instance(2).keypoints
        for (truth, point) in zip(image.keypoints, points) {
            #expect((truth.position - image.cameraFromObject.apply(point)).norm < 1e-12)
            #expect(image.intrinsics.project(truth.position) == truth.pixel)
        }
        #expect(image.pixels.count == 160 * 120 * 3)
        #expect(image.trainingView.keypoints.map { $0 != nil } == image.keypoints.map(\.isVisible))
    }

    @Test(
        "A visible keypoint is where the surface is, a hidden one behind it",
        arguments: SyntheticFamily.allCases)
    func knowsVisibility(family: SyntheticFamily) {
        let simulator = SmallScenes.simulator(family) { $0.depth = .exact }
        var seen = 0
        var hidden = 0
        for seed: UInt64 in 0..<4 {
            let image = simulator.view(instance: 0, seed: seed, id: "a")
            let diameter = simulator.objectClass.instance(0).diameter
            for truth in image.keypoints {
                guard
                    let surface = image.observation.depth?.value(
                        at: truth.pixel, in: image.observation.imageSize),
                    surface > 0
                else { continue }
                if truth.isVisible { seen += 1 } else { hidden += 1 }
                // A silhouette's neighbour is the far background: only the near side is bounded.
                let behind = truth.position.z - Double(surface)
                #expect(truth.isVisible ? behind < 0.05 * diameter : behind > 0.01 * diameter)
            }
        }
        #expect(seen > 15 && hidden > 3)
    }

    @Test("The object fills 25 to 60 % of the larger image side", arguments: SyntheticFamily.allCases)
    func fillsImage(family: SyntheticFamily) throws {
        let simulator = SmallScenes.simulator(family) { $0.hasClutter = false }
        for image in simulator.images(of: [0, 1, 2], count: 6, split: "tst", seed: 1) {
            let box = try #require(image.observation.mask.bounds(of: 1))
            #expect((0.2...0.65).contains(box.largerSide / 160))
        }
    }

    @Test("The full sphere looks from below too, the upper one never does")
    func choosesViewpoints() {
        func heights(_ viewpoints: SimulationConfiguration.Viewpoints) -> [Double] {
            let simulator = SmallScenes.simulator { $0.viewpoints = viewpoints }
            return (0..<12).map {
                simulator.view(instance: 0, seed: $0, id: "a").cameraFromObject.applyInverse(.zero).z
            }
        }
        #expect(heights(.upperSphere).allSatisfy { $0 > 0 })
        #expect(heights(.fullSphere).contains { $0 < 0 })
    }

    @Test("An unknown focal length is not told and differs between images")
    func hidesFocalLength() {
        let simulator = SmallScenes.simulator { $0.focal = .unknown }
        let images = simulator.images(of: [0], count: 8, split: "tst", seed: 1)
        let sides = images.map { $0.intrinsics.focalLength.x / 160 }
        #expect(images.allSatisfy { $0.observation.intrinsics == nil })
        #expect(sides.allSatisfy { (0.79...2.51).contains($0) })
        #expect((sides.max() ?? 0) - (sides.min() ?? 0) > 0.5)
    }

    @Test("An occluder hides 30 to 50 % of the object and is cut out of the mask")
    func hidesObject() {
        var shares: [Double] = []
        for seed: UInt64 in 0..<6 {
            let free = SmallScenes.simulator { $0.hasClutter = false }.view(instance: 0, seed: seed, id: "a")
            let hidden = SmallScenes.simulator {
                $0.hasClutter = false
                $0.occlusion = SimulationConfiguration.usualOcclusion
            }.view(instance: 0, seed: seed, id: "a")
            #expect(free.keypoints.map(\.position) == hidden.keypoints.map(\.position))
            #expect(hidden.keypoints.filter(\.isVisible).count <= free.keypoints.filter(\.isVisible).count)
            let area = Double(hidden.observation.mask.area(of: 1)) / Double(free.observation.mask.area(of: 1))
            shares.append(1 - area)
        }
        #expect(shares.allSatisfy { (0.24...0.58).contains($0) }, "\(shares)")
    }

    @Test("Blur changes the picture but not the truth")
    func blurs() {
        let sharp = SmallScenes.simulator().view(instance: 0, seed: 1, id: "a")
        let blurred = SmallScenes.simulator { $0.blur = 4 }.view(instance: 0, seed: 1, id: "a")
        #expect(sharp.pixels != blurred.pixels)
        #expect(sharp.keypoints == blurred.keypoints)
        #expect(sharp.observation.features != blurred.observation.features)
    }
}
