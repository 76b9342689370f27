// SPDX-License-Identifier: Apache-2.0

/// Which views can serve, with their keypoints lifted.
struct ViewSelection {
    var lifted: [LiftedView] = []
    var rejected: [RejectedView] = []
    var withoutDepth: [RejectedView] = []
}

extension RepresentationBuilder {
    /// Keypoints that an image must show, with depth: fewer do not fix its pose.
    static let minimumKeypoints = 4

    /// Lifts the keypoints of every view and leaves out those that cannot serve, with the reason.
    func select(_ views: [TrainingView]) -> ViewSelection {
        var selection = ViewSelection()
        let channels = commonChannels(views)
        for (index, view) in views.enumerated() {
            if let reason = reasonToReject(view, channels: channels) {
                selection.rejected.append(RejectedView(id: view.id, reason: reason))
                continue
            }
            let observation = view.observation
            let patch = observation.features.patchSize
            let lifting = KeypointLifting(radius: max(1, Int((min(patch.x, patch.y) / 2).rounded())))
            var missing: [String] = []
            let samples = view.keypoints.enumerated().map { i, pixel -> LiftedView.DepthSample? in
                guard let pixel else { return nil }
                guard let depth = lifting.depth(at: pixel, in: observation) else {
                    missing.append(description.keypointNames[i])
                    return nil
                }
                return LiftedView.DepthSample(pixel: pixel, depth: depth)
            }
            let lifted = LiftedView(index: index, instance: view.instance, samples: samples)
            let names = missing.map { "'\($0)'" }.joined(separator: ", ")
            if lifted.count < Self.minimumKeypoints {
                selection.rejected.append(
                    RejectedView(
                        id: view.id,
                        reason: "\(lifted.count) keypoints with depth, \(Self.minimumKeypoints) are needed; "
                            + "no depth at \(names)"))
            } else {
                selection.lifted.append(lifted)
                if !missing.isEmpty {
                    selection.withoutDepth.append(RejectedView(id: view.id, reason: "no depth at \(names)"))
                }
            }
        }
        return selection
    }

    private func reasonToReject(_ view: TrainingView, channels: Int) -> String? {
        let observation = view.observation
        let annotated = view.keypoints.reduce(0) { $0 + ($1 == nil ? 0 : 1) }
        if observation.mask.area(of: observation.instance) == 0 { return "no mask" }
        if observation.depth == nil { return "no depth" }
        if annotated < Self.minimumKeypoints {
            return "\(annotated) annotated keypoints, \(Self.minimumKeypoints) are needed"
        }
        if observation.features.channels != channels {
            return "features of \(observation.features.channels) channels, the class has \(channels)"
        }
        return nil
    }

    /// The feature length that most views have.
    private func commonChannels(_ views: [TrainingView]) -> Int {
        let counts = Dictionary(grouping: views, by: \.observation.features.channels).mapValues(\.count)
        return counts.max { ($0.value, -$0.key) < ($1.value, -$1.key) }?.key ?? 0
    }

    /// The camera of each lifted view: its own, or one with an estimated focal length (equation 3).
    func cameras(of lifted: [LiftedView], _ views: [TrainingView]) -> [CameraIntrinsics] {
        let known = lifted.map { views[$0.index].observation.intrinsics }
        guard known.contains(where: { $0 == nil }) else { return known.compactMap { $0 } }
        let regions = lifted.map { view -> (center: SIMD2<Double>, side: Double) in
            let size = views[view.index].observation.imageSize
            return (
                SIMD2(Double(size.width - 1), Double(size.height - 1)) / 2,
                Double(max(size.width, size.height))
            )
        }
        let estimator = FocalLengthEstimator(
            views: lifted.indices.map { v in
                lifted[v].samples.map { sample in
                    sample.map {
                        let camera = known[v]?.principalPoint ?? regions[v].center
                        return SIMD3(
                            ($0.pixel.x - camera.x) / regions[v].side,
                            ($0.pixel.y - camera.y) / regions[v].side,
                            $0.depth)
                    }
                }
            },
            known: lifted.indices.map { v in known[v].map { $0.focalLength.x / regions[v].side } })
        let focal = estimator.estimate()
        return lifted.indices.map { v in
            known[v]
                ?? CameraIntrinsics(
                    focalLength: SIMD2(repeating: focal[v] * regions[v].side),
                    principalPoint: regions[v].center)
        }
    }
}
