// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The clock that durations are measured with.
enum MonotonicClock {
    /// Time since an arbitrary moment [ns].
    static func now() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
