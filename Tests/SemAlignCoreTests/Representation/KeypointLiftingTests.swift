// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SemAlignCore

@Suite struct KeypointLiftingTests {
    private static let size = ImageSize(width: 40, height: 30)

    /// A square object of columns and rows 10 to 19 at one metre, two metres of background around it.
    private func observation(depth: (Int, Int) -> Float = { _, _ in 1 }, hasDepth: Bool = true) -> Observation
    {
        let inside = { (column: Int, row: Int) in (10..<20).contains(column) && (10..<20).contains(row) }
        var (labels, depths): ([UInt8], [Float]) = ([], [])
        for row in 0..<Self.size.height {
            for column in 0..<Self.size.width {
                labels.append(inside(column, row) ? 1 : 0)
                depths.append(inside(column, row) ? depth(column, row) : 2)
            }
        }
        return Observation(
            timestamp: 0, frameID: "", imageSize: Self.size, intrinsics: nil,
            depth: hasDepth ? DepthImage(size: Self.size, values: depths, isMetric: true) : nil,
            mask: ObjectMask(size: Self.size, labels: labels), instance: 1,
            features: FeatureMap(
                rows: 1, columns: 1, channels: 1, values: [1], region: PixelRegion(Self.size), model: ""))
    }

    @Test(
        "A keypoint on the silhouette takes the object's depth, not the background's",
        arguments: [[9.4, 15], [8, 15], [19.6, 19.6], [15, 15]] as [SIMD2<Double>])
    func silhouette(pixel: SIMD2<Double>) throws {
        let depth = try #require(KeypointLifting(radius: 2).sample(at: pixel, in: observation())?.depth)
        #expect(depth == 1)
    }

    @Test("Holes and flying pixels are outvoted, and of two surfaces the nearer one holds")
    func outliers() throws {
        let holes = observation { column, row in (column + row) % 3 == 0 ? 0 : column == 15 ? 1.4 : 1 }
        #expect(KeypointLifting(radius: 2).sample(at: [15, 15], in: holes)?.depth == 1)
        let step = observation { column, _ in column < 15 ? 0.8 : 1 }
        let near = try #require(KeypointLifting(radius: 2).sample(at: [15, 15], in: step))
        #expect(abs(near.depth - 0.8) < 1e-6)
        // The pixel's own surface stays in question: the class decides.
        let other = try #require(KeypointLifting(radius: 3).sample(at: [16, 15], in: step)?.alternative)
        #expect(abs(other - 1) < 1e-6)
    }

    @Test("A surface that turns away is continued to the annotated pixel, by no more than surfaces differ")
    func slanted() throws {
        // Inverse depth of a plane is affine in the pixel.
        let depth = { (column: Double) in 1 / (1 - 0.002 * (column - 15)) }
        let slanted = observation { column, _ in Float(depth(Double(column))) }
        let rim = try #require(KeypointLifting(radius: 2).sample(at: [19.4, 15], in: slanted))
        #expect(abs(rim.depth - depth(19.4)) < 2e-3 && rim.depth > depth(17.5))
        let outside = try #require(KeypointLifting(radius: 2).sample(at: [28, 15], in: slanted))
        #expect(outside.depth < 1.021 * depth(18))
    }

    @Test("Far from the object, and where nothing is measured, there is no depth")
    func none() {
        #expect(KeypointLifting(radius: 1).sample(at: [35, 5], in: observation()) == nil)
        #expect(KeypointLifting(radius: 2).sample(at: [15, 15], in: observation { _, _ in 0 }) == nil)
        #expect(KeypointLifting(radius: 2).sample(at: [15, 15], in: observation(hasDepth: false)) == nil)
    }
}
