// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

extension ShapeBuilder {
    /// A toy truck: a cab with a bonnet, a load bed with walls, four wheels; 18 keypoints.
    mutating func truck(_ vary: inout Variation) {
        let half = vary(0.045)
        let wheel = vary(0.021)
        let floor = wheel * 1.3
        let bonnet = vary(0.05)
        let cab = vary(0.06)
        let bed = vary(0.115)
        let chassis = vary(0.022)
        let front = -(bonnet + cab + bed) / 2
        let cabFront = front + bonnet
        let bedFront = cabFront + cab
        let deck = floor + chassis
        let nose = deck + vary(0.018)
        let roof = nose + vary(0.045)
        box([-half, front, floor], [half, -front, deck], part: 0)
        box([-half, front, deck], [half, cabFront, nose], part: 1)
        let taper = SIMD2(min(vary(0.85), 1), 0.8)
        box([-half, cabFront, deck], [half, bedFront, roof], taper: taper, part: 2)
        let wall = vary(0.038)
        for side in [-half, half * 0.9] {
            box([side, bedFront, deck], [side + half * 0.1, -front, deck + wall], part: 3)
        }
        box([-half, -front - half * 0.1, deck], [half, -front, deck + wall], part: 3)
        keypointPair("bumper", at: [half, front, floor])
        keypointPair("nose", at: [half, front, nose])
        let ridge = (cabFront + bedFront) / 2
        keypointPair("roof_front", at: [half * taper.x, ridge - cab / 2 * taper.y, roof])
        keypointPair("roof_rear", at: [half * taper.x, ridge + cab / 2 * taper.y, roof])
        keypointPair("bed_front", at: [half, bedFront, deck + wall])
        keypointPair("bed_rear", at: [half, -front, deck + wall])
        keypointPair("tail", at: [half, -front, floor])
        let axles = [("front", front + bonnet * 0.6), ("rear", -front - bed * 0.35)]
        for (name, y) in axles { wheels(name, radius: wheel, at: [half, y, wheel], width: wheel * 0.7) }
        line("bumper_left", "nose_left", "nose_right", "bumper_right", "bumper_left")
        line("bed_front_left", "bed_rear_left", "bed_rear_right", "bed_front_right", "bed_front_left")
        line("bumper_left", "wheel_front_left", "wheel_rear_left", "tail_left", "bed_rear_left")
        line("bumper_right", "wheel_front_right", "wheel_rear_right", "tail_right", "bed_rear_right")
    }

    /// Two wheels of an axle; names their hubs.
    mutating func wheels(_ name: String, radius: Double, at center: SIMD3<Double>, width: Double) {
        for side in [-1.0, 1.0] {
            let inner = SIMD3(side * (center.x - width * 0.4), center.y, center.z)
            let outer = SIMD3(side * (center.x + width * 0.6), center.y, center.z)
            tube(along: [inner, outer], radii: [[radius, radius]], segments: 20, part: 4)
        }
        keypointPair("wheel_" + name, at: [center.x + width * 0.6, center.y, center.z])
    }

    /// A standing toy animal: body, head with snout and ears, four legs, a tail; 17 keypoints.
    mutating func animal(_ vary: inout Variation) {
        let body = SIMD3(vary(0.034), vary(0.075), vary(0.037))
        let leg = vary(0.07)
        let stout = vary(0.0125)
        let middle = leg + body.z * 0.55
        ellipsoid(center: [0, 0, middle], radii: body, part: 0)
        let head = SIMD3(vary(0.028), vary(0.034), vary(0.03))
        let skull = SIMD3(0, -body.y - head.y * 0.55, middle + body.z + vary(0.02))
        tube(
            along: [[0, -body.y * 0.6, middle + body.z * 0.3], skull],
            radii: [[head.x * 0.65, head.x * 0.65]], part: 0)
        ellipsoid(center: skull, radii: head, part: 1)
        let snout = vary(0.03)
        let nose = skull + SIMD3(0, -head.y * 0.7 - snout, -head.z * 0.3)
        tube(along: [skull, (skull + nose) / 2, nose], radii: [SIMD2(0.5, 0.45) * head.x], part: 2)
        keypoint("nose", at: nose)
        let eye = normalized([0.62, -0.6, 0.5])
        keypointPair("eye", at: skull + head * eye)
        keypoint("crown", at: skull + SIMD3(0, 0, head.z))
        ears(at: skull, head: head, length: vary(0.034))
        for (name, y) in [("front", -body.y * 0.62), ("back", body.y * 0.66)] {
            for side in [-1.0, 1.0] {
                let hip = SIMD3(side * body.x * 0.6, y, middle)
                let foot = SIMD3(side * body.x * 0.7, y, stout * 0.4)
                tube(along: [hip, (hip + foot) / 2, foot], radii: [[stout, stout]], part: 4)
            }
            keypointPair("foot_" + name, at: [body.x * 0.7, y - stout, stout * 0.4])
            keypointPair("flank_" + name, at: SIMD3(body.x * 0.77, y * 0.9, middle + 0.1 * body.z))
        }
        let root = SIMD3(0, body.y * 0.9, middle + body.z * 0.3)
        let tip = root + SIMD3(0, vary(0.035), vary(0.045))
        tube(along: [root, (root + tip) / 2, tip], radii: [SIMD2(0.5, 0.5) * stout], segments: 8, part: 5)
        keypoint("tail_root", at: [0, body.y, middle + body.z * 0.1])
        keypoint("tail_tip", at: tip)
        keypoint("back_center", at: [0, 0, middle + body.z])
        line("nose", "eye_left", "ear_left")
        line("nose", "eye_right", "ear_right")
        line("nose", "crown", "back_center", "tail_root", "tail_tip")
        for end in ["front_left", "front_right", "back_left", "back_right"] {
            line("foot_" + end, "flank_" + end, "back_center")
        }
    }

    /// Two pointed ears; names their tips.
    private mutating func ears(at skull: SIMD3<Double>, head: SIMD3<Double>, length: Double) {
        let root = SIMD3(head.x * 0.6, head.y * 0.25, head.z * 0.6)
        let tip = root + SIMD3(0.25, 0.1, 1) * length
        for side in [-1.0, 1.0] {
            let mirror = SIMD3(side, 1, 1)
            let path = [skull + root * mirror, skull + (root + tip) / 2 * mirror, skull + tip * mirror]
            tube(
                along: path, radii: [[0.01, 0.006], [0.008, 0.005], [0.003, 0.002]], segments: 8, part: 3)
        }
        keypointPair("ear", at: skull + tip)
    }
}
