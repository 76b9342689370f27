// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

extension KeypointPrior {
    /// Reads the distributions of the shape and its covariance.
    init(checking message: Semalign_ClassRepresentation, keypointCount: Int) throws(MessageError) {
        let covariance = message.shapeCovariance
        let side = 3 * keypointCount
        try check(count: covariance.count, is: side * side, field: "entries of shape_covariance")
        try check(all: covariance, in: -1e12...1e12, field: "shape_covariance")
        for index in 0..<side {
            try check(
                covariance[index * side + index], in: 0...1e12,
                field: "variance \(index) of shape_covariance")
        }
        self.init(
            edgePairs: try checkedEdgePairs(message.edgePairs, keypointCount: keypointCount),
            tetrahedra: try checkedTetrahedra(message.tetrahedra, keypointCount: keypointCount),
            shapeCovariance: covariance)
    }
}

private func checkedEdgePairs(
    _ pairs: Semalign_ClassRepresentation.EdgePairs, keypointCount: Int
) throws(MessageError) -> [EdgePairFeature] {
    let corners = try checkedQuadruples(pairs.keypoints, below: keypointCount, field: "edge_pairs.keypoints")
    let angles = try checkedBetas(pairs.angle, count: corners.count, field: "edge_pairs.angle")
    let ratios = try checkedBetas(pairs.ratio, count: corners.count, field: "edge_pairs.ratio")
    for (index, pair) in corners.enumerated() {
        guard pair.x != pair.y, pair.z != pair.w, pair.lowHalf != pair.highHalf else {
            throw .value(
                field: "edge pair \(index)", found: "\(pair.x)–\(pair.y), \(pair.z)–\(pair.w)",
                expected: "two edges between different keypoints")
        }
    }
    return corners.indices.map { index in
        EdgePairFeature(
            first: corners[index].lowHalf, second: corners[index].highHalf, angle: angles[index],
            ratio: ratios[index])
    }
}

private func checkedTetrahedra(
    _ tetrahedra: Semalign_ClassRepresentation.Tetrahedra, keypointCount: Int
) throws(MessageError) -> [TetrahedronFeature] {
    let field = "tetrahedra.keypoints"
    let corners = try checkedQuadruples(tetrahedra.keypoints, below: keypointCount, field: field)
    let cosines = try checkedBetas(
        tetrahedra.cosines, count: 3 * corners.count, field: "tetrahedra.cosines")
    for (index, four) in corners.enumerated() where Set([four.x, four.y, four.z, four.w]).count < 4 {
        throw .value(
            field: "\(field), number \(index)", found: "\(four)", expected: "four different keypoints")
    }
    return corners.indices.map { index in
        TetrahedronFeature(
            corners: corners[index], x: cosines[3 * index], y: cosines[3 * index + 1],
            z: cosines[3 * index + 2])
    }
}

/// Keypoint numbers, four at a time.
private func checkedQuadruples(
    _ numbers: [UInt32], below count: Int, field: String
) throws(MessageError) -> [SIMD4<Int32>] {
    try check(count: numbers.count % 4, is: 0, field: "entries of \(field) modulo 4")
    let indices = try checkedIndices(numbers, below: count, field: field)
    return stride(from: 0, to: indices.count, by: 4).map { start in
        SIMD4(indices[start], indices[start + 1], indices[start + 2], indices[start + 3])
    }
}

/// `count` distributions, each by α and β.
private func checkedBetas(
    _ numbers: [Float], count: Int, field: String
) throws(MessageError) -> [BetaDistribution] {
    try check(count: numbers.count, is: 2 * count, field: "entries of \(field)")
    try check(all: numbers, in: RepresentationLimits.beta, field: field)
    return (0..<count).map { BetaDistribution(alpha: numbers[2 * $0], beta: numbers[2 * $0 + 1]) }
}
