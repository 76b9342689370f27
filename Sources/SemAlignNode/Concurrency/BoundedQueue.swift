// SPDX-License-Identifier: Apache-2.0

/// Values on their way from some threads to another one, bounded by their weight.
final class BoundedQueue<Value: Sendable>: Sendable {
    /// What a receiver finds.
    enum Delivery {
        case value(Value)
        /// Nothing came in time.
        case timeout
        /// The queue is closed and empty.
        case closed
    }

    private struct State {
        let limit: Int
        var entries: [(value: Value, weight: Int)?] = []
        var first = 0
        var weight = 0
        var refused: UInt64 = 0
        var isClosed = false

        func fits(_ added: Int) -> Bool { weight + added <= limit || weight == 0 }

        mutating func append(_ value: Value, _ added: Int) {
            entries.append((value, added))
            weight += added
        }

        mutating func next() -> Value? {
            guard first < entries.count, let entry = entries[first].take() else { return nil }
            first += 1
            if first == entries.count || first > 1024 {
                entries.removeFirst(first)
                first = 0
            }
            weight -= entry.weight
            return entry.value
        }
    }

    private let state: Monitor<State>

    /// Makes a queue for values of the weight `limit` in all; a heavier one fits in alone.
    init(limit: Int) { state = Monitor(State(limit: limit)) }

    /// Values that `offer` had no room for.
    var refusedCount: UInt64 { state.read { $0.refused } }

    /// Puts a value in without waiting; false, and counted, where there is no room for it or the queue is closed.
    func offer(_ value: Value, weight: Int) -> Bool {
        state.change { state in
            guard !state.isClosed, state.fits(weight) else {
                state.refused += 1
                return false
            }
            state.append(value, weight)
            return true
        }
    }

    /// Puts a value in as soon as there is room; false where the queue was closed before.
    func put(_ value: Value, weight: Int) -> Bool {
        state.wait { state in
            guard !state.isClosed else { return false }
            guard state.fits(weight) else { return nil }
            state.append(value, weight)
            return true
        } ?? false
    }

    /// Waits for the next value until the monotonic clock shows `deadline` [ns].
    func take(until deadline: UInt64 = .max) -> Delivery {
        state.wait(until: deadline) { state in
            if let value = state.next() { return .value(value) }
            return state.isClosed ? .closed : nil
        } ?? .timeout
    }

    /// Lets nothing more in and wakes who waits; what is there can still be taken.
    func close() {
        state.change { $0.isClosed = true }
    }
}
