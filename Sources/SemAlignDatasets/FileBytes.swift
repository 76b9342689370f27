// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Whole files as bytes, with the system's own words for what went wrong.
enum FileBytes {
    /// Why a file could not be read or written.
    struct Failure: Error {
        let reason: String
    }

    /// No file of a dataset is larger: 512 MiB.
    static let sizeLimit = 512 << 20

    static func read(_ path: String) throws(Failure) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw systemFailure() }
        defer { _ = close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw systemFailure() }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Failure(reason: "it is not a regular file") }
        guard status.st_size <= sizeLimit else {
            throw Failure(reason: "it has \(status.st_size) bytes; at most \(sizeLimit) are read")
        }
        return try read(descriptor, count: Int(status.st_size))
    }

    private static func read(_ descriptor: Int32, count: Int) throws(Failure) -> [UInt8] {
        var failure: Failure?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = unsafe Glibc.read(
                    descriptor, buffer.baseAddress?.advanced(by: filled), count - filled)
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = systemFailure() }
                if got <= 0 { break }
                filled += got
            }
        }
        if let failure { throw failure }
        return bytes
    }

    static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw systemFailure() }
        var failure: Failure?
        unsafe bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let count = unsafe Glibc.write(
                    descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    failure = systemFailure()
                    return
                }
                written += count
            }
        }
        // A full disk may first be reported here.
        if close(descriptor) != 0, failure == nil { failure = systemFailure() }
        if let failure { throw failure }
    }

    /// Creates `path` and the folders above it; a folder that exists is fine.
    static func createFolder(_ path: String) throws(Failure) {
        if unsafe mkdir(path, 0o755) == 0 { return }
        if errno == ENOENT, let parent = folder(of: path), parent != path {
            try createFolder(parent)
            if unsafe mkdir(path, 0o755) == 0 { return }
        }
        guard errno == EEXIST else { throw systemFailure() }
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Names in a folder but those that begin with a dot, sorted.
    static func list(_ path: String) throws(Failure) -> [String] {
        guard let folder = unsafe opendir(path) else { throw systemFailure() }
        defer { _ = unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                unsafe tuple.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// The path up to its last slash; `nil` where it has none.
    static func folder(of path: String) -> String? {
        guard let slash = path.lastIndex(of: "/") else { return nil }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func systemFailure() -> Failure {
        unsafe Failure(reason: String(cString: strerror(errno)))
    }
}
