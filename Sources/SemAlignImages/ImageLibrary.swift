// SPDX-License-Identifier: Apache-2.0
internal import COpenCV

/// The OpenCV library that this program runs with.
public enum ImageLibrary {
    /// Version, such as `4.6.0`.
    public static var version: String { unsafe String(cString: semalign_cv_version()) }
}
