// SPDX-License-Identifier: Apache-2.0

/// The dictionary at the start of a `.npy` file: a Python literal such as
/// `{'descr': '<f2', 'fortran_order': False, 'shape': (32, 32, 96), }`.
struct NumpyHeader {
    private(set) var descriptor: String?
    private(set) var isFortranOrder: Bool?
    private(set) var shape: [Int]?

    /// Parses the text; keys that NumPy does not write, doubled keys and other types are refused.
    init(_ text: [UInt8]) throws(NumpyError) {
        var scanner = Scanner(text: text)
        try scanner.expect("{")
        while !scanner.accept("}") {
            let key = try scanner.quoted()
            try scanner.expect(":")
            switch key {
            case "descr" where descriptor == nil: descriptor = try scanner.quoted()
            case "fortran_order" where isFortranOrder == nil: isFortranOrder = try scanner.boolean()
            case "shape" where shape == nil: shape = try scanner.tuple()
            default: throw .badHeader(reason: "unexpected key '\(key)'")
            }
            if !scanner.accept(",") {
                try scanner.expect("}")
                break
            }
        }
        guard scanner.isAtEnd else { throw .badHeader(reason: "text follows the dictionary") }
    }

    private struct Scanner {
        let text: [UInt8]
        var offset = 0

        var isAtEnd: Bool {
            mutating get {
                skipSpace()
                return offset == text.count
            }
        }

        mutating func skipSpace() {
            while offset < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[offset]) { offset += 1 }
        }

        mutating func accept(_ character: Unicode.Scalar) -> Bool {
            skipSpace()
            guard offset < text.count, UInt32(text[offset]) == character.value else { return false }
            offset += 1
            return true
        }

        mutating func expect(_ character: Unicode.Scalar) throws(NumpyError) {
            guard accept(character) else {
                throw .badHeader(reason: "expected '\(character)' at byte \(offset)")
            }
        }

        /// A string in single or double quotes, without escapes.
        mutating func quoted() throws(NumpyError) -> String {
            let quote: UInt8 = accept("'") ? 0x27 : 0x22
            if quote == 0x22 { try expect("\"") }
            let start = offset
            guard let end = text[start...].firstIndex(of: quote) else {
                throw .badHeader(reason: "a quotation mark is missing")
            }
            offset = end + 1
            return String(decoding: text[start..<end], as: UTF8.self)
        }

        mutating func boolean() throws(NumpyError) -> Bool {
            skipSpace()
            for (word, value) in [("True", true), ("False", false)]
            where text[offset...].starts(with: word.utf8) {
                offset += word.utf8.count
                return value
            }
            throw .badHeader(reason: "expected True or False at byte \(offset)")
        }

        mutating func tuple() throws(NumpyError) -> [Int] {
            var numbers: [Int] = []
            try expect("(")
            while !accept(")") {
                numbers.append(try number())
                if !accept(",") {
                    try expect(")")
                    break
                }
            }
            return numbers
        }

        mutating func number() throws(NumpyError) -> Int {
            skipSpace()
            let digits = text[offset...].prefix { (0x30...0x39).contains($0) }
            guard let value = Int(String(decoding: digits, as: UTF8.self)) else {
                throw .badHeader(reason: "expected a length at byte \(offset)")
            }
            offset += digits.count
            return value
        }
    }
}
