// SPDX-License-Identifier: Apache-2.0

/// Why a bag cannot be read or written.
///
/// Offsets are bytes from the start of the file; inside a chunk they are those of the chunk record.
public enum BagError: Error, Hashable, Sendable {
    /// The file cannot be opened for reading.
    case cannotOpen(path: String, reason: String)
    /// The file cannot be created.
    case cannotCreate(path: String, reason: String)
    /// The system refused to read.
    case readFailed(offset: UInt64, reason: String)
    /// The system refused to write; what was written up to `offset` stays readable.
    case writeFailed(offset: UInt64, reason: String)
    /// More would leave less of the file system free than shall stay so [bytes].
    case lowSpace(folder: String, free: UInt64, floor: UInt64)
    /// The file does not begin with the magic bytes of MCAP.
    case notABag(found: [UInt8])
    /// The file ends before something that it declares.
    case truncated(offset: UInt64, needed: UInt64, available: UInt64)
    /// A record does not hold what its kind demands.
    case malformed(record: String, offset: UInt64, detail: String)
    /// A size is above the configured limit, see ``BagLimits``.
    case overLimit(what: String, offset: UInt64, found: UInt64, limit: UInt64)
    /// A checksum does not fit the bytes.
    case checksum(of: String, offset: UInt64, stored: UInt32, computed: UInt32)
    /// A chunk uses a compression that this build does not know.
    case unknownCompression(name: String, offset: UInt64)
    /// A chunk's bytes do not decompress to what the chunk declares.
    case decompression(codec: String, offset: UInt64, detail: String)
    /// The codec refused to compress.
    case compression(codec: String, detail: String)
    /// A message or a call names a channel that was not declared before.
    case unknownChannel(id: UInt16, offset: UInt64)
    /// A channel or a call names a schema that was not declared before.
    case unknownSchema(id: UInt16, offset: UInt64)
    /// A schema or channel number is declared again with another content.
    case conflictingDefinition(record: String, id: UInt16, offset: UInt64)
    /// An index points to something else than it says.
    case wrongIndex(offset: UInt64, detail: String)
    /// The file has no more free numbers for schemas or channels.
    case tooMany(what: String, limit: Int)
    /// The bag's writer has failed before and takes nothing more.
    case writerStopped
}

extension BagError: CustomStringConvertible {
    /// One line that says what was found, what was expected and, where it helps, what to do.
    public var description: String {
        switch self {
        case .cannotOpen(let path, let reason): "cannot open '\(path)': \(reason)"
        case .cannotCreate(let path, let reason): "cannot create '\(path)': \(reason)"
        case .readFailed(let offset, let reason): "reading at byte \(offset) failed: \(reason)"
        case .writeFailed(let offset, let reason):
            "writing at byte \(offset) failed: \(reason)"
                + (offset > 0 ? "; the bag can be closed with 'bag recover'" : "")
        case .lowSpace(let folder, let free, let floor):
            "'\(folder)' has \(free >> 20) MiB left, and \(floor >> 20) MiB are to stay free (free_mib):"
                + " make room, or record fewer topics"
        case .notABag(let found): "not an MCAP file: \(Self.kind(of: found))"
        case .truncated(let offset, let needed, let available):
            "truncated at byte \(offset): \(needed) bytes needed, \(available) there; try 'bag recover'"
        case .malformed(let record, let offset, let detail): "\(record) at byte \(offset): \(detail)"
        case .overLimit(let what, let offset, let found, let limit):
            "\(what) at byte \(offset) is \(found) bytes, the limit is \(limit)"
        case .checksum(let of, let offset, let stored, let computed):
            "\(of) at byte \(offset): checksum \(Self.hex(computed)), expected \(Self.hex(stored))"
        case .unknownCompression(let name, let offset):
            "chunk at byte \(offset): unknown compression '\(name)', expected '', 'lz4' or 'zstd'"
        case .decompression(let codec, let offset, let detail):
            "chunk at byte \(offset): \(codec) data is damaged: \(detail)"
        case .compression(let codec, let detail): "\(codec) cannot compress: \(detail)"
        case .unknownChannel(let id, let offset): "channel \(id) at byte \(offset) was not declared before"
        case .unknownSchema(let id, let offset): "schema \(id) at byte \(offset) was not declared before"
        case .conflictingDefinition(let record, let id, let offset):
            "\(record) \(id) at byte \(offset) differs from its earlier declaration"
        case .wrongIndex(let offset, let detail): "index at byte \(offset): \(detail)"
        case .tooMany(let what, let limit): "no more than \(limit) \(what) fit into a bag"
        case .writerStopped: "the bag's writer stopped after an earlier error"
        }
    }

    /// What a file is instead, by its first bytes, and what can be done with it.
    private static func kind(of bytes: [UInt8]) -> String {
        if bytes.isEmpty { return "it is empty" }
        if bytes.starts(with: "SQLite".utf8) {
            return "it is an SQLite file; 'bag convert' imports those of ROS 2"
        }
        if bytes.starts(with: "#ROSBAG".utf8) {
            return "it is a bag of ROS 1; 'rosbags-convert' of the Python package rosbags turns it into one"
        }
        if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
            return "it is compressed with zstd; 'zstd -d' unpacks it, 'bag convert' imports those of ROS 2"
        }
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) || bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            return "it is a picture; 'bag convert' imports a folder of pictures"
        }
        if bytes.starts(with: "SEMALIGN".utf8) { return "it is a class representation" }
        return "it begins with \(hex(bytes)), expected \(hex(Magic.bytes))"
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    }

    private static func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
    }
}
