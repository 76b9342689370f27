// SPDX-License-Identifier: Apache-2.0

import SemAlignMessages

extension RepresentationFile {
    /// Reads a representation; a failure names the file.
    static func load(_ path: String) throws(CommandFailure) -> RepresentationFile {
        do { return try read(path: path) } catch { throw CommandFailure(error, path: path) }
    }
}
