// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignCore
import SemAlignEvaluation

/// An alignment as a line of JSON: enough to judge it and to carry points over it, without its durations.
///
/// Numbers are written such that they come back bit for bit.
struct AlignmentRecord: Decodable, Equatable {
    let image: String
    let state: String
    let cold: Bool
    let metric: Bool
    let focal: Double?
    let energy: Double?
    let gap: Double?
    /// Scale, the rotation's three columns, translation.
    let pose: [Double]
    /// For each keypoint: position, pixel, visible, score, covariance.
    let keypoints: [[Double?]]
    /// The image's camera or the one that was estimated: fx, fy, cx, cy.
    let camera: [Double]
    /// The nearest-neighbour baseline's pixels.
    let nearest: [[Double]?]
    /// Larger side of the mask's box, else of the image [px]: PCK's unit where no box is annotated.
    let boxSide: Double
    let message: String

    /// Keeps an answer.
    init(
        image: String, result: TrackingResult, observation: Observation, nearest: [SIMD2<Double>?]
    ) {
        let imageSize = observation.imageSize
        let used = observation.camera(focalLength: result.focalLengthPixels)
        let transform = result.cameraFromClass
        self.image = image
        state = result.state.rawValue
        cold = result.startedCold
        metric = result.isMetric
        focal = Self.finite(result.focalLengthPixels)
        energy = Self.finite(result.energy)
        gap = Self.finite(result.energyGap)
        let (x, y, z) = transform.rotation.columns
        pose = [transform.scale] + [x, y, z, transform.translation].flatMap { [$0.x, $0.y, $0.z] }
        keypoints = result.keypoints.map { point in
            ([point.position.x, point.position.y, point.position.z, point.pixel.x, point.pixel.y]
                + [point.visible, point.score] + point.covariance).map(Self.finite)
        }
        self.camera = [used.focalLength.x, used.focalLength.y, used.principalPoint.x, used.principalPoint.y]
            .map { $0.isFinite ? $0 : 0 }
        self.nearest = nearest.map { $0.map { [$0.x, $0.y] } }
        boxSide =
            (observation.mask.bounds(of: observation.instance) ?? PixelRegion(imageSize)).largerSide
        message = result.message
    }

    private static func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }

    /// True where the counts and numbers are those of an answer for `keypointCount` keypoints.
    func isSound(keypointCount: Int) -> Bool {
        pose.count == 13 && pose.allSatisfy(\.isFinite) && camera.count == 4 && camera.allSatisfy(\.isFinite)
            && TrackingState(rawValue: state) != nil
            && (keypoints.isEmpty || keypoints.count == keypointCount)
            && keypoints.allSatisfy { $0.count == 16 } && nearest.count == keypointCount
            && nearest.allSatisfy { $0.map { $0.count == 2 } ?? true } && boxSide > 0
    }

    /// The answer without its durations and dense points.
    var result: TrackingResult {
        func vector(_ start: Int) -> SIMD3<Double> { [pose[start], pose[start + 1], pose[start + 2]] }
        return TrackingResult(
            state: TrackingState(rawValue: state) ?? .searching, startedCold: cold, isMetric: metric,
            focalLengthPixels: focal ?? .nan, energy: energy ?? .nan, energyGap: gap ?? .nan,
            cameraFromClass: SimilarityTransform(
                scale: pose[0], rotation: Rotation(x: vector(1), y: vector(4), z: vector(7)),
                translation: vector(10)),
            keypoints: keypoints.map { row in
                let v = row.map { $0 ?? .nan }
                return KeypointEstimate(
                    position: [v[0], v[1], v[2]], pixel: [v[3], v[4]], covariance: Array(v[7...]),
                    visible: v[5], score: v[6])
            }, densePoints: [], stages: [], message: message)
    }

    /// The camera that the answer holds for.
    var intrinsics: CameraIntrinsics {
        CameraIntrinsics(focalLength: [camera[0], camera[1]], principalPoint: [camera[2], camera[3]])
    }

    /// The baseline's pixels.
    var nearestPixels: [SIMD2<Double>?] { nearest.map { $0.map { SIMD2($0[0], $0[1]) } } }

    /// One line of JSON, keys in a fixed order.
    var json: JSONValue {
        func optional(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
        return .object([
            ("image", .text(image)), ("state", .text(state)), ("cold", .boolean(cold)),
            ("metric", .boolean(metric)), ("focal", optional(focal)), ("energy", optional(energy)),
            ("gap", optional(gap)), ("pose", .numbers(pose)),
            ("keypoints", .list(keypoints.map { .list($0.map(optional)) })), ("camera", .numbers(camera)),
            ("nearest", .list(nearest.map { $0.map { .numbers($0) } ?? .null })),
            ("boxSide", .number(boxSide)), ("message", .text(message)),
        ])
    }
}

/// Lines of JSON that are written as a whole or not at all.
enum RecordFile {
    /// Decodes each line of a file.
    static func read<Record: Decodable>(_ type: Record.Type, from path: String) throws -> [Record] {
        let bytes = try InputFile.read(path)
        var records: [Record] = []
        for (number, line) in bytes.split(separator: 0x0A).enumerated() {
            do {
                records.append(try JSONDecoder().decode(Record.self, from: Data(line)))
            } catch {
                throw CommandFailure.badData(
                    "'\(path)', line \(number + 1) is not what this program writes; remove the file")
            }
        }
        return records
    }

    /// Writes lines under another name first, so that a file of this name is always complete.
    static func write(_ lines: [String], to path: String) throws {
        let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
        let draft = "\(path).\(getpid()).part"
        try OutputFile.write(bytes, to: draft)
        guard unsafe rename(draft, path) == 0 else {
            let reason = unsafe String(cString: strerror(errno))
            _ = unsafe unlink(draft)
            throw CommandFailure.cannotCreate("cannot write '\(path)': \(reason)")
        }
    }

    /// Creates a folder and those above it.
    static func createFolder(_ path: String) throws(CommandFailure) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .cannotCreate("cannot create the folder '\(path)'")
        }
    }
}
