// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SwiftProtobuf

/// The answers of one frame for 3D viewers: `foxglove.SceneUpdate`.
///
/// Each object is an entity of spheres, ellipsoids, skeleton, names and dense points; without an answer it is taken away.
public struct SceneMessage: TopicMessage, Hashable {
    /// `foxglove.SceneUpdate`.
    public static let schemaName = Foxglove_SceneUpdate.protoMessageName

    /// The answers, one for each object.
    public let objects: [KeypointMessage]
    /// Pairs of keypoints to draw lines between; pairs that do not exist are left out.
    public let skeleton: [SIMD2<Int32>]

    /// Joins the answers of one frame and the skeleton of their class.
    public init(objects: [KeypointMessage], skeleton: [SIMD2<Int32>]) {
        self.objects = objects
        self.skeleton = skeleton
    }

    /// The payload.
    public func encoded() throws(MessageError) -> [UInt8] {
        var message = Foxglove_SceneUpdate()
        for object in objects {
            if object.result.keypoints.isEmpty {
                message.deletions.append(deletion(of: object))
            } else {
                message.entities.append(entity(of: object))
            }
        }
        return try message.payload()
    }

    private func name(of object: KeypointMessage) -> String { "\(object.className)/\(object.instance)" }

    private func deletion(of object: KeypointMessage) -> Foxglove_SceneEntityDeletion {
        .with {
            $0.timestamp = .init(nanosecondsSinceEpoch: object.timestamp)
            $0.type = .matchingID
            $0.id = name(of: object)
        }
    }

    /// Lives for a second only: a picture of a node that has died would be an old answer.
    private func entity(of object: KeypointMessage) -> Foxglove_SceneEntity {
        let keypoints = object.result.keypoints
        let size = 0.08 * object.result.cameraFromClass.scale
        return .with {
            $0.timestamp = .init(nanosecondsSinceEpoch: object.timestamp)
            $0.frameID = object.frameID
            $0.id = name(of: object)
            $0.lifetime = Google_Protobuf_Duration(seconds: 1, nanos: 0)
            $0.metadata = metadata(of: object)
            $0.lines = [line(through: keypoints.map(\.position), thickness: size / 4)]
            if !object.result.densePoints.isEmpty {
                $0.lines.append(.init(dots: object.result.densePoints, size: size / 5, color: .cloud))
            }
            for (index, keypoint) in keypoints.enumerated() {
                let color = Foxglove_Color(index: index, of: keypoints.count, visible: keypoint.visible)
                $0.spheres.append(sphere(at: keypoint.position, diameter: size, color: color))
                $0.texts.append(
                    text(object.keypointNames[index], at: keypoint.position, size: size, color: color))
            }
            $0.spheres += keypoints.enumerated().compactMap { index, keypoint in
                .init(
                    uncertaintyOf: keypoint, color: .init(index: index, of: keypoints.count, opacity: 0.2))
            }
        }
    }

    private func metadata(of object: KeypointMessage) -> [Foxglove_KeyValuePair] {
        [
            .init(key: "representation", value: object.representation.name),
            .init(key: "metric", value: "\(object.result.isMetric)"),
            .init(key: "energy", value: "\(object.result.energy)"),
        ]
    }

    private func sphere(
        at position: SIMD3<Double>, diameter: Double, color: Foxglove_Color
    ) -> Foxglove_SpherePrimitive {
        .with {
            $0.pose = .init(position: position)
            $0.size = .init([diameter, diameter, diameter])
            $0.color = color
        }
    }

    private func text(
        _ text: String, at position: SIMD3<Double>, size: Double, color: Foxglove_Color
    ) -> Foxglove_TextPrimitive {
        .with {
            $0.pose = .init(position: position + [0, -size, 0])
            $0.billboard = true
            $0.fontSize = size
            $0.color = color
            $0.text = text
        }
    }

    private func line(through positions: [SIMD3<Double>], thickness: Double) -> Foxglove_LinePrimitive {
        .with {
            $0.type = .lineList
            $0.pose = .init(position: .zero)
            $0.thickness = thickness
            $0.points = skeleton.edges(below: positions.count).flatMap { edge in
                [Foxglove_Point3(positions[edge.x]), Foxglove_Point3(positions[edge.y])]
            }
            $0.color = .white
        }
    }
}
