// SPDX-License-Identifier: Apache-2.0

import Foundation
import SwiftProtobuf

extension DiagnosticsMessage {
    /// Reads and checks a payload.
    public init(decoding payload: [UInt8]) throws(MessageError) {
        let message = try Semalign_Diagnostics(payload: payload)
        self.init(
            timestamp: try message.timestamp.nanosecondsSinceEpoch(), state: try message.state.checked(),
            uptime: message.uptimeS, frames: message.frames, frameRate: message.frameRateHz,
            topics: message.topics.map {
                TopicTraffic(name: $0.name, received: $0.received, rate: $0.rateHz, missing: $0.missing)
            },
            stages: message.stages.map {
                StageLatency(
                    name: $0.name, count: $0.count, median: $0.p50Ns, percentile90: $0.p90Ns,
                    percentile99: $0.p99Ns, percentile999: $0.p999Ns, maximum: $0.maxNs,
                    histogram: [UInt8]($0.histogram))
            },
            drops: message.drops.map { Drops(reason: $0.reason, count: $0.count) },
            message: message.message)
    }

    /// The payload.
    public func encoded() throws(MessageError) -> [UInt8] {
        var message = Semalign_Diagnostics()
        message.timestamp = .init(nanosecondsSinceEpoch: timestamp)
        message.state = .init(state)
        message.uptimeS = uptime
        message.frames = frames
        message.frameRateHz = frameRate
        message.topics = topics.map { .init($0) }
        message.stages = stages.map { .init($0) }
        message.drops = drops.map { drop in
            .with {
                $0.reason = drop.reason
                $0.count = drop.count
            }
        }
        message.message = self.message
        return try message.payload()
    }
}

extension Semalign_Diagnostics.Topic {
    fileprivate init(_ traffic: DiagnosticsMessage.TopicTraffic) {
        self.init()
        name = traffic.name
        received = traffic.received
        rateHz = traffic.rate
        missing = traffic.missing
    }
}

extension Semalign_Diagnostics.Stage {
    fileprivate init(_ latency: DiagnosticsMessage.StageLatency) {
        self.init()
        name = latency.name
        count = latency.count
        p50Ns = latency.median
        p99Ns = latency.percentile99
        maxNs = latency.maximum
        p90Ns = latency.percentile90
        p999Ns = latency.percentile999
        histogram = Data(latency.histogram)
    }
}
