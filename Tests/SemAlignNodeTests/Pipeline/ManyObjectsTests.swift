// SPDX-License-Identifier: Apache-2.0
import SemAlignBags
import SemAlignCore
import SemAlignMessages
import Testing

@testable import SemAlignNode

/// Dozens of objects of the tiny class next to each other in one picture, through a replay.
@Suite struct ManyObjectsTests {
    private static let columns = 10
    private static let frames = 4
    /// How far away the objects are [m]: as large as in `TinyFrame`, under a lens so long that none is seen from aside.
    private static let distance = 20.0

    /// Objects in rows of ten, each in a tile like `TinyFrame`'s; those after the 64th are smaller.
    private struct Crowd {
        let count: Int
        let number: Int
        var frame: TinyFrame { TinyFrame(number) }
        var size: ImageSize {
            ImageSize(
                width: columns * TinyFrame.size.width,
                height: (count + columns - 1) / columns * TinyFrame.size.height)
        }

        /// The mask's numbers change from frame to frame, and every object moves.
        var mask: ObjectMask {
            var labels = [UInt8](repeating: 0, count: size.width * size.height)
            for tile in 0..<count {
                let (left, top) = (
                    tile % columns * TinyFrame.size.width, tile / columns * TinyFrame.size.height
                )
                for row in 12..<(tile < 64 ? 36 : 28) {
                    for column in 16..<48 {
                        labels[(top + row) * size.width + left + column + number] = UInt8(
                            1 + (tile + 7 * number) % count)
                    }
                }
            }
            return ObjectMask(size: size, labels: labels)
        }

        var features: FeatureMap {
            let (rows, width) = (size.height / 8, size.width / 8)
            var values = [Float16](repeating: 0, count: rows * width * TinyClass.channels)
            for row in 0..<rows {
                for column in 0..<width {
                    let point = TinyFrame.pointShown(in: row % 6 * 8 + column % 8, shift: Double(number))
                    values[(row * width + column) * TinyClass.channels + point] = 1
                }
            }
            return FeatureMap(
                rows: rows, columns: width, channels: TinyClass.channels, values: values,
                region: PixelRegion(size), model: "tiny-net")
        }

        func messages() throws -> [IncomingMessage] {
            try [
                frame.message(
                    frame.topics.cameraInfo,
                    CalibrationMessage(
                        timestamp: frame.stamp, frameID: frame.frameID, size: size,
                        intrinsics: CameraIntrinsics(
                            focalLength: SIMD2(repeating: 60 * distance),
                            principalPoint: [Double(size.width - 1) / 2, Double(size.height - 1) / 2]),
                        distortion: .none)),
                frame.depth(size, metres: Float(distance)), frame.mask(mask),
                frame.message(
                    frame.topics.features,
                    FeatureMessage(
                        features: features, isNormalized: true, timestamp: frame.stamp,
                        frameID: frame.frameID)),
            ]
        }
    }

    @Test(
        "Each of many objects is answered in every frame under an identity of its own; of more than 64 the largest are, and that is said",
        arguments: [32, 64, 80])
    func everyObject(count: Int) throws {
        let folder = try TemporaryFolder()
        var configuration = NodeConfiguration()
        configuration.representation = try folder.representation()
        configuration.topics.image = ""
        configuration.objects.limit = 64
        try writeBag(
            folder.file("in.mcap"),
            try (0..<Self.frames).flatMap { number in
                try Crowd(count: count, number: number).messages().map { ($0, TinyFrame(number).stamp) }
            })
        let summary = try BagReplay(configuration).run(
            from: folder.file("in.mcap"), to: folder.file("out.mcap"))
        #expect(summary.frames == Self.frames)
        #expect(summary.drops == (count > 64 ? [.mask: Self.frames] : [:]), "\(summary)")
        if count > 64 { #expect("\(summary)".contains("80 objects"), "\(summary)") }

        let answers = try readBag(folder.file("out.mcap")).filter {
            $0.topic == configuration.topics.keypoints
        }.map { try KeypointMessage(decoding: $0.payload) }
        var tiles: [UInt8: Set<Int>] = [:]
        for answer in answers {
            #expect(answer.result.state == .tracking || !answer.result.message.isEmpty)
            guard answer.result.state == .tracking else { continue }
            let middle =
                answer.result.keypoints.reduce(SIMD2<Double>()) { $0 + $1.pixel }
                / Double(max(answer.result.keypoints.count, 1))
            let place = (
                column: Int(middle.x) / TinyFrame.size.width, row: Int(middle.y) / TinyFrame.size.height
            )
            tiles[answer.instance, default: []].insert(place.row * Self.columns + place.column)
        }
        #expect(answers.count == min(count, 64) * Self.frames)
        let tracked = answers.count { $0.result.state == .tracking }
        #expect(
            tracked == answers.count,
            "\(answers.map(\.result).first { $0.state != .tracking }?.message ?? "")")
        #expect(tiles.values.allSatisfy { $0.count == 1 }, "\(tiles)")
        #expect(Set(tiles.values.flatMap { $0 }) == Set(0..<min(count, 64)))
    }
}
