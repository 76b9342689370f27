// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// Colours of an overlay (red, green, blue).
enum OverlayPalette {
    static let outline: SIMD3<UInt8> = [18, 20, 24]
    static let bone: SIMD3<UInt8> = [240, 240, 235]
    static let densePoint: SIMD3<UInt8> = [90, 200, 250]
    static let text: SIMD3<UInt8> = [232, 234, 237]
    static let quietText: SIMD3<UInt8> = [150, 156, 164]

    /// A bright colour; neighbours in the class's order differ strongly.
    static func keypoint(_ index: Int) -> SIMD3<UInt8> {
        // The golden ratio spreads any number of hues evenly.
        let turn = Double(index) * 0.618_033_988_75 + 0.05
        return hue(turn - turn.rounded(.down))
    }

    /// The keypoint's colour, paler: letters are thin.
    static func name(_ index: Int) -> SIMD3<UInt8> {
        let color = SIMD3<UInt16>(truncatingIfNeeded: keypoint(index))
        return SIMD3<UInt8>(truncatingIfNeeded: (color &* 3 &+ 2 * 255) / 5)
    }

    static func state(_ state: TrackingState) -> SIMD3<UInt8> {
        switch state {
        case .tracking: [52, 168, 83]
        case .searching: [217, 150, 20]
        case .lost: [217, 48, 37]
        case .noObject: [110, 116, 124]
        }
    }

    /// Full saturation, softened so that blue stays legible on dark ground.
    private static func hue(_ hue: Double) -> SIMD3<UInt8> {
        func channel(_ shift: Double) -> UInt8 {
            let position = (hue + shift) * 6
            let wrapped = abs(position.truncatingRemainder(dividingBy: 6) - 3) - 1
            return UInt8((85 + 170 * min(max(wrapped, 0), 1)).rounded())
        }
        return SIMD3(channel(0), channel(2.0 / 3), channel(1.0 / 3))
    }
}
