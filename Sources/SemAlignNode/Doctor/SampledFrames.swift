// SPDX-License-Identifier: Apache-2.0
internal import SemAlignBags
internal import SemAlignCore
internal import SemAlignImages
internal import SemAlignMessages

/// The frames of a bag that are looked at.
struct SampledFrames: Sendable {
    /// One frame: what the tracker would get, and the picture.
    struct Sample: Sendable {
        let observation: Observation
        /// Brightness of the picture, 0…255, row-major; `nil` where there is none or the lens is bent.
        let brightness: [Float]?
    }

    /// What is said about drops of one reason.
    private struct Refusal: Sendable {
        var count: Int
        let detail: String
    }

    private(set) var samples: [Sample] = []
    private var refusals: [DropReason: Refusal] = [:]
    private var frameCount = 0

    var observations: [Observation] { samples.map(\.observation) }

    private var intake: FrameIntake
    private var time: UInt64 = 0

    /// Starts with nothing.
    init(
        _ configuration: NodeConfiguration, representation: ClassRepresentation?,
        calibration: CameraCalibration?
    ) {
        intake = FrameIntake(
            configuration, appearance: representation?.appearance, calibration: calibration,
            keepsEveryFrame: true)
    }

    /// Reads the bag and keeps the frames with these stamps.
    init(
        path: String, _ configuration: NodeConfiguration, representation: ClassRepresentation?,
        calibration: CameraCalibration?, stamps: Set<UInt64>, progress: (Int) -> Void
    ) throws(NodeError) {
        self.init(configuration, representation: representation, calibration: calibration)
        let feed = BagFeed(path: path, topics: Set(intake.topics))
        var messages = try feed.messages()
        while let message = try feed.next(&messages) {
            let incoming = IncomingMessage(
                topic: message.topic, schema: message.schemaName, payload: message.payload)
            if add(incoming, at: message.logTime, wants: stamps.contains) { progress(samples.count) }
        }
        finish(wants: stamps.contains)
    }

    /// Takes a message that was logged, or came, at `time` [ns]; keeps frames whose stamp `wants`.
    ///
    /// True where a frame was kept.
    @discardableResult
    mutating func add(_ message: IncomingMessage, at time: UInt64, wants: (UInt64) -> Bool) -> Bool {
        self.time = max(self.time, time)
        var events = intake.advance(to: self.time)
        events += intake.receive(message, at: self.time, wallTime: nil)
        let count = samples.count
        take(events, wants)
        return samples.count > count
    }

    /// Takes the frames that still wait for a stream.
    mutating func finish(wants: (UInt64) -> Bool) { take(intake.finish(), wants) }

    private mutating func take(_ events: [FrameIntake.Event], _ wants: (UInt64) -> Bool) {
        for event in events {
            switch event {
            case .frame(let joined):
                frameCount += 1
                if wants(joined.stamp) { take(joined, intake.job(for: joined)) }
            case .dropped(let drop): count(drop)
            case .newSequence: continue
            }
        }
    }

    private mutating func take(_ joined: JoinedFrame<FramePart>, _ job: FrameJob) {
        switch job.frame.content {
        case .observation(let sighted):
            let size = sighted.observation.imageSize
            let brightness = sighted.lens == nil ? Self.brightness(of: joined, size: size) : nil
            samples.append(Sample(observation: sighted.observation, brightness: brightness))
        case .refused(let drop): count(drop)
        }
        for note in job.frame.notes { count(note) }
    }

    private mutating func count(_ drop: Drop) {
        refusals[drop.reason, default: Refusal(count: 0, detail: drop.detail)].count += drop.count
    }

    /// How many frames there are, and what the node would refuse.
    var findings: [Finding] {
        let hasSamples = !samples.isEmpty
        let frames = Finding(
            "frames", hasSamples ? .good : .problem,
            found: "\(frameCount) complete frames, \(samples.count) looked at",
            matter: hasSamples ? "" : "no frame can be answered")
        let sorted = refusals.sorted { $0.key.rawValue < $1.key.rawValue }
        let refused = sorted.map { reason, refusal in
            let isNetwork = reason == .features
            return Finding(
                isNetwork ? "features_model" : "refused_\(reason.rawValue)", hasSamples ? .warning : .problem,
                found: "\(refusal.count) times: \(refusal.detail)",
                matter: "such messages or frames are not used",
                remedy: isNetwork
                    ? "run the network that the class was built with, or build the class with this one" : "")
        }
        // What keeps every frame from being answered says more than that none is.
        return hasSamples || refused.isEmpty ? [frames] + refused : refused
    }

    private static func brightness(of frame: JoinedFrame<FramePart>, size: ImageSize) -> [Float]? {
        let picture: ColorImage?
        switch frame[.image] {
        case .compressed(let message): picture = try? ImageDecoder.color(message.data.span)
        case .raw(let message):
            picture = (try? message.rgb()).map { ColorImage(size: message.size, pixels: $0) }
        default: picture = nil
        }
        guard let picture, picture.size == size else { return nil }
        let pixels = picture.pixels
        return (0..<size.width * size.height).map { place in
            0.299 * Float(pixels[3 * place]) + 0.587 * Float(pixels[3 * place + 1])
                + 0.114 * Float(pixels[3 * place + 2])
        }
    }
}
