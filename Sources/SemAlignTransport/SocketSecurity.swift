// SPDX-License-Identifier: Apache-2.0

import CZeroMQ

/// Whether a socket encrypts, and whom it believes.
public enum SocketSecurity: Hashable, Sendable {
    /// Neither: for sockets that other machines cannot reach.
    case none
    /// CURVE for every `tcp://` endpoint; sockets within the machine stay as they are, their files guard them.
    ///
    /// What binds is a server with these keys: whom it lets in besides those who know its public key is up to the
    /// context's `Authenticator`. What connects believes nobody but the server with the public key `server` (40
    /// characters of Z85); without one nothing can be connected to.
    case curve(CurveKeys, server: String? = nil)

    /// Prepares `socket` for the next endpoint that it binds: the library remembers what held at that time.
    func applyForBinding(_ endpoint: String, to socket: Socket) throws(TransportError) {
        guard case .curve(let keys, _) = self, endpoint.hasPrefix("tcp://") else {
            return try leaveOpen(socket)
        }
        try socket.set(ZMQ_CURVE_SERVER, to: Int32(1))
        try socket.set(ZMQ_CURVE_SECRETKEY, to: Array(keys.secretKey.utf8))
    }

    /// Prepares `socket` for the next endpoint that it connects to.
    func applyForConnecting(_ endpoint: String, to socket: Socket) throws(TransportError) {
        guard case .curve(let keys, let server) = self, endpoint.hasPrefix("tcp://") else {
            return try leaveOpen(socket)
        }
        guard let server else {
            throw .cannotConnect(endpoint: endpoint, reason: "the public key of its server is not given")
        }
        try CurveKeys.check(server)
        try socket.set(ZMQ_CURVE_SERVERKEY, to: Array(server.utf8))
        try socket.set(ZMQ_CURVE_PUBLICKEY, to: Array(keys.publicKey.utf8))
        try socket.set(ZMQ_CURVE_SECRETKEY, to: Array(keys.secretKey.utf8))
    }

    /// Takes back what an endpoint before may have asked for.
    private func leaveOpen(_ socket: Socket) throws(TransportError) {
        if self != .none { try socket.set(ZMQ_CURVE_SERVER, to: Int32(0)) }
    }
}
