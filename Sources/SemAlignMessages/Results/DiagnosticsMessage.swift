// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore
import SwiftProtobuf

/// What the node says about itself once a second: `semalign.Diagnostics`.
public struct DiagnosticsMessage: DecodableMessage, Hashable {
    /// `semalign.Diagnostics`.
    public static let schemaName = Semalign_Diagnostics.protoMessageName

    /// Traffic of one topic.
    public struct TopicTraffic: Hashable, Sendable {
        /// Name of the topic.
        public let name: String
        /// Messages since the start.
        public let received: UInt64
        /// Messages per second, lately.
        public let rate: Double
        /// Messages that the sender numbered and that never came.
        public let missing: UInt64

        /// Joins the figures of a topic.
        public init(name: String, received: UInt64, rate: Double, missing: UInt64) {
            self.name = name
            self.received = received
            self.rate = rate
            self.missing = missing
        }
    }

    /// Durations of one stage of the frame path.
    public struct StageLatency: Hashable, Sendable {
        /// Name of the stage.
        public let name: String
        /// Measurements that the figures are of.
        public let count: UInt64
        /// Median [ns].
        public let median: UInt64
        /// What 9 of 10 stay below [ns].
        public let percentile90: UInt64
        /// What 99 of 100 stay below [ns].
        public let percentile99: UInt64
        /// What 999 of 1000 stay below [ns].
        public let percentile999: UInt64
        /// The longest [ns].
        public let maximum: UInt64
        /// All durations since the start, in HdrHistogram's compressed V2 encoding; may be empty.
        public let histogram: [UInt8]

        /// Joins the figures of a stage.
        public init(
            name: String, count: UInt64, median: UInt64, percentile90: UInt64 = 0, percentile99: UInt64,
            percentile999: UInt64 = 0, maximum: UInt64, histogram: [UInt8] = []
        ) {
            self.name = name
            self.count = count
            self.median = median
            self.percentile90 = percentile90
            self.percentile99 = percentile99
            self.percentile999 = percentile999
            self.maximum = maximum
            self.histogram = histogram
        }
    }

    /// Messages and frames that were not used, for one reason.
    public struct Drops: Hashable, Sendable {
        /// Why.
        public let reason: String
        /// How many since the start.
        public let count: UInt64

        /// Joins reason and count.
        public init(reason: String, count: UInt64) {
            self.reason = reason
            self.count = count
        }
    }

    /// Time of the report [ns since the Unix epoch].
    public let timestamp: UInt64
    /// State of the object that was tracked last.
    public let state: TrackingState
    /// Since the start [s].
    public let uptime: Double
    /// Frames that were answered since the start.
    public let frames: UInt64
    /// Answered frames per second, lately.
    public let frameRate: Double
    /// Traffic of each topic.
    public let topics: [TopicTraffic]
    /// Durations of each stage.
    public let stages: [StageLatency]
    /// Losses by reason.
    public let drops: [Drops]
    /// For people.
    public let message: String

    /// Joins the parts of a report.
    public init(
        timestamp: UInt64, state: TrackingState, uptime: Double, frames: UInt64, frameRate: Double,
        topics: [TopicTraffic], stages: [StageLatency], drops: [Drops], message: String
    ) {
        self.timestamp = timestamp
        self.state = state
        self.uptime = uptime
        self.frames = frames
        self.frameRate = frameRate
        self.topics = topics
        self.stages = stages
        self.drops = drops
        self.message = message
    }
}
