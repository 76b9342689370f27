// SPDX-License-Identifier: Apache-2.0

/// Bytes of known length that can be read at any place, by several readers at once.
public protocol ByteSource: AnyObject, Sendable {
    /// Length [bytes], fixed when the source was made.
    var size: UInt64 { get }
    /// Sets `bytes` to the `count` bytes at `offset`, reusing its memory.
    ///
    /// Throws without taking memory if they reach past the end.
    func read(_ count: UInt64, at offset: UInt64, into bytes: inout [UInt8]) throws(BagError)
}

extension ByteSource {
    /// Resizes `bytes` for a read, after holding the read against the size.
    func prepare(_ bytes: inout [UInt8], for count: UInt64, at offset: UInt64) throws(BagError) {
        guard offset <= size, count <= size - offset, let length = Int(exactly: count) else {
            throw .truncated(offset: offset, needed: count, available: offset <= size ? size - offset : 0)
        }
        bytes.resize(to: length)
    }
}

extension [UInt8] {
    /// Sets the length; the content is kept only when it becomes shorter, else it is zero.
    mutating func resize(to count: Int) {
        if count <= self.count {
            removeLast(self.count - count)
        } else {
            self = unsafe [UInt8](unsafeUninitializedCapacity: count) { memory, initialized in
                unsafe memory.initialize(repeating: 0)
                initialized = count
            }
        }
    }
}

/// A source over an array, for tests and for bags that came over a wire.
public final class MemorySource: ByteSource {
    private let content: [UInt8]

    /// Makes a source that holds `content`.
    public init(_ content: [UInt8]) {
        self.content = content
    }

    /// Length of the array [bytes].
    public var size: UInt64 { UInt64(content.count) }

    /// Copies from the array.
    public func read(_ count: UInt64, at offset: UInt64, into bytes: inout [UInt8]) throws(BagError) {
        try prepare(&bytes, for: count, at: offset)
        unsafe bytes.withUnsafeMutableBytes { target in
            unsafe content.withUnsafeBytes { source in
                unsafe target.copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: source[Int(offset)..<Int(offset + count)]))
            }
        }
    }
}
