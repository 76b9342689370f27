// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Smooths the keypoints of one object over time by a first-order lag, and says by how much they are late.
///
/// Only frames that came are used, so that what moves evenly is shown where it was `delay` ago. Covariances stay those
/// of the single frame. A jump of the tracker is not smoothed over: a cold start begins anew.
public struct KeypointSmoother: Sendable {
    /// Longer gaps begin anew [ns].
    private static let longestGap: UInt64 = 500_000_000

    /// Time constant of the lag [s].
    private let timeConstant: Double
    private var last: (time: UInt64, keypoints: [KeypointEstimate], pose: SimilarityTransform)?

    /// By how much the last answer is late for what moves evenly [ns]; 0 where it is the frame's own.
    public private(set) var delay: UInt64 = 0

    /// Smooths with this time constant [s], above 0.
    public init(timeConstant: Double) {
        precondition(timeConstant > 0, "smoothing needs a time constant above 0")
        self.timeConstant = timeConstant
    }

    /// The smoothed answer for the frame at `time` [ns].
    public mutating func smooth(_ result: TrackingResult, at time: UInt64) -> TrackingResult {
        guard result.state == .tracking, !result.startedCold, let last, time > last.time,
            time - last.time <= Self.longestGap, last.keypoints.count == result.keypoints.count
        else {
            last = result.state == .tracking ? (time, result.keypoints, result.cameraFromClass) : nil
            delay = 0
            return result
        }
        let step = Double(time - last.time) / 1e9
        let share = 1 - exp(-step / timeConstant)
        // The lag that a ramp has once the start is forgotten.
        delay = UInt64(step * (1 - share) / share * 1e9)
        let keypoints = zip(last.keypoints, result.keypoints).map { $0.approaching($1, by: share) }
        let pose = last.pose.interpolated(to: result.cameraFromClass, share: share)
        self.last = (time, keypoints, pose)
        return TrackingResult(
            state: result.state, startedCold: false, isMetric: result.isMetric,
            focalLengthPixels: result.focalLengthPixels, energy: result.energy, energyGap: result.energyGap,
            cameraFromClass: SimilarityTransform(
                scale: result.cameraFromClass.scale, rotation: pose.rotation, translation: pose.translation),
            keypoints: keypoints, densePoints: result.densePoints, stages: result.stages,
            message: result.message)
    }
}

extension KeypointEstimate {
    /// Part of the way to a newer estimate, whose certainty it has.
    fileprivate func approaching(_ newer: KeypointEstimate, by share: Double) -> KeypointEstimate {
        KeypointEstimate(
            position: position + share * (newer.position - position),
            pixel: pixel + share * (newer.pixel - pixel), covariance: newer.covariance,
            visible: newer.visible, score: newer.score)
    }
}
