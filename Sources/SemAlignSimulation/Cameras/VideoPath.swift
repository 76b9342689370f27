// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// A smooth motion of the object before the camera, known at every time.
///
/// Over the upper sphere the camera flies round the table; over the full sphere the camera rests and the
/// object tumbles as in a hand.
struct VideoPath {
    private let start: Double
    private let swing: [Swing]
    private let spinAxis: SIMD3<Double>
    private let spinRate: Double
    private let jumps: [(frame: Int, axis: SIMD3<Double>, sign: Double)]
    private let configuration: SimulationConfiguration

    /// A slow oscillation.
    private struct Swing {
        let rate: Double
        let phase: Double

        init(using generator: inout SeededGenerator) {
            // Periods of 5 to 12 seconds.
            rate = generator.uniform(1.0 / 12, 0.2)
            phase = generator.uniform()
        }

        /// −1…1 at `time` [s].
        func value(at time: Double) -> Double { sineAndCosine(turns: rate * time + phase).sine }
    }

    init(_ configuration: SimulationConfiguration, using generator: inout SeededGenerator) {
        self.configuration = configuration
        start = generator.uniform()
        swing = (0..<6).map { _ in Swing(using: &generator) }
        spinAxis = generator.direction()
        // 25 to 50 degrees a second.
        spinRate = generator.uniform(0.07, 0.14) * (generator.uniform() < 0.5 ? -1 : 1)
        jumps = configuration.jumps.map { frame in
            (frame, generator.direction(), generator.uniform() < 0.5 ? -1.0 : 1.0)
        }
    }

    /// Object to camera orientation of a frame.
    func orientation(frame: Int) -> Rotation {
        let frame = turned(frame)
        let time = Double(frame) / configuration.frameRate
        let done = jumps.filter { $0.frame <= frame }
        let jump = configuration.jumpDegrees / 360
        switch configuration.viewpoints {
        case .upperSphere:
            let azimuth = start + spinRate * time + done.reduce(0) { $0 + $1.sign * jump }
            let height = 0.55 + 0.33 * swing[0].value(at: time)
            let (sine, cosine) = sineAndCosine(turns: azimuth)
            let radius = (1 - height * height).squareRoot()
            return ViewSampler.orientation(
                from: [radius * cosine, radius * sine, height], roll: 0.02 * swing[1].value(at: time))
        case .fullSphere:
            let first = ViewSampler.orientation(from: spinAxis, roll: start)
            let tilt = Rotation(axis: [1, 0, 0], turns: 0.12 * swing[0].value(at: time))
            let sway = Rotation(axis: [0, 0, 1], turns: 0.1 * swing[1].value(at: time))
            let spin = Rotation(axis: [spinAxis.y, spinAxis.z, spinAxis.x], turns: spinRate * time)
            let smooth = sway.composed(with: tilt).composed(with: spin).composed(with: first)
            return done.reduce(smooth) { Rotation(axis: $1.axis, turns: jump).composed(with: $0) }
        }
    }

    /// Share of the fill range, 0…1.
    func fill(frame: Int) -> Double {
        0.5 + 0.45 * swing[2].value(at: Double(turned(frame)) / configuration.frameRate)
    }

    /// The frame of the way out that has the place of `frame`, which may be on the way back.
    private func turned(_ frame: Int) -> Int {
        guard let point = configuration.turningPoint, frame > point else { return frame }
        return 2 * point - frame
    }

    /// Offset of the object in the image, −1…1 in each direction.
    func offset(frame: Int) -> SIMD2<Double> {
        let time = Double(turned(frame)) / configuration.frameRate
        return [0.7 * swing[3].value(at: time), 0.7 * swing[4].value(at: time)]
    }
}
