// SPDX-License-Identifier: Apache-2.0
import SemAlignCore

@testable import SemAlignNode

/// Time that passes where a node reads it, by random steps: as if so much work lay between two readings.
///
/// Not checked by the compiler: all of it happens on the thread of one simulation.
final class VirtualTime: @unchecked Sendable {
    /// The steady clock [ns].
    private(set) var now: UInt64
    /// Called after every step: what another thread does meanwhile.
    var meanwhile: () -> Void = {}
    /// Longest step, but for standstills [ns].
    var longestStep: UInt64 = 0
    /// True where one step in 4000 is a standstill of up to 0.4 s.
    var hasStandstills = true
    /// Readings to come at which no time passes and nobody does anything.
    var heldReadings = 0
    private let wallAhead: UInt64
    private var generator: SeededGenerator

    /// Begins at `start` [ns] with a wall clock that is ahead by `wallAhead` [ns].
    init(start: UInt64, wallAhead: UInt64, seed: UInt64) {
        now = start
        self.wallAhead = wallAhead
        generator = SeededGenerator(seed: seed)
    }

    /// The clocks of a node that lives in this time.
    var clocks: NodeClocks { NodeClocks(steady: { self.read() }, wall: { self.now + self.wallAhead }) }

    /// Lets time pass until `time` [ns], if that is not over.
    func pass(until time: UInt64) { now = max(now, time) }

    private func read() -> UInt64 {
        guard heldReadings == 0 else {
            heldReadings -= 1
            return now
        }
        if longestStep > 0 {
            let isStandstill = generator.next() % 4000 == 0 && hasStandstills
            now += generator.next() % (isStandstill ? 400_000_000 : longestStep)
        }
        let read = now
        meanwhile()
        return read
    }
}
