// SPDX-License-Identifier: Apache-2.0

/// One length-delimited field of a protobuf payload, and the payload without it.
///
/// A parser need not copy what is cut out.
struct PayloadField {
    /// Where the field's bytes lie in the payload.
    let range: Range<Int>
    /// The payload without the field.
    let rest: [UInt8]

    /// Finds the one length-delimited field `number` of `payload`.
    ///
    /// `nil` where it is not there exactly once, or where the payload is not plainly a list of fields: then the
    /// parser has to see all of it.
    init?(number: UInt64, of payload: Span<UInt8>) {
        var cursor = FieldCursor()
        var found: (whole: Range<Int>, content: Range<Int>)?
        while cursor.place < payload.count {
            let start = cursor.place
            guard let field = cursor.next(in: payload) else { return nil }
            guard field.number == number, let content = field.content else { continue }
            guard found == nil else { return nil }
            found = (start..<cursor.place, content)
        }
        guard let found else { return nil }
        range = found.content
        rest =
            payload.bytes(0..<found.whole.lowerBound)
            + payload.bytes(found.whole.upperBound..<payload.count)
    }
}

/// Walks over the fields of a payload without looking into them.
private struct FieldCursor {
    /// Begin of the next field.
    private(set) var place = 0

    /// The next field's number, and its bytes where it is length-delimited; `nil` where it cannot be read.
    mutating func next(in payload: Span<UInt8>) -> (number: UInt64, content: Range<Int>?)? {
        guard let tag = varint(in: payload), tag >> 3 > 0, tag <= UInt64(UInt32.max) else { return nil }
        var content: Range<Int>?
        switch tag & 7 {
        case 0: guard varint(in: payload) != nil else { return nil }
        case 1: guard skip(8, of: payload) else { return nil }
        case 2:
            guard let length = varint(in: payload), length <= UInt64(payload.count) else { return nil }
            let start = place
            guard skip(Int(length), of: payload) else { return nil }
            content = start..<place
        case 5: guard skip(4, of: payload) else { return nil }
        default: return nil
        }
        return (tag >> 3, content)
    }

    private mutating func varint(in payload: Span<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard place < payload.count else { return nil }
            let byte = payload[place]
            place += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }

    private mutating func skip(_ count: Int, of payload: Span<UInt8>) -> Bool {
        guard count <= payload.count - place else { return false }
        place += count
        return true
    }
}

extension Span<UInt8> {
    /// A copy of some of the bytes.
    func bytes(_ range: Range<Int>) -> [UInt8] {
        unsafe withUnsafeBufferPointer { unsafe [UInt8]($0[range]) }
    }
}
