// SPDX-License-Identifier: Apache-2.0

/// The streams of one camera frame.
public struct JoinedFrame<Part: Sendable>: Sendable {
    /// Stamp of the frame [ns]: the image's where there is one, else the features', else the earliest.
    public var stamp: UInt64 {
        stamps[FrameStream.image.index] ?? stamps[FrameStream.features.index]
            ?? stamps.compactMap { $0 }.min() ?? 0
    }
    /// When the first stream came [ns, steady clock].
    public let firstArrival: UInt64

    /// Stamp of the stream that came first: what the others are compared with.
    let key: UInt64
    private(set) var byteCount = 0
    private var parts = [Part?](repeating: nil, count: FrameStream.allCases.count)
    private var stamps = [UInt64?](repeating: nil, count: FrameStream.allCases.count)

    init(key: UInt64, firstArrival: UInt64) {
        self.key = key
        self.firstArrival = firstArrival
    }

    /// The part of a stream; `nil` where it did not come.
    public subscript(stream: FrameStream) -> Part? { parts[stream.index] }

    /// The streams that are there.
    public var streams: [FrameStream] { FrameStream.allCases.filter { parts[$0.index] != nil } }

    mutating func add(_ part: Part, of stream: FrameStream, stamp: UInt64, byteCount count: Int) {
        parts[stream.index] = part
        stamps[stream.index] = stamp
        byteCount += count
    }

    func has(_ streams: [FrameStream]) -> Bool {
        streams.allSatisfy { parts[$0.index] != nil }
    }
}
