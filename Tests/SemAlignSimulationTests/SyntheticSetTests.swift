// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignSimulation
import Testing

@Suite struct SyntheticSetTests {
    private func ids(_ set: SyntheticSet) -> (ids: [String], instances: Set<String>) {
        let images = SyntheticClass(family: .hammer, seed: 1)
            .observations(of: set, count: 6, seed: 1, configuration: SmallScenes.configuration)
        return (images.map(\.id), Set(images.map(\.instance)))
    }

    @Test("Training and seen images show the same instances in other views, unseen ones others")
    func sharesInstances() {
        let training = ids(.training)
        #expect(training.ids.first == "trn-0000" && Set(training.ids).count == 6)
        #expect(training.instances.count == 6)
        #expect(ids(.seen).instances == training.instances)
        #expect(ids(.unseen).instances.isDisjoint(with: training.instances))
        #expect(ids(.occluded).instances == ids(.unseen).instances)
        #expect(ids(.video).instances.count == 1)
    }

    @Test("Sets of one seed do not repeat each other's views")
    func differsBetweenSplits() {
        let objectClass = SyntheticClass(family: .hammer, seed: 1)
        let configuration = SmallScenes.configuration
        let training = objectClass.observations(
            of: .training, count: 1, seed: 1, configuration: configuration)
        let seen = objectClass.observations(of: .seen, count: 1, seed: 1, configuration: configuration)
        #expect(training[0].cameraFromObject != seen[0].cameraFromObject)
    }

    @Test(
        "Every keypoint is seen in some of the images that a class is built from",
        arguments: SyntheticFamily.allCases)
    func showsKeypoints(family: SyntheticFamily) {
        let objectClass = SyntheticClass(family: family, seed: 0)
        let images = objectClass.observations(
            of: .training, count: 30, seed: 0, configuration: SmallScenes.configuration)
        for (index, name) in objectClass.keypointNames.enumerated() {
            let count = images.count { $0.keypoints[index].isVisible }
            #expect(count >= 3, "\(family) \(name) in \(count)")
        }
    }
}
