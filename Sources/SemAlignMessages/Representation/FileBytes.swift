// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Whole files as bytes, with the system's own reasons for failures.
enum FileBytes {
    /// Reads a file of at most `limit` bytes.
    static func read(path: String, limit: Int) throws(MessageError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotRead(path: path, reason: lastReason()) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = unsafe block.withUnsafeMutableBytes { target in
                unsafe Glibc.read(descriptor, target.baseAddress, target.count)
            }
            if count == 0 { return bytes }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw .cannotRead(path: path, reason: lastReason())
            }
            guard bytes.count + count <= limit else {
                throw .cannotRead(path: path, reason: "larger than \(limit) bytes")
            }
            bytes += block[..<count]
        }
    }

    /// Writes a neighbour of `path` and gives it that name once it is safe on disk.
    static func write(_ bytes: [UInt8], path: String) throws(MessageError) {
        let temporary = "\(path).\(getpid()).part"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: lastReason()) }
        do throws(MessageError) {
            try write(bytes, to: descriptor, path: path)
        } catch {
            close(descriptor)
            unsafe unlink(temporary)
            throw error
        }
        guard close(descriptor) == 0, unsafe rename(temporary, path) == 0 else {
            let reason = lastReason()
            unsafe unlink(temporary)
            throw .cannotWrite(path: path, reason: reason)
        }
    }

    private static func write(
        _ bytes: [UInt8], to descriptor: Int32, path: String
    ) throws(MessageError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { source in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: source[written...])
                return unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .cannotWrite(path: path, reason: lastReason()) }
            written += count
        }
        guard fsync(descriptor) == 0 else { throw .cannotWrite(path: path, reason: lastReason()) }
    }

    private static func lastReason() -> String {
        let code = errno
        var text = [CChar](repeating: 0, count: 256)
        guard unsafe strerror_r(code, &text, text.count) == 0 else { return "error \(code)" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
