// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignNode

/// Where the settings of a node or a replay come from.
struct NodeOptions: ParsableArguments {
    @Option(help: "YAML file of settings that differ from the defaults.")
    var config: String?
    @Option(name: .shortAndLong, help: "Class representation file.")
    var representation: String?
    @Option(help: "Camera calibration (ROS camera_info YAML).")
    var calibration: String?
    @Option(
        help: ArgumentHelp(
            "A setting, such as join.max_wait_ms=100; may be given several times.", valueName: "name=value"))
    var set: [String] = []

    func validate() throws {
        for setting in set where !setting.contains("=") {
            throw ValidationError("--set '\(setting)' has no '='; write name=value.")
        }
    }

    /// The settings with their origins; `options` come on top of all else.
    func resolved(
        environment: [String: String] = ProcessEnvironment.all, options: [(name: String, value: String)] = []
    ) throws -> ResolvedConfiguration {
        var sources = ConfigurationSources(environment: environment)
        if let config {
            let bytes = try InputFile.read(config)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw CommandFailure.badData("'\(config)' is not UTF-8 text")
            }
            sources.file = (config, text)
        }
        sources.options = set.map { setting in
            let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), String(parts[1]))
        }
        for (name, value) in [("representation", representation), ("calibration", calibration)] {
            guard let value else { continue }
            // A value that begins like a YAML list would be read as one.
            let isPlain = !value.hasPrefix("[") && !value.hasPrefix("{")
            sources.options.append((name, isPlain ? value : "./\(value)"))
        }
        sources.options += options
        return try ResolvedConfiguration(sources)
    }
}
