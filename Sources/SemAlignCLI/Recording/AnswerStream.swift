// SPDX-License-Identifier: Apache-2.0

import SemAlignMessages
import SemAlignNode
import SemAlignTransport

/// When to end listening.
struct AnswerLimit: Sendable {
    /// Answers wanted; `nil` = no end.
    let count: Int?
    /// Longest silence [s]; 0 = no end.
    let silence: Double
}

/// The answers of a node.
struct AnswerStream: Sendable {
    let endpoint: String
    let topic: String
    var security = SocketSecurity.none

    /// Shows answers until one of the ends is reached, and returns them.
    ///
    /// Without a limit on their number only the last ten thousand are kept.
    func take(
        _ limit: AnswerLimit, until stop: StopFlag, showing display: AnswerDisplay
    ) throws(NodeError) -> [KeypointMessage] {
        do throws(TransportError) {
            return try listen(limit, until: stop, display)
        } catch {
            throw .endpoint(endpoint: endpoint, reason: error.description)
        }
    }

    private func listen(
        _ limit: AnswerLimit, until stop: StopFlag, _ display: AnswerDisplay
    ) throws(TransportError) -> [KeypointMessage] {
        var display = display
        var answers: [KeypointMessage] = []
        var subscriber = try Subscriber(
            context: try Context(),
            configuration: SocketConfiguration(
                queueLimit: 1000, lingerMilliseconds: 0, security: security))
        try subscriber.subscribe(to: topic)
        try subscriber.connect(endpoint)
        var slots = ReceivedMessage()
        var last = MonotonicClock.now()
        while !stop.isSet, answers.count < limit.count ?? .max {
            guard try subscriber.receive(into: &slots, timeout: .milliseconds(100)) else {
                let silence = Double(MonotonicClock.now() - last) * 1e-9
                if limit.silence > 0, silence > limit.silence { break }
                continue
            }
            last = MonotonicClock.now()
            guard let message = try? WireMessage(decoding: slots), message.topic == topic,
                let answer = try? KeypointMessage(decoding: message.payload)
            else { continue }
            if limit.count == nil, answers.count >= 10_000 { answers.removeFirst() }
            answers.append(answer)
            display.show(answer)
        }
        return answers
    }
}
