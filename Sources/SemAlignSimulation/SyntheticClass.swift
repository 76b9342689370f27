// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// A procedural object class: a mean shape whose instances vary in proportion and size.
///
/// Object frame: x to the right, y backwards, z up, metres; x = 0 is the plane of symmetry, z = 0 the table.
/// The canonical coordinate of a surface point is its place on the mean shape, centred, of diameter 1.
public struct SyntheticClass: Sendable {
    /// The kind of shape.
    public let family: SyntheticFamily
    /// Everything random about the class follows from it.
    public let seed: UInt64
    /// Names of the keypoints in their order.
    public let keypointNames: [String]
    /// Index of each keypoint's mirror image, itself in the plane of symmetry.
    public let flip: [Int]
    /// Pairs of keypoint indices joined by a line.
    public let skeleton: [SIMD2<Int32>]
    /// Number of parts; part numbers are below it.
    let partCount: Int
    /// Canonical coordinates of the vertices, V×3.
    let canonical: [Float]
    /// Corners of the triangles, T×3.
    package let triangles: [Int32]
    /// Part of each triangle.
    let parts: [UInt8]
    private let classFactors: [Double]

    /// Standard deviation of the logarithm of each of an instance's proportions.
    static let proportionSpread = 0.15
    /// Standard deviation of the logarithm of an instance's size.
    static let sizeSpread = 0.12

    /// Makes the class of a family that belongs to `seed`; seeds differ in mean proportions and in features.
    public init(family: SyntheticFamily, seed: UInt64) {
        var generator = SeededGenerator(seed, 1, family.streamNumber)
        let factors = (0..<64).map { _ in exponential(0.07 * min(max(generator.normal(), -2), 2)) }
        var mean = Variation(classFactors: factors, generator: nil, spread: 0)
        let shape = family.shape(&mean)
        let names = shape.keypoints.map(\.name)
        self.family = family
        self.seed = seed
        self.keypointNames = names
        self.flip = names.indices.map { index in names.firstIndex(of: names[index].mirrored) ?? index }
        self.skeleton = shape.skeleton.compactMap { first, second in
            guard let a = names.firstIndex(of: first), let b = names.firstIndex(of: second) else {
                return nil
            }
            return SIMD2(Int32(a), Int32(b))
        }
        self.partCount = Int(shape.parts.max() ?? 0) + 1
        let extent = Extent(of: shape.vertices)
        self.canonical = shape.vertices.flattened { ($0 - extent.center) / extent.diagonal }
        self.triangles = shape.triangles.flatMap { [$0.x, $0.y, $0.z] }
        self.parts = shape.parts
        self.classFactors = factors
    }

    /// Tells the class's random draws from those of all others.
    var stream: UInt64 { seed &* 0x9E37_79B9 ^ family.streamNumber }

    /// The class's name: its family's.
    public var name: String { family.rawValue }

    /// The instance with this number; the same number gives the same object.
    public func instance(_ index: Int) -> SyntheticInstance {
        let number = UInt64(bitPattern: Int64(index))
        var generator = SeededGenerator(stream, 2, number)
        let size = exponential(Self.sizeSpread * min(max(generator.normal(), -2), 2))
        var vary = Variation(
            classFactors: classFactors, generator: generator, spread: Self.proportionSpread)
        let shape = family.shape(&vary)
        return SyntheticInstance(
            index: index, vertices: shape.vertices.map { $0 * size },
            keypoints: shape.keypoints.map { $0.position * size })
    }
}

/// One object of a class.
public struct SyntheticInstance: Hashable, Sendable {
    /// Its number in the class.
    public let index: Int
    /// Corners of its triangles [m, object frame].
    package let vertices: [SIMD3<Double>]
    /// Keypoints on its surface in the class's order [m, object frame].
    public let keypoints: [SIMD3<Double>]
    /// Middle of its bounding box [m, object frame].
    public let center: SIMD3<Double>
    /// Diagonal of its bounding box [m].
    public let diameter: Double

    init(index: Int, vertices: [SIMD3<Double>], keypoints: [SIMD3<Double>]) {
        let extent = Extent(of: vertices)
        self.index = index
        self.vertices = vertices
        self.keypoints = keypoints
        self.center = extent.center
        self.diameter = extent.diagonal
    }
}

/// A bounding box.
struct Extent {
    let low: SIMD3<Double>
    let high: SIMD3<Double>

    init(of points: [SIMD3<Double>]) {
        low = points.reduce(SIMD3(repeating: .infinity)) { pointwiseMin($0, $1) }
        high = points.reduce(SIMD3(repeating: -.infinity)) { pointwiseMax($0, $1) }
    }

    var center: SIMD3<Double> { (low + high) / 2 }
    var diagonal: Double { length(high - low) }
}

extension [SIMD3<Double>] {
    /// Coordinates of the changed points one after the other.
    func flattened(_ change: (SIMD3<Double>) -> SIMD3<Double>) -> [Float] {
        var flat: [Float] = []
        flat.reserveCapacity(3 * count)
        for point in self {
            let changed = change(point)
            flat.append(Float(changed.x))
            flat.append(Float(changed.y))
            flat.append(Float(changed.z))
        }
        return flat
    }
}

extension String {
    /// The name with left and right exchanged.
    fileprivate var mirrored: String {
        if hasSuffix("_left") { return dropLast(5) + "_right" }
        if hasSuffix("_right") { return dropLast(6) + "_left" }
        return self
    }
}

extension SyntheticFamily {
    /// Tells the random draws of the families apart.
    var streamNumber: UInt64 { rawValue.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) } }
}
