// SPDX-License-Identifier: Apache-2.0

/// Why a message or a frame was not used: the names under which drops are counted and published.
public enum DropReason: String, Hashable, Sendable, CaseIterable {
    /// A wire message with fewer than three or more than four frames, or a malformed one.
    case wireFrames = "wire_frames"
    /// A payload above the configured limit.
    case oversize
    /// A peer that may not connect: it has the wrong key, one that is not known, or none.
    case refusedPeer = "refused_peer"
    /// A schema that the topic does not carry.
    case unknownSchema = "unknown_schema"
    /// A payload that is not the message that its schema names.
    case malformed
    /// Messages that were lost on the way, by the gaps in their sequence numbers.
    case lost
    /// No stamp, or one that is not a time.
    case noStamp = "no_stamp"
    /// A stamp far ahead of this machine's clock.
    case fromFuture = "from_future"
    /// The same stream a second time under the same stamp.
    case duplicate
    /// A stream that came after its frame had left.
    case late
    /// A frame whose required streams did not all come.
    case incomplete
    /// A frame that had to make room for newer ones.
    case bufferFull = "buffer_full"
    /// A frame of a sequence that was restarted.
    case oldSequence = "old_sequence"
    /// A complete frame that a newer one overtook before it could be aligned.
    case superseded
    /// A colour image that cannot be decoded.
    case image
    /// Intrinsics that cannot be.
    case cameraInfo = "camera_info"
    /// Depth that cannot be decoded or does not fit the image.
    case depth
    /// A mask that cannot be decoded or does not fit the image, or shows more objects than are looked at.
    case mask
    /// Features that do not fit the class representation or themselves.
    case features
    /// A query that cannot be answered.
    case query
    /// A pose of the camera that cannot be, or of another frame than the camera's.
    case cameraPose = "camera_pose"
    /// A result that could not be sent.
    case publish
    /// A message that is missing from the recording: the disk is too slow, or the file cannot be written.
    case record
}

/// One thing that was not used, and the facts behind it.
public struct Drop: Error, Hashable, Sendable {
    /// The name it is counted under.
    public let reason: DropReason
    /// What was found and what was expected, for the log.
    public let detail: String
    /// How many messages or frames it stands for.
    public let count: Int

    /// Joins reason, facts and count.
    public init(_ reason: DropReason, _ detail: String, count: Int = 1) {
        self.reason = reason
        self.detail = detail
        self.count = count
    }
}
