// SPDX-License-Identifier: Apache-2.0

import CAllocations
import Glibc
import SemAlignSimulation
import Synchronization
import Testing

@testable import SemAlignCore

/// A thread that serves a helper for as long as this value lives.
private final class HelperThread: Sendable {
    let helper: SearchHelper
    private let ending: Ending
    private let handle: pthread_t

    /// What the thread leaves behind.
    private final class Ending: Sendable {
        let helper = SearchHelper()
        let allocations = Atomic(UInt64.max)
    }

    init() {
        ending = Ending()
        helper = ending.helper
        var handle = pthread_t()
        unsafe pthread_create(
            &handle, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let ending = unsafe Unmanaged<Ending>.fromOpaque(argument).takeUnretainedValue()
                let before = semalign_thread_allocations()
                ending.helper.serve()
                ending.allocations.store(semalign_thread_allocations() - before, ordering: .releasing)
                return nil
            }, Unmanaged.passUnretained(ending).toOpaque())
        self.handle = handle
    }

    deinit {
        helper.close()
        pthread_join(handle, nil)
    }

    /// Ends the thread's service, and tells how often it called the allocator meanwhile.
    func end() -> UInt64 {
        helper.close()
        while ending.allocations.load(ordering: .acquiring) == .max { sched_yield() }
        return ending.allocations.load(ordering: .acquiring)
    }
}

extension Observation {
    /// The same frame, of which another object is meant.
    fileprivate func seeing(instance: UInt8) -> Observation {
        Observation(
            timestamp: timestamp, frameID: frameID, imageSize: imageSize, intrinsics: intrinsics,
            depth: depth, mask: mask, instance: instance, features: features)
    }
}

/// Searches on two threads: the same answers as on one, to the last bit.
@Suite struct SearchHelperTests {
    private func video(_ learned: LearnedClass, count: Int) -> [Observation] {
        learned.synthetic.observations(of: .video, count: count, seed: 3).map(\.observation)
    }

    /// The answers to all frames, and what is followed after each.
    private func answers(
        _ frames: [Observation], _ learned: LearnedClass, _ helper: SearchHelper?,
        _ configuration: TrackerConfiguration = .init(), prepare: (inout Tracker) -> Void = { _ in },
        answer: (inout Tracker, Observation) -> TrackingResult = { $0.update($1) { 0 } }
    ) -> [Answer] {
        var tracker = Tracker(
            representation: learned.representation, configuration: configuration, helper: helper)
        return frames.map { frame in
            prepare(&tracker)
            let result = answer(&tracker, frame)
            return Answer(result, followed: tracker.hypotheses)
        }
    }

    /// All numbers of an answer, bit by bit: NaN is like itself.
    private struct Answer: Equatable {
        let state: TrackingState
        let message: String
        let bits: [UInt64]

        init(_ result: TrackingResult, followed: [PoseHypothesis] = []) {
            state = result.state
            message = result.message
            var numbers = [result.focalLengthPixels, result.energy, result.energyGap]
            for keypoint in result.keypoints {
                numbers += [keypoint.position.x, keypoint.position.y, keypoint.position.z]
                numbers += [keypoint.visible, keypoint.score]
                numbers += keypoint.covariance
            }
            for point in result.densePoints { numbers += [point.x, point.y, point.z] }
            for hypothesis in followed {
                let t = hypothesis.translation
                numbers += [t.x, t.y, t.z, hypothesis.scale, hypothesis.support, hypothesis.coverage]
            }
            bits = numbers.map(\.bitPattern)
        }
    }

    @Test("Cold starts, with what is known of the camera and without")
    func cold() throws {
        let learned = try LearnedClass.truck.get()
        let thread = HelperThread()
        var frames = video(learned, count: 4)
        frames += frames.map { frame in
            Observation(
                timestamp: frame.timestamp, frameID: "", imageSize: frame.imageSize, intrinsics: nil,
                depth: nil, mask: frame.mask, instance: frame.instance, features: frame.features)
        }
        let alone = answers(frames, learned, nil) { $0.reset() }
        #expect(alone.contains { $0.state == .tracking })
        #expect(answers(frames, learned, thread.helper) { $0.reset() } == alone)
    }

    @Test("A video, followed and looked around in")
    func followed() throws {
        let learned = try LearnedClass.truck.get()
        let thread = HelperThread()
        let frames = video(learned, count: 40)
        let alone = answers(frames, learned, nil)
        #expect(alone.contains { $0.state == .tracking })
        #expect(answers(frames, learned, thread.helper) == alone)
    }

    @Test("Searches in parts between the frames")
    func parts() throws {
        let learned = try LearnedClass.truck.get()
        let thread = HelperThread()
        var configuration = TrackerConfiguration()
        configuration.defersSearches = true
        let frames = video(learned, count: 40)
        let answer = { (tracker: inout Tracker, frame: Observation) in
            let result = tracker.answer(frame, clock: { 0 })
            var parts = 3
            tracker.explore {
                parts -= 1
                return parts > 0
            }
            return result
        }
        let alone = answers(frames, learned, nil, configuration, answer: answer)
        #expect(alone.contains { $0.state == .searching } && alone.contains { $0.state == .tracking })
        #expect(answers(frames, learned, thread.helper, configuration, answer: answer) == alone)
    }

    @Test("Several objects, whose trackers share the helper")
    func objects() throws {
        let learned = try LearnedClass.truck.get()
        let picture = SideBySide(
            (0..<3).map {
                Simulator(learned.synthetic, configuration: SimulationConfiguration()).video(
                    instance: SyntheticSets.unseen[0], seed: UInt64(5 + $0), name: "video")
            })
        let frames = (0..<8).map { picture.frame($0).observation }
        let thread = HelperThread()
        var configuration = ObjectSetConfiguration()
        configuration.limit = 3
        let answers = [nil, thread.helper].map { helper in
            var set = ObjectSet(
                representations: [learned.representation], configuration: configuration, helper: helper)
            return frames.map { frame in
                set.update((1...3).map { frame.seeing(instance: $0) }) { 0 }.map { Answer($0.result) }
            }
        }
        #expect(answers[0].contains { $0.count == 3 && $0.allSatisfy { $0.state == .tracking } })
        #expect(answers[0] == answers[1])
    }

    @Test("The copy of the kernels that is asked for is the helper's, too")
    func plain() throws {
        let learned = try LearnedClass.truck.get()
        let thread = HelperThread()
        let frames = video(learned, count: 2)
        InstructionSet.$forced.withValue(.base) {
            #expect(
                answers(frames, learned, thread.helper) { $0.reset() }
                    == answers(frames, learned, nil) { $0.reset() })
        }
    }

    @Test("A helper that nobody serves, or that is closed, is done without")
    func absent() throws {
        let learned = try LearnedClass.truck.get()
        let frames = video(learned, count: 2)
        let (idle, closed) = (SearchHelper(), SearchHelper())
        closed.close()
        closed.serve()
        let alone = answers(frames, learned, nil) { $0.reset() }
        #expect(answers(frames, learned, idle) { $0.reset() } == alone)
        #expect(answers(frames, learned, closed) { $0.reset() } == alone)
    }

    @Test("Trackers on several threads may ask the same helper at a time")
    func busy() async throws {
        let learned = try LearnedClass.truck.get()
        let thread = HelperThread()
        let frames = video(learned, count: 6)
        let alone = answers(frames, learned, nil) { $0.reset() }
        await withTaskGroup(of: [Answer].self) { group in
            for _ in 0..<3 {
                group.addTask { answers(frames, learned, thread.helper) { $0.reset() } }
            }
            for await helped in group { #expect(helped == alone) }
        }
    }

    @Test("A time budget that suffices changes nothing")
    func enoughTime() throws {
        let learned = try LearnedClass.truck.get()
        let thread = HelperThread()
        let frames = video(learned, count: 3)
        var configuration = TrackerConfiguration()
        configuration.budgetMilliseconds = 1000
        let alone = answers(frames, learned, nil) { $0.reset() }
        #expect(answers(frames, learned, thread.helper, configuration) { $0.reset() } == alone)
    }

    @Test("Where time runs out both threads stop, and later searches come to every direction")
    func budget() throws {
        let learned = try LearnedClass.truck.get()
        let thread = HelperThread()
        let model = EvidenceModel(learned.representation)
        var buffers = FrameBuffers()
        let problems = FrameProblem.problems(
            of: video(learned, count: 1)[0], focalLength: nil, model: model, buffers: &buffers)
        let search = PoseSearch(model: model, refiner: problems[0].refiner, helper: thread.helper)
        var memory = SearchBuffers()
        var starts: Set<Int> = []
        for _ in 0..<200 {
            // Only the thread that searches asks it: it needs no protection.
            var ticks: UInt64 = 0
            let isComplete = search.run(&memory, budget: TimeBudget(milliseconds: 21, from: 0)) {
                ticks += 1
                return ticks * 1_000_000
            }
            #expect(!isComplete && !memory.found.isEmpty)
            starts.insert(memory.nextDirection)
        }
        #expect(starts.count > 10)
    }

    @Test(
        "The helper gets no memory from the system, nor does a frame that it helps once ten have been seen",
        .enabled(
            if: semalign_counts_allocations() != 0,
            "allocations cannot be counted here: under a sanitizer, or without glibc"))
    func allocations() throws {
        let learned = try LearnedClass.truck.get()
        let thread = HelperThread()
        var tracker = Tracker(representation: learned.representation, helper: thread.helper)
        var costly = 0
        for (number, frame) in video(learned, count: 40).enumerated() {
            if number % 8 == 7 { tracker.reset() }
            let before = semalign_thread_allocations()
            _ = tracker.update(frame) { 0 }.state
            if number >= 10, semalign_thread_allocations() > before { costly += 1 }
        }
        #expect(costly == 0)
        #expect(thread.end() == 0)
    }
}
