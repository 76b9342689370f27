// SPDX-License-Identifier: Apache-2.0
import Foundation
import SemAlignCore
import Testing

@testable import SemAlignNode

private func message(_ yaml: String) -> String {
    do throws(NodeError) {
        _ = try ScheduleConfiguration(yaml: yaml, path: "mine.yaml")
        return "accepted"
    } catch {
        return error.description
    }
}

@Suite struct ScheduleTextTests {
    /// A file of launch/schedules and the schedule that is built in.
    struct Shipped: Sendable {
        let name: String
        let className: String
        let isMetric: Bool
    }

    @Test(
        "The files of launch/schedules say what is built in",
        arguments: [
            Shipped(name: "published", className: "chair", isMetric: false),
            Shipped(name: "bottle", className: "bottle", isMetric: false),
            Shipped(name: "metric", className: "chair", isMetric: true),
        ])
    func shipped(file: Shipped) throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "launch/schedules/\(file.name).yaml").path
        let read = try ScheduleConfiguration(yaml: try readText(path: path), path: path)
        let builtIn = ScheduleConfiguration().schedule(className: file.className, isMetric: file.isMetric)
        // Under any class's name: the file states every number itself.
        #expect(read.schedule(className: "mug", isMetric: false) == builtIn)
    }

    @Test("A file's numbers and terms come on top of its base")
    func reads() throws {
        let read = try ScheduleConfiguration(
            yaml: """
                base: published
                steps: 400
                w_geom: 2
                sigma_dense: {0: 0.5, 100: 0.1}
                without: [background, sparse]
                """, path: "mine.yaml")
        let schedule = read.schedule(className: "mug", isMetric: true)
        #expect(schedule.steps == 400 && schedule.measured == .constant(0))
        #expect(schedule.weights(at: 50).denseSigma == 0.3)
        #expect(schedule.finalWeights.geometry == 2 && schedule.finalWeights.sparse == 0)
    }

    @Test(
        "What cannot be is refused with its line, its name, and what would be accepted",
        arguments: [
            ("w_geom: 1\nw_dens: 1", "mine.yaml:2: unknown setting 'w_dens'; did you mean 'w_dense'?"),
            ("sigma_dense: 0", "mine.yaml:1: sigma_dense is '0', expected a number above 0"),
            ("w_geom: -1", "w_geom is '-1'"),
            ("w_geom: {500: 1, 0: 2}", "w_geom is a table of 2"),
            ("w_geom: {0: .nan}", "w_geom is a table of 1"),
            ("w_geom: {}", "w_geom is a table of 0"),
            ("w_geom: {100000000000: 1}", "w_geom is a table of 1"),
            ("steps: 0", "expected a whole number from 1 to 100000"),
            ("without: [shape]", "expected a list of dense, sparse"),
            ("base: paper", "expected one of automatic, published, metric"),
            ("- 1", "expected a table"),
            ("w_geom: [", "mine.yaml"),
        ])
    func refuses(yaml: String, expected: String) {
        #expect(message(yaml).contains(expected), "\(message(yaml))")
    }

    @Test(
        "The node takes a schedule by name or as a table, and prints it so that it can be read back",
        arguments: [
            "metric", "{base: published, steps: 300, w_geom: {0: 0.0, 100: 2.5}, without: [depth]}",
            "{sigma_dense: 0.1, stretch_to: 200, first_step: 3}",
        ])
    func setting(text: String) throws {
        let first = try ResolvedConfiguration(
            ConfigurationSources(file: ("node.yaml", "track: {solver: adamw, schedule: \(text)}"))
        ).configuration.track
        #expect(first.schedule != ScheduleConfiguration() && first.solver == .adamw)
        let printed = SettingKind.schedule.text(first.schedule)
        let again = try ResolvedConfiguration(
            ConfigurationSources(environment: ["SEMALIGN_TRACK_SCHEDULE": printed])
        ).configuration.track
        #expect(again.schedule == first.schedule)
    }

    @Test("One number is changed by name", arguments: ["0.25", "{0: 0.25, 10: 0.5}"])
    func set(text: String) throws {
        var configuration = ScheduleConfiguration()
        try configuration.set("w_geom", to: text)
        #expect(configuration.ramps[.geometry]?.value(at: 0) == 0.25)
        #expect(throws: NodeError.self) { try configuration.set("w_geometry", to: text) }
    }
}
