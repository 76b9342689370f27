// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore
import SwiftProtobuf

/// Where the camera is in a fixed frame: `foxglove.FrameTransform` or `foxglove.PoseInFrame`.
public struct CameraPoseMessage: TopicMessage, Hashable {
    /// `foxglove.FrameTransform`, which is what we write.
    public static let schemaName = Foxglove_FrameTransform.protoMessageName
    /// Schemas that are read.
    public static let schemas = [schemaName, Foxglove_PoseInFrame.protoMessageName]

    /// Time of the pose [ns since the Unix epoch].
    public let timestamp: UInt64
    /// The fixed frame.
    public let fixedFrame: String
    /// The camera's optical frame; empty where not stated.
    public let cameraFrame: String
    /// Camera frame to fixed frame [m], scale 1.
    public let pose: SimilarityTransform

    /// Joins the parts of a pose.
    public init(timestamp: UInt64, fixedFrame: String, cameraFrame: String, pose: SimilarityTransform) {
        self.timestamp = timestamp
        self.fixedFrame = fixedFrame
        self.cameraFrame = cameraFrame
        self.pose = pose
    }

    /// Reads and checks a payload of the schema with this name, one of `schemas`.
    public init(decoding payload: [UInt8], schema: String) throws(MessageError) {
        if schema == Self.schemaName {
            let message = try Foxglove_FrameTransform(payload: payload)
            guard message.hasTimestamp else { throw .missing(field: "timestamp of the camera pose") }
            self.init(
                timestamp: try message.timestamp.nanosecondsSinceEpoch(),
                fixedFrame: message.parentFrameID, cameraFrame: message.childFrameID,
                pose: try Self.pose(message.translation, message.rotation))
        } else {
            let message = try Foxglove_PoseInFrame(payload: payload)
            guard message.hasTimestamp else { throw .missing(field: "timestamp of the camera pose") }
            self.init(
                timestamp: try message.timestamp.nanosecondsSinceEpoch(), fixedFrame: message.frameID,
                cameraFrame: "",
                pose: try Self.pose(message.pose.position, message.pose.orientation))
        }
    }

    /// The payload of a `foxglove.FrameTransform`.
    public func encoded() throws(MessageError) -> [UInt8] {
        var message = Foxglove_FrameTransform()
        message.timestamp = .init(nanosecondsSinceEpoch: timestamp)
        message.parentFrameID = fixedFrame
        message.childFrameID = cameraFrame
        message.translation.x = pose.translation.x
        message.translation.y = pose.translation.y
        message.translation.z = pose.translation.z
        let quaternion = pose.rotation.quaternion
        message.rotation.x = quaternion.x
        message.rotation.y = quaternion.y
        message.rotation.z = quaternion.z
        message.rotation.w = quaternion.w
        return try message.payload()
    }

    /// A rigid motion of finite numbers.
    private static func pose(
        _ translation: Foxglove_Vector3, _ rotation: Foxglove_Quaternion
    ) throws(MessageError) -> SimilarityTransform {
        let place = [translation.x, translation.y, translation.z]
        // Further than any map reaches, and a millimetre is still resolved.
        try check(all: place, in: -1e9...1e9, field: "translation of the camera pose")
        let quaternion = SIMD4(rotation.x, rotation.y, rotation.z, rotation.w)
        let length = (quaternion * quaternion).sum().squareRoot()
        try check(length, in: 0.99...1.01, field: "length of the quaternion of the camera pose")
        return SimilarityTransform(
            scale: 1, rotation: Rotation(quaternion: quaternion),
            translation: SIMD3(place[0], place[1], place[2]))
    }
}
