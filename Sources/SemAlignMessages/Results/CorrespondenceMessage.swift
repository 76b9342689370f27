// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore
import SwiftProtobuf

/// Where the queried points are in one frame: `semalign.CorrespondenceArray`.
public struct CorrespondenceMessage: DecodableMessage, Hashable {
    /// `semalign.CorrespondenceArray`.
    public static let schemaName = Semalign_CorrespondenceArray.protoMessageName

    /// Acquisition time of the image [ns since the Unix epoch].
    public let timestamp: UInt64
    /// The camera's optical frame, in which the positions are.
    public let frameID: String
    /// Name of the reference view; empty = the class frame.
    public let reference: String
    /// One answer for each query.
    public let correspondences: [Correspondence]

    /// Joins the parts of a message.
    public init(timestamp: UInt64, frameID: String, reference: String, correspondences: [Correspondence]) {
        self.timestamp = timestamp
        self.frameID = frameID
        self.reference = reference
        self.correspondences = correspondences
    }

    /// Reads and checks a payload.
    public init(decoding payload: [UInt8]) throws(MessageError) {
        let message = try Semalign_CorrespondenceArray(payload: payload)
        var correspondences: [Correspondence] = []
        for point in message.points { correspondences.append(try Correspondence(checking: point)) }
        self.init(
            timestamp: try message.timestamp.nanosecondsSinceEpoch(), frameID: message.frameID,
            reference: message.reference, correspondences: correspondences)
    }

    /// The payload.
    public func encoded() throws(MessageError) -> [UInt8] {
        var message = Semalign_CorrespondenceArray()
        message.timestamp = .init(nanosecondsSinceEpoch: timestamp)
        message.frameID = frameID
        message.reference = reference
        message.points = correspondences.map { .init($0) }
        return try message.payload()
    }
}

extension Semalign_Correspondence {
    fileprivate init(_ correspondence: Correspondence) {
        self.init()
        id = correspondence.id
        if let query = correspondence.queryPixel { queryPixel = .init(query) }
        pixel = .init(correspondence.pixel)
        position = .init(correspondence.position)
        covariance = correspondence.covariance
        score = correspondence.score
        visible = correspondence.visible
    }
}

extension Correspondence {
    fileprivate init(checking point: Semalign_Correspondence) throws(MessageError) {
        try check(count: point.covariance.count, is: 9, field: "covariance of point '\(point.id)'")
        self.init(
            id: point.id, queryPixel: point.hasQueryPixel ? point.queryPixel.vector : nil,
            pixel: point.pixel.vector,
            position: try point.position.finite(field: "position of '\(point.id)'"),
            covariance: point.covariance, score: point.score, visible: point.visible)
    }
}
