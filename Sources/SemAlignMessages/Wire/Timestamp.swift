// SPDX-License-Identifier: Apache-2.0

import SwiftProtobuf

extension Google_Protobuf_Timestamp {
    /// From nanoseconds since the Unix epoch.
    init(nanosecondsSinceEpoch time: UInt64) {
        self.init(seconds: Int64(time / 1_000_000_000), nanos: Int32(time % 1_000_000_000))
    }

    /// To nanoseconds since the Unix epoch.
    func nanosecondsSinceEpoch() throws(MessageError) -> UInt64 {
        let error = MessageError.timestampOutOfRange(seconds: seconds, nanoseconds: nanos)
        guard seconds >= 0, (0..<1_000_000_000).contains(nanos) else { throw error }
        let (whole, tooLong) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflow) = whole.addingReportingOverflow(UInt64(nanos))
        guard !tooLong, !overflow else { throw error }
        return sum
    }
}
