// SPDX-License-Identifier: Apache-2.0

import CZeroMQ

/// Whether a socket encrypts, and whom it believes.
public enum SocketSecurity: Hashable, Sendable {
    /// Neither: for sockets that other machines cannot reach.
    case none
    /// CURVE, as the side that others must know the public key of: usually the one that binds.
    ///
    /// Whoever knows this public key may connect: give it to nobody else.
    case server(CurveKeys)
    /// CURVE, as the side that connects to a server with the public key `server` (40 characters of Z85).
    case client(CurveKeys, server: String)

    func apply(to socket: Socket) throws(TransportError) {
        switch self {
        case .none: return
        case .server(let keys):
            try socket.set(ZMQ_CURVE_SERVER, to: Int32(1))
            try socket.set(ZMQ_CURVE_SECRETKEY, to: Array(keys.secretKey.utf8))
        case .client(let keys, let server):
            try CurveKeys.check(server)
            try socket.set(ZMQ_CURVE_SERVERKEY, to: Array(server.utf8))
            try socket.set(ZMQ_CURVE_PUBLICKEY, to: Array(keys.publicKey.utf8))
            try socket.set(ZMQ_CURVE_SECRETKEY, to: Array(keys.secretKey.utf8))
        }
    }
}
