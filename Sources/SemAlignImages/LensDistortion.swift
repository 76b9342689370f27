// SPDX-License-Identifier: Apache-2.0

/// How a lens bends rays, in the models of ROS and Foxglove camera calibrations.
///
/// All work on the plane z = 1 of the camera: a point of it is where a ray would go without distortion.
public enum LensDistortion: Hashable, Sendable {
    /// A pinhole: no distortion.
    case none
    /// `plumb_bob` and `rational_polynomial`: radial k₁…k₆ and tangential p₁, p₂.
    ///
    /// x_d = x·(1 + k₁r² + k₂r⁴ + k₃r⁶)/(1 + k₄r² + k₅r⁴ + k₆r⁶) + 2p₁xy + p₂(r² + 2x²), y_d likewise with p₁ and
    /// p₂ exchanged; `plumb_bob` has k₄ = k₅ = k₆ = 0.
    case polynomial(RationalPolynomial)
    /// `equidistant`, also called `kannala_brandt` and `fisheye`: θ_d = θ·(1 + k₁θ² + k₂θ⁴ + k₃θ⁶ + k₄θ⁸).
    case equidistant(SIMD4<Double>)

    /// Coefficients of a radial and tangential model.
    public struct RationalPolynomial: Hashable, Sendable {
        /// k₁, k₂, k₃ of the numerator.
        public let numerator: SIMD3<Double>
        /// k₄, k₅, k₆ of the denominator.
        public let denominator: SIMD3<Double>
        /// p₁, p₂.
        public let tangential: SIMD2<Double>

        /// Joins the coefficients.
        public init(
            numerator: SIMD3<Double>, denominator: SIMD3<Double> = .zero, tangential: SIMD2<Double> = .zero
        ) {
            self.numerator = numerator
            self.denominator = denominator
            self.tangential = tangential
        }
    }

    /// Makes the model of a camera calibration: its name and coefficients D in ROS's order.
    ///
    /// `plumb_bob` has 4 or 5 (k₁ k₂ p₁ p₂ k₃), `rational_polynomial` 8 (and k₄ k₅ k₆), `equidistant` 4. No
    /// coefficients, or zeros alone, are `none` for every model but `equidistant`, whose zeros still bend.
    /// An empty name with coefficients, an unknown name, another number, or NaN are refused.
    public init(model: String, coefficients: [Double]) throws(ImageError) {
        guard coefficients.allSatisfy(\.isFinite) else {
            throw .distortion(reason: "distortion model '\(model)' has a coefficient that is NaN or infinite")
        }
        switch model {
        case "plumb_bob", "rational_polynomial":
            self = try Self.polynomial(model, coefficients)
        case "equidistant", "kannala_brandt", "fisheye":
            if coefficients.isEmpty {
                self = .none
                return
            }
            guard coefficients.count == 4 else { throw Self.wrongCount(model, coefficients, "4") }
            self = .equidistant(SIMD4(coefficients))
        case "" where coefficients.allSatisfy { $0 == 0 }, "none" where coefficients.allSatisfy { $0 == 0 }:
            self = .none
        default:
            throw .distortion(
                reason:
                    "unknown distortion model '\(model)' with \(coefficients.count) coefficients; known are "
                    + "plumb_bob, rational_polynomial, equidistant and kannala_brandt")
        }
    }

    private static func polynomial(
        _ model: String, _ coefficients: [Double]
    ) throws(ImageError) -> LensDistortion {
        if coefficients.allSatisfy({ $0 == 0 }) { return .none }
        // Calibrators write twelve or fourteen with zeros for thin prisms and tilted sensors.
        let known = model == "plumb_bob" ? 5 : 8
        let rest = coefficients.dropFirst(known)
        guard coefficients.count >= 4, rest.allSatisfy({ $0 == 0 }) else {
            throw wrongCount(model, coefficients, model == "plumb_bob" ? "4 or 5" : "4, 5 or 8")
        }
        let d = coefficients.prefix(known) + [Double](repeating: 0, count: max(0, 8 - coefficients.count))
        return .polynomial(
            RationalPolynomial(
                numerator: SIMD3(d[0], d[1], d[4]),
                denominator: model == "plumb_bob" ? .zero : SIMD3(d[5], d[6], d[7]),
                tangential: SIMD2(d[2], d[3])))
    }

    private static func wrongCount(
        _ model: String, _ coefficients: [Double], _ expected: String
    ) -> ImageError {
        .distortion(
            reason: "distortion model '\(model)' has \(coefficients.count) coefficients, expected \(expected)"
        )
    }
}
