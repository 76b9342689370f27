// SPDX-License-Identifier: Apache-2.0

import CZeroMQ

/// A pair of CURVE keys, each 40 characters of Z85.
public struct CurveKeys: Hashable, Sendable {
    /// To be given to peers.
    public let publicKey: String
    /// To be stored where nobody else reads it; descriptions leave it out.
    public let secretKey: String

    private static let length = 40

    /// Makes a new pair from the system's randomness.
    public static func generate() throws(TransportError) -> CurveKeys {
        var publicKey = [CChar](repeating: 0, count: length + 1)
        var secretKey = publicKey
        guard unsafe zmq_curve_keypair(&publicKey, &secretKey) == 0 else {
            throw .last(operation: "making a key pair")
        }
        return CurveKeys(publicKey: text(publicKey), secretKey: text(secretKey))
    }

    /// Makes the pair of a secret key; throws `failed` where it is none, and does not tell it.
    public init(secretKey: String) throws(TransportError) {
        try Self.check(secretKey)
        var publicKey = [CChar](repeating: 0, count: Self.length + 1)
        guard unsafe zmq_curve_public(&publicKey, secretKey) == 0 else { throw Self.badKey }
        self.init(publicKey: Self.text(publicKey), secretKey: secretKey)
    }

    private init(publicKey: String, secretKey: String) {
        self.publicKey = publicKey
        self.secretKey = secretKey
    }

    private static let badKey = TransportError.failed(
        operation: "reading a CURVE key", reason: "it is not 40 characters of Z85")

    /// The text of a key's bytes; `nil` where they are none.
    static func text(ofKey bytes: [UInt8]) -> String? {
        guard bytes.count == 32 else { return nil }
        var text = [CChar](repeating: 0, count: length + 1)
        guard unsafe zmq_z85_encode(&text, bytes, bytes.count) != nil else { return nil }
        return Self.text(text)
    }

    /// Throws where `key` is no key: not 40 characters of Z85.
    public static func check(_ key: String) throws(TransportError) {
        // The library's alphabet; it reads other characters as whatever they stand next to.
        let alphabet = Set(
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#")
        guard key.utf8.count == length, key.allSatisfy(alphabet.contains) else { throw badKey }
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension CurveKeys: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The public key alone: the secret one must not get into a log.
    public var description: String { "CURVE public key \(publicKey)" }

    /// As `description`.
    public var debugDescription: String { description }

    /// The public key alone.
    public var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }
}
