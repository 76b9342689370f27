// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A file that was compressed as a whole, decompressed in the folder for temporary files; gone with its owner.
final class ExpandedFile {
    /// Where the decompressed file is.
    let path: String
    private let folder: URL

    /// More than this share is no recording: a file of zeros that would fill the disk.
    private static let largestRatio = 4096

    /// Decompresses `source`, whose name ends in `.zstd`.
    init(_ source: String) throws(ImportError) {
        let name = "semalign-\(UUID().uuidString)"
        folder = FileManager.default.temporaryDirectory.appending(path: name)
        path = folder.appending(path: "bag").path
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        } catch {
            throw .unusable(
                path: source, reason: "no place to decompress it in: \(error.localizedDescription)")
        }
        do { try expand(source) } catch let error as ImportError { throw error } catch {
            throw .unreadable(path: source, reason: error.localizedDescription)
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func expand(_ source: String) throws {
        let input = try FileHandle(forReadingFrom: URL(filePath: source))
        let output = try FileHandle(forWritingTo: URL(filePath: path))
        defer {
            try? input.close()
            try? output.close()
        }
        var stream = try ZstandardStream()
        var (taken, given) = (0, 0)
        while let piece = try input.read(upToCount: 1 << 20), !piece.isEmpty {
            taken += piece.count
            do throws(ImportError) {
                try stream.decompress([UInt8](piece)) { bytes throws(ImportError) in
                    given += bytes.count
                    guard given <= Self.largestRatio * taken + 1 << 20 else {
                        throw .message("it would become more than \(Self.largestRatio) times as large")
                    }
                    do { try output.write(contentsOf: bytes) } catch {
                        throw .message("cannot write '\(path)': \(error.localizedDescription)")
                    }
                }
            } catch {
                throw ImportError.unusable(path: source, reason: error.description)
            }
        }
        guard stream.isBetweenFrames else {
            throw ImportError.unusable(path: source, reason: "it ends within its compressed data")
        }
    }
}
