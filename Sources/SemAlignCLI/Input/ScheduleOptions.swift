// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import SemAlignCore
import SemAlignNode

/// The schedule that `adamw` follows, and what is changed in it.
struct ScheduleOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Schedule of adamw: automatic, published (Table 5), metric, or a file as in launch/schedules.",
            valueName: "name or file"))
    var schedule: String?
    @Option(help: "Steps that the whole schedule is stretched to.")
    var steps: Int?
    @Option(
        help: ArgumentHelp(
            "A number of the schedule, such as w_geom=0.3 or sigma_dense={0: 1.0, 500: 0.03}; may be given "
                + "several times.", valueName: "name=value"))
    var set: [String] = []
    @Option(
        help: ArgumentHelp(
            "Leave a term of the energy out; may be given several times.", valueName: "term"))
    var without: [EnergyTerm] = []

    /// True where any of them is given.
    var isGiven: Bool { schedule != nil || steps != nil || !set.isEmpty || !without.isEmpty }

    func validate() throws {
        for setting in set where !setting.contains("=") {
            throw ValidationError("--set '\(setting)' has no '='; write name=value.")
        }
        guard (1...100_000).contains(steps ?? 1) else {
            throw ValidationError("--steps is \(steps ?? 0), expected 1 to 100000.")
        }
    }

    /// Reads the file, if one is named, and lays the changes onto it.
    func configuration() throws -> ScheduleConfiguration {
        var configuration = try base()
        for setting in set {
            let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            try configuration.set(String(parts[0]), to: String(parts[1]))
        }
        configuration.without.formUnion(without)
        if let steps { configuration.stretchedSteps = steps }
        return configuration
    }

    private func base() throws -> ScheduleConfiguration {
        var configuration = ScheduleConfiguration()
        guard let schedule else { return configuration }
        if let base = ScheduleConfiguration.Base(rawValue: schedule) {
            configuration.base = base
            return configuration
        }
        let bytes = try InputFile.read(schedule)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure.badData("'\(schedule)' is not UTF-8 text")
        }
        return try ScheduleConfiguration(yaml: text, path: schedule)
    }
}

extension EnergyTerm: ExpressibleByArgument {}
