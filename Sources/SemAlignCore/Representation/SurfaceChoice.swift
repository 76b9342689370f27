// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the keypoints of all views lead to: cameras, positions and the class's sparse cloud.
struct SparseSolution {
    /// The lifted views that it was found from, with the surfaces that were chosen.
    var lifted: [LiftedView]
    var cameras: RepresentationBuilder.Cameras
    /// Keypoints of each view in its camera's frame.
    var points: [[SIMD3<Double>?]]
    var sparse: SparseCloud
    /// True where depth is in metres and all cameras are known.
    var isMetric: Bool
}

extension RepresentationBuilder {
    /// How often keypoints may change to their other surface.
    private static let choiceRounds = 4
    /// Keypoints of one image that are open at once.
    private static let openLimit = 6
    /// Log-likelihood that a change has to win.
    private static let leastGain = 0.5

    /// Solves for cameras and the sparse cloud, and once more while keypoints lie better on their other surface.
    func solve(
        _ lifted: [LiftedView], _ views: [TrainingView], rejected: [RejectedView]
    ) throws(RepresentationError) -> SparseSolution {
        var solution = try solveOnce(lifted, views, rejected: rejected)
        for _ in 0..<Self.choiceRounds {
            var changed = solution.lifted
            var count = 0
            for v in changed.indices { count += choose(in: &changed[v], view: v, of: solution) }
            guard count > 0 else { break }
            solution = try solveOnce(changed, views, rejected: rejected)
        }
        return solution
    }

    private func solveOnce(
        _ lifted: [LiftedView], _ views: [TrainingView], rejected: [RejectedView]
    ) throws(RepresentationError) -> SparseSolution {
        let found = cameras(of: lifted, views)
        let points = zip(found.lifted, found.intrinsics).map { $0.points(camera: $1) }
        try checkCoverage(points, rejected: rejected)
        let isMetric = lifted.allSatisfy { view in
            let observation = found.views[view.index].observation
            return observation.depth?.isMetric == true && observation.intrinsics != nil
        }
        let sparse = try SparseCloudBuilder(sharesScale: isMetric, flip: description.flip)
            .build(points, instances: lifted.map(\.instance))
        return SparseSolution(
            lifted: lifted, cameras: found, points: points, sparse: sparse, isMetric: isMetric)
    }

    /// Puts keypoints of a view onto their other surface where the class, laid onto the view, fits better so;
    /// returns how many.
    ///
    /// A wrong surface bends the focal length until it seems right: so each choice is judged with the focal length
    /// that suits it best.
    private func choose(in view: inout LiftedView, view v: Int, of solution: SparseSolution) -> Int {
        let open = view.samples.indices.filter { view.samples[$0]?.alternative != nil }
            .prefix(Self.openLimit)
        guard !open.isEmpty else { return 0 }
        let fit = ViewFit(
            view: v, solution: solution,
            isKnown: solution.cameras.views[view.index].observation.intrinsics != nil)
        let costs = (0..<(1 << open.count)).map { choice in
            let swapped = open.enumerated().filter { choice >> $0.offset & 1 == 1 }.map(\.element)
            return fit.cost(swapped: Set(swapped))
        }
        guard let best = costs.indices.min(by: { costs[$0] < costs[$1] }),
            costs[best] < costs[0] - Self.leastGain
        else { return 0 }
        var count = 0
        for (bit, i) in open.enumerated() where best >> bit & 1 == 1 {
            guard let sample = view.samples[i], let alternative = sample.alternative else { continue }
            view.samples[i] = .init(pixel: sample.pixel, depth: alternative, alternative: sample.depth)
            count += 1
        }
        return count
    }
}

/// How well the class fits a view for each choice of surfaces.
private struct ViewFit {
    /// Pixels and corrected depths, the present and the other, in the view's camera of focal length `focal`.
    private let samples: [LiftedView.DepthSample?]
    private let camera: CameraIntrinsics
    private let shape: [SIMD3<Double>]
    /// How far objects differ from their class [class frame].
    private let spread: Double
    /// Factors on the focal length that are tried.
    private let factors: [Double]

    init(view: Int, solution: SparseSolution, isKnown: Bool) {
        samples = solution.cameras.lifted[view].samples
        camera = solution.cameras.intrinsics[view]
        shape = solution.sparse.keypoints
        spread = 0.04 * diameter(of: shape)
        factors = isKnown ? [1] : (-6...6).map { exp(0.12 * Double($0)) }
    }

    /// Robust disagreement of the view with the class, lower is better.
    func cost(swapped: Set<Int>) -> Double {
        factors.map { factor in
            let focal = CameraIntrinsics(
                focalLength: camera.focalLength * factor, principalPoint: camera.principalPoint)
            let points = samples.enumerated().map { i, sample in
                sample.map { sample in
                    let depth = swapped.contains(i) ? sample.alternative ?? sample.depth : sample.depth
                    return focal.unproject(sample.pixel, depth: depth)
                }
            }
            // The present focal length is a guess of some worth.
            let distance = log(factor) / 0.5
            return disagreement(points) + distance * distance / 2
        }.min() ?? .infinity
    }

    private func disagreement(_ points: [SIMD3<Double>?]) -> Double {
        let targets = points.map { $0 ?? .zero }
        var weights = points.map { $0 == nil ? 0.0 : 1.0 }
        var cost = Double.infinity
        for _ in 0..<6 {
            guard let pose = SimilarityTransform.fit(from: shape, to: targets, weights: weights) else {
                return .infinity
            }
            let shares = points.indices.map { i in
                points[i].map { squaredDistance(pose.applyInverse($0), shape[i]) / (spread * spread) } ?? 0
            }
            cost = shares.reduce(0) { $0 + log(1 + $1 / 2) }
            weights = points.indices.map { points[$0] == nil ? 0 : 1 / (1 + shares[$0] / 2) }
        }
        return cost
    }
}
