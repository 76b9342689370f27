// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import SemAlignCore

/// Asks whether mask, depth, picture and features show the object at the same place, and if not, which is wrong.
///
/// Whatever disagrees with all others is the mistake.
struct PlacementCheck: Sendable {
    /// Depth step along the outline below which depth and mask do not belong together.
    private static let leastDepthStep = 0.4
    /// Contrast of class-like patches below which features and mask do not belong together.
    private static let leastLikeness = 0.4
    /// The same below which they do not where no patch is similar to the class as usual.
    private static let likenessOfOwn = 0.6
    /// Times that another region of the features overlaps better with the mask where the one they say is wrong.
    ///
    /// Sound ones have at most 1.3, wrong ones at least 1.6 (docs/doctor.md).
    private static let overlapGain = 1.45
    /// Brightness step below which picture and mask do not belong together.
    private static let leastBrightnessStep = 2.0
    /// Similarity of the most class-like patches, as a share of the usual, below which they are of another network.
    private static let leastPeak = 0.75

    private let scene: SceneAgreement
    private let hasClass: Bool

    init(_ scene: SceneAgreement, hasClass: Bool) {
        self.scene = scene
        self.hasClass = hasClass
    }

    var findings: [Finding] {
        guard scene.count > 0 else {
            return [
                Finding(
                    "mask", .warning, found: "no mask shows an object with a border",
                    matter: "there is nothing to align", remedy: "look at the mask topic")
            ]
        }
        let (depth, likeness) = (scene.depthStep(.still), hasClass ? scene.likeness(.still) : .nan)
        let brightness = scene.brightnessStep(.still)
        let text = Self.text(depth: depth, brightness: brightness, likeness: likeness)
        if let flip = flipped(depth: depth, brightness: brightness, likeness: likeness) {
            return [flip]
        }
        let isDepthWrong = depth < Self.leastDepthStep || fitsBetterShifted(depth)
        let areFeaturesWrong = likeness < Self.leastLikeness || isForeign(likeness) || fitsElsewhere
        let isPictureRight = brightness >= Self.leastBrightnessStep
        // A mask of an object nearby meets some class-like patches, but neither the picture's border nor depth's, wherever
        // that is shifted.
        let isMaskRight = isPictureRight || (hasClass && bestShift.step > Self.leastDepthStep)
        if isDepthWrong, isMaskRight, !areFeaturesWrong { return [registration(text)] }
        if isDepthWrong || (!scene.hasDepth && !isPictureRight && !(likeness >= Self.leastLikeness)) {
            return [
                Finding(
                    "mask_other_object", .problem, found: text,
                    matter:
                        "the mask's border is no border in the other images: it is of another object, frame or "
                        + "camera",
                    remedy: "check that the mask is made from the image whose stamp it has")
            ]
        }
        if areFeaturesWrong { return [features(text)] }
        let isDepthKnown = depth.isFinite || !scene.hasDepth
        return [
            Finding("mask", .good, found: text),
            isDepthKnown
                ? Finding("depth_registration", .good, found: text)
                : Finding(
                    "depth_registration", .unknown,
                    found: "too little depth or image beside the object to compare with the mask",
                    matter: "depth that is not registered to the colour image would not be seen",
                    remedy: "record images with some background around the object"),
        ]
    }

    private func flipped(depth: Double, brightness: Double, likeness: Double) -> Finding? {
        let flips = zip(MaskMotion.flips, ["left to right", "upside down", "by half a turn"])
        for (flip, name) in flips {
            let isBetter =
                scene.hasDepth
                ? scene.depthStep(flip) > max(depth + 0.3, 0.5)
                : scene.brightnessStep(flip) > max(1.5 * brightness, Self.leastBrightnessStep)
            guard isBetter, !hasClass || scene.likeness(flip) > likeness else { continue }
            return Finding(
                "mask_flipped", .problem,
                found: "turned \(name) the mask fits: "
                    + Self.text(
                        depth: scene.depthStep(flip), brightness: scene.brightnessStep(flip),
                        likeness: hasClass ? scene.likeness(flip) : .nan)
                    + "; as it is: " + Self.text(depth: depth, brightness: brightness, likeness: likeness),
                matter: "the mask is flipped", remedy: "flip it \(name) before it is sent")
        }
        return nil
    }

    /// True where depth fits the mask badly, and clearly better some pixels aside.
    private func fitsBetterShifted(_ depth: Double) -> Bool {
        guard depth < 0.7 else { return false }
        let best = bestShift
        let distance = (best.motion.shift * best.motion.shift).sum().squareRoot()
        return best.step > depth + 0.25 && distance > 0.04 * scene.objectSide
    }

    private func registration(_ text: String) -> Finding {
        let best = bestShift
        let isFound = best.step > Self.leastDepthStep
        let shift = "(\(short(best.motion.shift.x)), \(short(best.motion.shift.y))) px"
        return Finding(
            "depth_registration", .problem,
            found: text + (isFound ? "; shifted by \(shift) the mask fits the depth" : ""),
            matter:
                "depth is not that of the same pixels: it is shifted or not registered to the colour image",
            remedy:
                "let the camera align depth to colour (RealSense: align_depth.enable), or send the registered topic"
        )
    }

    /// True where the mask meets patches that are alike each other, but hardly like the class.
    private func isForeign(_ likeness: Double) -> Bool {
        likeness < Self.likenessOfOwn && scene.likenessPeak < Self.leastPeak
    }

    /// True where class-like patches and mask would meet much better if the features covered another region.
    private var fitsElsewhere: Bool {
        guard hasClass else { return false }
        return scene.bestRegion.overlap > Self.overlapGain * scene.overlap(.said)
    }

    private func features(_ text: String) -> Finding {
        let (peak, best) = (scene.likenessPeak, scene.bestRegion)
        var found = text + ", best patches \(short(peak)) of the usual similarity"
        if best.overlap > Self.overlapGain * scene.overlap(.said) {
            found += "; they would fit if they covered \(best.guess)"
        }
        if peak < Self.leastPeak {
            return Finding(
                "features_model", .problem, found: found,
                matter:
                    "no patch looks like the class: the features are of another network, layer or preprocessing",
                remedy: "run the network that the class was built with, or build the class with this one")
        }
        return Finding(
            "features_crop", .problem, found: found,
            matter:
                "there are class-like patches, but not where the mask is: the features are of another crop or frame",
            remedy: "send in crop the rectangle of the image that the network saw, in pixel edges")
    }

    /// The shift of the mask that fits depth best.
    private var bestShift: (motion: MaskMotion, step: Double) {
        var best = (motion: MaskMotion.still, step: scene.depthStep(.still))
        let pace = max(2, 0.35 * scene.objectSide / 12)
        for i in -12...12 {
            for j in -12...12 {
                var motion = MaskMotion()
                motion.shift = pace * SIMD2(Double(i), Double(j))
                let step = scene.depthStep(motion)
                if step > best.step { best = (motion, step) }
            }
        }
        return best
    }

    private static func text(depth: Double, brightness: Double, likeness: Double) -> String {
        var parts: [String] = []
        if depth.isFinite {
            parts.append("depth steps along \(Int((100 * max(0, depth)).rounded())) % of the border")
        }
        if brightness.isFinite { parts.append("brightness \(short(brightness)) times as much as elsewhere") }
        if likeness.isFinite {
            parts.append(
                "\(Int((100 * likeness).rounded())) % more class-like patches on the mask than beside it")
        }
        return parts.joined(separator: ", ")
    }
}
