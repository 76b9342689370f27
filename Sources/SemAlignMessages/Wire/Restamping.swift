// SPDX-License-Identifier: Apache-2.0

import SwiftProtobuf

/// Gives messages another stamp without looking into the rest of them.
public enum Restamping {
    /// Messages whose field 1 is their stamp.
    private static let schemas = Set(
        [
            CompressedImageMessage.schemaName, RawImageMessage.schemaName, CalibrationMessage.schemaName,
            FeatureMessage.schemaName, QueryMessage.schemaName,
        ] + CameraPoseMessage.schemas)

    /// The payload with the stamp that `change` makes of its own [ns]; `nil` where it has none that can be read.
    public static func payload(
        _ payload: [UInt8], schema: String, _ change: (UInt64) -> UInt64
    ) -> [UInt8]? {
        guard schemas.contains(schema), let field = PayloadField(number: 1, of: payload.span),
            let stamp = try? Google_Protobuf_Timestamp(payload: Array(payload[field.range])),
            let time = try? stamp.nanosecondsSinceEpoch(),
            let changed = try? Google_Protobuf_Timestamp(nanosecondsSinceEpoch: change(time)).payload()
        else { return nil }
        // Its own tag and length: a stamp has less than 128 bytes.
        return field.rest + [0x0A, UInt8(changed.count)] + changed
    }
}
