// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

extension ShapeBuilder {
    /// A mug: a body of revolution with a hollow, and a handle behind; 12 keypoints.
    mutating func mug(_ vary: inout Variation) {
        let height = vary(0.095)
        let radius = vary(0.041)
        let base = radius * min(vary(0.84), 1)
        let wall = vary(0.0045)
        revolve(
            [
                [0, 0], [base, 0], [(base + radius) / 2, height / 2], [radius, height],
                [radius - wall, height], [(base + radius) / 2 - wall, height / 2], [base - wall, wall],
                [0, wall],
            ], part: 0)
        for (name, z, r) in [("rim", height, radius), ("base", 0, base)] {
            keypoint(name + "_front", at: [0, -r, z])
            keypointPair(name, at: [r, 0, z])
            keypoint(name + "_back", at: [0, r, z])
            line(name + "_front", name + "_right", name + "_back", name + "_left", name + "_front")
        }
        keypoint("inside_center", at: [0, 0, wall])
        let top = height * min(vary(0.82), 0.95)
        let bottom = height * vary(0.24)
        handle(
            from: [0, base + (radius - base) * top / height - wall / 2, top],
            to: [0, base + (radius - base) * bottom / height - wall / 2, bottom],
            reach: vary(0.032), radii: [vary(0.0065), vary(0.0045)], part: 1)
        line("rim_front", "base_front")
        line("rim_back", "handle_top", "handle_outer", "handle_bottom", "base_back")
    }

    /// A kettle: a bulged body with a lid and knob, a spout in front and a handle behind; 14 keypoints.
    mutating func kettle(_ vary: inout Variation) {
        let height = vary(0.15)
        let belly = vary(0.085)
        let base = belly * min(vary(0.8), 0.98)
        let neck = belly * min(vary(0.6), 0.9)
        let waist = height * vary(0.38)
        revolve(
            [[0, 0], [base, 0], [belly, waist], [(belly + neck) / 2, height * 0.8], [neck, height]], part: 0)
        let lid = height * vary(0.13)
        revolve([[neck, height], [neck * 0.75, height + lid * 0.7], [0, height + lid]], part: 3)
        let knob = vary(0.014)
        ellipsoid(
            center: [0, 0, height + lid + knob * 0.7], radii: [knob, knob, knob], segments: 12, part: 4)
        keypoint("knob_top", at: [0, 0, height + lid + knob * 1.7])
        keypoint("base_front", at: [0, -base, 0])
        keypointPair("base", at: [base, 0, 0])
        keypoint("base_back", at: [0, base, 0])
        keypointPair("belly", at: [belly, 0, waist])
        keypointPair("neck", at: [neck, 0, height])
        spout(
            from: [0, -belly * 0.75, waist * 0.8], reach: vary(0.085), rise: height * vary(0.62), vary(0.02))
        let top = height * min(vary(0.88), 0.95)
        let low = height * vary(0.28)
        handle(
            from: [0, neck + (belly - neck) * 0.3, top], to: [0, belly * 0.9, low], reach: vary(0.055),
            radii: [vary(0.011), vary(0.007)], part: 1)
        line("base_front", "base_right", "base_back", "base_left", "base_front")
        line("base_left", "belly_left", "neck_left", "knob_top", "neck_right", "belly_right", "base_right")
        line("handle_top", "handle_outer", "handle_bottom")
        line("spout_middle", "spout_tip")
    }

    /// A spout that rises to the front; names its middle, on the upper side, and its tip.
    private mutating func spout(from root: SIMD3<Double>, reach: Double, rise: Double, _ radius: Double) {
        let path = (0...6).map { step -> SIMD3<Double> in
            let t = Double(step) / 6
            return root + SIMD3(0, -reach * t, rise * t * (0.4 + 0.6 * t))
        }
        let radii = (0...6).map { SIMD2(repeating: radius * (1 - 0.09 * Double($0))) }
        tube(along: path, radii: radii, part: 2)
        // Nearer to the root or below it the body would hide it from most sides.
        let along = normalized(path[4] - path[2])
        keypoint("spout_middle", at: path[3] + SIMD3(0, along.z, -along.y) * radii[3].x)
        keypoint("spout_tip", at: path[6])
    }

    /// A bent handle in the plane of symmetry; names its top, its outermost point and its bottom.
    private mutating func handle(
        from top: SIMD3<Double>, to bottom: SIMD3<Double>, reach: Double, radii: SIMD2<Double>, part: UInt8
    ) {
        func bow(_ t: Double) -> SIMD3<Double> {
            let bend = sineAndCosine(turns: t / 2).sine
            return top + (bottom - top) * t + SIMD3(0, reach * bend.squareRoot(), 0)
        }
        let path = (0...12).map { bow(Double($0) / 12) }
        tube(along: path, radii: [radii], part: part)
        for (name, t) in [("top", 0.17), ("outer", 0.5), ("bottom", 0.83)] {
            let tangent = normalized(bow(t + 0.02) - bow(t - 0.02))
            keypoint("handle_" + name, at: bow(t) + SIMD3(0, -tangent.z, tangent.y) * radii.y)
        }
    }
}
