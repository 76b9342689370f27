// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

extension ShapeBuilder {
    /// A small chair: a seat on four legs and a back of two posts and two slats; 15 keypoints.
    mutating func chair(_ vary: inout Variation) {
        let half = SIMD2(vary(0.09), vary(0.085))
        let seat = vary(0.16)
        let thick = vary(0.018)
        let leg = vary(0.0105)
        let splay = vary(1.08)
        box([-half.x, -half.y, seat - thick], [half.x, half.y, seat], part: 0)
        for (name, y) in [("front", -half.y + leg), ("back", half.y - leg)] {
            for side in [-1.0, 1.0] {
                let top = SIMD3(side * (half.x - leg), y, seat - thick)
                let foot = SIMD3(top.x * splay, y * splay, leg)
                tube(along: [top, (top + foot) / 2, foot], radii: [[leg, leg]], segments: 8, part: 1)
            }
            keypointPair("foot_" + name, at: [(half.x - leg) * splay, y * splay, leg * 0.3])
            keypointPair("seat_" + name, at: [half.x, name == "front" ? -half.y : half.y, seat])
        }
        keypoint("seat_center", at: [0, 0, seat])
        let rise = vary(0.17)
        let lean = vary(0.025)
        for side in [-1.0, 1.0] {
            let low = SIMD3(side * (half.x - leg), half.y - leg, seat)
            let high = SIMD3(low.x, low.y + lean, seat + rise)
            tube(along: [low, (low + high) / 2, high], radii: [[leg, leg]], segments: 8, part: 2)
        }
        let slat = vary(0.032)
        for (name, share) in [("upper", 0.86), ("lower", 0.4)] {
            let center = SIMD3(0, half.y - leg + lean * share, seat + rise * share)
            box(
                center - SIMD3(half.x - leg, leg * 0.7, slat / 2),
                center + SIMD3(half.x - leg, leg * 0.7, slat / 2),
                part: 3)
            keypoint("slat_" + name, at: center - SIMD3(0, leg * 0.7, 0))
        }
        keypointPair("back_top", at: [half.x - leg, half.y - leg + lean, seat + rise])
        keypointPair("seat_side", at: [half.x, 0, seat - thick / 2])
        line("seat_front_left", "seat_front_right", "seat_back_right", "seat_back_left", "seat_front_left")
        line("seat_back_left", "back_top_left", "back_top_right", "seat_back_right")
        for end in ["front_left", "front_right", "back_left", "back_right"] {
            line("foot_" + end, "seat_" + end)
        }
    }
}
