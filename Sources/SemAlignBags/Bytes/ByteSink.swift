// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Where a bag's bytes go, one after the other.
public protocol ByteSink: AnyObject, Sendable {
    /// Appends all of `bytes`, or throws having appended some of them.
    func write(_ bytes: RawSpan) throws(BagError)
    /// Hands everything to the system; called when the bag is closed.
    func finish() throws(BagError)
}

/// A sink that keeps everything in memory.
public final class MemorySink: ByteSink {
    private let content = Mutex<[UInt8]>([])

    /// Makes an empty sink.
    public init() {}

    /// A copy of what was written.
    public var bytes: [UInt8] { content.withLock { $0 } }

    /// Appends to the memory.
    public func write(_ bytes: RawSpan) {
        content.withLock { content in
            unsafe bytes.withUnsafeBytes { unsafe content.append(contentsOf: $0) }
        }
    }

    /// Does nothing: memory needs no closing.
    public func finish() {}
}
