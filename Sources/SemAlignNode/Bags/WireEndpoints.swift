// SPDX-License-Identifier: Apache-2.0

/// Where a player or a recording meets the wire.
public struct WireEndpoints: Hashable, Sendable {
    /// Endpoints to bind, for others that connect.
    public var bind: [String] = []
    /// Endpoints to connect to.
    public var connect: [String]
    /// Messages kept for each of the others before the transport drops.
    public var highWaterMark: Int
    /// Allows to bind addresses that other machines can reach.
    public var allowInsecure = false

    /// How endpoints that are reached by tcp are encrypted.
    public var curve = CurveSettings()

    /// Makes endpoints that connect only.
    public init(connect: [String], highWaterMark: Int) {
        self.connect = connect
        self.highWaterMark = highWaterMark
    }

    /// Checks what cannot be used.
    func check() throws(NodeError) {
        for endpoint in bind where !allowInsecure && isPublic(endpoint) {
            throw .publicBind(endpoint: endpoint)
        }
        guard !(bind + connect).isEmpty else {
            throw .conflict(reason: "there is no endpoint", remedy: "name one to bind or to connect to")
        }
    }
}
