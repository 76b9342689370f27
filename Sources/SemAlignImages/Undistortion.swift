// SPDX-License-Identifier: Apache-2.0

import COpenCV
public import SemAlignCore

/// A table that turns pictures of one camera and size into those of a pinhole with the same intrinsics.
///
/// Made once, used for every frame.
public struct Undistortion: Sendable {
    /// Size of the pictures, taken and undistorted [px].
    public let size: ImageSize
    /// Column of the taken picture for each pixel, row-major; far outside where there is none.
    private let columns: [Float]
    /// Row likewise.
    private let rows: [Float]

    /// Computes the table; a side of more than 32767 pixels is refused.
    public init(camera: LensCamera, size: ImageSize) throws(ImageError) {
        try size.checkForPixels()
        guard max(size.width, size.height) <= 32767 else {
            throw .tooLarge(width: size.width, height: size.height, limit: 32767)
        }
        self.size = size
        var columns: [Float] = []
        var rows: [Float] = []
        columns.reserveCapacity(size.width * size.height)
        rows.reserveCapacity(size.width * size.height)
        for row in 0..<size.height {
            let pixels = (0..<size.width).map { SIMD2(Double($0), Double(row)) }
            for pixel in camera.distorted(pixels) {
                columns.append(Self.coordinate(pixel?.x))
                rows.append(Self.coordinate(pixel?.y))
            }
        }
        self.columns = columns
        self.rows = rows
    }

    /// The picture without distortion, interpolated; black where the camera saw nothing.
    public func apply(to image: ColorImage) throws(ImageError) -> ColorImage {
        try check(image.size)
        return ColorImage(
            size: size,
            pixels: try remap(image.pixels, SEMALIGN_CV_RGB8, SEMALIGN_CV_LINEAR, count: image.pixels.count))
    }

    /// Depth without distortion: the nearest sample, never a mean across an edge; 0 where there is none.
    ///
    /// Depth of another size than the colour image needs a table of its own: see `LensCamera.scaled`.
    public func apply(to depth: DepthImage) throws(ImageError) -> DepthImage {
        try check(depth.size)
        return DepthImage(
            size: size,
            values: try remap(
                depth.values, SEMALIGN_CV_FLOAT32, SEMALIGN_CV_NEAREST, count: depth.values.count),
            isMetric: depth.isMetric)
    }

    /// The mask without distortion: the nearest label; background where there is none.
    public func apply(to mask: ObjectMask) throws(ImageError) -> ObjectMask {
        try check(mask.size)
        return ObjectMask(
            size: size,
            labels: try remap(
                mask.labels, SEMALIGN_CV_GRAY8, SEMALIGN_CV_NEAREST, count: mask.labels.count))
    }

    /// What is outside in any case stays small enough for the fixed-point numbers of the library.
    private static func coordinate(_ value: Double?) -> Float {
        Float(min(max(value ?? -10, -10), 40000))
    }

    private func check(_ found: ImageSize) throws(ImageError) {
        guard found == size else { throw .otherSize(found: found, expected: size) }
    }

    private func remap<Element: AdditiveArithmetic>(
        _ pixels: [Element], _ type: Int, _ interpolation: Int, count: Int
    ) throws(ImageError) -> [Element] {
        var output = [Element](repeating: .zero, count: count)
        let (width, height) = (Int32(size.width), Int32(size.height))
        let status = unsafe pixels.withUnsafeBytes { input in
            unsafe output.withUnsafeMutableBytes { output in
                unsafe semalign_cv_remap(
                    input.baseAddress, Int32(type), width, height, columns, rows, output.baseAddress, width,
                    height,
                    Int32(interpolation))
            }
        }
        guard Int(status) == Int(SEMALIGN_CV_OK) else { throw .failed(operation: "undistorting an image") }
        return output
    }
}
