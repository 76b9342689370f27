// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore
import SwiftProtobuf

/// Which class representation an answer was made with.
public struct RepresentationIdentity: Hashable, Sendable {
    /// The file's name without folder and extension.
    public let name: String
    /// Fingerprint of the file's bytes: `RepresentationFile.hash`.
    public let hash: String

    /// Joins name and fingerprint.
    public init(name: String, hash: String) {
        self.name = name
        self.hash = hash
    }
}

/// The answer for one object in one frame: `semalign.KeypointArray`.
public struct KeypointMessage: DecodableMessage, Hashable {
    /// `semalign.KeypointArray`.
    public static let schemaName = Semalign_KeypointArray.protoMessageName

    /// Acquisition time of the image [ns since the Unix epoch].
    public let timestamp: UInt64
    /// The camera's optical frame, in which the positions are.
    public let frameID: String
    /// Number of the answer, from 0.
    public let sequence: UInt64
    /// Name of the class.
    public let className: String
    /// The representation that was used.
    public let representation: RepresentationIdentity
    /// Mask number of the object.
    public let instance: UInt8
    /// One name for each of the result's keypoints.
    public let keypointNames: [String]
    /// What the tracker said; dense points are not part of the message.
    public let result: TrackingResult

    /// Joins an answer and what it is about.
    ///
    /// `keypointNames` are the class's; they are kept only where the result has keypoints.
    /// Precondition: the result has one keypoint for each name, or none.
    public init(
        timestamp: UInt64, frameID: String, sequence: UInt64, className: String,
        representation: RepresentationIdentity, instance: UInt8, keypointNames: [String],
        result: TrackingResult
    ) {
        precondition(
            result.keypoints.isEmpty || result.keypoints.count == keypointNames.count,
            "one name for each keypoint")
        self.timestamp = timestamp
        self.frameID = frameID
        self.sequence = sequence
        self.className = className
        self.representation = representation
        self.instance = instance
        self.keypointNames = result.keypoints.isEmpty ? [] : keypointNames
        self.result = result
    }

    /// Reads and checks a payload.
    public init(decoding payload: [UInt8]) throws(MessageError) {
        let message = try Semalign_KeypointArray(payload: payload)
        guard let instance = UInt8(exactly: message.instance) else {
            throw .value(field: "instance", found: "\(message.instance)", expected: "0…255")
        }
        self.init(
            timestamp: try message.timestamp.nanosecondsSinceEpoch(), frameID: message.frameID,
            sequence: message.sequence, className: message.className,
            representation: RepresentationIdentity(
                name: message.representation.name, hash: message.representation.hash),
            instance: instance, keypointNames: message.keypoints.map(\.name),
            result: try TrackingResult(checking: message))
    }

    /// The payload.
    public func encoded() throws(MessageError) -> [UInt8] {
        var message = Semalign_KeypointArray()
        message.timestamp = .init(nanosecondsSinceEpoch: timestamp)
        message.frameID = frameID
        message.sequence = sequence
        message.className = className
        message.representation.name = representation.name
        message.representation.hash = representation.hash
        message.instance = UInt32(instance)
        message.fill(from: result, names: keypointNames)
        return try message.payload()
    }
}
