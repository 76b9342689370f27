// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignTransport

/// Endpoints that no other test uses.
enum Endpoints {
    /// A name within one context.
    static func inproc() -> String { "inproc://\(UUID().uuidString)" }
}

/// A folder for socket files, gone after the test; its path is short, since socket paths must be.
final class SocketFolder {
    let path: String

    init() throws {
        path = "/tmp/semalign-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    func endpoint(_ name: String) -> String { "ipc://\(path)/\(name)" }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Long enough for the slowest machine; nothing waits for it where all is well.
let patience = Duration.seconds(20)
