// SPDX-License-Identifier: Apache-2.0

import CAllocations
import SemAlignSimulation
import Testing

@testable import SemAlignCore

/// How often a frame asks the system for memory: the calls of the allocator by this thread.
@Suite(
    .enabled(
        if: semalign_counts_allocations() != 0,
        "allocations cannot be counted here: under a sanitizer, or without glibc"))
struct FrameAllocationTests {
    private struct Count {
        let isCold: Bool
        let state: TrackingState
        let allocations: UInt64
    }

    /// The allocations of each frame of a tracked video; answers are let go of.
    private func counts(
        _ frames: [Observation], _ learned: LearnedClass, _ configuration: TrackerConfiguration = .init()
    ) -> [Count] {
        var tracker = Tracker(representation: learned.representation, configuration: configuration)
        return frames.map { frame in
            let before = semalign_thread_allocations()
            let (isCold, state) = answer(&tracker, frame)
            return Count(
                isCold: isCold, state: state, allocations: semalign_thread_allocations() - before)
        }
    }

    private func answer(_ tracker: inout Tracker, _ frame: Observation) -> (Bool, TrackingState) {
        let result = tracker.update(frame) { 0 }
        return (result.startedCold, result.state)
    }

    private func video(_ learned: LearnedClass, count: Int) -> [Observation] {
        learned.synthetic.observations(of: .video, count: count, seed: 3).map(\.observation)
    }

    @Test("After ten frames none of a video gets memory from the system, whether it searches or not")
    func video() throws {
        let learned = try LearnedClass.truck.get()
        let counts = counts(video(learned, count: 60), learned).dropFirst(10)
        #expect(counts.contains { !$0.isCold && $0.state == .tracking })
        let costly = counts.filter { $0.state == .tracking }.map(\.allocations).filter { $0 > 0 }
        #expect(costly.isEmpty)
    }

    @Test("Nor does one without depth, or one whose focal length is not told")
    func lessKnown() throws {
        let learned = try LearnedClass.truck.get()
        for (hasDepth, hasIntrinsics) in [(false, true), (true, false)] {
            let frames = video(learned, count: 30).map { frame in
                Observation(
                    timestamp: frame.timestamp, frameID: "", imageSize: frame.imageSize,
                    intrinsics: hasIntrinsics ? frame.intrinsics : nil, depth: hasDepth ? frame.depth : nil,
                    mask: frame.mask, instance: frame.instance, features: frame.features)
            }
            let counts = counts(frames, learned).dropFirst(10).filter { $0.state == .tracking }
            #expect(counts.contains { !$0.isCold })
            let costly = counts.map(\.allocations).filter { $0 > 0 }
            #expect(costly.isEmpty, "depth: \(hasDepth), camera: \(hasIntrinsics)")
        }
    }

    @Test("An answer that its receiver keeps stays as it was, and costs the next frame a few arrays")
    func keptAnswers() throws {
        let learned = try LearnedClass.truck.get()
        let frames = video(learned, count: 14)
        var tracker = Tracker(representation: learned.representation)
        for frame in frames.prefix(12) { _ = answer(&tracker, frame) }
        let kept = tracker.update(frames[12]) { 0 }
        let positions = kept.keypoints.map(\.position)
        let before = semalign_thread_allocations()
        let next = tracker.update(frames[13]) { 0 }
        let allocations = semalign_thread_allocations() - before
        #expect(kept.keypoints.map(\.position) == positions)
        #expect(next.keypoints.map(\.position) != positions)
        #expect((1...3).contains(allocations), "\(allocations)")
    }

    @Test("An allocation is counted")
    func counterCounts() {
        let before = semalign_thread_allocations()
        let list = [UInt64](repeating: before, count: 1000)
        let after = semalign_thread_allocations()
        #expect(after - before >= 1 && list.count == 1000)
    }
}
