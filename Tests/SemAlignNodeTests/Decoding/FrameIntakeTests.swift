// SPDX-License-Identifier: Apache-2.0
import SemAlignCore
import SemAlignImages
import SemAlignMessages
import Testing

@testable import SemAlignNode

/// Sends messages through an intake and keeps what comes out.
private struct Desk {
    var intake: FrameIntake
    var jobs: [FrameJob] = []
    var drops: [Drop] = []
    var now: UInt64 = 0

    init(
        _ configuration: NodeConfiguration = NodeConfiguration(), calibration: CameraCalibration? = nil
    ) {
        intake = FrameIntake(
            configuration, appearance: TinyClass.representation.appearance, calibration: calibration,
            keepsEveryFrame: true)
    }

    mutating func send(_ messages: [IncomingMessage]) {
        for message in messages { take(intake.receive(message, at: now, wallTime: nil)) }
    }

    mutating func finish() { take(intake.finish()) }

    private mutating func take(_ events: [FrameIntake.Event]) {
        for event in events {
            switch event {
            case .frame(let frame):
                let job = intake.job(for: frame)
                jobs.append(job)
                drops += job.frame.notes
                if case .refused(let drop) = job.frame.content { drops.append(drop) }
            case .dropped(let drop): drops.append(drop)
            case .newSequence: break
            }
        }
    }

    var observations: [Observation] {
        jobs.compactMap {
            if case .observation(let sighted) = $0.frame.content { sighted.observation } else { nil }
        }
    }
}

@Suite struct FrameIntakeTests {
    @Test("A good frame becomes an observation with everything in it")
    func goodFrame() throws {
        var desk = Desk()
        let frame = TinyFrame(0)
        desk.send(try frame.all())
        let observation = try #require(desk.observations.first)
        #expect(desk.drops.isEmpty && desk.jobs.count == 1)
        #expect(observation.timestamp == frame.stamp && observation.frameID == "camera_optical")
        #expect(observation.imageSize == TinyFrame.size)
        #expect(observation.intrinsics?.focalLength == [60, 60])
        #expect(observation.depth?.isMetric == true)
        #expect(observation.mask == frame.maskValue && observation.instance == 1)
        #expect(observation.features.rows == 6 && observation.features.region == PixelRegion(TinyFrame.size))
    }

    @Test("PNG masks and 16-bit PNG depth in millimetres are read")
    func compressedStreams() throws {
        var desk = Desk()
        let frame = TinyFrame(0)
        let depth = try ImageEncoder.png(Array(repeating: 1500, count: 64 * 48), size: TinyFrame.size)
        let mask = try ImageEncoder.png(frame.maskValue)
        func compressed(_ topic: String, _ data: [UInt8]) throws -> IncomingMessage {
            try frame.message(
                topic,
                CompressedImageMessage(timestamp: frame.stamp, frameID: "c", format: "png", data: data))
        }
        desk.send([
            try frame.image(), try frame.camera(), try compressed(frame.topics.depth, depth),
            try compressed(frame.topics.mask, mask), try frame.features(),
        ])
        let observation = try #require(desk.observations.first)
        #expect(observation.mask == frame.maskValue)
        #expect(observation.depth?.values.first == 1.5)
    }

    @Test("A camera holds for the frames after it, a calibration file outranks it")
    func cameras() throws {
        var desk = Desk()
        desk.send(try TinyFrame(0).all())
        desk.send([try TinyFrame(1).mask(), try TinyFrame(1).features()])
        desk.finish()
        #expect(desk.observations.map { $0.intrinsics?.focalLength.x } == [60, 60])

        let file = CameraCalibration(
            cameraName: "file", size: ImageSize(width: 128, height: 96),
            intrinsics: CameraIntrinsics(focalLength: [100, 100], principalPoint: [63.5, 47.5]),
            distortion: .none)
        var configuration = NodeConfiguration()
        configuration.calibration = "camera.yaml"
        var calibrated = Desk(configuration, calibration: file)
        calibrated.send(try TinyFrame(0).all())
        #expect(calibrated.observations.map { $0.intrinsics?.focalLength.x } == [50])
    }

    @Test("A frame without camera, image and depth is aligned with what there is")
    func bareFrame() throws {
        var desk = Desk()
        desk.send([try TinyFrame(0).mask(), try TinyFrame(0).features()])
        desk.finish()
        let observation = try #require(desk.observations.first)
        #expect(observation.intrinsics == nil && observation.depth == nil)
        #expect(observation.imageSize == TinyFrame.size)
    }

    @Test(
        "Depth may be smaller or larger by a whole factor; without a measurement it is left out and counted")
    func depthSizes() throws {
        for size in [ImageSize(width: 32, height: 24), ImageSize(width: 128, height: 96)] {
            var desk = Desk()
            desk.send([try TinyFrame(0).mask(), try TinyFrame(0).depth(size), try TinyFrame(0).features()])
            desk.finish()
            #expect(desk.observations.first?.depth?.size == size)
        }
        var desk = Desk()
        desk.send([try TinyFrame(0).mask(), try TinyFrame(0).depth(metres: 0), try TinyFrame(0).features()])
        desk.finish()
        #expect(desk.observations.count == 1 && desk.observations.first?.depth == nil)
        #expect(desk.drops.map(\.reason) == [.depth])
    }

    @Test("An empty mask is a sound frame; the tracker says that there is no object")
    func emptyMask() throws {
        var desk = Desk()
        let empty = ObjectMask(size: TinyFrame.size, labels: Array(repeating: 0, count: 64 * 48))
        desk.send([try TinyFrame(0).mask(empty), try TinyFrame(0).features()])
        desk.finish()
        #expect(desk.observations.first?.mask.largestInstance == nil && desk.drops.isEmpty)
    }

    @Test("A broken image costs the image, not the frame, unless the image is required")
    func brokenImage() throws {
        let frame = TinyFrame(0)
        let messages = [
            try frame.compressedImage([1, 2, 3]), try frame.camera(), try frame.depth(), try frame.mask(),
            try frame.features(),
        ]
        var desk = Desk()
        desk.send(messages)
        #expect(desk.observations.count == 1 && desk.drops.map(\.reason) == [.image])
        var configuration = NodeConfiguration()
        configuration.join.required.append(.image)
        var strict = Desk(configuration)
        strict.send(messages)
        #expect(
            strict.observations.isEmpty && strict.jobs.count == 1 && strict.drops.map(\.reason) == [.image])
    }

    @Test("Queries hold from their message on, until the next; unknown reference views are refused")
    func queries() throws {
        func query(_ reference: String, _ id: String) throws -> IncomingMessage {
            try TinyFrame(0).message(
                TopicNames().queries,
                QueryMessage(
                    timestamp: 0, reference: reference,
                    queries: [CorrespondenceQuery(id: id, place: .position([0, 0, 0]))]))
        }
        var desk = Desk()
        desk.send(try TinyFrame(0).all() + [try query("", "a")])
        desk.send(try TinyFrame(1).all() + [try query("attic", "b")])
        desk.send(try TinyFrame(2).all())
        #expect(desk.jobs.map { $0.queries.queries.map(\.id) } == [[], ["a"], ["a"]])
        #expect(desk.drops.map(\.reason) == [.query])
        #expect(desk.drops[0].detail.contains("'attic'"))
    }

    @Test("Messages on other topics are nobody's business")
    func otherTopics() throws {
        var desk = Desk()
        let mask = try TinyFrame(0).mask()
        desk.send([IncomingMessage(topic: "/perception/mask2", schema: mask.schema, payload: mask.payload)])
        desk.finish()
        #expect(desk.jobs.isEmpty && desk.drops.isEmpty)
    }
}

/// A spoilt message and what it is called: one line of CONTRACT section 8 each.
struct SpoiltMessage: CustomTestStringConvertible {
    let name: String
    let reason: DropReason
    /// Part of the detail: what was found and what was expected.
    let detail: String
    /// True where the frame reaches the tracker's thread and is answered with the reason.
    let isRefusal: Bool
    let make: @Sendable (TinyFrame) throws -> IncomingMessage

    var testDescription: String { name }

    static let all: [SpoiltMessage] = [
        SpoiltMessage(
            name: "truncated protobuf", reason: .malformed, detail: "foxglove.RawImage", isRefusal: false
        ) {
            let mask = try $0.mask()
            return mask.with(payload: Array(mask.payload.prefix(100)))
        },
        SpoiltMessage(
            name: "hostile protobuf", reason: .malformed, detail: "semalign.FeatureMap", isRefusal: false
        ) {
            try $0.features().with(payload: [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F])
        },
        SpoiltMessage(
            name: "unknown schema", reason: .unknownSchema, detail: "'sensor_msgs/Image'", isRefusal: false
        ) {
            try $0.mask().with(schema: "sensor_msgs/Image")
        },
        SpoiltMessage(name: "no stamp", reason: .noStamp, detail: "timestamp", isRefusal: false) {
            try $0.mask().with(payload: [])
        },
        SpoiltMessage(
            name: "depth of unknown encoding", reason: .depth, detail: "encoding of the depth",
            isRefusal: true
        ) {
            try $0.message(
                $0.topics.depth,
                RawImageMessage(mask: $0.maskValue, timestamp: $0.stamp, frameID: $0.frameID))
        },
        SpoiltMessage(
            name: "depth of another size", reason: .depth, detail: "depth is 50×48, the image 64×48",
            isRefusal: true
        ) {
            try $0.depth(ImageSize(width: 50, height: 48))
        },
        SpoiltMessage(
            name: "other channel count", reason: .features, detail: "5 channels, the representation 8",
            isRefusal: true
        ) {
            try $0.features(channels: 5)
        },
        SpoiltMessage(
            name: "features of another model", reason: .features,
            detail: "'resnet', the representation's of 'tiny-net'", isRefusal: true
        ) {
            try $0.features(model: "resnet")
        },
        SpoiltMessage(name: "NaN in the features", reason: .features, detail: "value 5", isRefusal: false) {
            try $0.features(value: .nan)
        },
        SpoiltMessage(
            name: "features shorter than they say", reason: .features, detail: "expected", isRefusal: false
        ) {
            var patched = try $0.features().payload
            // Field 3, the height, is a small varint: six rows become seven.
            guard let index = patched.firstRange(of: [0x18, 6])?.lowerBound else { return try $0.features() }
            patched[index + 1] = 7
            return try $0.features().with(payload: patched)
        },
        SpoiltMessage(
            name: "mask of another size", reason: .mask, detail: "the mask is 32×24, the image 64×48",
            isRefusal: true
        ) {
            let small = ImageSize(width: 32, height: 24)
            return try $0.mask(ObjectMask(size: small, labels: Array(repeating: 1, count: 32 * 24)))
        },
        SpoiltMessage(
            name: "image that does not decode", reason: .image, detail: "not a PNG or JPEG", isRefusal: false
        ) {
            try $0.compressedImage([1, 2, 3])
        },
        SpoiltMessage(name: "image of zero size", reason: .image, detail: "0×48", isRefusal: false) {
            try $0.compressedImage(png(width: 0, height: 48))
        },
        SpoiltMessage(name: "decompression bomb", reason: .image, detail: "40000×40000", isRefusal: false) {
            try $0.compressedImage(png(width: 40_000, height: 40_000))
        },
        SpoiltMessage(
            name: "camera of another shape", reason: .cameraInfo,
            detail: "calibrated for 64×30, the image is 64×48", isRefusal: true
        ) {
            try $0.camera(size: ImageSize(width: 64, height: 30))
        },
    ]

    /// A small sound PNG whose header claims another size.
    private static func png(width: UInt32, height: UInt32) throws -> [UInt8] {
        var bytes = try ImageEncoder.png(ColorImage(size: ImageSize(width: 4, height: 4), color: [0, 0, 0]))
        for (index, value) in [width, height].enumerated() {
            for byte in 0..<4 { bytes[16 + 4 * index + byte] = UInt8(value >> (24 - 8 * UInt32(byte)) & 255) }
        }
        return bytes
    }
}

@Suite struct SpoiltMessageTests {
    @Test("A spoilt message is named, and the next good frame is answered", arguments: SpoiltMessage.all)
    func namedAndSurvived(spoilt: SpoiltMessage) throws {
        var desk = Desk()
        let frame = TinyFrame(0)
        let bad = try spoilt.make(frame)
        desk.send(try frame.all().map { $0.topic == bad.topic ? bad : $0 })
        desk.now = 1_000_000_000
        desk.send(try TinyFrame(30).all())
        let drop = try #require(desk.drops.first)
        #expect(drop.reason == spoilt.reason)
        #expect(drop.detail.contains(spoilt.detail), "\(drop.detail)")
        let refusals = desk.jobs.filter { if case .refused = $0.frame.content { true } else { false } }
        #expect(refusals.count == (spoilt.isRefusal ? 1 : 0))
        #expect(desk.observations.last?.timestamp == TinyFrame(30).stamp)
    }

    @Test("A payload over the limit is refused before it is looked at")
    func oversize() throws {
        var configuration = NodeConfiguration()
        configuration.subscribe.payloadLimitMebibytes = 1
        var desk = Desk(configuration)
        desk.send([try TinyFrame(0).mask().with(payload: Array(repeating: 0, count: 1 << 20 + 1))])
        #expect(desk.drops.map(\.reason) == [.oversize])
    }

    @Test("No random bytes in any message bring the intake down")
    func randomBytes() throws {
        var generator = SeededGenerator(seed: 42)
        var desk = Desk()
        for number in 0..<300 {
            var messages = try TinyFrame(number).all()
            let victim = Int.random(in: 0..<messages.count, using: &generator)
            var payload = messages[victim].payload
            for _ in 0..<4 {
                payload[Int.random(in: 0..<payload.count, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            messages[victim] = messages[victim].with(payload: payload)
            desk.now += 33_000_000
            desk.send(messages)
        }
        desk.finish()
        #expect(desk.jobs.count > 100)
    }
}
