// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import SemAlignNode

@Suite struct CalibrationCheckTests {
    /// A sound calibration with some values replaced.
    private func findings(
        k: [Double] = [525, 0, 319.5, 0, 525, 239.5, 0, 0, 1], d: [Double] = [0.05, -0.1, 0.001, 0, 0],
        p: [Double]? = nil, r: [Double] = [1, 0, 0, 0, 1, 0, 0, 0, 1]
    ) throws -> [Finding] {
        let projection = p ?? [k[0], 0, k[2], 0, 0, k[4], k[5], 0, 0, 0, 1, 0]
        let text = """
            image_width: 640
            image_height: 480
            camera_name: rgb
            camera_matrix: {rows: 3, cols: 3, data: \(k)}
            distortion_model: plumb_bob
            distortion_coefficients: {rows: 1, cols: \(d.count), data: \(d)}
            rectification_matrix: {rows: 3, cols: 3, data: \(r)}
            projection_matrix: {rows: 3, cols: 4, data: \(projection)}
            """
        return try CalibrationCheck(text: text, path: "camera.yaml").findings
    }

    private func odd(_ findings: [Finding]) -> [String] {
        findings.filter { $0.verdict != .good }.map(\.name)
    }

    @Test("A sound calibration has nothing odd")
    func sound() throws {
        #expect(try odd(findings()).isEmpty)
    }

    @Test("Swapped, foreign and impossible values are named")
    func mistakes() throws {
        #expect(try odd(findings(k: [525, 0, 239.5, 0, 525, 319.5, 0, 0, 1])) == ["principal_point"])
        let scaled = try findings(k: [262, 0, 159.5, 0, 262, 119.5, 0, 0, 1])
        #expect(odd(scaled) == ["principal_point"])
        #expect(scaled.contains { $0.matter.contains("320 px wide") })
        #expect(try odd(findings(k: [525, 0, 319.5, 0, 700, 239.5, 0, 0, 1])) == ["focal_length"])
        #expect(try odd(findings(k: [4, 0, 319.5, 0, 4, 239.5, 0, 0, 1])).contains("focal_length"))
        #expect(try odd(findings(d: [-2, 0, 0, 0, 0])) == ["lens"])
        #expect(try odd(findings(p: [262, 0, 160, 0, 0, 262, 120, 0, 0, 0, 1, 0])) == ["projection"])
        #expect(try odd(findings(r: [0.99, 0.1, 0, -0.1, 0.99, 0, 0, 0, 1])) == ["rectification"])
    }
}
