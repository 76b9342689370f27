// SPDX-License-Identifier: Apache-2.0

internal import SemAlignKernels

/// Cosine similarities between chosen patches of an image and all L + N points of a class.
///
/// Patch-major: the similarities of one patch to all points lie side by side, as the energy's search for
/// the best point of a patch reads them. Buffers are kept from frame to frame: nothing is allocated once warm.
public struct SimilarityMaps: Sendable {
    /// Indices (row × W_p + column) of the chosen patches, in the order of the rows of `values`.
    public private(set) var patchIndices: [Int32] = []
    /// Number of points L + N, keypoints first.
    public private(set) var pointCount = 0
    /// Distance between rows of `values`: `pointCount` rounded up to a whole number of 16.
    public private(set) var stride = 0
    /// P×stride, −1…1; 0 for patches of zero norm and in the padding.
    public private(set) var values: [Float] = []
    /// For each patch of the feature map its row in `values`, or −1.
    public private(set) var rowOfPatch: [Int32] = []
    /// Width of the patch grid, W_p.
    public private(set) var columns = 0
    /// Height of the patch grid, H_p.
    public private(set) var rows = 0
    private var scratch: [Float] = []

    /// Makes an empty set of maps.
    public init() {}

    /// Compares the patches `patches` of `features` with all points.
    ///
    /// Precondition: the channel counts agree, each patch index lies in the grid and occurs once.
    public mutating func update(
        features: FeatureMap, patches: [Int32], vectors: PackedVectors, instructions: InstructionSet = .best
    ) {
        precondition(
            features.channels == vectors.channels, "features and class vectors have the same channel count")
        index(patches, in: features)
        pointCount = vectors.pointCount
        stride = vectors.paddedCount
        resize(&values, to: patches.count * stride, most: rows * columns * stride)
        resize(&scratch, to: 6 * features.channels)
        guard !patches.isEmpty, stride > 0, features.channels > 0 else { return }
        unsafe features.values.withUnsafeBytes { bytes in
            guard let halves = unsafe bytes.bindMemory(to: UInt16.self).baseAddress else { return }
            unsafe semalign_similarities(
                instructions.rawValue, halves, patchIndices, patches.count, features.channels, vectors.values,
                stride, &scratch, &values)
        }
    }

    /// Similarity of point `point` to the patch in row `row` of the maps.
    public func value(row: Int, point: Int) -> Float { values[row * stride + point] }

    /// Rows of the maps and weights that interpolate at continuous patch coordinates (column, row).
    ///
    /// Weights of patches that were not compared are given to the others; all zero where there is none.
    func interpolation(at place: SIMD2<Double>) -> (rows: SIMD4<Int32>, weights: SIMD4<Float>) {
        let x = min(max(place.x, 0), Double(columns - 1))
        let y = min(max(place.y, 0), Double(rows - 1))
        let (left, top) = (Int(x), Int(y))
        let (right, bottom) = (min(left + 1, columns - 1), min(top + 1, rows - 1))
        let (fx, fy) = (Float(x) - Float(left), Float(y) - Float(top))
        var found: SIMD4<Int32> = [
            rowOfPatch[top * columns + left], rowOfPatch[top * columns + right],
            rowOfPatch[bottom * columns + left], rowOfPatch[bottom * columns + right],
        ]
        var weights: SIMD4<Float> = [(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy]
        weights.replace(with: 0, where: found .< 0)
        found.replace(with: 0, where: found .< 0)
        let sum = weights.sum()
        return (found, sum > 1e-6 ? weights / sum : .zero)
    }

    private mutating func index(_ patches: [Int32], in features: FeatureMap) {
        (rows, columns) = (features.rows, features.columns)
        patchIndices.removeAll(keepingCapacity: true)
        patchIndices.reserveCapacity(rows * columns)
        patchIndices.append(contentsOf: patches)
        rowOfPatch.removeAll(keepingCapacity: true)
        rowOfPatch.append(contentsOf: repeatElement(-1, count: rows * columns))
        for (row, patch) in patches.enumerated() {
            precondition(
                patch >= 0 && patch < rowOfPatch.count && rowOfPatch[Int(patch)] < 0,
                "a patch lies outside the grid or is listed twice")
            rowOfPatch[Int(patch)] = Int32(row)
        }
    }
}

/// Gives `buffer` the length `count` and keeps its storage where that suffices; old contents may stay.
func resize(_ buffer: inout [Float], to count: Int) {
    if buffer.count > count {
        buffer.removeLast(buffer.count - count)
    } else {
        buffer.append(contentsOf: repeatElement(0, count: count - buffer.count))
    }
}
