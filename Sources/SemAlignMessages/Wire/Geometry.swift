// SPDX-License-Identifier: Apache-2.0

extension Semalign_Point3 {
    /// From a vector.
    init(_ point: SIMD3<Double>) {
        self.init()
        x = point.x
        y = point.y
        z = point.z
    }

    /// As a vector of finite numbers.
    func finite(field: @autoclosure () -> String) throws(MessageError) -> SIMD3<Double> {
        guard x.isFinite, y.isFinite, z.isFinite else {
            throw .value(field: field(), found: "(\(x), \(y), \(z))", expected: "finite numbers")
        }
        return [x, y, z]
    }
}

extension Semalign_Pixel {
    /// From a vector.
    init(_ pixel: SIMD2<Double>) {
        self.init()
        u = pixel.x
        v = pixel.y
    }

    /// As a vector; NaN is kept.
    var vector: SIMD2<Double> { [u, v] }

    /// As a vector of finite numbers.
    func finite(field: @autoclosure () -> String) throws(MessageError) -> SIMD2<Double> {
        guard u.isFinite, v.isFinite else {
            throw .value(field: field(), found: "(\(u), \(v))", expected: "finite numbers")
        }
        return vector
    }
}

extension Semalign_Quaternion {
    /// From x, y, z, w.
    init(_ quaternion: SIMD4<Double>) {
        self.init()
        x = quaternion.x
        y = quaternion.y
        z = quaternion.z
        w = quaternion.w
    }

    /// As x, y, z, w of unit length.
    func unit(field: String) throws(MessageError) -> SIMD4<Double> {
        let quaternion = SIMD4(x, y, z, w)
        let length = (quaternion * quaternion).sum().squareRoot()
        try check(length, in: 0.99...1.01, field: "length of the \(field)")
        return quaternion / length
    }
}
