// SPDX-License-Identifier: Apache-2.0

/// Decompresses DEFLATE data (RFC 1951) in a zlib wrapper (RFC 1950): what MATLAB files are packed with.
///
/// Forty lines of format for one kind of small file do not earn a library. Output is bounded; damaged input throws.
struct Inflate {
    /// Why data cannot be decompressed.
    struct Failure: Error {
        let reason: String
    }

    private let input: [UInt8]
    private let limit: Int
    private var position = 2
    private var bits: UInt32 = 0
    private var bitCount = 0
    private var output: [UInt8] = []

    /// The content of `data`, at most `limit` bytes.
    static func decompress(_ data: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
        guard data.count >= 6, data[0] & 0x0F == 8, (Int(data[0]) << 8 | Int(data[1])) % 31 == 0,
            data[1] & 0x20 == 0
        else { throw Failure(reason: "no zlib header") }
        var inflate = Inflate(input: data, limit: limit)
        try inflate.run()
        return inflate.output
    }

    private init(input: [UInt8], limit: Int) {
        self.input = input
        self.limit = limit
    }

    private mutating func run() throws(Failure) {
        var isLast = false
        while !isLast {
            isLast = try take(1) == 1
            switch try take(2) {
            case 0: try copyStored()
            case 1: try decode(literals: Self.fixedLiterals, distances: Self.fixedDistances)
            case 2:
                let (literals, distances) = try readTables()
                try decode(literals: literals, distances: distances)
            default: throw Failure(reason: "unknown block type")
            }
        }
    }

    private mutating func take(_ count: Int) throws(Failure) -> Int {
        while bitCount < count {
            guard position < input.count else { throw Failure(reason: "the data end early") }
            bits |= UInt32(input[position]) << UInt32(bitCount)
            position += 1
            bitCount += 8
        }
        let value = Int(bits & (1 << UInt32(count) - 1))
        bits >>= UInt32(count)
        bitCount -= count
        return value
    }

    private mutating func append(_ byte: UInt8) throws(Failure) {
        guard output.count < limit else { throw Failure(reason: "more than \(limit) bytes") }
        output.append(byte)
    }

    private mutating func copyStored() throws(Failure) {
        (bits, bitCount) = (0, 0)
        let length = try take(16)
        guard try take(16) == length ^ 0xFFFF else { throw Failure(reason: "damaged stored block") }
        for _ in 0..<length { try append(UInt8(try take(8))) }
    }

    private mutating func decode(literals: Huffman, distances: Huffman) throws(Failure) {
        while true {
            let symbol = try symbol(of: literals)
            if symbol == 256 { return }
            if symbol < 256 {
                try append(UInt8(symbol))
                continue
            }
            guard symbol - 257 < Self.lengthBase.count else { throw Failure(reason: "unknown length") }
            let length = Self.lengthBase[symbol - 257] + (try take(Self.lengthExtra[symbol - 257]))
            let code = try self.symbol(of: distances)
            guard code < Self.distanceBase.count else { throw Failure(reason: "unknown distance") }
            let distance = Self.distanceBase[code] + (try take(Self.distanceExtra[code]))
            guard distance <= output.count else { throw Failure(reason: "a distance before the start") }
            for _ in 0..<length { try append(output[output.count - distance]) }
        }
    }

    private mutating func symbol(of table: Huffman) throws(Failure) -> Int {
        var (code, first, index) = (0, 0, 0)
        for length in 1...15 {
            code |= try take(1)
            let count = table.counts[length]
            if code - count < first { return table.symbols[index + code - first] }
            index += count
            first = (first + count) << 1
            code <<= 1
        }
        throw Failure(reason: "unknown code")
    }

    private mutating func readTables() throws(Failure) -> (Huffman, Huffman) {
        let (literalCount, distanceCount) = (257 + (try take(5)), 1 + (try take(5)))
        let lengthCount = 4 + (try take(4))
        var lengths = [Int](repeating: 0, count: 19)
        let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
        for i in 0..<lengthCount { lengths[order[i]] = try take(3) }
        let codes = try Huffman(lengths)
        var all: [Int] = []
        while all.count < literalCount + distanceCount {
            let symbol = try symbol(of: codes)
            switch symbol {
            case 16:
                guard let previous = all.last else { throw Failure(reason: "nothing to repeat") }
                all += [Int](repeating: previous, count: 3 + (try take(2)))
            case 17: all += [Int](repeating: 0, count: 3 + (try take(3)))
            case 18: all += [Int](repeating: 0, count: 11 + (try take(7)))
            default: all.append(symbol)
            }
        }
        guard all.count == literalCount + distanceCount else { throw Failure(reason: "too many lengths") }
        return (try Huffman(Array(all[..<literalCount])), try Huffman(Array(all[literalCount...])))
    }

    /// A canonical prefix code: number of codes by length, and symbols by code.
    private struct Huffman {
        var counts = [Int](repeating: 0, count: 16)
        var symbols: [Int]

        init(_ lengths: [Int]) throws(Failure) {
            for length in lengths { counts[length] += 1 }
            counts[0] = 0
            var left = 1
            var starts = [Int](repeating: 0, count: 16)
            for length in 1...15 {
                left = 2 * left - counts[length]
                guard left >= 0 else { throw Failure(reason: "impossible code lengths") }
                if length < 15 { starts[length + 1] = starts[length] + counts[length] }
            }
            symbols = [Int](repeating: 0, count: lengths.count)
            for (symbol, length) in lengths.enumerated() where length > 0 {
                symbols[starts[length]] = symbol
                starts[length] += 1
            }
        }

        init(fixed lengths: [Int]) {
            symbols = []
            for length in 1...15 {
                let members = lengths.indices.filter { lengths[$0] == length }
                counts[length] = members.count
                symbols += members
            }
        }
    }

    private static let fixedLiterals = Huffman(
        fixed: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
    private static let fixedDistances = Huffman(fixed: [Int](repeating: 5, count: 30))
    private static let lengthBase = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163,
        195, 227, 258,
    ]
    private static let lengthExtra = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distanceBase = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
        3073, 4097, 6145, 8193, 12289, 16385, 24577,
    ]
    private static let distanceExtra = [
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
    ]
}
