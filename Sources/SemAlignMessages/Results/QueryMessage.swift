// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore
import SwiftProtobuf

/// Points that somebody asks for: `semalign.QueryArray`.
///
/// They hold until the next message; one without points ends the search.
public struct QueryMessage: DecodableMessage, Hashable {
    /// `semalign.QueryArray`.
    public static let schemaName = Semalign_QueryArray.protoMessageName
    /// Most points that one message may ask for.
    public static let maximumCount = 10_000

    /// Time of the message [ns since the Unix epoch]; 0 = not stated.
    public let timestamp: UInt64
    /// Name of the reference view; empty = the class frame.
    public let reference: String
    /// The points, each with a name of its own.
    public let queries: [CorrespondenceQuery]

    /// Joins the parts of a message.
    public init(timestamp: UInt64, reference: String, queries: [CorrespondenceQuery]) {
        self.timestamp = timestamp
        self.reference = reference
        self.queries = queries
    }

    /// Reads and checks a payload.
    public init(decoding payload: [UInt8]) throws(MessageError) {
        let message = try Semalign_QueryArray(payload: payload)
        guard message.points.count <= Self.maximumCount else {
            throw .value(
                field: "number of query points", found: "\(message.points.count)",
                expected: "0…\(Self.maximumCount)")
        }
        var queries: [CorrespondenceQuery] = []
        var ids: Set<String> = []
        for point in message.points {
            guard ids.insert(point.id).inserted else {
                throw .value(
                    field: "id of a query point", found: "'\(point.id)' twice", expected: "distinct ids")
            }
            queries.append(try CorrespondenceQuery(checking: point, reference: message.reference))
        }
        self.init(
            timestamp: try message.timestamp.nanosecondsSinceEpoch(), reference: message.reference,
            queries: queries)
    }

    /// The payload.
    public func encoded() throws(MessageError) -> [UInt8] {
        var message = Semalign_QueryArray()
        message.timestamp = .init(nanosecondsSinceEpoch: timestamp)
        message.reference = reference
        message.points = queries.map { query in
            .with {
                $0.id = query.id
                switch query.place {
                case .pixel(let pixel): $0.pixel = .init(pixel)
                case .position(let position): $0.position = .init(position)
                }
            }
        }
        return try message.payload()
    }
}

extension CorrespondenceQuery {
    fileprivate init(checking query: Semalign_Query, reference: String) throws(MessageError) {
        switch query.place {
        case .none:
            throw .missing(field: "pixel or position of query point '\(query.id)'")
        case .pixel(let pixel):
            guard !reference.isEmpty else {
                throw .missing(field: "reference: query point '\(query.id)' is a pixel, but the view's name")
            }
            let limit = maximumPixelCoordinate
            try check(
                all: [pixel.u, pixel.v], in: -limit...limit, field: "pixel of query point '\(query.id)'")
            self.init(id: query.id, place: .pixel(pixel.vector))
        case .position(let position):
            let point = try position.finite(field: "position of query point '\(query.id)'")
            self.init(id: query.id, place: .position(point))
        }
    }
}
