// SPDX-License-Identifier: Apache-2.0

extension ClassRepresentation {
    /// The class with its dense points merged into at most `count` means of neighbours.
    ///
    /// Neighbours say much the same about a pose, while each costs the same in every frame; their mean says it with less
    /// noise. As B is linear, a mean follows the keypoints as its points do.
    func merged(toDensePoints count: Int) -> ClassRepresentation {
        guard dense.map.pointCount > count else { return self }
        let groups = neighbourhoods(count, of: dense.map.apply(to: keypoints))
        let rows = keypoints.indices.map { [$0] } + groups.map { $0.map { keypoints.count + $0 } }
        let (channels, directions) = (appearance.channels, visibility.directions.count)
        let normals = dense.normals.flatMap { [$0.x, $0.y, $0.z] }
        let table = visibility.table.map(Float.init)
        return ClassRepresentation(
            className: className, keypointNames: keypointNames, flip: flip, skeleton: skeleton,
            keypoints: keypoints,
            dense: DensePoints(
                map: dense.map.means(of: groups),
                normals: groups.map { group in
                    let sum = mean(of: group, in: normals, width: 3)
                    return unit(SIMD3(sum[0], sum[1], sum[2]))
                }),
            prior: prior,
            appearance: PointAppearance(
                channels: channels, model: appearance.model,
                vectors: rows.flatMap { group in
                    // A point that stays alone keeps its vector to the last bit.
                    let vector = mean(of: group, in: appearance.vectors, width: channels)
                    return group.count > 1 ? unit(vector) : vector
                },
                similarityMean: rows.flatMap { mean(of: $0, in: appearance.similarityMean, width: 1) },
                similarityDeviation: rows.flatMap {
                    mean(of: $0, in: appearance.similarityDeviation, width: 1)
                }),
            visibility: VisibilityModel(
                directions: visibility.directions,
                table: rows.flatMap { mean(of: $0, in: table, width: directions).map { UInt8($0.rounded()) } }
            ),
            metricScale: metricScale, provenance: provenance)
    }
}

/// Mean of the rows `group` of a matrix with rows of `width` numbers.
private func mean(of group: [Int], in values: [Float], width: Int) -> [Float] {
    var sum = [Float](repeating: 0, count: width)
    for row in group { for k in 0..<width { sum[k] += values[row * width + k] } }
    return sum.map { $0 / Float(group.count) }
}

private func unit(_ vector: [Float]) -> [Float] {
    let square = vector.reduce(0) { $0 + $1 * $1 }
    return square > 0 ? vector.map { $0 / square.squareRoot() } : vector
}

private func unit(_ vector: SIMD3<Float>) -> SIMD3<Float> {
    let square = (vector * vector).sum()
    return square > 0 ? vector / square.squareRoot() : vector
}

/// Groups points into at most `count` neighbourhoods, none of them empty, by k-means.
///
/// Starts are taken evenly from the list, so that they lie as dense as the points do: starts that lie far apart are
/// outliers.
private func neighbourhoods(_ count: Int, of points: [SIMD3<Double>]) -> [[Int]] {
    var centers = (0..<count).map { points[$0 * points.count / count] }
    var groups: [[Int]] = []
    for _ in 0..<10 {
        groups = [[Int]](repeating: [], count: centers.count)
        for i in points.indices {
            var (best, least) = (0, Double.infinity)
            for (c, center) in centers.enumerated() {
                let distance = squaredDistance(points[i], center)
                if distance < least { (best, least) = (c, distance) }
            }
            groups[best].append(i)
        }
        groups.removeAll(where: \.isEmpty)
        centers = groups.map { group in
            group.reduce(SIMD3<Double>.zero) { $0 + points[$1] } / Double(group.count)
        }
    }
    return groups
}
