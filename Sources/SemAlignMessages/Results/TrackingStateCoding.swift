// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

extension Semalign_KeypointArray.State {
    /// From Core's state.
    init(_ state: TrackingState) {
        self =
            switch state {
            case .searching: .searching
            case .tracking: .tracking
            case .lost: .lost
            case .noObject: .noObject
            }
    }

    /// As Core's state.
    func checked() throws(MessageError) -> TrackingState {
        switch self {
        case .searching: return .searching
        case .tracking: return .tracking
        case .lost: return .lost
        case .noObject: return .noObject
        case .unspecified, .UNRECOGNIZED:
            throw .unknown(
                field: "state", found: "\(rawValue)", supported: "SEARCHING, TRACKING, LOST, NO_OBJECT")
        }
    }
}
