// SPDX-License-Identifier: Apache-2.0
import SemAlignCore
import SemAlignMessages
import Testing

@testable import SemAlignNode

@Suite struct CameraPathTests {
    /// A camera that drives along x by 1 m a second and turns about its y axis by 1 rad a second.
    private static func pose(_ seconds: Double) -> SimilarityTransform {
        let half = seconds / 2
        // Half angles of a small turn: sin and cos by their series, exact enough below 1 rad.
        let sine = half - half * half * half / 6 + half * half * half * half * half / 120
        let cosine = (1 - sine * sine).squareRoot()
        return SimilarityTransform(
            scale: 1, rotation: Rotation(quaternion: [0, sine, 0, cosine]), translation: [seconds, 0, 0])
    }

    private func message(_ milliseconds: Int, frame: String = "map") -> CameraPoseMessage {
        CameraPoseMessage(
            timestamp: UInt64(milliseconds) * 1_000_000, fixedFrame: frame, cameraFrame: "camera_optical",
            pose: Self.pose(Double(milliseconds) / 1000))
    }

    private func path(_ times: [Int]) -> CameraPath {
        var path = CameraPath()
        for time in times { path.add(message(time)) }
        return path
    }

    private func isNear(_ pose: SimilarityTransform?, _ seconds: Double) -> Bool {
        guard let pose else { return false }
        let expected = Self.pose(seconds)
        let apart = pose.apply([0, 0, 1]) - expected.apply([0, 0, 1])
        return (apart * apart).sum() < 1e-8
    }

    @Test("Between two poses the camera moves and turns evenly, whatever order they came in")
    func interpolates() {
        for times in [[100, 200, 300], [300, 100, 200], [200, 300, 100, 200]] {
            let path = path(times)
            #expect(isNear(path.pose(at: 200_000_000), 0.2))
            #expect(isNear(path.pose(at: 130_000_000), 0.13))
        }
    }

    @Test("A little beyond the newest pose the motion is carried on, further out nothing is known")
    func extrapolates() {
        let path = path([100, 200])
        #expect(isNear(path.pose(at: 250_000_000), 0.25))
        #expect(path.pose(at: 300_000_000) == nil)
        #expect(path.pose(at: 50_000_000) == nil)
    }

    @Test("Long gaps are not bridged, one pose alone says nothing about other times, none says nothing")
    func gaps() {
        #expect(path([100, 900]).pose(at: 500_000_000) == nil)
        #expect(path([100]).pose(at: 110_000_000) == nil)
        #expect(isNear(path([100]).pose(at: 100_000_000), 0.1))
        #expect(CameraPath().pose(at: 1) == nil)
    }

    @Test("Another fixed frame begins a new path, and thousands of poses stay bounded")
    func newFrame() {
        var path = path(Array(0..<2000).map { 100 + $0 })
        #expect(path.pose(at: 150_000_000) == nil && path.pose(at: 2_000_000_000) != nil)
        path.add(message(3000, frame: "odom"))
        #expect(path.pose(at: 2_000_000_000) == nil)
    }

    @Test("A frame gets its camera's pose, and a pose of another frame is refused with both names")
    func reachesTheFrame() throws {
        var configuration = NodeConfiguration()
        configuration.topics.cameraPose = "/tf/camera"
        var intake = FrameIntake(
            configuration, appearance: TinyClass.representation.appearance, calibration: nil,
            keepsEveryFrame: true)
        #expect(intake.topics.contains("/tf/camera"))
        let frame = TinyFrame(0)
        func pose(_ camera: String, at time: UInt64) throws -> IncomingMessage {
            try frame.message(
                "/tf/camera",
                CameraPoseMessage(
                    timestamp: time, fixedFrame: "map", cameraFrame: camera, pose: Self.pose(0.3)))
        }
        var observations: [Observation] = []
        for message in [try pose("camera_optical", at: frame.stamp)] + (try frame.all()) {
            for case .frame(let joined) in intake.receive(message, at: 0, wallTime: nil) {
                if case .observation(let sighted) = intake.job(for: joined).frame.content {
                    observations.append(sighted.observation)
                }
            }
        }
        #expect(observations.count == 1 && isNear(observations.first?.cameraPose, 0.3))
        let events = intake.receive(try pose("wrist", at: frame.stamp), at: 0, wallTime: nil)
        guard case .dropped(let drop)? = events.first else {
            Issue.record("a pose of another frame was taken")
            return
        }
        #expect(drop.reason == .cameraPose && drop.detail.contains("wrist"))
        #expect(drop.detail.contains("camera_optical"))
    }
}
