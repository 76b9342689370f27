// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// Bounds of what a representation may hold; they exclude NaN, infinities and sizes that overflow.
enum RepresentationLimits {
    /// Keypoints of a class: fewer span no volume to follow, and the shape's covariance grows with their square.
    static let keypointCount = 4...1024
    /// Coordinates in canonical units, where a typical one is 1.
    static let coordinate = -1e6...1e6
    /// Entries of B: row sums are 1.
    static let weight: ClosedRange<Float> = -1e6...1e6
    /// Parameters of Beta distributions.
    static let beta: ClosedRange<Float> = 1e-6...1e9
    /// Components and lengths of unit vectors, with room for rounding.
    static let unit: ClosedRange<Float> = -1.01...1.01
}

extension ClassRepresentation {
    /// Reads a representation of which every count, index and number has been looked at.
    init(checking message: Semalign_ClassRepresentation) throws(MessageError) {
        let names = try checkedNames(message.keypointNames)
        try check(count: message.keypoints.count, is: 3 * names.count, field: "coordinates of the keypoints")
        try check(all: message.keypoints, in: RepresentationLimits.coordinate, field: "keypoints")
        let dense = try DensePoints(checking: message, keypointCount: names.count)
        let points = names.count + dense.map.pointCount
        self.init(
            className: message.className, keypointNames: names,
            flip: try checkedFlip(message.flip, count: names.count),
            skeleton: try checkedPairs(message.skeleton, count: names.count),
            keypoints: message.keypoints.triples(), dense: dense,
            prior: try KeypointPrior(checking: message, keypointCount: names.count),
            appearance: try PointAppearance(checking: message.appearance, pointCount: points),
            visibility: try VisibilityModel(checking: message.visibility, pointCount: points),
            metricScale: message.hasMetricScale ? try MetricScale(checking: message.metricScale) : nil,
            provenance: Provenance(
                programVersion: message.provenance.programVersion, settings: message.provenance.settings,
                inputHashes: message.provenance.inputHashes))
    }
}

extension MetricScale {
    fileprivate init(checking scale: Semalign_ClassRepresentation.MetricScale) throws(MessageError) {
        try check(scale.metresPerUnit, in: 1e-9...1e9, field: "metric_scale.metres_per_unit")
        try check(scale.logDeviation, in: 0...100, field: "metric_scale.log_deviation")
        self.init(metresPerUnit: scale.metresPerUnit, logDeviation: scale.logDeviation)
    }
}

/// Names of the keypoints, none empty, none twice.
private func checkedNames(_ names: [String]) throws(MessageError) -> [String] {
    let counts = RepresentationLimits.keypointCount
    guard counts.contains(names.count) else {
        throw .value(
            field: "number of keypoints", found: "\(names.count)",
            expected: "\(counts.lowerBound)…\(counts.upperBound)")
    }
    var seen: Set<String> = []
    for name in names where name.isEmpty || !seen.insert(name).inserted {
        throw .value(field: "a keypoint's name", found: "'\(name)'", expected: "distinct names")
    }
    return names
}

/// A permutation of 0 ..< `count`, or none.
private func checkedFlip(_ flip: [UInt32], count: Int) throws(MessageError) -> [Int]? {
    if flip.isEmpty { return nil }
    try check(count: flip.count, is: count, field: "entries of flip")
    let indices = try checkedIndices(flip, below: count, field: "flip").map { Int($0) }
    guard Set(indices).count == count else {
        throw .value(field: "flip", found: "\(indices)", expected: "every keypoint once")
    }
    return indices
}

private func checkedPairs(_ numbers: [UInt32], count: Int) throws(MessageError) -> [SIMD2<Int32>] {
    try check(count: numbers.count % 2, is: 0, field: "skeleton entries modulo 2")
    let indices = try checkedIndices(numbers, below: count, field: "skeleton")
    return stride(from: 0, to: indices.count, by: 2).map { [indices[$0], indices[$0 + 1]] }
}

/// Numbers in 0 ..< `count`, as Core stores them.
///
/// `count` is at most `Int32.max`.
func checkedIndices(_ numbers: [UInt32], below count: Int, field: String) throws(MessageError) -> [Int32] {
    if let index = numbers.firstIndex(where: { $0 >= count }) {
        throw .value(
            field: "\(field)[\(index)]", found: "\(numbers[index])",
            expected: "a number from 0 to \(count - 1)")
    }
    return numbers.map { Int32($0) }
}

extension Array where Element: SIMDScalar {
    /// Three numbers at a time; what is left over is dropped.
    func triples() -> [SIMD3<Element>] {
        stride(from: 0, to: count - 2, by: 3).map { SIMD3(self[$0], self[$0 + 1], self[$0 + 2]) }
    }
}
