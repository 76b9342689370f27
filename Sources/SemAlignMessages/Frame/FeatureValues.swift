// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import SwiftProtobuf

/// The numbers of a feature message, in whatever type they were sent.
struct FeatureValues {
    private let type: Semalign_FeatureMap.DataType
    private let bytes: Data
    private let scale: Float

    /// The numbers of `message`, not looked at yet.
    init(_ message: Semalign_FeatureMap) {
        type = message.dataType
        bytes = message.data
        scale = message.scale
    }

    /// `count` numbers, all finite.
    func decoded(count: Int) throws(MessageError) -> [Float16] {
        let values: [Float16]
        switch type {
        case .float16:
            values = try copied(count: count)
        case .float32:
            values = (try copied(count: count) as [Float]).map { Float16($0) }
        case .int8:
            let steps: [Int8] = try copied(count: count)
            try check(scale, in: Float.leastNormalMagnitude...65504, field: "scale of the features")
            values = steps.map { Float16(scale * Float($0)) }
        case .UNRECOGNIZED(let number):
            throw .unknown(
                field: "data_type of the features", found: "\(number)", supported: "FLOAT16, FLOAT32, INT8")
        }
        try Self.checkFinite(values)
        return values
    }

    /// The bytes as numbers in memory of their own, by one copy.
    private func copied<Number: BitwiseCopyable>(count: Int) throws(MessageError) -> [Number] {
        try check(
            count: bytes.count, is: count * MemoryLayout<Number>.stride,
            field: "bytes of the features (height × width × channels × \(MemoryLayout<Number>.stride))")
        return unsafe [Number](unsafeUninitializedCapacity: count) { numbers, initialized in
            _ = unsafe bytes.copyBytes(to: UnsafeMutableRawBufferPointer(numbers))
            initialized = count
        }
    }

    /// Finds NaN and infinities: those whose exponent bits are all ones.
    ///
    /// A maximum over bit patterns, which is one instruction for eight values; the search for the culprit
    /// starts only when there is one.
    private static func checkFinite(_ values: [Float16]) throws(MessageError) {
        var largest: Int16 = 0
        unsafe values.withUnsafeBytes { raw in
            let patterns = unsafe raw.bindMemory(to: Int16.self)
            for index in 0..<patterns.count { largest = unsafe max(largest, patterns[index] & 0x7FFF) }
        }
        guard largest >= 0x7C00, let index = values.firstIndex(where: { !$0.isFinite }) else { return }
        throw .value(
            field: "value \(index) of the features", found: "\(values[index])",
            expected: "finite numbers within ±\(Float16.greatestFiniteMagnitude)")
    }
}
