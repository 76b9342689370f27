// SPDX-License-Identifier: Apache-2.0

/// How the numbers of a feature message were sent.
struct FeatureValues {
    private let type: Semalign_FeatureMap.DataType
    private let scale: Float

    /// The type of the numbers of `message`.
    init(_ message: Semalign_FeatureMap) {
        type = message.dataType
        scale = message.scale
    }

    /// `count` numbers out of `bytes`, all finite.
    func decoded(_ bytes: Span<UInt8>, count: Int) throws(MessageError) -> [Float16] {
        switch type {
        case .float16:
            let values: [Float16] = try copied(bytes, count: count)
            try Self.checkFinite(values) { "\(values[$0])" }
            return values
        case .float32:
            let numbers: [Float] = try copied(bytes, count: count)
            let values = numbers.map { Float16(rounding: $0) }
            try Self.checkFinite(values) { "\(numbers[$0])" }
            return values
        case .int8:
            let steps: [Int8] = try copied(bytes, count: count)
            try check(scale, in: Float.leastNormalMagnitude...65504, field: "scale of the features")
            let values = steps.map { Float16(rounding: scale * Float($0)) }
            try Self.checkFinite(values) { "\(scale) × \(steps[$0])" }
            return values
        case .UNRECOGNIZED(let number):
            throw .unknown(
                field: "data_type of the features", found: "\(number)", supported: "FLOAT16, FLOAT32, INT8")
        }
    }

    /// The bytes as numbers in memory of their own, by one copy.
    private func copied<Number: BitwiseCopyable>(
        _ bytes: Span<UInt8>, count: Int
    ) throws(MessageError) -> [Number] {
        try check(
            count: bytes.count, is: count * MemoryLayout<Number>.stride,
            field: "bytes of the features (height × width × channels × \(MemoryLayout<Number>.stride))")
        return unsafe [Number](unsafeUninitializedCapacity: count) { numbers, initialized in
            unsafe bytes.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(numbers).copyMemory(from: source)
            }
            initialized = count
        }
    }

    /// Finds NaN and infinities: those whose exponent bits are all ones.
    ///
    /// A maximum over bit patterns, which is one instruction for eight values; the search for the culprit
    /// starts only when there is one.
    private static func checkFinite(
        _ values: [Float16], name: (Int) -> String
    ) throws(MessageError) {
        var largest: Int16 = 0
        unsafe values.withUnsafeBytes { raw in
            let patterns = unsafe raw.bindMemory(to: Int16.self)
            for index in 0..<patterns.count { largest = unsafe max(largest, patterns[index] & 0x7FFF) }
        }
        guard largest >= 0x7C00, let index = values.firstIndex(where: { !$0.isFinite }) else { return }
        throw .value(
            field: "value \(index) of the features", found: name(index),
            expected: "finite numbers within ±\(Float16.greatestFiniteMagnitude)")
    }
}

extension Float16 {
    /// The nearest 16-bit number, ties to even; infinity for NaN and whatever is too large.
    ///
    /// By integers, for the processor's own conversion is not in the baseline instruction set and the
    /// library's takes 25 ns, which is 70 ms for the features of a frame.
    fileprivate init(rounding number: Float) {
        let bits = number.bitPattern
        let magnitude = bits & 0x7FFF_FFFF
        // Exponent bias 127 becomes 15; what is cut off rounds the rest up, or by its last bit in a tie.
        let normal = (magnitude &+ 0xC800_0FFF &+ (magnitude >> 13 & 1)) >> 13
        // Adding 1/2 leaves a subnormal's bits, rounded, at the end of the significand.
        let subnormal = (Float(bitPattern: magnitude) + 0.5).bitPattern &- 0x3F00_0000
        let half = magnitude < 0x3880_0000 ? subnormal : magnitude < 0x4780_0000 ? normal : 0x7C00
        self.init(bitPattern: UInt16(truncatingIfNeeded: half | bits >> 16 & 0x8000))
    }
}
