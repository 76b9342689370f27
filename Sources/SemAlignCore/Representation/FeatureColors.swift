// SPDX-License-Identifier: Apache-2.0

extension ClassRepresentation {
    /// A colour (red, green, blue) for each of the L + N points: its feature's first three principal components.
    ///
    /// Points that look alike to the network have like colours. Components are centred, and stretched between
    /// their 2nd and 98th percentile.
    public var featureColors: [SIMD3<UInt8>] {
        let components = PrincipalComponents(
            vectors: appearance.vectors, channels: appearance.channels, count: 3
        ).scores
        return (0..<appearance.pointCount).map { point in
            SIMD3(components[0][point], components[1][point], components[2][point])
        }
    }
}

/// Scores of the leading principal components of some vectors, by orthogonal iteration.
private struct PrincipalComponents {
    /// Component × vector, stretched to 0…255.
    private(set) var scores: [[UInt8]] = []

    init(vectors: [Float], channels: Int, count: Int) {
        let rows = channels > 0 ? vectors.count / channels : 0
        var mean = [Float](repeating: 0, count: channels)
        for row in 0..<rows { for c in 0..<channels { mean[c] += vectors[row * channels + c] } }
        for c in 0..<channels { mean[c] /= Float(max(rows, 1)) }
        var found: [[Float]] = []
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<count {
            var axis = (0..<channels).map { _ in Float(generator.uniform()) - 0.5 }
            var values = [Float](repeating: 0, count: rows)
            for _ in 0..<60 {
                for other in found { axis.subtract(other, times: axis.dot(other)) }
                axis = axis.normalised() ?? axis
                values = Self.project(vectors, mean, axis, rows: rows)
                var next = [Float](repeating: 0, count: channels)
                for row in 0..<rows {
                    let value = values[row]
                    for c in 0..<channels { next[c] += value * (vectors[row * channels + c] - mean[c]) }
                }
                axis = next.normalised() ?? axis
            }
            for other in found { axis.subtract(other, times: axis.dot(other)) }
            axis = axis.normalised() ?? axis
            // An axis has no sign of its own: its largest entry is made positive.
            let largest = axis.indices.max { abs(axis[$0]) < abs(axis[$1]) }
            if let largest, axis[largest] < 0 { axis = axis.map { -$0 } }
            found.append(axis)
            scores.append(Self.stretched(Self.project(vectors, mean, axis, rows: rows)))
        }
    }

    private static func project(_ vectors: [Float], _ mean: [Float], _ axis: [Float], rows: Int) -> [Float] {
        let channels = axis.count
        return (0..<rows).map { row in
            var sum: Float = 0
            for c in 0..<channels { sum += (vectors[row * channels + c] - mean[c]) * axis[c] }
            return sum
        }
    }

    private static func stretched(_ values: [Float]) -> [UInt8] {
        guard !values.isEmpty else { return [] }
        let sorted = values.sorted()
        let low = sorted[Int(0.02 * Double(sorted.count - 1))]
        let range = max(sorted[Int(0.98 * Double(sorted.count - 1))] - low, 1e-12)
        return values.map { UInt8((255 * min(max(($0 - low) / range, 0), 1)).rounded()) }
    }
}

extension [Float] {
    fileprivate mutating func subtract(_ other: [Float], times factor: Float) {
        for i in indices { self[i] -= factor * other[i] }
    }
}
