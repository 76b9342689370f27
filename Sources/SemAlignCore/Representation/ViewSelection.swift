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
                let sample = lifting.sample(at: pixel, in: observation)
                if sample == nil { missing.append(description.keypointNames[i]) }
                return sample
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

    /// Cameras of the lifted views, and the views with their depth corrected where an offset was estimated.
    struct Cameras {
        var intrinsics: [CameraIntrinsics]
        var estimates: [CameraEstimate]
        var lifted: [LiftedView]
        var views: [TrainingView]
    }

    /// The camera of each lifted view: its own, or one with an estimated focal length (equation 3, refined).
    func cameras(of lifted: [LiftedView], _ views: [TrainingView]) -> Cameras {
        let sizes = lifted.map { views[$0.index].observation.imageSize }
        let known = lifted.map { views[$0.index].observation.intrinsics }
        let sides = sizes.map { Double(max($0.width, $0.height)) }
        let offset = configuration.depthOffset
        guard known.contains(where: { $0 == nil }) || offset != .none else {
            let intrinsics = known.compactMap { $0 }
            return Cameras(
                intrinsics: intrinsics,
                estimates: zip(intrinsics, sides).map { CameraEstimate(known: $0.focalLength.x / $1) },
                lifted: lifted, views: views)
        }
        let centers = lifted.indices.map { v in known[v]?.principalPoint ?? sizes[v].center }
        let samples = lifted.indices.map { v in
            lifted[v].samples.map { sample in
                sample.map { sample in
                    let place = (sample.pixel - centers[v]) / sides[v]
                    return SIMD3(place.x, place.y, sample.depth)
                }
            }
        }
        let focals = FocalLengthEstimator(
            views: samples, known: lifted.indices.map { v in known[v].map { $0.focalLength.x / sides[v] } },
            flip: description.flip
        ).estimate()
        let refinement = CameraRefinement(
            views: samples, instances: lifted.map(\.instance), isKnown: known.map { $0 != nil },
            flip: description.flip, offset: offset)
        let estimates = refinement.refine(
            zip(focals, known).map { focal, known in
                known == nil
                    ? CameraEstimate(
                        focalLength: focal, logDeviation: FocalLengthEstimator.priorDeviation,
                        isObservable: false, offset: 0) : CameraEstimate(known: focal)
            })
        var result = Cameras(
            intrinsics: lifted.indices.map { v in
                known[v]
                    ?? CameraIntrinsics(
                        focalLength: SIMD2(repeating: estimates[v].focalLength * sides[v]),
                        principalPoint: centers[v])
            }, estimates: estimates, lifted: lifted, views: views)
        if offset != .none {
            for v in lifted.indices {
                result.correct(v, offset, estimates[v].offset, median: refinement.medianDepth(v))
            }
        }
        return result
    }
}

extension RepresentationBuilder.Cameras {
    /// Takes the offset out of a view's depth, at its keypoints and everywhere.
    fileprivate mutating func correct(_ v: Int, _ kind: DepthOffset, _ offset: Double, median: Double) {
        func corrected(_ depth: Double) -> Double {
            let value = kind.corrected(depth, median: median, offset: offset)
            return value > 0.02 * median && value < 50 * median ? value : 0
        }
        let view = lifted[v]
        lifted[v] = LiftedView(
            index: view.index, instance: view.instance,
            samples: view.samples.map { sample in
                sample.flatMap {
                    let depth = corrected($0.depth)
                    guard depth > 0 else { return nil }
                    let other = $0.alternative.map(corrected) ?? 0
                    return LiftedView.DepthSample(
                        pixel: $0.pixel, depth: depth, alternative: other > 0 ? other : nil)
                }
            })
        let training = views[view.index]
        let old = training.observation
        guard let depth = old.depth else { return }
        views[view.index] = TrainingView(
            id: training.id, instance: training.instance,
            observation: Observation(
                timestamp: old.timestamp, frameID: old.frameID, imageSize: old.imageSize,
                intrinsics: old.intrinsics,
                depth: DepthImage(
                    size: depth.size,
                    values: depth.values.map { $0 > 0 ? Float(corrected(Double($0))) : 0 }, isMetric: false),
                mask: old.mask, instance: old.instance, features: old.features),
            keypoints: training.keypoints)
    }
}
