// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

extension ShapeBuilder {
    /// A short claw hammer standing on its grip: a grip, a shaft, a head with a face and a two-pronged claw;
    /// 12 keypoints.
    mutating func hammer(_ vary: inout Variation) {
        let shaft = vary(0.135)
        let thin = vary(0.0105)
        let thick = vary(0.015)
        let grip = shaft * vary(0.42)
        let head = SIMD3(vary(0.016), vary(0.04), vary(0.017))
        let up = head.z * 1.3
        tube(
            along: [[0, 0, up], [0, 0, up + grip * 0.5], [0, 0, up + grip]],
            radii: [[thick * 0.8, thick], [thick * 0.72, thick * 0.9], [thick * 0.8, thick]], part: 0)
        tube(along: [[0, 0, up + grip], [0, 0, up + shaft]], radii: [[thin * 0.8, thin]], part: 1)
        keypoint("grip_end", at: [0, -thick * 0.98, up + grip * 0.1])
        keypoint("grip_front", at: [0, -thick * 0.9, up + grip * 0.5])
        keypoint("grip_back", at: [0, thick * 0.9, up + grip * 0.5])
        keypointPair("neck", at: [thin * 0.8, 0, up + grip + (shaft - grip) * 0.5])
        let level = up + shaft
        box([-head.x, -head.y * 0.5, level - head.z], [head.x, head.y * 0.5, level + head.z], part: 2)
        keypoint("head_top", at: [0, 0, level + head.z])
        let face = SIMD3(0, -head.y - vary(0.02), level)
        tube(
            along: [[0, -head.y * 0.4, level], [0, face.y * 0.8, level], face],
            radii: [[0.8, 0.8], [0.8, 0.8], [1.05, 1.05]].map { (r: SIMD2<Double>) in r * head.x }, part: 3)
        keypoint("face_top", at: face + SIMD3(0, 0, head.x * 1.05))
        keypoint("face_bottom", at: face - SIMD3(0, 0, head.x * 1.05))
        keypointPair("face", at: face + SIMD3(head.x * 1.05, 0, 0))
        let reach = vary(0.07)
        let drop = vary(0.03)
        for side in [-1.0, 1.0] {
            let path = (0...5).map { step -> SIMD3<Double> in
                let t = Double(step) / 5
                return [side * head.x * (0.4 + 0.6 * t), head.y * 0.4 + reach * t, level - drop * t * t]
            }
            tube(
                along: path, radii: (0...5).map { SIMD2(0.5, 0.6) * head.x * (1 - 0.13 * Double($0)) },
                part: 4)
        }
        keypointPair("claw", at: [head.x, head.y * 0.4 + reach, level - drop])
        line("grip_end", "grip_front", "head_top", "face_top", "face_right", "face_bottom", "face_left")
        line("head_top", "claw_left")
        line("head_top", "claw_right")
        line("grip_end", "grip_back", "head_top")
    }
}
