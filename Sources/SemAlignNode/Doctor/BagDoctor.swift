// SPDX-License-Identifier: Apache-2.0
internal import SemAlignBags
internal import SemAlignCore
internal import SemAlignImages
internal import SemAlignMessages

/// Looks at a recording as an experienced colleague would, and names the likely mistake.
public struct BagDoctor: Sendable {
    /// Frames that are looked at, spread evenly over the bag.
    private static let frameLimit = 16

    private let configuration: NodeConfiguration
    private let representation: ClassRepresentation?
    private let calibration: CameraCalibration?

    /// Reads the files that the configuration names; without a representation less can be said.
    public init(_ configuration: NodeConfiguration) throws(NodeError) {
        self.configuration = configuration
        if configuration.representation.isEmpty {
            representation = nil
            calibration = nil
        } else {
            let resources = try NodeResources(configuration)
            representation = resources.representation.representation
            calibration = resources.calibration
        }
    }

    /// Everything that was looked at in the bag at `path`; `progress` gets the number of frames so far.
    public func findings(of path: String, progress: (Int) -> Void = { _ in }) throws(NodeError) -> [Finding] {
        let streams = try StreamStatistics(path: path, configuration)
        let stamps = StampCheck(streams, configuration).findings
        guard !stamps.contains(where: { $0.verdict == .problem }) else { return stamps }
        let frames = try SampledFrames(
            path: path, configuration, representation: representation, calibration: calibration,
            stamps: Self.spread(streams.stamps[.features] ?? []), progress: progress)
        var findings = stamps + frames.findings
        guard !frames.observations.isEmpty else { return findings }
        let camera = CameraCheck(frames.observations).findings
        findings += camera
        let agreement = SceneAgreement(frames, representation: representation)
        let placement = PlacementCheck(agreement, hasClass: representation != nil).findings
        findings += placement
        guard !(camera + placement).contains(where: { $0.verdict == .problem }) else { return findings }
        return findings + ScaleCheck(frames.observations, representation: representation).findings
    }

    /// At most `frameLimit` of the stamps, evenly spread.
    private static func spread(_ stamps: [UInt64]) -> Set<UInt64> {
        let sorted = Set(stamps).sorted()
        let count = min(frameLimit, sorted.count)
        return Set((0..<count).map { sorted[(2 * $0 + 1) * sorted.count / (2 * count)] })
    }
}

/// The frames of a bag that are looked at.
struct SampledFrames: Sendable {
    /// One frame: what the tracker would get, and the picture.
    struct Sample: Sendable {
        let observation: Observation
        /// Brightness of the picture, 0…255, row-major; `nil` where there is none or the lens is bent.
        let brightness: [Float]?
    }

    private(set) var samples: [Sample] = []
    private(set) var findings: [Finding] = []

    var observations: [Observation] { samples.map(\.observation) }

    init(
        path: String, _ configuration: NodeConfiguration, representation: ClassRepresentation?,
        calibration: CameraCalibration?, stamps: Set<UInt64>, progress: (Int) -> Void
    ) throws(NodeError) {
        var intake = FrameIntake(
            configuration, appearance: representation?.appearance, calibration: calibration,
            keepsEveryFrame: true)
        let feed = BagFeed(path: path, topics: Set(intake.topics))
        var messages = try feed.messages()
        var drops: [DropReason: (count: Int, detail: String)] = [:]
        var frames = 0
        var time: UInt64 = 0
        while true {
            let message = try feed.next(&messages)
            var events: [FrameIntake.Event]
            if let message {
                time = max(time, message.logTime)
                events = intake.advance(to: time)
                events += intake.receive(
                    IncomingMessage(
                        topic: message.topic, schema: message.schemaName, payload: message.payload),
                    at: time, wallTime: nil)
            } else {
                events = intake.finish()
            }
            for event in events {
                switch event {
                case .frame(let joined):
                    frames += 1
                    guard stamps.isEmpty || joined.streams.allSatisfy({ _ in stamps.contains(joined.stamp) })
                    else {
                        continue
                    }
                    let job = intake.job(for: joined)
                    switch job.frame.content {
                    case .observation(let sighted):
                        samples.append(
                            Sample(
                                observation: sighted.observation,
                                brightness: sighted.lens == nil
                                    ? Self.brightness(of: joined, size: sighted.observation.imageSize) : nil))
                        progress(samples.count)
                    case .refused(let drop): Self.count(drop, in: &drops)
                    }
                    for note in job.frame.notes { Self.count(note, in: &drops) }
                case .dropped(let drop): Self.count(drop, in: &drops)
                case .newSequence: continue
                }
            }
            if message == nil { break }
        }
        findings = Self.findings(drops, frames: frames, samples: samples.count)
    }

    private static func count(_ drop: Drop, in drops: inout [DropReason: (count: Int, detail: String)]) {
        drops[drop.reason, default: (0, drop.detail)].count += drop.count
    }

    private static func findings(
        _ drops: [DropReason: (count: Int, detail: String)], frames: Int, samples: Int
    ) -> [Finding] {
        var findings = [
            Finding(
                "frames", samples > 0 ? .good : .problem,
                found: "\(frames) complete frames, \(samples) looked at",
                matter: samples > 0 ? "" : "no frame can be answered")
        ]
        for (reason, drop) in drops.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let isFatal = samples == 0 && drop.count > 0
            let name = reason == .features ? "features_model" : "refused_\(reason.rawValue)"
            findings.append(
                Finding(
                    name, isFatal ? .problem : .warning, found: "\(drop.count) times: \(drop.detail)",
                    matter: "such messages or frames are not used",
                    remedy: reason == .features
                        ? "run the network that the class was built with, or build the class with this one"
                        : ""))
        }
        return findings
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
        return (0..<size.width * size.height).map { place in
            let (r, g, b) = (
                picture.pixels[3 * place], picture.pixels[3 * place + 1], picture.pixels[3 * place + 2]
            )
            return 0.299 * Float(r) + 0.587 * Float(g) + 0.114 * Float(b)
        }
    }
}
