// SPDX-License-Identifier: Apache-2.0

import CImageCodecs

/// Pixel types that the libraries of image files read and write.
enum CodecPixel {
    case color
    case grey8
    case grey16

    var rawValue: Int32 {
        switch self {
        case .color: Int32(SEMALIGN_CODEC_RGB8)
        case .grey8: Int32(SEMALIGN_CODEC_GRAY8)
        case .grey16: Int32(SEMALIGN_CODEC_GRAY16)
        }
    }

    /// What a library gave as its reason, up to the first zero.
    static func text(_ reason: [CChar]) -> String {
        String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
