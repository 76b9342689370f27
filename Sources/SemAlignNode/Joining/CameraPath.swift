// SPDX-License-Identifier: Apache-2.0
internal import SemAlignCore
internal import SemAlignMessages

/// Where the camera was lately: poses by stamp, interpolated between them.
struct CameraPath: Sendable {
    /// Poses that are kept.
    private static let capacity = 512
    /// Longest gap between two poses that is bridged [ns].
    private static let longestGap: UInt64 = 250_000_000
    /// How far the motion is carried on beyond the newest pose [ns]: poses may come a little later than pictures.
    private static let reach: UInt64 = 60_000_000

    private var fixedFrame = ""
    private var poses: [(time: UInt64, pose: SimilarityTransform)] = []

    /// Starts with nothing.
    init() {}

    /// Adds a pose; one in another fixed frame begins a new path.
    mutating func add(_ message: CameraPoseMessage) {
        if message.fixedFrame != fixedFrame {
            fixedFrame = message.fixedFrame
            poses = []
        }
        let place = poses.firstIndex { $0.time >= message.timestamp } ?? poses.count
        if place < poses.count, poses[place].time == message.timestamp {
            poses[place].pose = message.pose
        } else {
            poses.insert((message.timestamp, message.pose), at: place)
        }
        if poses.count > Self.capacity { poses.removeFirst() }
    }

    /// Forgets everything, as when a sequence of stamps begins anew.
    mutating func removeAll() { poses = [] }

    /// Camera frame to fixed frame at `time` [ns]; `nil` where no poses are near enough.
    func pose(at time: UInt64) -> SimilarityTransform? {
        guard let after = poses.firstIndex(where: { $0.time >= time }) else { return extrapolated(to: time) }
        if poses[after].time == time { return poses[after].pose }
        guard after > 0, poses[after].time - poses[after - 1].time <= Self.longestGap else { return nil }
        return Self.between(poses[after - 1], poses[after], at: time)
    }

    private func extrapolated(to time: UInt64) -> SimilarityTransform? {
        guard poses.count > 1, let last = poses.last, time - last.time <= Self.reach else { return nil }
        let before = poses[poses.count - 2]
        guard last.time - before.time <= Self.longestGap else { return nil }
        return Self.between(before, last, at: time)
    }

    /// Constant velocity and turning through two poses.
    private static func between(
        _ first: (time: UInt64, pose: SimilarityTransform),
        _ second: (time: UInt64, pose: SimilarityTransform),
        at time: UInt64
    ) -> SimilarityTransform {
        let share = Double(time - first.time) / Double(second.time - first.time)
        return first.pose.interpolated(to: second.pose, share: share)
    }
}
