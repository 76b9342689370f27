// SPDX-License-Identifier: Apache-2.0

/// Why a socket cannot be opened or used.
public enum TransportError: Error, Hashable, Sendable {
    /// Another socket is bound to this endpoint.
    case addressInUse(endpoint: String)
    /// The endpoint is written in a way that no transport understands, or of a kind that is not built in.
    case invalidEndpoint(endpoint: String, reason: String)
    /// The system refuses to bind the endpoint.
    case cannotBind(endpoint: String, reason: String)
    /// The endpoint cannot be connected to; that nobody listens there yet is no error.
    case cannotConnect(endpoint: String, reason: String)
    /// A topic or schema that cannot stand on the wire: empty, or longer than a name may be.
    case invalidName(name: String, reason: String)
    /// The context was shut down.
    case terminated
    /// Any other refusal of the library or the system.
    case failed(operation: String, reason: String)
}

extension TransportError: CustomStringConvertible {
    /// One line: what was tried, why it failed, what to do.
    public var description: String {
        switch self {
        case .addressInUse(let endpoint):
            "\(endpoint) is in use; stop the program that is bound to it, or choose another endpoint"
        case .invalidEndpoint(let endpoint, let reason):
            "'\(endpoint)' is no endpoint: \(reason); write ipc:///path, tcp://address:port or inproc://name"
        case .cannotBind(let endpoint, let reason):
            "cannot bind \(endpoint): \(reason)"
        case .cannotConnect(let endpoint, let reason):
            "cannot connect to \(endpoint): \(reason)"
        case .invalidName(let name, let reason):
            "'\(name)' cannot be sent as topic or schema: \(reason)"
        case .terminated:
            "the messaging context was shut down"
        case .failed(let operation, let reason):
            "\(operation) failed: \(reason)"
        }
    }
}
