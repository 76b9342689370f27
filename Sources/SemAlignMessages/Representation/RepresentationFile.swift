// SPDX-License-Identifier: Apache-2.0

import CRC
public import SemAlignCore
import SwiftProtobuf

/// A class representation as it lies on disk: `NAME.semalign`.
///
/// Header, little-endian: the eight bytes `SEMALIGN`, version (4 bytes), length of the payload (8), its
/// CRC-32 (4); then the payload, a protobuf `semalign.ClassRepresentation`. Equal values make equal bytes.
public struct RepresentationFile: Hashable, Sendable {
    /// Format versions that this build reads; it writes the last.
    public static let supportedVersions = 1...1
    /// Conventional end of a file's name.
    public static let nameExtension = "semalign"

    /// The file's name without folder and extension, and a fingerprint of its bytes.
    public let identity: RepresentationIdentity
    /// What it holds.
    public let representation: ClassRepresentation

    /// Reads and checks the file at `path`.
    public static func read(path: String) throws(MessageError) -> RepresentationFile {
        let bytes = try FileBytes.read(path: path, limit: maximumLength)
        return RepresentationFile(
            identity: RepresentationIdentity(name: name(ofPath: path), hash: hash(of: bytes)),
            representation: try decode(bytes))
    }

    /// Writes a file that appears at `path` whole or not at all.
    @discardableResult
    public static func write(
        _ representation: ClassRepresentation, path: String
    ) throws(MessageError) -> RepresentationIdentity {
        let bytes = try encode(representation)
        try FileBytes.write(bytes, path: path)
        return RepresentationIdentity(name: name(ofPath: path), hash: hash(of: bytes))
    }

    /// The file's bytes; refuses values that could not be read again.
    public static func encode(_ representation: ClassRepresentation) throws(MessageError) -> [UInt8] {
        let message = Semalign_ClassRepresentation(representation)
        _ = try ClassRepresentation(checking: message)
        let payload = try message.payload()
        var bytes = magic
        bytes.append(littleEndian: UInt32(supportedVersions.upperBound))
        bytes.append(littleEndian: UInt64(payload.count))
        bytes.append(littleEndian: CRC32.checksum(payload))
        return bytes + payload
    }

    /// Reads and checks a file's bytes; whatever they are, the result is sound or an error.
    public static func decode(_ bytes: [UInt8]) throws(MessageError) -> ClassRepresentation {
        guard bytes.starts(with: magic) else { throw .notARepresentation }
        guard bytes.count >= headerLength else {
            throw .fileLength(expected: UInt64(headerLength), found: UInt64(bytes.count))
        }
        let version = Int(bytes.littleEndian(at: 8, as: UInt32.self))
        guard supportedVersions.contains(version) else {
            throw .unsupportedVersion(found: version, supported: supportedVersions)
        }
        let length = bytes.littleEndian(at: 12, as: UInt64.self)
        guard length == UInt64(bytes.count - headerLength) else {
            let (expected, overflow) = length.addingReportingOverflow(UInt64(headerLength))
            throw .fileLength(expected: overflow ? .max : expected, found: UInt64(bytes.count))
        }
        let payload = [UInt8](bytes[headerLength...])
        let expected = bytes.littleEndian(at: 20, as: UInt32.self)
        let found = CRC32.checksum(payload)
        guard expected == found else { throw .checksum(expected: expected, found: found) }
        return try ClassRepresentation(checking: Semalign_ClassRepresentation(payload: payload))
    }

    /// Fingerprint of a file's bytes: 64-bit FNV-1a, in hexadecimal.
    ///
    /// It tells files apart; it does not protect against forgery.
    public static func hash(of bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return "fnv1a64:" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static let magic = [UInt8]("SEMALIGN".utf8)
    private static let headerLength = 24
    /// More is no representation, and protobuf ends at 2 GiB.
    private static let maximumLength = 1 << 30

    private static func name(ofPath path: String) -> String {
        let file = path.split(separator: "/").last ?? ""
        return String(file.hasSuffix("." + nameExtension) ? file.dropLast(nameExtension.count + 1) : file)
    }
}

extension [UInt8] {
    fileprivate mutating func append(littleEndian number: some FixedWidthInteger) {
        for shift in stride(from: 0, to: number.bitWidth, by: 8) {
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    fileprivate func littleEndian<Number: FixedWidthInteger>(at offset: Int, as: Number.Type) -> Number {
        self[offset..<offset + Number.bitWidth / 8].reversed().reduce(0) { $0 << 8 | Number($1) }
    }
}
