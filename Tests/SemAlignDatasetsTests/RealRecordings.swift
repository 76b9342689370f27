// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where the recordings lie that may not enter the repository.
enum RealRecordings {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["SEMALIGN_RECORDINGS"] {
            return URL(fileURLWithPath: path)
        }
        return URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
            path: "../../../shared/data"
        )
        .standardizedFileURL
    }()

    /// True where the recording `name` is there.
    static func has(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: "\(name)/dataset.json").path)
    }

    static func path(_ name: String) -> String { folder.appending(path: name).path }
}

/// A folder that is gone after the test.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "semalign-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    func write(_ text: String, to name: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
        return path + "/" + name
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
