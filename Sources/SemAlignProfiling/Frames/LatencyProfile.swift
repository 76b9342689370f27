// SPDX-License-Identifier: Apache-2.0

/// All that was measured in one run of the node's frame path.
public struct LatencyProfile: Hashable, Sendable {
    /// One fact about the run, for people: machine, bag, rate.
    public struct Fact: Hashable, Sendable {
        /// What it is about.
        public let name: String
        /// What it says.
        public let value: String

        /// Joins name and value.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Under which circumstances the run was made.
    public var facts: [Fact]
    /// Frames that were answered, in order of time.
    public var frames: [FrameRecord]
    /// What was not used.
    public var drops: [DropRecord]
    /// Frames that were sent; `nil` where nobody counted them.
    public var sentFrames: Int?
    /// Longest that an answer may take from the time its image was due [ns]; `nil` where there is no deadline.
    public var deadline: UInt64?
    /// Begin of the run [ns since the Unix epoch].
    public var startTime: UInt64

    /// Joins the parts of a profile.
    public init(
        facts: [Fact], frames: [FrameRecord], drops: [DropRecord], sentFrames: Int? = nil,
        deadline: UInt64? = nil, startTime: UInt64
    ) {
        self.facts = facts
        self.frames = frames
        self.drops = drops
        self.sentFrames = sentFrames
        self.deadline = deadline
        self.startTime = startTime
    }

    /// Frames of one kind.
    public func frames(_ kind: StageFigures.Kind) -> [FrameRecord] {
        frames.filter { $0.isCold == (kind == .cold) }
    }

    /// Names of all stages, in the order in which a frame passes them.
    public var stageNames: [String] {
        var names: [String] = []
        for frame in frames {
            var place = 0
            for stage in frame.durations {
                if let found = names.firstIndex(of: stage.name) {
                    place = max(place, found + 1)
                } else {
                    names.insert(stage.name, at: min(place, names.count))
                    place += 1
                }
            }
        }
        return names
    }

    /// The figures of every stage that frames of a kind have.
    public func figures(_ kind: StageFigures.Kind) -> [StageFigures] {
        var values: [String: [UInt64]] = [:]
        for frame in frames(kind) {
            for stage in frame.durations { values[stage.name, default: []].append(stage.duration) }
        }
        return stageNames.compactMap { name in
            values[name].map { StageFigures(name: name, kind: kind, values: $0) }
        }
    }

    /// Frames whose answer came after the deadline or never; `nil` without a deadline.
    ///
    /// A frame without a due time counts from its first stream.
    public var missedDeadlines: Int? {
        guard let deadline else { return nil }
        let late = frames.count { $0.published &- ($0.due ?? $0.firstArrival) > deadline }
        return late + max(0, (sentFrames ?? frames.count) - frames.count)
    }

    /// How often each reason occurs among the drops, most frequent first.
    public var dropCounts: [(reason: String, count: Int)] {
        Dictionary(grouping: drops, by: \.reason).map { ($0.key, $0.value.count) }
            .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }

    /// Time from the first stream of the first frame to the last answer [ns].
    public var span: UInt64 {
        guard let first = frames.map(\.firstArrival).min(), let last = frames.map(\.published).max() else {
            return 0
        }
        return last &- first
    }
}
