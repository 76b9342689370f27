// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A file system of a few megabytes, which is really full when it is full; unmounted with its owner.
final class SmallDisk {
    /// Whether this process may mount one: only an administrator may.
    static let isPermitted = (try? SmallDisk(mebibytes: 1)) != nil

    private let folder: TemporaryFolder

    init(mebibytes: Int) throws {
        folder = try TemporaryFolder()
        try Self.run("mount", "-t", "tmpfs", "-o", "size=\(mebibytes)m", "tmpfs", folder.path("."))
    }

    // The folder is removed after this, and files that are still open do not hold it.
    deinit { try? Self.run("umount", "--lazy", folder.path(".")) }

    func path(_ name: String) -> String { folder.path(name) }

    /// What is free [bytes].
    var free: Int {
        get throws {
            let attributes = try FileManager.default.attributesOfFileSystem(forPath: folder.path("."))
            return attributes[.systemFreeSize] as? Int ?? 0
        }
    }

    private static func run(_ arguments: String...) throws {
        let outcome = try RunningProgram(URL(filePath: "/usr/bin/env"), arguments).finish()
        guard outcome.status == 0 else { throw CocoaError(.featureUnsupported) }
    }
}
