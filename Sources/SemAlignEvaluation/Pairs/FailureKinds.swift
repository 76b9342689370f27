// SPDX-License-Identifier: Apache-2.0

/// In which way carried keypoints are wrong, after Aygün and Mac Aodha (2022): shares of all points with truth.
///
/// A wrong point (error > α · T) is a **swap** if another keypoint that both images show lies within α · T of
/// the answer, else a **jitter** if its error is at most 2 α · T, else a **miss**. The four shares add to 1.
public struct FailureKinds: Hashable, Sendable {
    /// Threshold α.
    public let threshold: Double
    /// Points with truth.
    public let points: Int
    /// Share within the threshold.
    public let correct: Double
    /// Share of answers at another keypoint.
    public let swap: Double
    /// Share of answers that are nearly right.
    public let jitter: Double
    /// Share of answers elsewhere, or without an answer.
    public let miss: Double

    /// Sorts the points of `outcomes`.
    public init(_ outcomes: [PairOutcome], threshold: Double) {
        var counts = SIMD4<Int>(repeating: 0)
        for pair in outcomes {
            let limit = threshold * pair.thresholdSide
            for point in pair.points {
                guard let error = point.error else { continue }
                let isAtAnother = pair.points.contains { other in
                    guard other.keypoint != point.keypoint, let truth = other.truth,
                        let prediction = point.prediction
                    else { return false }
                    return distance(prediction, truth) <= limit
                }
                counts[error <= limit ? 0 : isAtAnother ? 1 : error <= 2 * limit ? 2 : 3] += 1
            }
        }
        let all = counts.wrappedSum()
        func share(_ index: Int) -> Double { all > 0 ? Double(counts[index]) / Double(all) : .nan }
        self.threshold = threshold
        points = all
        (correct, swap, jitter, miss) = (share(0), share(1), share(2), share(3))
    }
}
