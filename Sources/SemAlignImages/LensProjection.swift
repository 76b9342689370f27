// SPDX-License-Identifier: Apache-2.0

import Glibc

extension LensDistortion {
    /// Where the lens puts a point of the plane z = 1; `nil` beyond the angle up to which the model is one to one.
    public func distorted(_ point: SIMD2<Double>) -> SIMD2<Double>? { distorted(point, limit: limit) }

    /// Up to where the model is one to one: a radius on z = 1 for polynomials, an angle [rad] for `equidistant`.
    var limit: Double {
        switch self {
        case .none: .infinity
        case .polynomial(let polynomial): polynomial.largestRadius
        case .equidistant(let coefficients): LensAngle(coefficients).largest
        }
    }

    /// As above, for many points: `limit` is computed once.
    func distorted(_ point: SIMD2<Double>, limit: Double) -> SIMD2<Double>? {
        let radius = (point * point).sum().squareRoot()
        switch self {
        case .none: return point
        case .polynomial(let polynomial):
            return radius <= limit ? polynomial.distorted(point) : nil
        case .equidistant(let coefficients):
            guard radius > 1e-9 else { return point }
            let theta = atan(radius)
            return theta <= limit ? point * (LensAngle(coefficients).distorted(theta) / radius) : nil
        }
    }

    /// The point of the plane z = 1 that the lens puts at `point`; `nil` where there is none.
    public func undistorted(_ point: SIMD2<Double>) -> SIMD2<Double>? {
        guard point.x.isFinite, point.y.isFinite else { return nil }
        switch self {
        case .none: return point
        case .polynomial(let polynomial): return polynomial.undistorted(point)
        case .equidistant(let coefficients):
            let radius = (point * point).sum().squareRoot()
            guard radius > 1e-9 else { return point }
            guard let theta = LensAngle(coefficients).undistorted(radius), theta < .pi / 2 - 1e-6 else {
                return nil
            }
            return point * (tan(theta) / radius)
        }
    }
}

extension LensDistortion.RationalPolynomial {
    func distorted(_ point: SIMD2<Double>) -> SIMD2<Double> {
        let square = (point * point).sum()
        let product = 2 * point.x * point.y
        return point * radialFactor(square)
            + SIMD2(
                tangential.x * product + tangential.y * (square + 2 * point.x * point.x),
                tangential.x * (square + 2 * point.y * point.y) + tangential.y * product)
    }

    private func radialFactor(_ square: Double) -> Double {
        let powers = SIMD3(square, square * square, square * square * square)
        return (1 + (numerator * powers).sum()) / (1 + (denominator * powers).sum())
    }

    /// Radius up to which the radial part grows; the polynomial turns back there, and so would the picture.
    var largestRadius: Double {
        var last = 0.0
        // Steps of 0.02 on z = 1 reach to 5, a view of 157 degrees.
        for step in 1...250 {
            let radius = 0.02 * Double(step)
            let moved = radius * radialFactor(radius * radius)
            guard moved > last, moved.isFinite else { return radius - 0.02 }
            last = moved
        }
        return .infinity
    }

    /// Newton's method from the distorted point, with a Jacobian by central differences.
    func undistorted(_ target: SIMD2<Double>) -> SIMD2<Double>? {
        let limit = largestRadius
        var point = target
        let radius = (target * target).sum().squareRoot()
        if radius > 0.9 * limit { point *= 0.9 * limit / radius }
        for _ in 0..<30 {
            let error = distorted(point) - target
            if (error * error).sum() < 1e-24 { break }
            let h = 1e-6
            let dx = (distorted(point + [h, 0]) - distorted(point - [h, 0])) / (2 * h)
            let dy = (distorted(point + [0, h]) - distorted(point - [0, h])) / (2 * h)
            let determinant = dx.x * dy.y - dx.y * dy.x
            guard abs(determinant) > 1e-12 else { return nil }
            point -= SIMD2(dy.y * error.x - dy.x * error.y, dx.x * error.y - dx.y * error.x) / determinant
        }
        let error = distorted(point) - target
        guard (error * error).sum() < 1e-16, (point * point).sum().squareRoot() <= limit else { return nil }
        return point
    }
}

/// θ ↦ θ·(1 + k₁θ² + k₂θ⁴ + k₃θ⁶ + k₄θ⁸).
struct LensAngle {
    let coefficients: SIMD4<Double>

    init(_ coefficients: SIMD4<Double>) { self.coefficients = coefficients }

    func distorted(_ theta: Double) -> Double {
        let square = theta * theta
        let k = coefficients
        return theta * (1 + square * (k.x + square * (k.y + square * (k.z + square * k.w))))
    }

    /// Angle up to which the function grows [rad], at most half a turn.
    var largest: Double {
        var last = 0.0
        for step in 1...314 {
            let moved = distorted(0.01 * Double(step))
            guard moved > last else { return 0.01 * Double(step - 1) }
            last = moved
        }
        return .pi
    }

    /// The angle that becomes `target`, by bisection on the growing part; `nil` beyond it.
    func undistorted(_ target: Double) -> Double? {
        var (low, high) = (0.0, largest)
        guard target <= distorted(high) else { return nil }
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if distorted(middle) < target { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
