// SPDX-License-Identifier: Apache-2.0
internal import Glibc
public import SemAlignTransport

/// Files with CURVE keys.
///
/// A secret key stands alone in a file that only its owner can read. Public keys stand one a line, each followed by
/// whatever tells people whose it is; a line that begins with `# ` says nothing.
public enum CurveKeyFile {
    /// Makes a key pair: the secret one in a new file at `path`, mode 0600, the public one in `path`.pub.
    public static func make(path: String) throws(NodeError) -> CurveKeys {
        let keys: CurveKeys
        do throws(TransportError) { keys = try CurveKeys.generate() } catch { throw NodeError(error) }
        try write(keys.secretKey, to: path, mode: 0o600)
        do throws(NodeError) { try write(keys.publicKey, to: path + ".pub", mode: 0o644) } catch {
            // Beside the public key of another pair it would be taken for that one's.
            _ = unsafe unlink(path)
            throw error
        }
        return keys
    }

    /// Reads the file of a secret key; refuses one that others may read.
    public static func keys(path: String) throws(NodeError) -> CurveKeys {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            throw .unreadableFile(path: path, reason: unsafe String(cString: strerror(errno)))
        }
        guard status.st_mode & 0o077 == 0 else {
            throw .unusableFile(
                path: path, reason: "others may read this secret key; make another, or chmod 600 it")
        }
        let words = try readText(path: path).split(whereSeparator: \.isWhitespace)
        guard words.count == 1, let keys = try? CurveKeys(secretKey: String(words[0])) else {
            throw .unusableFile(
                path: path, reason: "it holds no secret key; semalign keygen makes such a file")
        }
        return keys
    }

    /// Reads the public keys of those who may connect.
    static func clients(path: String) throws(NodeError) -> Set<String> {
        var clients: Set<String> = []
        let lines = try readText(path: path).split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            guard let word = line.split(whereSeparator: \.isWhitespace).first, word != "#" else { continue }
            guard isKey(String(word)) else {
                throw .yaml(path: path, line: index + 1, reason: "expected a public key of 40 characters")
            }
            clients.insert(String(word))
        }
        return clients
    }

    /// True for 40 characters of Z85.
    static func isKey(_ text: String) -> Bool { (try? CurveKeys.check(text)) != nil }

    private static func write(_ key: String, to path: String, mode: mode_t) throws(NodeError) {
        // A key that is there already is somebody's: it is never replaced.
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard file >= 0 else {
            let reason =
                errno == EEXIST
                ? "it exists, and no key is replaced; name another file, or remove this one"
                : unsafe String(cString: strerror(errno))
            throw .unwritableFile(path: path, reason: reason)
        }
        let line = key + "\n"
        let count = unsafe Glibc.write(file, line, line.utf8.count)
        guard close(file) == 0, count == line.utf8.count else {
            throw .unwritableFile(path: path, reason: unsafe String(cString: strerror(errno)))
        }
    }
}

extension CurveSettings {
    /// What sockets need to know.
    public var security: SocketSecurity {
        get throws(NodeError) {
            guard isOn else { return .none }
            return .curve(
                try CurveKeyFile.keys(path: secretKeyFile), server: serverKey.isEmpty ? nil : serverKey)
        }
    }
}
