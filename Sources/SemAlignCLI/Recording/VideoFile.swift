// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignCore
import SemAlignImages

/// An MP4 file of pictures, made by the program `ffmpeg`.
///
/// A program of its own, since its libraries would make every command start 40 ms later.
final class VideoFile {
    private let path: String
    private let encoder: URL
    private let rate: Double
    private var running: (process: Process, input: FileHandle, errors: Pipe, size: ImageSize)?

    /// Finds the program in `PATH`; the file must not exist, and begins with the first picture.
    ///
    /// `rate` is the number of pictures a second.
    init(_ path: String, rate: Double) throws(CommandFailure) {
        self.path = path
        self.rate = rate
        encoder = try Self.encoder(for: path)
    }

    /// The program; throws where it, or the place for the file, is not there.
    @discardableResult
    static func encoder(for path: String) throws(CommandFailure) -> URL {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw .cannotCreate("'\(path)' exists; name another file")
        }
        for folder in (ProcessEnvironment.all["PATH"] ?? "").split(separator: ":") {
            let candidate = URL(filePath: String(folder)).appending(path: "ffmpeg")
            if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
        }
        throw CommandFailure(
            code: CommandFailure.unavailable,
            message: "a video needs the program ffmpeg, which is not in PATH: install it, or use --frames")
    }

    /// Appends a picture; one of another size than the first is cut or gets a dark border.
    func append(_ picture: ColorImage) throws(CommandFailure) {
        let film = if let running { running } else { try start(picture.size) }
        do {
            try film.input.write(contentsOf: Data(picture.pixels(of: film.size)))
        } catch {
            throw failure()
        }
    }

    /// Completes the file.
    func close() throws(CommandFailure) {
        guard let running else { return }
        try? running.input.close()
        running.process.waitUntilExit()
        guard running.process.terminationStatus == 0 else { throw failure() }
        self.running = nil
    }

    private func start(
        _ size: ImageSize
    ) throws(CommandFailure) -> (process: Process, input: FileHandle, errors: Pipe, size: ImageSize) {
        // Where ffmpeg ends early, writing to it is an error, and not the end of this process.
        signal(SIGPIPE, SIG_IGN)
        let process = Process()
        let (input, errors) = (Pipe(), Pipe())
        process.executableURL = encoder
        process.arguments = [
            "-loglevel", "fatal", "-f", "rawvideo", "-pixel_format", "rgb24",
            "-video_size", "\(size.width)x\(size.height)", "-framerate", "\(rate)", "-i", "pipe:0",
            // What every player shows: half the colours' resolution, which needs even sides.
            "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p", "-movflags", "+faststart",
            "-f", "mp4", "-n", "file:\(path)",
        ]
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        do { try process.run() } catch {
            throw .cannotCreate("cannot start '\(encoder.path)': \(error.localizedDescription)")
        }
        let started = (process, input.fileHandleForWriting, errors, size)
        running = started
        return started
    }

    /// What the program said when it gave up.
    private func failure() -> CommandFailure {
        guard let running else { return .outputError("'\(path)' is closed") }
        self.running = nil
        try? running.input.close()
        let text = String(decoding: running.errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        running.process.waitUntilExit()
        let reason = text.split(separator: "\n").joined(separator: "; ")
        return .outputError(
            "cannot write '\(path)': ffmpeg ended with code \(running.process.terminationStatus)"
                + (reason.isEmpty ? "" : ": \(reason)"))
    }
}

extension ColorImage {
    /// The rows of a picture of `size` whose left upper corner is this one's.
    fileprivate func pixels(of size: ImageSize) -> [UInt8] {
        if size == self.size { return pixels }
        var result = [UInt8](repeating: 18, count: size.width * size.height * 3)
        let width = 3 * min(size.width, self.size.width)
        for row in 0..<min(size.height, self.size.height) {
            let (target, source) = (3 * row * size.width, 3 * row * self.size.width)
            result.replaceSubrange(target..<target + width, with: pixels[source..<source + width])
        }
        return result
    }
}
