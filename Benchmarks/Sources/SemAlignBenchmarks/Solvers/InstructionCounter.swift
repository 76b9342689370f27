// SPDX-License-Identifier: Apache-2.0

import CSystem
import Glibc

/// Instructions that this thread has executed outside the kernel: what it did, whatever else the machine was doing.
struct InstructionCounter: ~Copyable {
    private let file: Int32

    /// `nil` where the processor's counters are out of reach: most virtual machines, or `perf_event_paranoid` above 2.
    init?() {
        file = semalign_open_instruction_counter()
        guard file >= 0 else { return nil }
    }

    deinit { close(file) }

    /// Instructions so far.
    var value: UInt64 {
        var count: UInt64 = 0
        let size = MemoryLayout<UInt64>.size
        return unsafe read(file, &count, size) == size ? count : 0
    }
}
