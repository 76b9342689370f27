// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignCore
import SemAlignDatasets
import SemAlignEvaluation
import SemAlignMessages

/// Alignments of a category's images, kept in a file between runs: each image is aligned once.
struct AlignmentCache {
    /// First line of a file: what its records were made with.
    struct Heading: Decodable, Equatable {
        let format: String
        let representation: String
        let settings: String

        var json: JSONValue {
            .object([
                ("format", .text(format)), ("representation", .text(representation)),
                ("settings", .text(settings)),
            ])
        }
    }

    /// A heading or a record.
    private enum Line: Decodable {
        case heading(Heading)
        case record(AlignmentRecord)

        init(from decoder: any Decoder) throws {
            if let heading = try? Heading(from: decoder) {
                self = .heading(heading)
            } else {
                self = .record(try AlignmentRecord(from: decoder))
            }
        }
    }

    private let path: String?
    private let heading: Heading
    private let file: RepresentationFile
    private let options: ObservationOptions
    private var records: [String: AlignmentRecord] = [:]
    private var isChanged = false

    /// Reads the file at `path`, if there is one; one of another class or other settings is refused.
    init(path: String?, representation file: RepresentationFile, options: ObservationOptions) throws {
        self.path = path
        self.file = file
        self.options = options
        heading = Heading(
            format: "semalign alignments 1", representation: file.identity.hash, settings: options.identity)
        guard let path, FileManager.default.fileExists(atPath: path) else { return }
        for (number, line) in try RecordFile.read(Line.self, from: path).enumerated() {
            switch line {
            case .heading(let found):
                guard number == 0, found == heading else {
                    throw CommandFailure.badData(
                        "'\(path)' holds alignments of \(found.representation) with \(found.settings); this run "
                            + "has \(heading.representation) with \(heading.settings): name another folder")
                }
            case .record(let record):
                guard record.isSound(keypointCount: file.representation.keypoints.count) else {
                    throw CommandFailure.badData("'\(path)', line \(number + 1) is damaged; remove the file")
                }
                records[record.image] = record
            }
        }
    }

    /// The alignment of an image, made now if there is none yet.
    mutating func record(of image: AnnotatedImage, in dataset: AnnotatedDataset) throws -> AlignmentRecord {
        if let known = records[image.id] { return known }
        let record = try Self.align(image, in: dataset, file.representation, options)
        records[image.id] = record
        isChanged = true
        return record
    }

    /// Aligns one image on its own.
    static func align(
        _ image: AnnotatedImage, in dataset: AnnotatedDataset, _ representation: ClassRepresentation,
        _ options: ObservationOptions
    ) throws -> AlignmentRecord {
        let observation = options.reduce(try dataset.observation(of: image))
        try representation.check(observation, image: image.id)
        var tracker = try options.tracker(for: representation)
        return AlignmentRecord(
            image: image.id, result: tracker.update(observation, clock: { 0 }),
            observation: observation, nearest: NearestNeighbour(representation).pixels(in: observation))
    }

    /// Writes the file, if there is one and something is new.
    func save() throws {
        guard let path, isChanged else { return }
        let lines = records.sorted { $0.key < $1.key }.map(\.value.json.line)
        try RecordFile.write([heading.json.line] + lines, to: path)
    }
}

extension ObservationOptions {
    /// The settings that decide an answer, as text.
    var identity: String {
        let choices = [
            "solver \(solver.rawValue)", "starts \(starts)", "seed \(seed)", noDepth ? "no depth" : nil,
            unknownFocal ? "unknown focal length" : nil, schedule.schedule.map { "schedule \($0)" },
            schedule.steps.map { "steps \($0)" },
        ]
        let changes = schedule.set + schedule.without.map { "without \($0.rawValue)" }
        return (choices.compactMap { $0 } + changes).joined(separator: ", ")
    }
}
