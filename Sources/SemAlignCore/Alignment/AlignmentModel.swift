// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import SemAlignKernels

/// A class representation laid out for alignment: made once, then only read, by any number of threads.
public struct AlignmentModel: Sendable {
    /// L canonical keypoints [class frame].
    public let canonicalKeypoints: [SIMD3<Double>]
    /// Number of dense points N.
    public let denseCount: Int
    /// Largest distance between two of the L + N canonical points [canonical units].
    public let diameter: Double
    /// Features of all points, packed for the similarity kernel.
    public let vectors: PackedVectors
    /// From where each point can be seen.
    public let visibility: VisibilityModel
    /// Metres per canonical unit; `nil` where the class knows no metric scale.
    public let metricScale: MetricScale?
    /// Unit normals of the dense points [class frame]; zero where unknown.
    public let denseNormals: [SIMD3<Float>]
    /// Features of the network this class was made with; empty = not stated.
    public let featureModel: String

    /// a_μ and 1 / a_σ of all points, padded with 0.
    let similarityMean: [Float]
    let inverseDeviation: [Float]
    /// B transposed, with the keypoints' own rows in front: L×padded.
    let map: [Float]
    /// Edges of the keypoint graph that the prior speaks of.
    let edges: [SIMD2<Int32>]
    /// Equation 10's features in a shuffled order, so that any run of them is a fair sample.
    let edgePairs: [semalign_edge_pair]
    let tetrahedra: [semalign_tetrahedron]
    /// Root mean square distance of the canonical keypoints from their mean.
    let canonicalRadius: Double

    /// Lays out `representation`; `seed` decides the order in which features of the prior are sampled.
    public init(_ representation: ClassRepresentation, seed: UInt64 = 0) {
        let appearance = representation.appearance
        let vectors = PackedVectors(appearance)
        canonicalKeypoints = representation.keypoints
        denseCount = representation.dense.map.pointCount
        diameter = max(SemAlignCore.diameter(of: representation.points), 1e-9)
        self.vectors = vectors
        visibility = representation.visibility
        metricScale = representation.metricScale
        denseNormals = representation.dense.normals
        featureModel = appearance.model
        let padding = [Float](repeating: 0, count: vectors.paddedCount - vectors.pointCount)
        similarityMean = appearance.similarityMean + padding
        inverseDeviation = appearance.similarityDeviation.map { 1 / max($0, 1e-3) } + padding
        map = Self.transposedMap(representation.dense.map, padded: vectors.paddedCount)
        canonicalRadius = AlignmentState(keypoints: representation.keypoints, focalLengthPixels: 1).radius

        var generator = SeededGenerator(seed: seed)
        var table = EdgeTable(keypointCount: representation.keypoints.count)
        edgePairs = representation.prior.edgePairs.shuffled(using: &generator).map { table.pair($0) }
        tetrahedra = representation.prior.tetrahedra.shuffled(using: &generator).map(Self.tetrahedron)
        edges = table.edges
    }

    /// Number of keypoints L.
    public var keypointCount: Int { canonicalKeypoints.count }
    /// Number of points L + N, keypoints first.
    public var pointCount: Int { vectors.pointCount }
    /// `pointCount` rounded up to a whole number of 16.
    var paddedCount: Int { vectors.paddedCount }

    private static func transposedMap(_ map: DeformationMap, padded: Int) -> [Float] {
        let keypoints = map.keypointCount
        var transposed = [Float](repeating: 0, count: keypoints * padded)
        for keypoint in 0..<keypoints { transposed[keypoint * padded + keypoint] = 1 }
        for row in 0..<map.pointCount {
            for entry in Int(map.rowStarts[row])..<Int(map.rowStarts[row + 1]) {
                transposed[Int(map.columns[entry]) * padded + keypoints + row] += map.weights[entry]
            }
        }
        return transposed
    }

    private static func tetrahedron(_ feature: TetrahedronFeature) -> semalign_tetrahedron {
        let (x, y, z) = (LogDensity(feature.x), LogDensity(feature.y), LogDensity(feature.z))
        return semalign_tetrahedron(
            a: feature.corners.x, b: feature.corners.y, c: feature.corners.z, d: feature.corners.w,
            alpha: (x.alpha, y.alpha, z.alpha), beta: (x.beta, y.beta, z.beta),
            constant: (x.constant, y.constant, z.constant))
    }
}

/// Beta log density as (α − 1) log t + (β − 1) log(1 − t) + constant.
private struct LogDensity {
    let alpha: Float
    let beta: Float
    let constant: Float

    init(_ distribution: BetaDistribution) {
        let (a, b) = (Double(distribution.alpha), Double(distribution.beta))
        alpha = Float(a - 1)
        beta = Float(b - 1)
        constant = Float(lgamma(a + b) - lgamma(a) - lgamma(b))
    }
}

/// Numbers the edges as features mention them; each edge is stored once, from the smaller to the larger keypoint.
private struct EdgeTable {
    private(set) var edges: [SIMD2<Int32>] = []
    private var numbers: [Int32]
    private let keypointCount: Int

    init(keypointCount: Int) {
        self.keypointCount = keypointCount
        numbers = [Int32](repeating: -1, count: keypointCount * keypointCount)
    }

    mutating func pair(_ feature: EdgePairFeature) -> semalign_edge_pair {
        let (first, firstTurned) = number(of: feature.first)
        let (second, secondTurned) = number(of: feature.second)
        let (angle, ratio) = (LogDensity(feature.angle), LogDensity(feature.ratio))
        // Turning one edge round changes the cosine's sign: t becomes 1 − t, α and β change places.
        let turned = firstTurned != secondTurned
        return semalign_edge_pair(
            first: first, second: second, angle_alpha: turned ? angle.beta : angle.alpha,
            angle_beta: turned ? angle.alpha : angle.beta, angle_constant: angle.constant,
            ratio_alpha: ratio.alpha, ratio_beta: ratio.beta, ratio_constant: ratio.constant)
    }

    private mutating func number(of edge: SIMD2<Int32>) -> (Int32, turned: Bool) {
        let turned = edge.x > edge.y
        let place = Int(min(edge.x, edge.y)) * keypointCount + Int(max(edge.x, edge.y))
        if numbers[place] < 0 {
            numbers[place] = Int32(edges.count)
            edges.append(turned ? SIMD2(edge.y, edge.x) : edge)
        }
        return (numbers[place], turned)
    }
}
