// SPDX-License-Identifier: Apache-2.0

import CZeroMQ

/// Lets in only clients whose keys are known: the library asks it for every client that comes by CURVE.
///
/// One for each context, made before its sockets are bound; while there is none, everybody who knows a server's
/// public key may come in. Somebody has to call `answer` all the time: clients wait for it at their handshake. The
/// sockets that a client comes to count who was refused (see `Subscriber.refusedPeers`). Protocol: ZeroMQ RFC 27.
public struct Authenticator: ~Copyable {
    private let socket: Socket
    private var poller: Poller
    private let clients: Set<String>

    /// Lets in the clients with these public keys; `signal` wakes `answer`.
    public init(context: Context, clients: Set<String>, signal: WakeSignal) throws(TransportError) {
        for client in clients { try CurveKeys.check(client) }
        let socket = try Socket(context, .authenticator, SocketConfiguration(lingerMilliseconds: 0))
        _ = try socket.bind("inproc://zeromq.zap.01")
        self.socket = socket
        poller = Poller(signal: signal)
        poller.add(socket)
        self.clients = clients
    }

    /// Answers whoever asks until the signal calls.
    public mutating func answer() throws(TransportError) {
        while true {
            _ = try poller.wait(timeout: nil)
            if poller.isCalled { return }
            while let request = try request() {
                let isKnown = request.key.map(clients.contains) ?? false
                let answer: [[UInt8]] = [
                    Array("1.0".utf8), request.identifier, Array((isKnown ? "200" : "400").utf8), [], [], [],
                ]
                for (index, frame) in answer.enumerated() {
                    try socket.sendFrame(frame.span, hasMore: index < answer.count - 1)
                }
            }
        }
    }

    /// The next question: version, its number, domain, address, identity, mechanism, the client's public key.
    private func request() throws(TransportError) -> (identifier: [UInt8], key: String?)? {
        var frames: [[UInt8]] = []
        while let (bytes, hasMore) = try socket.receiveFrame(limit: 256) {
            frames.append(bytes)
            if hasMore { continue }
            guard frames.count >= 2 else { return ([], nil) }
            guard frames.count == 7, frames[5] == Array("CURVE".utf8) else { return (frames[1], nil) }
            return (frames[1], CurveKeys.text(ofKey: frames[6]))
        }
        return nil
    }
}
