// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignSimulation
import Testing

@Suite struct VideoRunTests {
    /// Degrees between two rotations.
    private func angle(_ a: SyntheticObservation, _ b: SyntheticObservation) -> Double {
        let p = a.cameraFromObject.rotation.quaternion
        let q = b.cameraFromObject.rotation.quaternion
        // For the small and middling angles of this test the chord is accurate enough.
        let chord = min(((p - q) * (p - q)).sum(), ((p + q) * (p + q)).sum()).squareRoot()
        return 4 * chord / 2 * 180 / .pi
    }

    @Test("Frames follow each other smoothly", arguments: SimulationConfiguration.Viewpoints.allCases)
    func movesSmoothly(viewpoints: SimulationConfiguration.Viewpoints) {
        let run = SmallScenes.simulator { $0.viewpoints = viewpoints }.video(
            instance: 100, seed: 1, name: "run")
        let frames = run.frames(8)
        for (first, second) in zip(frames, frames.dropFirst()) {
            #expect((0.2...12).contains(angle(first, second)))
            for (a, b) in zip(first.keypoints, second.keypoints) {
                #expect((a.pixel - b.pixel).x.magnitude < 16 && (a.pixel - b.pixel).y.magnitude < 16)
            }
        }
    }

    @Test("A jump turns the object by 60 degrees", arguments: SimulationConfiguration.Viewpoints.allCases)
    func jumps(viewpoints: SimulationConfiguration.Viewpoints) {
        let run = SmallScenes.simulator {
            $0.viewpoints = viewpoints
            $0.jumps = [2]
        }.video(instance: 100, seed: 1, name: "run")
        #expect(angle(run.frame(0), run.frame(1)) < 12)
        // Round a vertical axis the view turns by as much; the rest is the motion of one frame.
        #expect((45...75).contains(angle(run.frame(1), run.frame(2))))
        #expect(angle(run.frame(2), run.frame(3)) < 12)
    }

    @Test("A frame is the same whichever frames were drawn before, and stamps keep the rate")
    func isRandomAccess() {
        let run = SmallScenes.simulator { $0.frameRate = 20 }.video(instance: 3, seed: 2, name: "run")
        let frames = run.frames(3)
        #expect(run.frame(2).observation == frames[2].observation)
        #expect(frames[2].observation.timestamp - frames[1].observation.timestamp == 50_000_000)
        #expect(frames[2].run == "run" && frames[2].id == "run-0002")
    }
}
