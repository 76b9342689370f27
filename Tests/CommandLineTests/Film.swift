// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A film, or a picture, as ffmpeg reads it.
struct Film {
    static let isReadable = ["ffmpeg", "ffprobe"].allSatisfy { tool($0) != nil }

    let path: String

    private static func tool(_ name: String) -> URL? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { URL(filePath: "\($0)/\(name)") }.first {
            FileManager.default.isExecutableFile(atPath: $0.path)
        }
    }

    /// Its size [px] and frames a second.
    func description() throws -> (width: Int, height: Int, rate: Double) {
        let tool = try #require(Self.tool("ffprobe"))
        let outcome = try RunningProgram(
            tool,
            [
                "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height,r_frame_rate",
                "-of", "json", path,
            ]
        ).finish()
        let streams = try #require(try outcome.object()["streams"] as? [[String: Any]])
        let stream = try #require(streams.first)
        let rate = (stream["r_frame_rate"] as? String ?? "").split(separator: "/").compactMap { Double($0) }
        try #require(rate.count == 2)
        return (
            try #require(stream["width"] as? Int), try #require(stream["height"] as? Int), rate[0] / rate[1]
        )
    }

    /// Brightness of every pixel, a frame after the other.
    func greyFrames() throws -> [[UInt8]] {
        let folder = try TemporaryFolder()
        let outcome = try RunningProgram(
            try #require(Self.tool("ffmpeg")),
            ["-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "gray", folder.path("grey")]
        ).finish()
        try #require(outcome.status == 0, "\(outcome.errors)")
        let (bytes, size) = (try [UInt8](folder.data("grey")), try description())
        let count = size.width * size.height
        return stride(from: 0, to: bytes.count, by: count).map {
            Array(bytes[$0..<min($0 + count, bytes.count)])
        }
    }
}
