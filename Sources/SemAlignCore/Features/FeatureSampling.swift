// SPDX-License-Identifier: Apache-2.0

extension FeatureMap {
    /// The feature at `pixel`: bilinear between unit-length patches, and of unit length itself.
    ///
    /// `nil` outside the region or where the patches are zero.
    public func unitVector(at pixel: SIMD2<Double>) -> [Float]? {
        let place = patchCoordinates(of: pixel)
        guard place.x >= -0.5, place.y >= -0.5, place.x <= Double(columns) - 0.5,
            place.y <= Double(rows) - 0.5
        else { return nil }
        let x = min(max(place.x, 0), Double(columns - 1))
        let y = min(max(place.y, 0), Double(rows - 1))
        let (left, top) = (Int(x), Int(y))
        let (fx, fy) = (Float(x) - Float(left), Float(y) - Float(top))
        var result = [Float](repeating: 0, count: channels)
        for (row, weightY) in [(top, 1 - fy), (min(top + 1, rows - 1), fy)] where weightY > 0 {
            for (column, weightX) in [(left, 1 - fx), (min(left + 1, columns - 1), fx)] where weightX > 0 {
                let start = (row * columns + column) * channels
                var square: Float = 0
                for c in 0..<channels {
                    let v = Float(values[start + c])
                    square += v * v
                }
                guard square > 0 else { continue }
                let weight = weightX * weightY / square.squareRoot()
                for c in 0..<channels { result[c] += weight * Float(values[start + c]) }
            }
        }
        return result.normalised()
    }

    /// The feature of patch number row × columns + column at unit length; `nil` where it is zero.
    public func unitVector(ofPatch patch: Int) -> [Float]? {
        precondition(patch >= 0 && patch < rows * columns, "a patch of the grid")
        return values[(patch * channels)..<((patch + 1) * channels)].map { Float($0) }.normalised()
    }
}

extension Array where Element == Float {
    /// This vector at unit length; `nil` where it is zero.
    func normalised() -> [Float]? {
        let square = reduce(0) { $0 + $1 * $1 }
        guard square > 1e-20 else { return nil }
        let scale = 1 / square.squareRoot()
        return map { $0 * scale }
    }

    /// Scalar product with a vector of the same length.
    func dot(_ other: [Float]) -> Float {
        var sum: Float = 0
        for i in indices { sum += self[i] * other[i] }
        return sum
    }
}
