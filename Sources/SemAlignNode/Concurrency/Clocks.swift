// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// The two clocks of the node, passed in wherever time is needed.
public struct NodeClocks: Sendable {
    /// Time that only runs forward [ns], for durations.
    public let steady: @Sendable () -> UInt64
    /// Time since the Unix epoch [ns], for stamps; it may jump.
    public let wall: @Sendable () -> UInt64

    /// Joins two clocks.
    public init(steady: @escaping @Sendable () -> UInt64, wall: @escaping @Sendable () -> UInt64) {
        self.steady = steady
        self.wall = wall
    }

    /// The machine's clocks.
    public static var system: NodeClocks {
        NodeClocks(steady: { read(CLOCK_MONOTONIC) }, wall: { read(CLOCK_REALTIME) })
    }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
