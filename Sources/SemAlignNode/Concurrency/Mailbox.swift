// SPDX-License-Identifier: Apache-2.0

/// Hands values from one thread to another, in order, and leaps to the newest where the receiver has fallen behind.
///
/// The receiver has fallen behind where more values wait than there are places, or where one that others wait behind
/// has waited for too long: then it will not catch up by working off what is old, and all but the newest are overtaken.
/// With one place, as by default, the newest always wins.
public final class Mailbox<Value: Sendable>: Sendable {
    /// What a receiver finds.
    public enum Delivery {
        /// The next value.
        case value(Value)
        /// Values that a newer one overtook, which comes next: nobody will see them.
        case overtaken([Value])
        /// Nothing came in time.
        case timeout
        /// The mailbox is closed and empty.
        case closed
    }

    private struct State {
        var waiting: [(value: Value, since: UInt64)] = []
        var isClosed = false

        /// Leaves the newest value only and returns the others.
        mutating func leap() -> [Value] {
            let overtaken = waiting.dropLast().map(\.value)
            waiting.removeFirst(overtaken.count)
            return overtaken
        }
    }

    private let state = Monitor(State())
    private let places: Int
    private let patience: UInt64
    private let clock: @Sendable () -> UInt64

    /// Makes an empty mailbox.
    /// - Parameters:
    ///   - places: Values that may wait, at least 1.
    ///   - patience: Age [ns] above which no value is delivered while a newer one waits.
    ///   - clock: The clock of all ages [ns].
    public init(
        places: Int = 1, patience: UInt64 = .max, clock: @escaping @Sendable () -> UInt64 = { 0 }
    ) {
        self.places = max(places, 1)
        self.patience = patience
        self.clock = clock
    }

    /// Puts a value in that has been under way since `time` [ns], and returns those that it overtook, which nobody will
    /// see; after `close` that is `value` itself.
    public func put(_ value: Value, since time: UInt64 = 0) -> [Value] {
        state.change { state in
            guard !state.isClosed else { return [value] }
            state.waiting.append((value, time))
            return state.waiting.count > places ? state.leap() : []
        }
    }

    /// True where a value waits.
    public var hasValue: Bool { state.read { !$0.waiting.isEmpty } }

    /// Waits for a value until the monotonic clock shows `deadline` [ns].
    public func take(until deadline: UInt64) -> Delivery {
        state.wait(until: deadline) { state in
            guard let oldest = state.waiting.first else { return state.isClosed ? .closed : nil }
            let now = clock()
            let isLate = state.waiting.count > 1 && now > oldest.since && now - oldest.since > patience
            return isLate ? .overtaken(state.leap()) : .value(state.waiting.removeFirst().value)
        } ?? .timeout
    }

    /// Lets no more values in and wakes the receiver, which still gets what waits.
    public func close() {
        state.change { $0.isClosed = true }
    }
}
