// SPDX-License-Identifier: Apache-2.0
import Foundation
import SemAlignCore
import SemAlignImages
import Testing

@testable import SemAlignNode

private func shipped(_ path: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: path).path
}

@Suite struct ShippedFilesTests {
    @Test("launch/node.yaml is a configuration, and calibration/example_rgbd.yaml a camera")
    func examples() throws {
        let path = shipped("launch/node.yaml")
        let resolved = try ResolvedConfiguration(
            ConfigurationSources(file: (path, try readText(path: path))))
        #expect(!resolved.origins.isEmpty)
        let camera = shipped("calibration/example_rgbd.yaml")
        let file = try CameraCalibrationFile(text: try readText(path: camera), path: camera)
        #expect(file.calibration.distortion == .none && file.notes.isEmpty)
    }

    @Test("What launch/node.yaml proposes in comments is accepted, too")
    func proposals() throws {
        let text = try readText(path: shipped("launch/node.yaml")).replacing(/# (track|record):/) {
            "\($0.1):"
        }
        let settings = try ResolvedConfiguration(ConfigurationSources(file: ("node.yaml", text)))
            .configuration
        let track = settings.track
        #expect(track.solver == .adamw && track.starts == 8 && track.schedule.stretchedSteps == 500)
        #expect(settings.record.keptFiles == 10 && settings.record.freeMebibytes == 2048)
    }

    @Test("The service unit sets variables that exist")
    func serviceVariables() throws {
        let unit = try readText(path: shipped("launch/semalign.service"))
        let known = Set(Setting.all.map(\.environmentVariable))
        let used = unit.matches(of: /SEMALIGN_[A-Z_]+/).map { String($0.output) }
        #expect(!used.isEmpty && used.allSatisfy(known.contains))
    }
}
