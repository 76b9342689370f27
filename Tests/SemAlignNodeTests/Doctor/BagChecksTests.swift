// SPDX-License-Identifier: Apache-2.0
import SemAlignCore
import Testing

@testable import SemAlignNode

@Suite struct BagChecksTests {
    private static let period: UInt64 = 33_000_000

    /// Streams of 30 frames that fit each other, but for what `change` does to stamps of one stream.
    private func stamps(
        _ stream: FrameStream = .features, _ change: (UInt64) -> UInt64? = { $0 }
    ) -> [Finding] {
        var stamps: [FrameStream: [UInt64]] = [:]
        var delays: [FrameStream: [Double]] = [:]
        for one in FrameStream.allCases {
            for number in 0..<30 as Range<UInt64> {
                let logged = 1_700_000_000_000_000_000 + number * Self.period
                guard let stamp = one == stream ? change(logged) : logged else { continue }
                stamps[one, default: []].append(stamp)
                delays[one, default: []].append(Double(logged) - Double(stamp))
            }
        }
        return StampCheck(StreamStatistics(stamps: stamps, delays: delays), NodeConfiguration()).findings
    }

    private func wrong(_ findings: [Finding]) -> [String] {
        findings.filter { $0.verdict == .problem || $0.verdict == .warning }.map(\.name)
    }

    @Test("Stamps that fit are sound; other clocks, small offsets and low rates are named")
    func stampMistakes() {
        #expect(wrong(stamps()).isEmpty)
        for offset: Int64 in [2_000_000_000, -86_400_000_000_000, 13_000_000, 1] {
            let findings = stamps(.mask) { UInt64(Int64($0) + offset) }
            #expect(wrong(findings) == ["stamps_clock"], "\(offset): \(findings)")
        }
        // A whole number of periods: the stamps meet, but not those of the same picture.
        #expect(wrong(stamps(.features) { $0 + 100 * Self.period }) == ["stamps_clock"])
        #expect(wrong(stamps(.features) { $0 / Self.period % 3 == 0 ? $0 : nil }) == ["rates"])
        #expect(wrong(stamps(.mask) { _ in nil }) == ["missing_mask"])
        #expect(stamps(.depth) { _ in nil }.contains { $0.name == "missing_depth" && $0.verdict == .note })
    }

    @Test("A stream may be late by some hundred milliseconds: it has the image's stamp all the same")
    func lateStreams() {
        var stamps: [FrameStream: [UInt64]] = [:]
        var delays: [FrameStream: [Double]] = [:]
        for stream in FrameStream.allCases {
            stamps[stream] = (0..<20).map { 1_000_000_000 + $0 * Self.period }
            delays[stream] = stamps[stream]?.map { _ in stream == .features ? 3e8 : 0 }
        }
        #expect(
            wrong(StampCheck(StreamStatistics(stamps: stamps, delays: delays), NodeConfiguration()).findings)
                .isEmpty)
    }

    private static let size = ImageSize(width: 160, height: 120)

    /// A square at 1 m before a wall at 1.5 m; the mask is moved by `shift`.
    private func scene(
        shift: SIMD2<Int> = .zero,
        camera: CameraIntrinsics = CameraIntrinsics(
            focalLength: [150, 150], principalPoint: [79.5, 59.5]), metres: Float = 1
    ) -> Observation {
        var (labels, depth) = ([UInt8](), [Float]())
        for y in 0..<Self.size.height {
            for x in 0..<Self.size.width {
                depth.append((30..<70).contains(x) && (20..<60).contains(y) ? metres : 1.5 * metres)
                let isMask = (30..<70).contains(x - shift.x) && (20..<60).contains(y - shift.y)
                labels.append(isMask ? 1 : 0)
            }
        }
        return Observation(
            timestamp: 0, frameID: "", imageSize: Self.size, intrinsics: camera,
            depth: DepthImage(size: Self.size, values: depth, isMetric: true),
            mask: ObjectMask(size: Self.size, labels: labels), instance: 1,
            features: FeatureMap(
                rows: 1, columns: 1, channels: 1, values: [1], region: PixelRegion(Self.size), model: ""))
    }

    private func agreement(_ observation: Observation) -> SceneAgreement {
        let brightness = (observation.depth?.values ?? []).map { $0 > 1.2 ? Float(200) : 50 }
        return SceneAgreement(
            [SampledFrames.Sample(observation: observation, brightness: brightness)], representation: nil)
    }

    @Test(
        "Depth and brightness step along the border of a mask that fits, and nowhere along one that does not")
    func steps() {
        let fits = agreement(scene())
        #expect(fits.depthStep(.still) > 0.99 && fits.brightnessStep(.still) > 3)
        let moved = agreement(scene(shift: [12, 5]))
        #expect(moved.depthStep(.still) < 0.3)
        var back = MaskMotion()
        back.shift = [-12, -5]
        #expect(moved.depthStep(back) > 0.99)
    }

    @Test("Nothing is said of depth where there is hardly any beside the object, or the object fills all")
    func noEvidence() {
        func step(depth: (_ x: Int, _ y: Int) -> Float, object: (_ x: Int, _ y: Int) -> Bool) -> Double {
            let pixels = (0..<Self.size.height).flatMap { y in (0..<Self.size.width).map { (x: $0, y: y) } }
            let observation = Observation(
                timestamp: 0, frameID: "", imageSize: Self.size, intrinsics: nil,
                depth: DepthImage(
                    size: Self.size, values: pixels.map { depth($0.x, $0.y) }, isMetric: true),
                mask: ObjectMask(size: Self.size, labels: pixels.map { object($0.x, $0.y) ? 1 : 0 }),
                instance: 1,
                features: FeatureMap(
                    rows: 1, columns: 1, channels: 1, values: [1], region: PixelRegion(Self.size), model: ""))
            return agreement(observation).depthStep(.still)
        }
        let square = { (x: Int, y: Int) in (30..<70).contains(x) && (20..<60).contains(y) }
        let most = { (x: Int, y: Int) in (8..<152).contains(x) && (8..<112).contains(y) }
        #expect(step(depth: { square($0, $1) ? 1 : 1.5 }, object: square) > 0.99)
        #expect(step(depth: { square($0, $1) ? 1 : 0 }, object: square).isNaN)
        #expect(step(depth: { most($0, $1) ? 1 : 1.5 }, object: most).isNaN)
    }

    @Test("Flips are their own inverse and move the outline as they move the mask")
    func flips() {
        for flip in MaskMotion.flips {
            let pixel = SIMD2(31.0, 22.0)
            #expect(flip.undo(flip.apply(pixel, in: Self.size), in: Self.size) == pixel)
        }
        #expect(MaskMotion.flips[0].apply([0, 7], in: Self.size) == [159, 7])
        #expect(MaskMotion.flips[0].turn([1, 2]) == [-1, 2])
    }

    @Test(
        "A mask that disagrees with depth and picture is wrong; depth that disagrees with mask and picture is"
    )
    func placements() {
        #expect(wrong(PlacementCheck(agreement(scene()), hasClass: false).findings).isEmpty)
        #expect(
            wrong(PlacementCheck(agreement(scene(shift: [12, 5])), hasClass: false).findings) == [
                "mask_other_object"
            ])
        let flipped = agreement(scene(shift: [60, 0]))
        #expect(wrong(PlacementCheck(flipped, hasClass: false).findings) == ["mask_flipped"])
    }

    /// A square in the middle, before a wall, and 12 × 12 patches of a square crop around it, of which those on the object
    /// look like the class; they say that they cover `region`.
    private func croppedScene(saying region: PixelRegion) -> Observation {
        let (columns, rows) = (60..<100, 40..<80)
        var (labels, depth) = ([UInt8](), [Float]())
        for y in 0..<Self.size.height {
            for x in 0..<Self.size.width {
                let isObject = columns.contains(x) && rows.contains(y)
                depth.append(isObject ? 1 : 1.5)
                labels.append(isObject ? 1 : 0)
            }
        }
        var values: [Float] = []
        for row in 0..<12 {
            for column in 0..<12 {
                let isObject = columns.contains(44 + 6 * column + 3) && rows.contains(24 + 6 * row + 3)
                values += (0..<TinyClass.channels).map { $0 == (isObject ? 0 : 7) ? 1 : 0 }
            }
        }
        return Observation(
            timestamp: 0, frameID: "", imageSize: Self.size, intrinsics: nil,
            depth: DepthImage(size: Self.size, values: depth, isMetric: true),
            mask: ObjectMask(size: Self.size, labels: labels), instance: 1,
            features: FeatureMap(
                rows: 12, columns: 12, channels: TinyClass.channels, values: values.map { Float16($0) },
                region: region, model: ""))
    }

    @Test("Features that would fit if they covered another region are of another crop, which is named")
    func crops() {
        func findings(_ region: PixelRegion) -> [Finding] {
            let observation = croppedScene(saying: region)
            let brightness = (observation.depth?.values ?? []).map { $0 > 1.2 ? Float(200) : 50 }
            let scene = SceneAgreement(
                [SampledFrames.Sample(observation: observation, brightness: brightness)],
                representation: TinyClass.representation)
            return PlacementCheck(scene, hasClass: true).findings
        }
        let crop = PixelRegion(minimum: [44, 24], maximum: [116, 96])
        #expect(wrong(findings(crop)).isEmpty)
        // Without the crop the patches still lie around the object, but are said to be too large.
        let whole = findings(PixelRegion(Self.size))
        #expect(wrong(whole) == ["features_crop"])
        #expect(whole.contains { $0.found.contains("0.5 times as large") }, "\(whole)")
        // Aside: no patch of the object lies on the mask.
        #expect(
            wrong(findings(PixelRegion(minimum: [4, 0], maximum: [76, 72]))) == ["features_crop"])
    }

    @Test("Intrinsics of another size and swapped ones are named")
    func cameras() {
        func names(_ focal: Double, _ center: SIMD2<Double>) -> [String] {
            wrong(
                CameraCheck([
                    scene(camera: CameraIntrinsics(focalLength: [focal, focal], principalPoint: center))
                ]).findings)
        }
        #expect(names(150, [79.5, 59.5]).isEmpty && names(150, [84, 55]).isEmpty)
        #expect(names(75, [39.5, 29.5]) == ["intrinsics_resolution"])
        #expect(names(300, [159.5, 119.5]) == ["intrinsics_resolution"])
        #expect(names(150, [59.5, 79.5]) == ["intrinsics_swapped"])
        #expect(names(4, [79.5, 59.5]) == ["intrinsics_focal"])
        #expect(names(2000, [79.5, 59.5]) == ["intrinsics_focal"])
        // A crop of a larger image, which has kept its place.
        #expect(names(2000, [300, -40]).isEmpty)
    }

    @Test("Without a class only absurd distances are named")
    func units() {
        #expect(wrong(ScaleCheck([scene()], representation: nil).findings).isEmpty)
        #expect(wrong(ScaleCheck([scene(metres: 1000)], representation: nil).findings) == ["depth_unit"])
        #expect(wrong(ScaleCheck([scene(metres: 0.001)], representation: nil).findings) == ["depth_unit"])
    }
}
