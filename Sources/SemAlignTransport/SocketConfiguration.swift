// SPDX-License-Identifier: Apache-2.0

/// Limits of a socket: nothing queues or waits without bound.
public struct SocketConfiguration: Hashable, Sendable {
    /// Messages kept for each peer, at least 1; what comes when the queue is full is dropped.
    public var queueLimit: Int
    /// Largest frame [bytes] taken from a peer in another process; a peer that sends more is disconnected.
    ///
    /// Set it above the limit for payloads, so that a sender who is merely careless is counted and told.
    public var frameSizeLimit: Int
    /// How long closing waits for what is still to be sent [ms].
    public var lingerMilliseconds: Int
    /// How often a publisher asks subscribers for a sign of life [ms]; three times as long it may take.
    public var heartbeatMilliseconds = 2000
    /// Encryption; both ends must have it, or neither.
    public var security: SocketSecurity

    /// Makes a configuration; see the properties.
    public init(
        queueLimit: Int = 16, frameSizeLimit: Int = 128 << 20, lingerMilliseconds: Int = 500,
        security: SocketSecurity = .none
    ) {
        self.queueLimit = queueLimit
        self.frameSizeLimit = frameSizeLimit
        self.lingerMilliseconds = lingerMilliseconds
        self.security = security
    }
}
