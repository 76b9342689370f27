// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// The keypoints of a class that its images show: what none of them shows cannot be learned.
struct SeenKeypoints {
    /// Names that no image shows, in their order.
    let unseen: [String]
    /// What is left of the class.
    let description: ClassDescription
    private let kept: [Int]

    /// Chooses the keypoints that are visible in at least one of `views`.
    init(_ description: ClassDescription, in views: [TrainingView]) {
        let all = Array(description.keypointNames.indices)
        let kept = all.filter { index in views.contains { $0.keypoints[index] != nil } }
        let place = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
        self.kept = kept
        unseen = all.filter { place[$0] == nil }.map { description.keypointNames[$0] }
        // A keypoint whose mirror image is missing has no partner: then nothing is said about mirroring.
        let flip = description.flip.map { flip in kept.compactMap { place[flip[$0]] } }
        let skeleton = description.skeleton.compactMap { pair -> SIMD2<Int32>? in
            guard let first = place[Int(pair.x)], let second = place[Int(pair.y)] else { return nil }
            return SIMD2(Int32(first), Int32(second))
        }
        self.description = ClassDescription(
            name: description.name, keypointNames: kept.map { description.keypointNames[$0] },
            flip: flip?.count == kept.count ? flip : nil, skeleton: skeleton)
    }

    /// The view without the keypoints that are left out.
    func reduce(_ view: TrainingView) -> TrainingView {
        guard !unseen.isEmpty else { return view }
        return TrainingView(
            id: view.id, instance: view.instance, observation: view.observation,
            keypoints: kept.map { view.keypoints[$0] })
    }
}
