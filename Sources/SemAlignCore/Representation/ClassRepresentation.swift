// SPDX-License-Identifier: Apache-2.0

/// A learned object class: sparse and dense canonical points, their features and the spread of both.
///
/// **Points** are numbered keypoints first: index 0 ..< L are the keypoints, L ..< L + N the dense points.
/// The **class frame** is the canonical cloud's own; its unit is the median edge between keypoints.
public struct ClassRepresentation: Hashable, Sendable {
    /// Name of the class, such as `mug`.
    public let className: String
    /// Names of the L keypoints, in their fixed order.
    public let keypointNames: [String]
    /// Permutation of the keypoints under mirroring; `nil` where there is none.
    public let flip: [Int]?
    /// Pairs of keypoints to draw lines between.
    public let skeleton: [SIMD2<Int32>]
    /// C_sparse: L canonical keypoints [class frame].
    public let keypoints: [SIMD3<Double>]
    /// C_dense: N points that follow the keypoints.
    public let dense: DensePoints
    /// Distributions of angles, ratios and handedness, and the shape's covariance.
    public let prior: KeypointPrior
    /// Features of all L + N points.
    public let appearance: PointAppearance
    /// From which directions each of the L + N points can be seen.
    public let visibility: VisibilityModel
    /// Metres per canonical unit; `nil` where the training depth was not metric.
    public let metricScale: MetricScale?
    /// How the representation was made.
    public let provenance: Provenance

    /// Joins the parts of a representation.
    ///
    /// Precondition: the counts agree (L names, keypoints; L + N rows in appearance and visibility).
    public init(
        className: String, keypointNames: [String], flip: [Int]?, skeleton: [SIMD2<Int32>],
        keypoints: [SIMD3<Double>], dense: DensePoints, prior: KeypointPrior, appearance: PointAppearance,
        visibility: VisibilityModel, metricScale: MetricScale?, provenance: Provenance
    ) {
        let points = keypoints.count + dense.map.pointCount
        precondition(
            keypointNames.count == keypoints.count && dense.map.keypointCount == keypoints.count
                && appearance.pointCount == points && visibility.pointCount == points
                && prior.shapeCovariance.count == 9 * keypoints.count * keypoints.count,
            "the parts of a representation disagree about the number of points")
        self.className = className
        self.keypointNames = keypointNames
        self.flip = flip
        self.skeleton = skeleton
        self.keypoints = keypoints
        self.dense = dense
        self.prior = prior
        self.appearance = appearance
        self.visibility = visibility
        self.metricScale = metricScale
        self.provenance = provenance
    }

    /// L + N canonical points [class frame], keypoints first.
    public var points: [SIMD3<Double>] { keypoints + dense.map.apply(to: keypoints) }
}

/// The dense cloud and how it follows the keypoints.
public struct DensePoints: Hashable, Sendable {
    /// B: from keypoints to dense points.
    public let map: DeformationMap
    /// N unit normals that point away from the surface [class frame]; zero where unknown.
    public let normals: [SIMD3<Float>]

    /// Joins a map and the normals of its points.
    ///
    /// Precondition: one normal a point.
    public init(map: DeformationMap, normals: [SIMD3<Float>]) {
        precondition(normals.count == map.pointCount, "one normal for each dense point")
        self.map = map
        self.normals = normals
    }
}

/// Features of the L + N points: unit vector q_i, and mean a_μ and deviation a_σ of its similarity to the class's images.
public struct PointAppearance: Hashable, Sendable {
    /// Feature length C.
    public let channels: Int
    /// Network that the features come from; features of another are refused.
    ///
    /// Empty = not stated.
    public let model: String
    /// (L + N)×C, row-major, unit length.
    public let vectors: [Float]
    /// a_μ of each point.
    public let similarityMean: [Float]
    /// a_σ of each point, at least 0.01.
    public let similarityDeviation: [Float]

    /// Joins vectors and statistics.
    ///
    /// Precondition: the counts agree.
    public init(
        channels: Int, model: String, vectors: [Float], similarityMean: [Float],
        similarityDeviation: [Float]
    ) {
        precondition(
            vectors.count == similarityMean.count * channels
                && similarityMean.count == similarityDeviation.count,
            "appearance rows disagree about the number of points")
        self.channels = channels
        self.model = model
        self.vectors = vectors
        self.similarityMean = similarityMean
        self.similarityDeviation = similarityDeviation
    }

    /// L + N.
    public var pointCount: Int { similarityMean.count }
}

/// For a fixed set of viewing directions, how likely each point is seen from there.
public struct VisibilityModel: Hashable, Sendable {
    /// D unit vectors from the object's centre towards the camera [class frame].
    public let directions: [SIMD3<Float>]
    /// (L + N)×D, row-major: 0 = never seen from there, 255 = always.
    public let table: [UInt8]

    /// Joins directions and table.
    ///
    /// Precondition: the table holds a whole number of rows.
    public init(directions: [SIMD3<Float>], table: [UInt8]) {
        precondition(
            !directions.isEmpty && table.count % directions.count == 0, "one column for each direction")
        self.directions = directions
        self.table = table
    }

    /// L + N.
    public var pointCount: Int { table.count / directions.count }

    /// Index of the direction nearest to `direction` [class frame, towards the camera, unit length].
    public func nearestDirection(to direction: SIMD3<Float>) -> Int {
        var best = 0
        var bestCosine = -Float.infinity
        for (index, candidate) in directions.enumerated() {
            let cosine = (candidate * direction).sum()
            if cosine > bestCosine { (best, bestCosine) = (index, cosine) }
        }
        return best
    }

    /// Probability, 0…1, that `point` is seen from direction number `direction`.
    public func probability(point: Int, direction: Int) -> Float {
        Float(table[point * directions.count + direction]) / 255
    }
}

/// Metres per canonical unit over the instances of a class.
public struct MetricScale: Hashable, Sendable {
    /// Median over the instances [m per canonical unit].
    public let metresPerUnit: Double
    /// Relative spread: the standard deviation of log scale over instances, with a floor.
    public let logDeviation: Double

    /// Joins a scale and its spread.
    public init(metresPerUnit: Double, logDeviation: Double) {
        self.metresPerUnit = metresPerUnit
        self.logDeviation = logDeviation
    }
}

/// How a representation was made: enough to make it again, byte for byte.
public struct Provenance: Hashable, Sendable {
    /// Version of the program that built it.
    public let programVersion: String
    /// Settings by name, sorted by name when stored.
    public let settings: [String: String]
    /// Hashes of the inputs by relative path.
    public let inputHashes: [String: String]

    /// Joins version, settings and hashes.
    public init(programVersion: String, settings: [String: String], inputHashes: [String: String]) {
        self.programVersion = programVersion
        self.settings = settings
        self.inputHashes = inputHashes
    }
}
