// SPDX-License-Identifier: Apache-2.0

/// When one frame passed which point of the node, and what it cost; all times of the steady clock [ns].
public struct FrameRecord: Hashable, Sendable {
    /// A duration with a name.
    public struct Stage: Hashable, Sendable {
        /// Name of the stage.
        public let name: String
        /// Duration [ns].
        public let duration: UInt64

        /// Joins name and duration.
        public init(_ name: String, _ duration: UInt64) {
            self.name = name
            self.duration = duration
        }
    }

    /// Stamp of the image [ns since the Unix epoch].
    public let stamp: UInt64
    /// When the image was due: its stamp on the clock of who feeds the node; `nil` where nobody knows.
    public var due: UInt64?
    /// Time that the last message spent between its sender and the node [ns], where both share a clock.
    public var transfer: UInt64?
    /// The first stream's arrival.
    public var firstArrival: UInt64 = 0
    /// The last stream's arrival.
    public var lastArrival: UInt64 = 0
    /// The last stream is parsed and the frame complete.
    public var completed: UInt64 = 0
    /// Pictures are decoded and checked.
    public var decoded: UInt64 = 0
    /// The alignment thread takes the frame.
    public var taken: UInt64 = 0
    /// The alignment thread has encoded the answer.
    public var answered: UInt64 = 0
    /// The answer is handed to the transport.
    public var published: UInt64 = 0
    /// Stages of the tracker, in order.
    public var stages: [Stage] = []
    /// What was done once the answer was on its way, in order: no answer waited for it.
    public var afterwards: [Stage] = []
    /// True where the frame started without help from the one before.
    public var isCold = false
    /// State of the answer.
    public var state = ""
    /// What the input thread spent since the frame before.
    public var inputCost = ThreadCost()
    /// What the alignment thread spent on the frame.
    public var alignmentCost = ThreadCost()

    /// Begins the record of a frame.
    public init(stamp: UInt64) { self.stamp = stamp }
}

extension FrameRecord {
    /// From the last stream's arrival to the answer on the wire [ns].
    public static let lastTopicToWire = "last_topic_to_wire"
    /// From the time that the image was due to the answer on the wire [ns].
    public static let endToEnd = "end_to_end"

    /// All durations by name: the path in order, without gaps, then the sums.
    public var durations: [Stage] {
        var list: [Stage] = []
        if let transfer { list.append(Stage("receive", transfer)) }
        list.append(Stage("join", lastArrival &- firstArrival))
        list.append(Stage("parse", completed &- lastArrival))
        list.append(Stage("decode", decoded &- completed))
        list.append(Stage("wait", taken &- decoded))
        list += stages
        let tracked = stages.reduce(0) { $0 &+ $1.duration }
        let answer = answered &- taken
        list.append(Stage("encode", answer > tracked ? answer - tracked : 0))
        list.append(Stage("publish", published &- answered))
        list += afterwards
        list.append(Stage(Self.lastTopicToWire, published &- lastArrival))
        if let due, published >= due { list.append(Stage(Self.endToEnd, published - due)) }
        return list
    }

    /// Names that `durations` has beside those of the path itself.
    static let sums: Set<String> = [lastTopicToWire, endToEnd]
}

/// Something that was not used, at a time of the steady clock.
public struct DropRecord: Hashable, Sendable {
    /// When [ns].
    public let time: UInt64
    /// Name of the reason.
    public let reason: String

    /// Joins time and reason.
    public init(time: UInt64, reason: String) {
        self.time = time
        self.reason = reason
    }
}
