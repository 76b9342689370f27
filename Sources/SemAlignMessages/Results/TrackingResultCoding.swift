// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SwiftProtobuf

extension Semalign_KeypointArray {
    /// Writes what the tracker said; the pose only where there is one.
    mutating func fill(from result: TrackingResult, names: [String]) {
        state = .init(result.state)
        startedCold = result.startedCold
        metric = result.isMetric
        focalLengthPx = result.focalLengthPixels
        energy = result.energy
        energyGap = result.energyGap
        if result.state == .tracking {
            scale = result.cameraFromClass.scale
            pose.position = .init(result.cameraFromClass.translation)
            pose.orientation = .init(result.cameraFromClass.rotation.quaternion)
        }
        keypoints = zip(names, result.keypoints).enumerated().map { index, named in
            .init(named.1, name: named.0, index: UInt32(index))
        }
        stageDurationsNs = result.stages.map { stage in
            .with {
                $0.name = stage.name
                $0.nanoseconds = stage.nanoseconds
            }
        }
        message = result.message
    }
}

extension TrackingResult {
    /// Reads an answer; where the message has no pose the transform is the identity.
    init(checking message: Semalign_KeypointArray) throws(MessageError) {
        var keypoints: [KeypointEstimate] = []
        for (index, keypoint) in message.keypoints.enumerated() {
            guard keypoint.index == index else {
                throw .value(
                    field: "index of keypoint '\(keypoint.name)'", found: "\(keypoint.index)",
                    expected: "\(index): keypoints are in the order of the representation")
            }
            keypoints.append(try KeypointEstimate(checking: keypoint))
        }
        self.init(
            state: try message.state.checked(), startedCold: message.startedCold, isMetric: message.metric,
            focalLengthPixels: message.focalLengthPx, energy: message.energy,
            energyGap: message.energyGap, cameraFromClass: try SimilarityTransform(checking: message),
            keypoints: keypoints, densePoints: [],
            stages: message.stageDurationsNs.map {
                StageDuration(name: $0.name, nanoseconds: $0.nanoseconds)
            },
            message: message.message)
    }
}

extension SimilarityTransform {
    fileprivate init(checking message: Semalign_KeypointArray) throws(MessageError) {
        guard message.hasPose else {
            self.init(scale: 1, rotation: .identity, translation: .zero)
            return
        }
        try check(
            message.scale, in: Double.leastNormalMagnitude...Double.greatestFiniteMagnitude, field: "scale")
        self.init(
            scale: message.scale,
            rotation: Rotation(quaternion: try message.pose.orientation.unit(field: "orientation")),
            translation: try message.pose.position.finite(field: "position of the pose"))
    }
}

extension KeypointEstimate {
    fileprivate init(checking keypoint: Semalign_Keypoint) throws(MessageError) {
        let name = keypoint.name
        try check(count: keypoint.covariance.count, is: 9, field: "covariance of keypoint '\(name)'")
        self.init(
            position: try keypoint.position.finite(field: "position of keypoint '\(name)'"),
            pixel: keypoint.pixel.vector, covariance: keypoint.covariance, visible: keypoint.visible,
            score: keypoint.score)
    }
}

extension Semalign_Keypoint {
    fileprivate init(_ estimate: KeypointEstimate, name: String, index: UInt32) {
        self.init()
        self.name = name
        self.index = index
        position = .init(estimate.position)
        pixel = .init(estimate.pixel)
        covariance = estimate.covariance
        visible = estimate.visible
        score = estimate.score
    }
}
