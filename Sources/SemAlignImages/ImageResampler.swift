// SPDX-License-Identifier: Apache-2.0

import COpenCV
public import SemAlignCore

extension ColorImage {
    /// The image at another size: smoothly enlarged, or shrunk by averaging.
    ///
    /// Throws `zeroSize` and `tooLarge` for sizes that no image may have.
    public func resized(to newSize: ImageSize) throws(ImageError) -> ColorImage {
        try newSize.checkForPixels()
        let shrinks = newSize.width < size.width || newSize.height < size.height
        var output = [UInt8](repeating: 0, count: newSize.width * newSize.height * 3)
        let status = unsafe pixels.withUnsafeBytes { input in
            unsafe output.withUnsafeMutableBytes { output in
                unsafe semalign_cv_resize(
                    input.baseAddress, Int32(SEMALIGN_CV_RGB8), Int32(size.width), Int32(size.height),
                    output.baseAddress, Int32(newSize.width), Int32(newSize.height),
                    Int32(shrinks ? SEMALIGN_CV_AREA : SEMALIGN_CV_CUBIC))
            }
        }
        guard Int(status) == Int(SEMALIGN_CV_OK) else { throw .failed(operation: "resizing an image") }
        return ColorImage(size: newSize, pixels: output)
    }
}

extension ImageSize {
    /// Throws unless both sides are positive and the pixels are not too many.
    func checkForPixels() throws(ImageError) {
        guard width > 0, height > 0 else { throw .zeroSize(width: width, height: height) }
        let (count, overflow) = width.multipliedReportingOverflow(by: height)
        guard !overflow, count <= ImageHeader.pixelLimit else {
            throw .tooLarge(width: width, height: height, limit: ImageHeader.pixelLimit)
        }
    }
}
