// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A regular file, read with `pread`; a class because its descriptor is shared by all cursors and closed once.
public final class FileSource: ByteSource {
    private let descriptor: CInt
    /// Length of the file when it was opened [bytes].
    public let size: UInt64

    /// Opens a file for reading.
    public init(path: String) throws(BagError) {
        // A pipe that nobody writes to would be waited for.
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .cannotOpen(path: path, reason: systemErrorText()) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .cannotOpen(path: path, reason: "it is not a regular file")
        }
        self.descriptor = descriptor
        self.size = UInt64(clamping: status.st_size)
    }

    deinit {
        close(descriptor)
    }

    /// Reads from the file until all bytes are there.
    public func read(_ count: UInt64, at offset: UInt64, into bytes: inout [UInt8]) throws(BagError) {
        try prepare(&bytes, for: count, at: offset)
        var done = 0
        var failure: BagError?
        unsafe bytes.withUnsafeMutableBytes { target in
            while done < target.count {
                let place = offset + UInt64(done)
                let got = unsafe pread(
                    descriptor, target.baseAddress.map { unsafe $0 + done }, target.count - done, off_t(place)
                )
                if got > 0 {
                    done += got
                } else if got == 0 {
                    failure = .truncated(offset: place, needed: count - UInt64(done), available: 0)
                    return
                } else if errno != EINTR {
                    failure = .readFailed(offset: place, reason: systemErrorText())
                    return
                }
            }
        }
        if let failure { throw failure }
    }
}

/// The text of the calling thread's last system error.
func systemErrorText() -> String {
    let code = errno
    return unsafe strerror(code).map { text in unsafe String(cString: text) } ?? "error \(code)"
}
