// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Whole files that the commands themselves read or write.
enum InputFile {
    /// Largest file that is read whole [bytes].
    static let limit = 1 << 30

    /// Reads a file.
    static func read(_ path: String) throws(CommandFailure) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { _ = close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw failure(path) }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else {
            throw .badData("'\(path)' is not a regular file of at most \(limit) bytes")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < bytes.count {
            let got = unsafe bytes.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw failure(path) }
            if got == 0 { break }
            count += got
        }
        return Array(bytes.prefix(count))
    }

    private static func failure(_ path: String) -> CommandFailure {
        CommandFailure(
            code: EX_NOINPUT, message: unsafe "cannot read '\(path)': \(String(cString: strerror(errno)))")
    }
}

/// A file that a command writes.
enum OutputFile {
    /// Writes a file, replacing what is there.
    static func write(_ bytes: [UInt8], to path: String) throws(CommandFailure) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(path, EX_CANTCREAT) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else {
                let error = failure(path, EX_IOERR)
                _ = close(descriptor)
                throw error
            }
            rest = rest.dropFirst(written)
        }
        guard close(descriptor) == 0 else { throw failure(path, EX_IOERR) }
    }

    private static func failure(_ path: String, _ code: Int32) -> CommandFailure {
        CommandFailure(
            code: code, message: unsafe "cannot write '\(path)': \(String(cString: strerror(errno)))")
    }
}
