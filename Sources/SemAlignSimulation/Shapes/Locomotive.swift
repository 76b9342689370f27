// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

extension ShapeBuilder {
    /// A toy steam engine: a boiler with chimney and dome on a chassis, a cab behind, six wheels, four buffers;
    /// 20 keypoints.
    mutating func locomotive(_ vary: inout Variation) {
        let half = vary(0.034)
        let wheel = vary(0.02)
        let floor = wheel * 1.15
        let deck = floor + vary(0.016)
        let front = -vary(0.1)
        let cabFront = vary(0.035)
        let back = cabFront + vary(0.06)
        box([-half, front, floor], [half, back, deck], part: 0)
        let radius = vary(0.027)
        boiler(radius: radius, middle: deck + radius * 0.9, from: front * 0.92, to: cabFront, &vary)
        let roof = deck + vary(0.075)
        box([-half, cabFront, deck], [half, back, roof], part: 3)
        keypointPair("sill", at: [half, cabFront, deck])
        keypointPair("roof_front", at: [half, cabFront, roof])
        keypointPair("roof_rear", at: [half, back, roof])
        let reach = vary(0.014)
        for (name, y, way) in [("front", front, -1.0), ("rear", back, 1.0)] {
            let root = SIMD3(half * 0.62, y, (floor + deck) / 2)
            buffers(name, from: root, to: root + SIMD3(0, way * reach, 0), radius: (deck - floor) * 0.42)
        }
        for (name, share) in [("front", 0.16), ("middle", 0.48), ("rear", 0.82)] {
            let y = front + (back - front) * share
            wheels(name, radius: wheel, at: [half, y, wheel], width: wheel * 0.6)
        }
        line("sill_left", "roof_front_left", "roof_front_right", "sill_right")
        line("roof_front_left", "roof_rear_left", "roof_rear_right", "roof_front_right")
        line("boiler_front", "chimney_top", "boiler_top", "dome_top")
        for side in ["left", "right"] {
            line("wheel_front_" + side, "wheel_middle_" + side, "wheel_rear_" + side)
            line("buffer_front_" + side, "sill_" + side, "buffer_rear_" + side)
        }
    }

    /// A lying cylinder with a chimney in front and a dome behind; names its front, its top and theirs.
    private mutating func boiler(
        radius: Double, middle: Double, from front: Double, to rear: Double, _ vary: inout Variation
    ) {
        let center = front + (rear - front) * 0.5
        let path = [front, center, rear].map { SIMD3(0, $0, middle) }
        tube(along: path, radii: [[radius, radius]], segments: 24, part: 1)
        keypoint("boiler_front", at: path[0])
        keypoint("boiler_top", at: path[1] + SIMD3(0, 0, radius))
        let chimney = SIMD2(0, front + (rear - front) * 0.18)
        let width = radius * vary(0.34)
        let top = middle + radius + vary(0.034)
        revolve(
            [[width, middle], [width * 0.9, top * 0.85 + middle * 0.15], [width * 1.3, top], [0, top]],
            about: chimney, segments: 16, part: 2)
        keypoint("chimney_top", at: [chimney.x, chimney.y, top])
        let dome = SIMD3(radius * 0.5, radius * 0.5, vary(0.018))
        let seat = SIMD3(0, front + (rear - front) * 0.78, middle + radius * 0.92)
        ellipsoid(center: seat, radii: dome, segments: 14, part: 4)
        keypoint("dome_top", at: seat + SIMD3(0, 0, dome.z))
    }

    /// Two short rods at an end of the chassis; names their tips.
    private mutating func buffers(
        _ name: String, from root: SIMD3<Double>, to tip: SIMD3<Double>, radius: Double
    ) {
        for side in [-1.0, 1.0] {
            let mirror = SIMD3(side, 1, 1)
            tube(along: [root * mirror, tip * mirror], radii: [[radius, radius]], part: 5)
        }
        keypointPair("buffer_" + name, at: tip)
    }
}
