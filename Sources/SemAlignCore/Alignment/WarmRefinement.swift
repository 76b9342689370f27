// SPDX-License-Identifier: Apache-2.0

extension PoseRefiner {
    /// Steps from afar, their reach [object radii], and the dense points that suffice for them; then those nearby.
    private static let (farSteps, farReach, farPoints) = (8, (0.35, 0.11), 250.0)
    private static let (nearSteps, nearReach) = (3, (0.08, lastReach))
    /// Steps of `follow`.
    static let warmSteps = farSteps + nearSteps

    /// Refines a solution of the frame before; it turns on as it did, where the time since then is known [s].
    ///
    /// Where the class is nearly symmetric, a pose that does not turn by itself is left behind by the object.
    /// Ends early where no time is left; returns the number of steps made, of `warmSteps`.
    func follow(
        _ hypothesis: inout PoseHypothesis, after seconds: Double?, scratch: inout PoseScratch,
        while isTimeLeft: () -> Bool
    ) -> Int {
        let before = hypothesis.rotation
        if let seconds {
            hypothesis.rotate(by: Rotation(vector: seconds * hypothesis.turning), about: model.center)
        }
        let points = Double(model.pointCount - model.keypointCount)
        var made = refine(
            &hypothesis, steps: Self.farSteps, reach: Self.farReach, modes: model.modeCount,
            stride: max(1, Int(points / Self.farPoints)), scratch: &scratch, while: isTimeLeft)
        made += refine(
            &hypothesis, steps: Self.nearSteps, reach: Self.nearReach, modes: model.modeCount,
            scratch: &scratch,
            while: isTimeLeft)
        let turn = hypothesis.rotation.composed(with: before.inverse).vector
        hypothesis.turning = seconds.map { turn / $0 } ?? .zero
        return made
    }
}
