// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SwiftProtobuf

/// The answers of one frame for image viewers: `foxglove.ImageAnnotations`.
///
/// Keypoints are circles, filled where seen and hollow where hidden; an object without an answer is a line of
/// text with the reason. Viewers count pixels from the corner, so half a pixel is added here and only here.
public struct AnnotationsMessage: TopicMessage, Hashable {
    /// `foxglove.ImageAnnotations`.
    public static let schemaName = Foxglove_ImageAnnotations.protoMessageName

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
        var message = Foxglove_ImageAnnotations()
        if let first = objects.first { message.timestamp = .init(nanosecondsSinceEpoch: first.timestamp) }
        for (row, object) in objects.enumerated() {
            if object.result.keypoints.isEmpty {
                message.texts.append(reason(of: object, row: row))
            } else {
                draw(object, into: &message)
            }
        }
        return try message.payload()
    }

    private func draw(_ object: KeypointMessage, into message: inout Foxglove_ImageAnnotations) {
        let keypoints = object.result.keypoints
        message.points.append(lines(of: object))
        for (index, keypoint) in keypoints.enumerated() where keypoint.isOnImagePlane {
            let color = Foxglove_Color(index: index, of: keypoints.count, visible: keypoint.visible)
            let circle = Foxglove_CircleAnnotation.with {
                $0.timestamp = .init(nanosecondsSinceEpoch: object.timestamp)
                $0.position = .init(pixelCenter: keypoint.pixel)
                $0.diameter = 7
                $0.thickness = 1.5
                $0.outlineColor = color
                $0.fillColor = keypoint.visible >= 0.5 ? color : .clear
            }
            message.circles.append(circle)
            message.texts.append(
                text(
                    object.keypointNames[index], at: keypoint.pixel + [6, -4], color: color,
                    timestamp: object.timestamp))
        }
    }

    private func lines(of object: KeypointMessage) -> Foxglove_PointsAnnotation {
        let keypoints = object.result.keypoints
        return .with {
            $0.timestamp = .init(nanosecondsSinceEpoch: object.timestamp)
            $0.type = .lineList
            for edge in skeleton.edges(below: keypoints.count)
            where keypoints[edge.x].isOnImagePlane && keypoints[edge.y].isOnImagePlane {
                $0.points.append(.init(pixelCenter: keypoints[edge.x].pixel))
                $0.points.append(.init(pixelCenter: keypoints[edge.y].pixel))
            }
            $0.outlineColor = .white
            $0.thickness = 1
        }
    }

    private func reason(of object: KeypointMessage, row: Int) -> Foxglove_TextAnnotation {
        text(
            "\(object.className) \(object.instance): \(object.result.state.rawValue) \(object.result.message)",
            at: [4, Double(16 * (row + 1))], color: .white, timestamp: object.timestamp)
    }

    private func text(
        _ text: String, at pixel: SIMD2<Double>, color: Foxglove_Color, timestamp: UInt64
    ) -> Foxglove_TextAnnotation {
        .with {
            $0.timestamp = .init(nanosecondsSinceEpoch: timestamp)
            $0.position = .init(pixelCenter: pixel)
            $0.text = text
            $0.fontSize = 12
            $0.textColor = color
            $0.backgroundColor = .shade
        }
    }
}
