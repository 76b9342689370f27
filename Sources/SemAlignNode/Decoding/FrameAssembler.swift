// SPDX-License-Identifier: Apache-2.0
internal import SemAlignCore
internal import SemAlignImages
internal import SemAlignMessages

/// Makes an observation of a frame's messages, or says why that cannot be done.
struct FrameAssembler: Sendable {
    /// Instances of one frame that are looked at; smaller ones are left out.
    static let instanceLimit = 64

    /// What the class representation demands of features; `nil` = anything.
    let channels: Int?
    /// The network that the representation was built with; empty = not stated.
    let model: String
    /// What further classes with features of their own demand.
    let others: [PointAppearance]
    /// The calibration file's camera; it outranks the camera's own topic.
    let calibration: CameraCalibration?
    /// Instance to follow; 0 = the largest.
    let instance: UInt8
    /// True where all instances are followed, not one.
    let takesAllInstances: Bool
    /// True where a frame without a sound image is refused.
    let needsImage: Bool

    /// The last camera that came on its topic: it holds until the next.
    private var latest: CalibrationMessage?
    private var rectifier = FrameRectifier()

    init(
        appearance: PointAppearance?, others: [PointAppearance] = [], calibration: CameraCalibration?,
        join: JoinSettings, takesAllInstances: Bool
    ) {
        self.others = others
        channels = appearance?.channels
        model = appearance?.model ?? ""
        self.calibration = calibration
        instance = UInt8(clamping: join.instance)
        self.takesAllInstances = takesAllInstances
        needsImage = join.required.contains(.image)
    }

    /// Remembers a camera for frames that come without one.
    mutating func remember(_ message: CalibrationMessage) { latest = message }

    /// The observation of a frame, and what was not used or is missing though the frame is sound.
    ///
    /// `cameraPose` is the camera's in a fixed frame at the stamp, where that is known.
    mutating func assemble(
        _ frame: JoinedFrame<FramePart>, cameraPose: SimilarityTransform? = nil
    ) -> AssembledFrame {
        var notes: [Drop] = []
        var content: AssembledFrame.Content
        var others: [SightedObservation] = []
        do throws(Drop) {
            let observations = try observations(of: frame, cameraPose: cameraPose, notes: &notes)
            content = .observation(observations[0])
            others = Array(observations.dropFirst())
        } catch {
            content = .refused(error)
        }
        return AssembledFrame(
            timestamp: frame.stamp, frameID: Self.frameID(of: frame), content: content, others: others,
            notes: notes)
    }

    /// One observation for each instance that is followed, the largest first; at least one.
    private mutating func observations(
        of frame: JoinedFrame<FramePart>, cameraPose: SimilarityTransform?, notes: inout [Drop]
    ) throws(Drop) -> [SightedObservation] {
        let imageSize = try imageSize(of: frame, notes: &notes)
        let (features, otherFeatures) = try features(of: frame)
        let mask = try mask(of: frame)
        let size = imageSize ?? mask.size
        guard mask.size == size else {
            throw Drop(.mask, "the mask is \(mask.size.text), the image \(size.text); they must be equal")
        }
        let camera = try camera(of: frame, for: size, notes: &notes)
        let depth = try depth(of: frame, for: size, notes: &notes)
        let lens = camera.flatMap { $0.distortion == .none ? nil : $0 }
        let map = features.features(imageSize: size)
        var observations: [SightedObservation] = []
        for number in instances(of: mask, notes: &notes) {
            var observation = Observation(
                timestamp: frame.stamp, frameID: Self.frameID(of: frame), imageSize: size,
                intrinsics: camera?.intrinsics, depth: depth, mask: mask, instance: number, features: map)
            observation.cameraPose = cameraPose
            observation.otherFeatures = otherFeatures.map { $0.features(imageSize: size) }
            observations.append(try straightened(observation, lens: lens))
        }
        return observations
    }

    /// What a pinhole would have seen.
    private mutating func straightened(
        _ observation: Observation, lens: LensCamera?
    ) throws(Drop) -> SightedObservation {
        var observation = observation
        if let lens {
            do throws(ImageError) { observation = try rectifier.rectify(observation, camera: lens) } catch {
                throw Drop(.cameraInfo, "\(error)")
            }
        }
        return SightedObservation(observation: observation, lens: lens)
    }

    /// The instances that are followed, the largest first; never none.
    private func instances(of mask: ObjectMask, notes: inout [Drop]) -> [UInt8] {
        guard takesAllInstances else { return [instance > 0 ? instance : mask.largestInstance ?? 1] }
        var areas = [Int](repeating: 0, count: 256)
        for label in mask.labels { areas[Int(label)] += 1 }
        let found = (1...255).filter { areas[$0] > 0 }.sorted { (areas[$1], $0) < (areas[$0], $1) }
        if found.count > Self.instanceLimit {
            notes.append(
                Drop(
                    .mask,
                    "the mask shows \(found.count) objects; the \(Self.instanceLimit) largest are looked at"))
        }
        return found.isEmpty ? [1] : found.prefix(Self.instanceLimit).map { UInt8($0) }
    }

    private static func frameID(of frame: JoinedFrame<FramePart>) -> String {
        let order: [FrameStream] = [.image, .mask, .features, .cameraInfo, .depth]
        return order.lazy.compactMap { frame[$0]?.frameID }.first { !$0.isEmpty } ?? ""
    }

    /// Size of the colour image; its pixels are nobody's business here, only the header is read.
    private func imageSize(
        of frame: JoinedFrame<FramePart>, notes: inout [Drop]
    ) throws(Drop) -> ImageSize? {
        do throws(ImageError) {
            switch frame[.image] {
            case .raw(let message): return message.size
            case .compressed(let message): return try ImageHeader(message.data.span).size
            default: return nil
            }
        } catch {
            let drop = Drop(.image, "\(error)")
            guard !needsImage else { throw drop }
            notes.append(drop)
            return nil
        }
    }

    private func features(
        of frame: JoinedFrame<FramePart>
    ) throws(Drop) -> (FeatureMessage, others: [FeatureMessage]) {
        guard case .features(let features, let others) = frame[.features] else {
            throw Drop(.incomplete, "the frame lacks features")
        }
        for (own, appearance) in zip(others, self.others) {
            try check(own, channels: appearance.channels, model: appearance.model)
        }
        try check(features, channels: channels, model: model)
        return (features, others)
    }

    private func check(_ features: FeatureMessage, channels: Int?, model: String) throws(Drop) {
        if let channels, features.channels != channels {
            throw Drop(
                .features, "features have \(features.channels) channels, the representation \(channels)")
        }
        guard model.isEmpty || features.model.isEmpty || model == features.model else {
            throw Drop(
                .features,
                "features are of model '\(features.model.prefix(80))', the representation's of '\(model)'")
        }
    }

    private func mask(of frame: JoinedFrame<FramePart>) throws(Drop) -> ObjectMask {
        do {
            switch frame[.mask] {
            case .raw(let message): return try message.mask()
            case .compressed(let message): return try ImageDecoder.mask(message.data.span)
            default: throw Drop(.incomplete, "the frame lacks a mask")
            }
        } catch let drop as Drop {
            throw drop
        } catch {
            throw Drop(.mask, "\(error)")
        }
    }

    private func depth(
        of frame: JoinedFrame<FramePart>, for size: ImageSize, notes: inout [Drop]
    ) throws(Drop) -> DepthImage? {
        guard let part = frame[.depth] else { return nil }
        let depth = try decodedDepth(part)
        guard depth.size.isMultiple(of: size) || size.isMultiple(of: depth.size) else {
            throw Drop(
                .depth,
                "depth is \(depth.size.text), the image \(size.text); they may differ by a whole factor only")
        }
        guard depth.values.contains(where: { $0 > 0 }) else {
            notes.append(Drop(.depth, "no pixel of the depth image has a measurement"))
            return nil
        }
        return depth
    }

    private func decodedDepth(_ part: FramePart) throws(Drop) -> DepthImage {
        do {
            switch part {
            case .raw(let message): return try message.depth()
            case .compressed(let message):
                return try ImageDecoder.depth(message.data.span, metresPerUnit: 0.001)
            default: throw Drop(.depth, "the depth topic carries no image")
            }
        } catch let drop as Drop {
            throw drop
        } catch {
            throw Drop(.depth, "\(error)")
        }
    }
}

extension FrameAssembler {
    /// The camera of a frame: the file's, else the frame's own, else the last one; `nil` where nobody knows it.
    private func camera(
        of frame: JoinedFrame<FramePart>, for size: ImageSize, notes: inout [Drop]
    ) throws(Drop) -> LensCamera? {
        let sent = calibration == nil ? try sentCalibration(of: frame, notes: &notes) : nil
        guard let camera = calibration ?? sent else { return nil }
        guard let intrinsics = camera.intrinsics(for: size) else {
            throw Drop(
                .cameraInfo,
                "the camera is calibrated for \(camera.sentSize.text), the image is \(size.text)")
        }
        return LensCamera(intrinsics: intrinsics, distortion: camera.distortion)
    }

    private func sentCalibration(
        of frame: JoinedFrame<FramePart>, notes: inout [Drop]
    ) throws(Drop) -> CameraCalibration? {
        var message = latest
        if case .calibration(let own) = frame[.cameraInfo] { message = own }
        guard let message else { return nil }
        let frameID = Self.frameID(of: frame)
        if !message.frameID.isEmpty, message.frameID != frameID {
            notes.append(
                Drop(.cameraInfo, "camera_info is of frame '\(message.frameID)', the image of '\(frameID)'"))
        }
        return try CameraCalibration(message)
    }
}

/// What a pinhole would have seen, and the lens that saw it.
struct SightedObservation: Sendable {
    let observation: Observation
    /// The real camera where its lens bends rays; `nil` where it is a pinhole.
    let lens: LensCamera?
}

/// What became of a frame's messages.
struct AssembledFrame: Sendable {
    /// What the tracker gets, or why it gets nothing.
    enum Content: Sendable {
        case observation(SightedObservation)
        case refused(Drop)
    }

    let timestamp: UInt64
    let frameID: String
    let content: Content
    /// The same frame with other instances, where all of them are followed.
    let others: [SightedObservation]
    /// Parts that were not used though the frame is sound.
    let notes: [Drop]
}

extension CameraCalibration {
    /// The camera of a message; `nil` where the message says that it is not calibrated.
    ///
    /// Throws where the lens model has no meaning.
    init?(_ message: CalibrationMessage) throws(Drop) {
        guard let intrinsics = message.intrinsics else { return nil }
        let lens = message.distortion
        do throws(ImageError) {
            self.init(
                cameraName: message.frameID, size: message.size, intrinsics: intrinsics,
                distortion: try LensDistortion(
                    model: lens.model.rawValue, coefficients: lens.coefficients))
        } catch {
            throw Drop(.cameraInfo, "\(error)")
        }
    }
}

extension ImageSize {
    /// Width and height for people.
    var text: String { "\(width)×\(height)" }

    /// True where both sides are the same whole multiple of the other size's.
    func isMultiple(of other: ImageSize) -> Bool {
        guard other.width > 0, other.height > 0, width % other.width == 0 else { return false }
        return width / other.width * other.height == height
    }
}
