// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// A folder for sockets that only this process needs; gone with the value.
struct PrivateFolder: ~Copyable {
    let path: String

    /// Makes a folder that nobody else may enter.
    init() throws(NodeError) {
        var template = Array("/tmp/semalign-XXXXXX".utf8CString)
        let isMade = unsafe template.withUnsafeMutableBufferPointer { buffer in
            unsafe buffer.baseAddress.map { unsafe mkdtemp($0) != nil } ?? false
        }
        guard isMade else {
            throw .unwritableFile(path: "/tmp", reason: unsafe String(cString: strerror(errno)))
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for name in ["in", "out"] { unsafe unlink(path + "/" + name) }
        unsafe rmdir(path)
    }

    /// An endpoint named `name` of the kind `transport`.
    func endpoint(_ name: String, transport: String) -> String {
        switch transport {
        case "tcp": "tcp://127.0.0.1:*"
        case "inproc": "inproc://\(path)/\(name)"
        default: "ipc://\(path)/\(name)"
        }
    }
}
