// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// Largest image that is read [px]: more is taken for an attack on memory.
let maximumPixelCount = 64 << 20

/// Largest magnitude of a pixel coordinate that is read [px].
let maximumPixelCoordinate = 1e6

/// An image size from the wire, in a range where products of its parts do not overflow.
func checkedSize(field: String, width: some BinaryInteger, height: some BinaryInteger) throws(MessageError)
    -> ImageSize
{
    let limit = maximumPixelCount
    guard width > 0, height > 0, width <= limit, height <= limit, Int(width) * Int(height) <= limit else {
        throw .value(
            field: field, found: "\(width)×\(height)", expected: "1×1 to \(limit) pixels in all")
    }
    return ImageSize(width: Int(width), height: Int(height))
}

/// Refuses a number outside of a range; NaN is outside of every range.
func check<Number: BinaryFloatingPoint>(
    _ number: Number, in range: ClosedRange<Number>, field: @autoclosure () -> String
) throws(MessageError) {
    guard range.contains(number) else {
        throw .value(
            field: field(), found: "\(number)", expected: "\(range.lowerBound)…\(range.upperBound)")
    }
}

/// Refuses numbers outside of a range, naming the first.
func check<Number: BinaryFloatingPoint>(
    all numbers: [Number], in range: ClosedRange<Number>, field: String
) throws(MessageError) {
    guard let index = numbers.firstIndex(where: { !range.contains($0) }) else { return }
    try check(numbers[index], in: range, field: "\(field)[\(index)]")
}

/// Refuses a table of another size.
func check(count found: Int, is expected: Int, field: @autoclosure () -> String) throws(MessageError) {
    guard found == expected else { throw .count(field: field(), expected: expected, found: found) }
}
