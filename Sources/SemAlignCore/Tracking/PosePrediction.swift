// SPDX-License-Identifier: Apache-2.0

/// Where an object is expected in the camera frame: the camera's own motion taken out, the object's carried on.
///
/// Where the camera's pose is known the object's motion is that in the fixed frame, so that a moving camera does not
/// look like a moving object; where it is not, the camera frame counts as fixed.
struct PosePrediction: Hashable, Sendable {
    /// True where the object's velocity is carried on; else it is expected to stand still in the fixed frame.
    private let usesVelocity: Bool
    private var motion = MotionModel()
    /// Fixed frame from camera at the last pose; `nil` where that was not known.
    private var camera: SimilarityTransform?
    private var isEmpty = true

    init(usesVelocity: Bool) { self.usesVelocity = usesVelocity }

    /// Takes the class frame's pose in the camera frame at `time` [ns], and the camera's pose where it is known.
    mutating func observe(
        _ cameraFromClass: SimilarityTransform, at time: UInt64, camera: SimilarityTransform?
    ) {
        // Poses in different frames are no motion.
        if (camera == nil) != (self.camera == nil) { motion = MotionModel() }
        motion.observe(camera?.composed(with: cameraFromClass) ?? cameraFromClass, at: time)
        self.camera = camera
        isEmpty = false
    }

    /// Class frame to camera frame as expected at `time` [ns] for a camera with this pose; `nil` without knowledge.
    func pose(at time: UInt64, camera: SimilarityTransform?) -> SimilarityTransform? {
        guard (camera == nil) == (self.camera == nil), let pose = fixedPose(at: time) else { return nil }
        return camera?.inverse.composed(with: pose) ?? pose
    }

    /// From where things were seen at the last pose to where they are expected at `time` [ns]: a rigid motion.
    ///
    /// `nil` where nothing is known that moves them.
    func carry(to time: UInt64, camera: SimilarityTransform?) -> SimilarityTransform? {
        guard usesVelocity || camera != nil, let now = pose(at: time, camera: camera),
            let last = motion.last, !isEmpty
        else { return nil }
        let before = self.camera?.inverse.composed(with: last) ?? last
        return now.composed(with: before.inverse)
    }

    private func fixedPose(at time: UInt64) -> SimilarityTransform? {
        usesVelocity ? motion.pose(at: time) : motion.last
    }
}
