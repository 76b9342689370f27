// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SwiftProtobuf

extension Foxglove_SpherePrimitive {
    /// The ellipsoid of two standard deviations around a keypoint; `nil` without a finite covariance.
    init?(uncertaintyOf keypoint: KeypointEstimate, color: Foxglove_Color) {
        guard let axes = PrincipalAxes(covariance: keypoint.covariance) else { return nil }
        self.init()
        pose = .init(position: keypoint.position)
        let turn = axes.rotation.quaternion
        (pose.orientation.x, pose.orientation.y) = (turn.x, turn.y)
        (pose.orientation.z, pose.orientation.w) = (turn.z, turn.w)
        size = .init(4 * axes.variances.squareRoot())
        self.color = color
    }
}

extension Foxglove_LinePrimitive {
    /// Points as strokes that are as long as they are wide: viewers draw those as dots, and the schema has none.
    init(dots points: [SIMD3<Double>], size: Double, color: Foxglove_Color) {
        self.init()
        type = .lineList
        pose = .init(position: .zero)
        thickness = size
        let half = SIMD3(size / 2, 0, 0)
        // Hundreds of them in every frame: no array for each, and none of them copied with the message.
        var ends: [Foxglove_Point3] = []
        ends.reserveCapacity(2 * points.count)
        for point in points {
            ends.append(Foxglove_Point3(point - half))
            ends.append(Foxglove_Point3(point + half))
        }
        self.points = ends
        self.color = color
    }
}
