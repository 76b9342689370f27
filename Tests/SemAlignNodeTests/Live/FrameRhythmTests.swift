// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import SemAlignNode

@Suite struct FrameRhythmTests {
    /// A camera with 30 pictures a second.
    private let rhythm = {
        var rhythm = FrameRhythm()
        for number in 1...5 as ClosedRange<UInt64> { rhythm.note(number * 33_000_000, stamp: 0) }
        return rhythm
    }()
    private let last: UInt64 = 5 * 33_000_000

    @Test("Before the second frame there is always time")
    func knowsNothing() {
        var rhythm = FrameRhythm()
        #expect(rhythm.hasTime(at: 0, for: FrameRhythm.part))
        rhythm.note(10, stamp: 0)
        #expect(rhythm.hasTime(at: 1_000_000_000, for: FrameRhythm.part))
    }

    @Test("Between two frames there is time, but not shortly before the next")
    func keepsClear() {
        #expect(rhythm.hasTime(at: last + 8_000_000, for: FrameRhythm.part))
        #expect(!rhythm.hasTime(at: last + 28_000_000, for: FrameRhythm.part))
        #expect(!rhythm.hasTime(at: last + 40_000_000, for: FrameRhythm.part))
    }

    @Test("Once a frame is late by its interval nobody waits for it any more")
    func givesUp() { #expect(rhythm.hasTime(at: last + 70_000_000, for: FrameRhythm.part)) }

    @Test("A frame that was lost is no slower camera, a slower camera is one after some frames")
    func forgets() {
        var rhythm = rhythm
        rhythm.note(last + 66_000_000, stamp: 0)
        #expect(!rhythm.hasTime(at: last + 66_000_000 + 30_000_000, for: FrameRhythm.part))
        for number in 1...8 as ClosedRange<UInt64> { rhythm.note(last + (number + 1) * 66_000_000, stamp: 0) }
        #expect(rhythm.hasTime(at: last + 9 * 66_000_000 + 50_000_000, for: FrameRhythm.part))
    }

    @Test("Frames that came together after a standstill are no faster camera")
    func catchesUp() {
        var rhythm = rhythm
        for delay in [99, 100, 101] as [UInt64] { rhythm.note(last + delay * 1_000_000, stamp: 0) }
        #expect(rhythm.hasTime(at: last + 110_000_000, for: FrameRhythm.part))
    }

    @Test("Frames that the node itself holds up are no slower camera, a bag played fast is a faster one")
    func shorterInterval() {
        var heldUp = FrameRhythm()
        for number in 1...8 as ClosedRange<UInt64> {
            heldUp.note(number * 80_000_000, stamp: number * 33_000_000)
        }
        #expect(!heldUp.hasTime(at: 8 * 80_000_000 + 30_000_000, for: FrameRhythm.part))
        var fast = FrameRhythm()
        for number in 1...8 as ClosedRange<UInt64> {
            fast.note(number * 10_000_000, stamp: number * 100_000_000)
        }
        #expect(!fast.hasTime(at: 8 * 10_000_000 + 8_000_000, for: FrameRhythm.part))
    }

    @Test("A whole search fits between two frames of a slow camera only")
    func searches() {
        var slow = FrameRhythm()
        #expect(slow.hasTime(at: 0, for: FrameRhythm.search))
        for number in 1...3 as ClosedRange<UInt64> { slow.note(number * 500_000_000, stamp: 0) }
        #expect(slow.hasTime(at: 1_500_100_000, for: FrameRhythm.search))
        #expect(!rhythm.hasTime(at: last + 100_000, for: FrameRhythm.search))
    }

    @Test("A camera faster than a part of a search leaves no time, and equal times are no interval")
    func noTime() {
        var rhythm = FrameRhythm()
        for number in 1...4 as ClosedRange<UInt64> { rhythm.note(number * 5_000_000, stamp: 0) }
        #expect(!rhythm.hasTime(at: 20_000_001, for: FrameRhythm.part))
        var still = FrameRhythm()
        still.note(7, stamp: 0)
        still.note(7, stamp: 0)
        #expect(still.hasTime(at: 8, for: FrameRhythm.part))
    }
}
