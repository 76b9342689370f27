// SPDX-License-Identifier: Apache-2.0

import SemAlignSimulation
import Testing

@testable import SemAlignCore

/// Searches that come in parts between frames.
///
/// Time is counted in parts: each asks once whether a further one fits.
@Suite struct LiveSearchTests {
    private static let live = {
        var configuration = TrackerConfiguration()
        configuration.defersSearches = true
        return configuration
    }()

    /// Says that there is time for so many parts after the first.
    private final class Time {
        private var left: Int

        init(partsAfterFirst left: Int) { self.left = left }

        func isLeft() -> Bool {
            left -= 1
            return left >= 0
        }
    }

    private func video(_ learned: LearnedClass, count: Int) -> [SyntheticObservation] {
        Array(learned.synthetic.observations(of: .video, count: 60, seed: 3).prefix(count))
    }

    private func searchesFirst(_ result: TrackingResult) -> Bool {
        result.stages.contains { $0.name == "cold" }
    }

    @Test("A search in parts finds exactly what a whole one finds, with and without a known camera")
    func sameResult() throws {
        let learned = try LearnedClass.truck.get()
        let seen = video(learned, count: 1)[0].observation
        let blind = Observation(
            timestamp: seen.timestamp, frameID: "", imageSize: seen.imageSize, intrinsics: nil,
            depth: seen.depth, mask: seen.mask, instance: seen.instance, features: seen.features)
        for frame in [seen, blind] {
            var whole = Tracker(representation: learned.representation)
            var parted = Tracker(representation: learned.representation, configuration: Self.live)
            let expected = whole.update(frame) { 0 }
            let result = parted.answer(frame, clock: { 0 }, searchingWhile: { true })
            #expect(result.state == .tracking && result.startedCold && searchesFirst(result))
            #expect(result.keypoints == expected.keypoints)
            #expect(!parted.isSearching)
        }
    }

    @Test("Without time before the answer frames are answered at once, and the object is found between them")
    func start() throws {
        let learned = try LearnedClass.truck.get()
        var tracker = Tracker(representation: learned.representation, configuration: Self.live)
        var first: Int?
        for (number, frame) in video(learned, count: 8).enumerated() {
            let result = tracker.answer(frame.observation) { 0 }
            #expect(!searchesFirst(result))
            if first == nil, result.state == .tracking {
                first = number
                #expect(result.startedCold)
            }
            if first == nil {
                #expect(result.state == .searching && result.message.contains("search goes on"))
            } else {
                #expect(learned.isRight(result, frame), "frame \(number)")
            }
            tracker.explore(while: Time(partsAfterFirst: 3).isLeft)
        }
        #expect(try #require(first) <= 5)
    }

    @Test("A search goes on by a part a frame where there is never time, and takes half a second at 30 Hz")
    func noTime() throws {
        let learned = try LearnedClass.truck.get()
        var tracker = Tracker(representation: learned.representation, configuration: Self.live)
        let frame = video(learned, count: 1)[0].observation
        let found = (0..<20).first { _ in
            let result = tracker.answer(frame) { 0 }
            tracker.explore { false }
            return result.state == .tracking
        }
        #expect(try #require(found) <= 15)
    }

    @Test("An object that is lost is said to be so on time, and found again within half a second")
    func loss() throws {
        let learned = try LearnedClass.truck.get()
        let (firstAway, away) = (6, 8)
        let frames = video(learned, count: firstAway + away + 7)
        let foreign = SyntheticClass(family: .mug, seed: 11).observations(of: .unseen, count: away, seed: 11)
        var tracker = Tracker(representation: learned.representation, configuration: Self.live)
        let results = frames.enumerated().map { number, frame in
            let place = number - firstAway
            var seen = frame.observation
            if foreign.indices.contains(place) {
                let other = foreign[place].observation
                seen = Observation(
                    timestamp: seen.timestamp, frameID: "", imageSize: other.imageSize,
                    intrinsics: other.intrinsics, depth: other.depth, mask: other.mask,
                    instance: other.instance, features: other.features)
            }
            let result = tracker.answer(seen) { 0 }
            tracker.explore(while: Time(partsAfterFirst: 5).isLeft)
            return result
        }
        #expect(!results.contains(where: searchesFirst))
        #expect(learned.isRight(results[firstAway - 1], frames[firstAway - 1]))
        for place in 2..<away {
            let result = results[firstAway + place]
            #expect(result.state == .lost && result.keypoints.isEmpty && !result.message.isEmpty)
        }
        // 7 frames at 15 Hz are less than half a second.
        #expect(learned.isRight(results[frames.count - 1], frames[frames.count - 1]))
    }

    @Test("Several objects are searched for one after the other, and no answer waits for that")
    func severalObjects() throws {
        let learned = try LearnedClass.truck.get()
        let picture = SideBySide(
            (0..<3).map {
                Simulator(learned.synthetic, configuration: SimulationConfiguration()).video(
                    instance: SyntheticSets.unseen[0], seed: UInt64(5 + $0), name: "video")
            })
        var configuration = ObjectSetConfiguration()
        configuration.limit = 3
        configuration.tracker = Self.live
        var set = ObjectSet(representations: [learned.representation], configuration: configuration)
        var found: [UInt8: Int] = [:]
        for number in 0..<16 {
            let frame = picture.frame(number).observation
            let answers = set.answer(
                (1...3).map {
                    Observation(
                        timestamp: frame.timestamp, frameID: "", imageSize: frame.imageSize,
                        intrinsics: frame.intrinsics, depth: frame.depth, mask: frame.mask, instance: $0,
                        features: frame.features)
                }
            ) { 0 }
            #expect(answers.count == 3 && !answers.contains { searchesFirst($0.result) })
            for answer in answers where answer.result.state == .tracking && found[answer.identity] == nil {
                found[answer.identity] = number
            }
            set.explore(while: Time(partsAfterFirst: 3).isLeft)
        }
        // Three searches of 14 parts, four parts a frame.
        let times = found.values.sorted()
        #expect(times.count == 3 && times[0] <= 5 && times[0] < times[1] && times[1] < times[2])
    }
}
