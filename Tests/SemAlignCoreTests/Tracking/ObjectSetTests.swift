// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SemAlignCore

/// A frame of discs, each with a number of its own.
private struct DiscFrame {
    static let size = ImageSize(width: 320, height: 240)

    let observations: [Observation]

    /// Discs by centre [px] and mask number; the frame is `number` periods of a 30 Hz camera after the first.
    init(_ number: Int, _ discs: [(center: SIMD2<Double>, label: UInt8)], radius: Double = 24) {
        var labels = [UInt8](repeating: 0, count: Self.size.width * Self.size.height)
        for (place, _) in labels.enumerated() {
            let pixel = SIMD2(Double(place % Self.size.width), Double(place / Self.size.width))
            for disc in discs where squared(pixel - disc.center) < radius * radius {
                labels[place] = disc.label
            }
        }
        let mask = ObjectMask(size: Self.size, labels: labels)
        let features = FeatureMap(
            rows: 6, columns: 8, channels: ToyClass.channels,
            values: [Float16](repeating: 0.1, count: 48 * ToyClass.channels), region: PixelRegion(Self.size),
            model: "")
        let present = Set(labels).subtracting([0]).sorted()
        observations = (present.isEmpty ? [1] : present).map {
            Observation(
                timestamp: 1_000_000_000 + UInt64(number) * 33_000_000, frameID: "", imageSize: Self.size,
                intrinsics: CameraIntrinsics(focalLength: [300, 300], principalPoint: [159.5, 119.5]),
                depth: nil,
                mask: mask, instance: $0, features: features)
        }
    }
}

private func squared(_ v: SIMD2<Double>) -> Double { (v * v).sum() }

private func objects(_ change: (inout ObjectSetConfiguration) -> Void = { _ in }) -> ObjectSet {
    var configuration = ObjectSetConfiguration()
    configuration.limit = 4
    change(&configuration)
    return ObjectSet(representations: [ToyClass(denseCount: 20).representation], configuration: configuration)
}

@Suite struct ObjectSetTests {
    @Test("Objects keep their identity while they move and the mask's numbers are shuffled in every frame")
    func identities() throws {
        var set = objects()
        for number in 0..<12 {
            let drift = 3 * Double(number)
            let centers: [SIMD2<Double>] = [[60 + drift, 60], [240 - drift, 80], [160, 190 - drift / 2]]
            let labels: [UInt8] = [[1, 2, 3], [2, 3, 1], [7, 1, 9]][number % 3]
            let answers = set.update(DiscFrame(number, Array(zip(centers, labels))).observations) { 0 }
            #expect(answers.count == 3)
            for answer in answers {
                let instance = try #require(answer.observation?.instance)
                #expect(labels.firstIndex(of: instance) == Int(answer.identity) - 1, "frame \(number)")
            }
        }
    }

    @Test("An object that vanishes is named as absent, keeps its identity for a while, then is forgotten")
    func absence() throws {
        var set = objects { $0.memory = 200_000_000 }
        let (left, right): (SIMD2<Double>, SIMD2<Double>) = ([80, 120], [240, 120])
        _ = set.update(DiscFrame(0, [(left, 1), (right, 2)]).observations) { 0 }
        let alone = set.update(DiscFrame(1, [(left, 1)]).observations) { 0 }
        #expect(alone.count == 2 && alone[1].observation == nil && alone[1].result.state == .noObject)
        #expect(!alone[1].result.message.isEmpty)
        let back = set.update(DiscFrame(3, [(left, 5), (right, 6)]).observations) { 0 }
        #expect(back.map(\.identity) == [1, 2] && back.map { $0.observation?.instance } == [5, 6])
        _ = set.update(DiscFrame(4, [(left, 1)]).observations) { 0 }
        _ = set.update(DiscFrame(20, [(left, 1)]).observations) { 0 }
        #expect(set.identities == [1])
    }

    @Test("A new object gets its mask's number where that is free, else the smallest free one")
    func newIdentities() {
        var set = objects()
        _ = set.update(DiscFrame(0, [([80, 120], 4)]).observations) { 0 }
        _ = set.update(DiscFrame(1, [([80, 120], 9), ([240, 120], 4)]).observations) { 0 }
        #expect(set.identities == [4, 1])
    }

    @Test("More objects than the limit are left out, the largest are taken; an empty mask adds none")
    func limits() {
        var set = objects { $0.limit = 2 }
        let discs: [(SIMD2<Double>, UInt8)] = [([50, 60], 1), ([160, 60], 2), ([270, 60], 3)]
        #expect(set.update(DiscFrame(0, discs).observations) { 0 }.count == 2)
        var other = objects()
        #expect(other.update(DiscFrame(0, []).observations) { 0 }.isEmpty)
        #expect(other.update([]) { 0 }.isEmpty)
    }

    @Test("A budget is shared: the oldest answer comes first, and every object has its turn")
    func budget() {
        // Every reading of the clock is a second later: there is time for one object a frame.
        var set = objects { $0.budget = 1 }
        let discs: [(SIMD2<Double>, UInt8)] = [([50, 60], 1), ([160, 60], 2), ([270, 60], 3)]
        var looked: [UInt8] = []
        for number in 0..<7 {
            var time: UInt64 = 0
            let answers = set.update(DiscFrame(number, discs).observations) {
                time += 1_000_000_000
                return time
            }
            let now = answers.filter { !$0.result.message.contains("not looked at") }.map(\.identity)
            #expect(now.count == 1 && answers.count == 3)
            looked += now
        }
        #expect(looked == [1, 2, 3, 1, 2, 3, 1])
    }

    @Test("An object has the class that its patches resemble, and keeps it")
    func classes() {
        let classes = [ToyClass(seed: 1, denseCount: 20), ToyClass(seed: 2, denseCount: 20)].map(
            \.representation)
        var configuration = ObjectSetConfiguration()
        configuration.limit = 4
        var set = ObjectSet(representations: classes, configuration: configuration)
        let frame = DiscFrame(0, [([80, 120], 1), ([240, 120], 2)], radius: 60)
        // Patches of the left half are those of the second class, of the right half those of the first.
        var values: [Float16] = []
        for patch in 0..<48 {
            let appearance = classes[patch % 8 < 4 ? 1 : 0].appearance
            let point = patch % appearance.pointCount
            let start = point * appearance.channels
            values += appearance.vectors[start..<start + appearance.channels].map { Float16($0) }
        }
        let features = FeatureMap(
            rows: 6, columns: 8, channels: ToyClass.channels, values: values,
            region: PixelRegion(DiscFrame.size), model: "")
        let observations = frame.observations.map {
            Observation(
                timestamp: $0.timestamp, frameID: "", imageSize: $0.imageSize, intrinsics: $0.intrinsics,
                depth: nil,
                mask: $0.mask, instance: $0.instance, features: features)
        }
        let answers = set.update(observations) { 0 }
        #expect(answers.count == 2)
        for answer in answers { #expect(answer.classIndex == (answer.observation?.instance == 1 ? 1 : 0)) }
        // The next frame's features say nothing; the class stays.
        let next = set.update(DiscFrame(1, [([80, 120], 2), ([240, 120], 1)], radius: 60).observations) { 0 }
        for answer in next { #expect(answer.classIndex == (answer.observation?.instance == 2 ? 1 : 0)) }
    }

    @Test("A class with features of its own network is recognised and followed by those")
    func ownFeatures() {
        let first = ToyClass(seed: 1, denseCount: 20).representation
        let second = ToyClass(seed: 2, denseCount: 20).representation
        var configuration = ObjectSetConfiguration()
        configuration.limit = 4
        var set = ObjectSet(representations: [first, second], configuration: configuration)
        let frame = DiscFrame(0, [([80, 120], 1)], radius: 60)
        // The first class's network sees nothing that it knows, the second's sees its class.
        let values = (0..<48).flatMap { patch -> [Float16] in
            let point = patch % second.appearance.pointCount
            let start = point * second.appearance.channels
            return second.appearance.vectors[start..<start + second.appearance.channels].map { Float16($0) }
        }
        let observations = frame.observations.map { observation in
            var seen = observation
            seen.otherFeatures = [
                FeatureMap(
                    rows: 6, columns: 8, channels: ToyClass.channels, values: values,
                    region: PixelRegion(DiscFrame.size), model: "")
            ]
            return seen
        }
        #expect(set.update(observations) { 0 }.map(\.classIndex) == [1])
    }
}
