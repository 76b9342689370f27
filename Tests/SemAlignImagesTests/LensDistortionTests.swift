// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignImages
import Testing

@Suite struct LensDistortionTests {
    private static let plumbBob = [-0.28, 0.07, 0.0012, -0.0008, 0.01]
    private static let rational = [0.5, -0.3, 0.001, -0.002, 0.05, 0.8, -0.2, 0.03]
    private static let equidistant = [-0.03, 0.01, -0.004, 0.0007]
    private static let rays: [SIMD2<Double>] = [[0.3, -0.2], [-0.6, 0.45], [0.05, 0.02]]

    // Reference: projectPoints and fisheye.distortPoints of OpenCV 4.
    @Test(
        "Every model bends rays as OpenCV does",
        arguments: [
            (
                "plumb_bob", plumbBob,
                [
                    [0.289049491, -0.192612994], [-0.5215309335937499, 0.3914857001953125],
                    [0.049955509447194506, 0.0199866117788778],
                ]
            ),
            (
                "rational_polynomial", rational,
                [
                    [0.288181618883992, -0.19216441258932807], [-0.5182675694728222, 0.38841942710461663],
                    [0.049942758685202815, 0.019982323474081125],
                ]
            ),
            (
                "equidistant", equidistant,
                [
                    [0.2869334327266417, -0.19128895515109445], [-0.5091527404350172, 0.38186455532626296],
                    [0.04994741735370627, 0.019978966941482507],
                ]
            ),
        ] as [(String, [Double], [SIMD2<Double>])])
    func reference(model: String, coefficients: [Double], expected: [SIMD2<Double>]) throws {
        let lens = try LensDistortion(model: model, coefficients: coefficients)
        for (ray, reference) in zip(Self.rays, expected) {
            let bent = try #require(lens.distorted(ray))
            #expect(abs(bent.x - reference.x) < 1e-12 && abs(bent.y - reference.y) < 1e-12)
            let straight = try #require(lens.undistorted(bent))
            #expect(abs(straight.x - ray.x) < 1e-9 && abs(straight.y - ray.y) < 1e-9)
        }
    }

    @Test("The centre stays, and a fisheye without coefficients still bends")
    func centre() throws {
        for model in ["plumb_bob", "equidistant"] {
            let lens = try LensDistortion(model: model, coefficients: [0.1, 0, 0, 0])
            #expect(lens.distorted(.zero) == .zero && lens.undistorted(.zero) == .zero)
        }
        let fisheye = try LensDistortion(model: "kannala_brandt", coefficients: [0, 0, 0, 0])
        // A ray at 45 degrees lands at π/4.
        let bent = try #require(fisheye.distorted([1, 0]))
        #expect(abs(bent.x - .pi / 4) < 1e-12)
    }

    @Test("Beyond the radius where a polynomial turns back there is no answer")
    func range() throws {
        // r - r³/3 has its maximum 2/3 at r = 1.
        let lens = try LensDistortion(model: "plumb_bob", coefficients: [-1.0 / 3, 0, 0, 0])
        #expect(lens.distorted([0.9, 0]) != nil && lens.distorted([1.1, 0]) == nil)
        #expect(lens.undistorted([0.7, 0]) == nil && lens.undistorted([.nan, 0]) == nil)
        let straight = try #require(lens.undistorted([0.9 - 0.243, 0]))
        #expect(abs(straight.x - 0.9) < 1e-9)
    }

    @Test("Zeros and no coefficients are a pinhole")
    func pinhole() throws {
        #expect(try LensDistortion(model: "plumb_bob", coefficients: []) == .none)
        #expect(try LensDistortion(model: "plumb_bob", coefficients: [0, 0, 0, 0, 0]) == .none)
        #expect(
            try LensDistortion(model: "rational_polynomial", coefficients: [Double](repeating: 0, count: 14))
                == .none)
        #expect(try LensDistortion(model: "", coefficients: []) == .none)
    }

    @Test(
        "Unknown models, other numbers of coefficients and NaN are refused",
        arguments: [
            ("pincushion", [0.1, 0, 0, 0]), ("plumb_bob", [0.1]), ("plumb_bob", [0.1, 0, 0, 0, 0, 0.1]),
            ("rational_polynomial", [0.1, 0, 0, 0, 0, 0, 0, 0, 0.2, 0, 0, 0]), ("equidistant", [0.1, 0, 0]),
            ("plumb_bob", [.nan, 0, 0, 0, 0]), ("", [0.1]),
        ] as [(String, [Double])])
    func refusals(model: String, coefficients: [Double]) {
        #expect(throws: ImageError.self) { try LensDistortion(model: model, coefficients: coefficients) }
    }
}
