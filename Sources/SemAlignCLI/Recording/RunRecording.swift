// SPDX-License-Identifier: Apache-2.0

import SemAlignBags
import SemAlignCore
import SemAlignDatasets
import SemAlignMessages
import SemAlignNode

/// A run of a dataset as a bag: what a camera and its perception would have published.
struct RunRecording {
    /// What was written.
    struct Summary {
        let frames: Int
        let messages: UInt64
        /// What the wire cannot carry, or what was not there.
        let notes: [String]
    }

    private let dataset: AnnotatedDataset
    private let images: [AnnotatedImage]

    /// Chooses a run; its frames need stamps that differ, since a stamp is the key of a frame.
    init(of run: String, in dataset: AnnotatedDataset) throws(CommandFailure) {
        self.dataset = dataset
        images = dataset.images(inRun: run)
        guard !images.isEmpty else {
            let known = dataset.runs.joined(separator: ", ")
            throw .usage("'\(dataset.path)' has no run '\(run)'; it has: \(known.isEmpty ? "none" : known)")
        }
        var last: UInt64?
        for image in images {
            guard let stamp = image.timestamp else {
                throw .badData(
                    "image '\(image.id)' of run '\(run)' has no 'stamp_ns': add one to every frame")
            }
            guard stamp != last else {
                throw .badData(
                    "image '\(image.id)' has the stamp of the frame before, \(stamp): stamps must differ")
            }
            last = stamp
        }
    }

    /// Writes the bag, frame by frame; `progress` gets the frames written and their number in all.
    func write(to path: String, progress: (Int, Int) -> Void) throws -> Summary {
        var bag = TopicBagWriter(try BagWriter.create(path))
        var notes: [String] = []
        for (number, image) in images.enumerated() {
            let observation = try dataset.observation(of: image)
            if number == 0 { notes = Self.notes(on: observation) }
            let picture = try dataset.encodedImage(of: image)
            for message in try FrameMessages(observation, picture: picture).all { try bag.write(message) }
            progress(number + 1, images.count)
        }
        return Summary(frames: images.count, messages: try bag.close().messageCount, notes: notes)
    }

    private static func notes(on observation: Observation) -> [String] {
        var notes: [String] = []
        if observation.intrinsics == nil {
            notes.append("the run has no intrinsics: \(Topic.calibration.defaultName) is left out")
        }
        switch observation.depth?.isMetric {
        case .none: notes.append("the run has no depth: \(Topic.depth.defaultName) is left out")
        case .some(false):
            notes.append(
                "the run's depth is relative, the wire's is metric: \(Topic.depth.defaultName) is left out")
        case .some(true): break
        }
        return notes
    }
}

/// The messages of one frame, in the order in which a camera and its perception publish them.
struct FrameMessages {
    /// Calibration and depth only where there are any; log and publish time are the frame's stamp.
    let all: [RecordedMessage]

    /// Makes the messages; `picture` is the image file (PNG or JPEG) as it is stored.
    init(_ observation: Observation, picture: [UInt8]) throws(MessageError) {
        let (stamp, frame) = (observation.timestamp, observation.frameID)
        var entries: [RecordedMessage] = []
        func add(_ topic: Topic, _ message: some TopicMessage) throws(MessageError) {
            entries.append(
                RecordedMessage(
                    topic: topic.defaultName, schema: type(of: message).schemaName,
                    payload: try message.encoded(), logTime: stamp))
        }
        if let intrinsics = observation.intrinsics {
            try add(
                .calibration,
                CalibrationMessage(
                    timestamp: stamp, frameID: frame, size: observation.imageSize, intrinsics: intrinsics,
                    distortion: .none))
        }
        let isJPEG = picture.starts(with: [0xFF, 0xD8])
        try add(
            .image,
            CompressedImageMessage(
                timestamp: stamp, frameID: frame, format: isJPEG ? "jpeg" : "png", data: picture))
        if let depth = observation.depth, depth.isMetric {
            try add(.depth, try Self.message(of: depth, stamp: stamp, frame: frame))
        }
        try add(.mask, RawImageMessage(mask: observation.mask, timestamp: stamp, frameID: frame))
        try add(
            .features,
            FeatureMessage(
                features: observation.features, isNormalized: false, timestamp: stamp, frameID: frame))
        all = entries
    }

    /// Sixteen bits where they lose nothing, as depth cameras send it.
    private static func message(
        of depth: DepthImage, stamp: UInt64, frame: String
    ) throws(MessageError) -> RawImageMessage {
        let millimetres = depth.values.map { UInt16(exactly: ($0 * 1000).rounded()) }
        let isExact = zip(millimetres, depth.values).allSatisfy { stored, metres in
            stored.map { Float($0) / 1000 == metres } ?? false
        }
        guard isExact else { return try RawImageMessage(depth: depth, timestamp: stamp, frameID: frame) }
        return RawImageMessage(
            millimetres: millimetres.compactMap { $0 }, size: depth.size, timestamp: stamp, frameID: frame)
    }
}
