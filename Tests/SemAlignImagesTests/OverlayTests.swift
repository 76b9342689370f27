// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignImages
import Testing

@Suite struct OverlayTests {
    private let grey = ColorImage(size: ImageSize(width: 64, height: 48), color: [128, 128, 128])

    @Test("A small picture is enlarged by a whole factor, and the legend goes below it")
    func enlarging() throws {
        let plain = try Overlay(minimumSide: 640).drawn(on: grey)
        #expect(plain.size == ImageSize(width: 640, height: 480))
        #expect(plain == ColorImage(size: plain.size, color: [128, 128, 128]))
        let withState = try Overlay(state: .lost, notes: ["why"], minimumSide: 640).drawn(on: grey)
        #expect(withState.size.width == 640 && withState.size.height > 480)
        #expect(withState.pixels.prefix(plain.pixels.count).elementsEqual(plain.pixels))
    }

    @Test("With a fixed number of rows below them all pictures have one size, whatever there is to say")
    func fixedLegend() throws {
        let long = Array(repeating: "a long reason", count: 40).joined(separator: " ")
        let mark = Overlay.Keypoint(name: "", pixel: [16, 24], isVisible: true)
        let overlays = [
            Overlay(minimumSide: 640), Overlay(state: .lost, notes: [long, long], minimumSide: 640),
            Overlay(keypoints: [mark], state: .tracking, minimumSide: 640),
        ]
        let sizes = try overlays.map { overlay in
            var fixed = overlay
            fixed.legendRows = 3
            return try fixed.drawn(on: grey).size
        }
        #expect(Set(sizes.map(\.height)).count == 1 && sizes[0].height > 480)
        #expect(try overlays[1].drawn(on: grey).size.height > sizes[1].height)
    }

    @Test("A visible keypoint is a disc at its place, a hidden one is hollow")
    func marks() throws {
        let overlay = Overlay(
            keypoints: [
                Overlay.Keypoint(name: "", pixel: [16, 24], isVisible: true),
                Overlay.Keypoint(name: "", pixel: [48, 24], isVisible: false),
            ], minimumSide: 640)
        let picture = try overlay.drawn(on: grey)
        // Factor 10: the centre of pixel 16 lies at 164.5.
        #expect(picture[164, 244] != [128, 128, 128] && picture[166, 244] == picture[164, 246])
        #expect(picture[484, 244] == [128, 128, 128] && picture[490, 244] != [128, 128, 128])
    }

    @Test("Lines and names are drawn, and lines to hidden points are broken")
    func skeleton() throws {
        func picture(hidden: Bool, name: String = "") throws -> ColorImage {
            let ends = [
                Overlay.Keypoint(name: name, pixel: [8, 24], isVisible: true),
                Overlay.Keypoint(name: "", pixel: [56, 24], isVisible: !hidden),
            ]
            return try Overlay(keypoints: ends, skeleton: [[0, 1], [1, 7]], minimumSide: 640).drawn(on: grey)
        }
        func gaps(_ picture: ColorImage) -> Int { (120..<520).count { picture[$0, 244] == [128, 128, 128] } }
        #expect(try gaps(picture(hidden: false)) == 0)
        let broken = try gaps(picture(hidden: true))
        #expect(broken > 50 && broken < 350)
        #expect(try picture(hidden: false, name: "tip") != picture(hidden: false))
    }

    @Test("Points that are undefined or far away change nothing")
    func undefinedPoints() throws {
        for pixel in [SIMD2<Double>(.nan, 3), [.infinity, 0], [1e300, -1e300], [-1e6, 4]] {
            let overlay = Overlay(
                keypoints: [
                    Overlay.Keypoint(name: "lost", pixel: pixel, isVisible: true, truth: pixel),
                    Overlay.Keypoint(name: "", pixel: pixel, isVisible: false),
                ], skeleton: [[0, 1]], densePoints: [pixel], minimumSide: 64)
            let picture = try overlay.drawn(on: grey)
            #expect(picture.pixels.prefix(grey.pixels.count).elementsEqual(grey.pixels))
        }
    }

    @Test("The same overlay gives the same picture, with crowded names too")
    func determinism() throws {
        var keypoints: [Overlay.Keypoint] = []
        for index in 0..<40 {
            let pixel = SIMD2(Double(index % 8), Double(index / 8)) * 8
            keypoints.append(
                Overlay.Keypoint(name: "keypoint \(index)", pixel: pixel, isVisible: index % 2 == 0))
        }
        let notes = [String(repeating: "long words ", count: 40)]
        let overlay = Overlay(keypoints: keypoints, state: .tracking, notes: notes)
        #expect(try overlay.drawn(on: grey) == overlay.drawn(on: grey))
    }
}
