// SPDX-License-Identifier: Apache-2.0
import SemAlignCore
import SemAlignMessages

@testable import SemAlignNode

private let millisecond: UInt64 = 1_000_000

/// What a camera sends, when it reaches the node, and what the network did to it: all of it from a seed.
struct CameraScript {
    /// A message on its way.
    struct Delivery {
        /// When it left the camera [ns, steady clock].
        let sent: UInt64
        /// When it reaches the node [ns, steady clock].
        let time: UInt64
        let message: IncomingMessage
        let isLost: Bool
        /// Its number on its topic.
        var sequence: UInt64 = 0
    }

    /// Where the steady clock begins [ns]: long before that of the machine, so that nobody waits for real time.
    static let start: UInt64 = 1_000_000_000

    /// True where every message arrives once and in order, and the stamps never begin anew: only times differ.
    let isOrderly: Bool
    /// What reaches the node, in order of time.
    private(set) var deliveries: [Delivery] = []
    /// Stamps of all frames of which anything reaches the node.
    private(set) var stamps: Set<UInt64> = []
    /// Stamps of frames that show the object.
    private(set) var shown: Set<UInt64> = []
    /// Stamp of the last frame, which comes alone and whole.
    private(set) var last: UInt64 = 0
    /// How often the stamps begin anew.
    private(set) var restarts = 0
    /// Messages that never reach the node.
    private(set) var losses: UInt64 = 0
    private var generator: SeededGenerator

    /// A script of so many frames; one seed in three gives an orderly camera.
    init(seed: UInt64, frames: Int, of templates: FrameTemplates) {
        isOrderly = seed % 3 == 0
        generator = SeededGenerator(seed: seed)
        var (time, base, interval) = (Self.start, TinyFrame.start, 33 * millisecond)
        var (heldUntil, view) = (UInt64(0), FrameTemplates.View.object)
        for number in 0..<frames {
            let isLast = number == frames - 1
            if oneIn(150) { interval = [5, 10, 33, 33, 100][Int(random(5))] * millisecond }
            if oneIn(60) { view = [.object, .object, .nothing, .noise][Int(random(4))] }
            if !isOrderly, oneIn(300) {
                // Whoever begins anew needs a moment for it.
                (time, base, restarts) = (time + 700 * millisecond, base - 9000 * millisecond, restarts + 1)
            }
            if isLast { (time, view) = (time + 3000 * millisecond, .object) }
            time += interval + random(2 * millisecond)
            if oneIn(200), !isLast {
                heldUntil = max(heldUntil, time + 50 * millisecond + random(550 * millisecond))
            }
            last = base + (time - Self.start)
            if view == .object { shown.insert(last) }
            for message in templates.messages(of: view, stamp: last) {
                let sent = time + random(4 * millisecond)
                let isSafe = isOrderly || isLast || number == 0
                send(message, at: sent, arriving: max(sent, heldUntil), isSafe: isSafe)
            }
        }
        count()
    }

    /// A camera of `frames` frames at 30 Hz that never fails, with the object always in view.
    init(steady frames: Int, of templates: FrameTemplates) {
        isOrderly = true
        generator = SeededGenerator(seed: 0)
        for number in 0..<frames {
            let time = Self.start + UInt64(number) * 1000 * millisecond / 30
            last = TinyFrame.start + (time - Self.start)
            shown.insert(last)
            for message in templates.messages(of: .object, stamp: last) {
                let sent = time + random(4 * millisecond)
                send(message, at: sent, arriving: sent, isSafe: true)
            }
        }
        count()
    }

    /// Lets a message arrive, or come late or twice or not at all.
    private mutating func send(
        _ message: IncomingMessage, at sent: UInt64, arriving arrival: UInt64, isSafe: Bool
    ) {
        let isLost = !isSafe && oneIn(50)
        let delay = !isSafe && oneIn(50) ? random(300 * millisecond) : 0
        deliveries.append(Delivery(sent: sent, time: arrival + delay, message: message, isLost: isLost))
        if !isLost { stamps.insert(last) }
        if !isSafe, !isLost, oneIn(100) {
            let again = arrival + delay + random(300 * millisecond)
            deliveries.append(Delivery(sent: sent, time: again, message: message, isLost: false))
        }
    }

    /// Numbers the messages of each topic in the order in which they leave, and takes out what is lost on the way.
    private mutating func count() {
        // What comes at the same time keeps its order.
        let ordered = deliveries.enumerated().sorted {
            ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
        }
        var next: [String: UInt64] = [:]
        deliveries = ordered.compactMap { _, delivery in
            var delivery = delivery
            delivery.sequence = next[delivery.message.topic, default: 0]
            next[delivery.message.topic] = delivery.sequence + 1
            return delivery.isLost ? nil : delivery
        }
        losses = UInt64(ordered.count - deliveries.count)
    }

    private mutating func random(_ bound: UInt64) -> UInt64 { generator.next() % bound }

    private mutating func oneIn(_ count: UInt64) -> Bool { random(count) == 0 }
}

/// The messages of a frame, made once: a stamp makes them those of any frame.
struct FrameTemplates {
    /// What a frame shows.
    enum View { case object, nothing, noise }

    private let common: [IncomingMessage]
    private let masks: (object: IncomingMessage, empty: IncomingMessage)
    private let features: (object: IncomingMessage, noise: IncomingMessage)

    /// Makes messages of the tiny class.
    init() throws {
        let frame = TinyFrame(0)
        common = try [frame.image(), frame.camera(), frame.depth()]
        let empty = ObjectMask(
            size: TinyFrame.size,
            labels: Array(repeating: 0, count: TinyFrame.size.width * TinyFrame.size.height))
        masks = try (frame.mask(), frame.mask(empty))
        // A channel that no point of the class has, everywhere.
        let values = (0..<48 * TinyClass.channels).map { Float16($0 % TinyClass.channels == 7 ? 1 : 0) }
        let noise = FeatureMap(
            rows: 6, columns: 8, channels: TinyClass.channels, values: values,
            region: PixelRegion(TinyFrame.size), model: "tiny-net")
        features = try (
            frame.features(),
            frame.message(
                frame.topics.features,
                FeatureMessage(
                    features: noise, isNormalized: true, timestamp: frame.stamp, frameID: frame.frameID))
        )
    }

    /// All messages of a frame with this stamp [ns].
    func messages(of view: View, stamp: UInt64) -> [IncomingMessage] {
        let own = [
            view == .nothing ? masks.empty : masks.object,
            view == .noise ? features.noise : features.object,
        ]
        return (common + own).compactMap { message in
            Restamping.payload(message.payload, schema: message.schema) { _ in stamp }
                .map { message.with(payload: $0) }
        }
    }
}
