// SPDX-License-Identifier: Apache-2.0

import Glibc
internal import Synchronization

/// A file that is written from its start; a class because its descriptor is closed once.
public final class FileSink: ByteSink {
    private let descriptor: CInt
    private let synchronizes: Bool
    private let position = Atomic<UInt64>(0)

    /// Creates a file.
    ///
    /// Refuses an existing one unless `replacing`, which empties it. With `synchronizing` the bytes
    /// are forced to the disk when the bag is closed.
    public init(path: String, replacing: Bool = false, synchronizing: Bool = false) throws(BagError) {
        let existing = replacing ? O_TRUNC : O_EXCL
        let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_CLOEXEC | existing, 0o644)
        guard descriptor >= 0 else { throw .cannotCreate(path: path, reason: systemErrorText()) }
        self.descriptor = descriptor
        self.synchronizes = synchronizing
    }

    deinit {
        close(descriptor)
    }

    /// Whether the file is still where it was made: a deleted one takes bytes that nobody will see.
    public func stands(at path: String) -> Bool {
        var (own, there) = (stat(), stat())
        return unsafe fstat(descriptor, &own) == 0 && stat(path, &there) == 0
            && own.st_ino == there.st_ino && own.st_dev == there.st_dev
    }

    /// Writes until all bytes are taken by the system.
    public func write(_ bytes: RawSpan) throws(BagError) {
        let count = bytes.byteCount
        let start = position.load(ordering: .relaxed)
        var done = 0
        var failure: BagError?
        unsafe bytes.withUnsafeBytes { source in
            while done < count {
                let put = unsafe Glibc.write(
                    descriptor, source.baseAddress.map { unsafe $0 + done }, count - done)
                if put > 0 {
                    done += put
                } else if put == 0 || errno != EINTR {
                    failure = .writeFailed(offset: start + UInt64(done), reason: systemErrorText())
                    return
                }
            }
        }
        position.store(start + UInt64(done), ordering: .relaxed)
        if let failure { throw failure }
    }

    /// Forces the bytes to the disk if the sink was made so.
    public func finish() throws(BagError) {
        guard synchronizes, fsync(descriptor) != 0 else { return }
        throw .writeFailed(offset: position.load(ordering: .relaxed), reason: systemErrorText())
    }
}
