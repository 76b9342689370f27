// SPDX-License-Identifier: Apache-2.0
public import SemAlignCore

extension ScheduleConfiguration {
    /// Reads a schedule file: a table of `base`, `steps`, `first_step`, `stretch_to`, `without` and Table 5's numbers.
    ///
    /// A number is constant or a table of steps and values, linear between them. Throws `NodeError` with file and
    /// line where a key is unknown or its value cannot be.
    public init(yaml text: String, path: String) throws(NodeError) {
        let document: YAMLValue
        do { document = try YAMLValue(document: text) } catch {
            throw .yaml(path: path, line: error.line, reason: error.reason)
        }
        do { try self.init(table: document) } catch {
            throw error.nodeError(origin: .file(path: path, line: error.line))
        }
    }

    /// Changes one key of a schedule file to the value that `text` holds as YAML, such as `{0: 1.0, 500: 0.03}`.
    public mutating func set(_ name: String, to text: String) throws(NodeError) {
        let value: YAMLValue
        do { value = try YAMLValue(setting: text) } catch {
            throw .settingValue(
                name: name, found: "'\(text)'", accepts: "YAML (\(error.reason))", origin: .option(name: name)
            )
        }
        do { try set(name, to: value) } catch { throw error.nodeError(origin: .option(name: name)) }
    }

    /// As a setting's value: the name of a base, or a table.
    init(setting value: YAMLValue) throws(ScheduleProblem) {
        guard value.text != nil else {
            try self.init(table: value)
            return
        }
        self.init()
        try set(ScheduleKey.base, to: value)
    }

    private init(table: YAMLValue) throws(ScheduleProblem) {
        self.init()
        guard let entries = table.entries else {
            throw ScheduleProblem(
                line: table.line, name: "schedule", found: table.found, accepts: "a table of its numbers")
        }
        for entry in entries { try set(entry.key, to: entry.value) }
    }

    private mutating func set(_ name: String, to value: YAMLValue) throws(ScheduleProblem) {
        switch name {
        case ScheduleKey.base: base = try value.value(of: name, .choice)
        case ScheduleKey.steps: steps = try value.value(of: name, .integer(1...ScheduleKey.stepLimit))
        case ScheduleKey.firstStep:
            firstStep = try value.value(of: name, .integer(0...ScheduleKey.stepLimit))
        case ScheduleKey.stretchTo:
            stretchedSteps = try value.value(of: name, .integer(1...ScheduleKey.stepLimit))
        case ScheduleKey.without: without = Set(try value.value(of: name, .choices()) as [EnergyTerm])
        default:
            guard let parameter = ScheduleParameter(rawValue: name) else {
                throw ScheduleProblem(line: value.line, name: name)
            }
            ramps[parameter] = try value.value(of: name, .ramp(isPositive: parameter.isPositive))
        }
    }

    /// All that differs from the defaults, as YAML on one line that `init(setting:)` reads.
    var flowText: String {
        var members: [String] = []
        if let steps { members.append("\(ScheduleKey.steps): \(steps)") }
        if let firstStep { members.append("\(ScheduleKey.firstStep): \(firstStep)") }
        for parameter in ScheduleParameter.allCases {
            guard let ramp = ramps[parameter] else { continue }
            members.append("\(parameter.rawValue): \(SettingKind.ramp(isPositive: false).text(ramp))")
        }
        if !without.isEmpty {
            let names = EnergyTerm.allCases.filter(without.contains).map(\.rawValue)
            members.append("\(ScheduleKey.without): \(flowList(names))")
        }
        if let stretchedSteps { members.append("\(ScheduleKey.stretchTo): \(stretchedSteps)") }
        guard !members.isEmpty else { return base.rawValue }
        return "{\(ScheduleKey.base): \(base.rawValue), \(members.joined(separator: ", "))}"
    }
}

/// Keys of a schedule beside those of `ScheduleParameter`.
enum ScheduleKey {
    static let base = "base"
    static let steps = "steps"
    static let firstStep = "first_step"
    static let stretchTo = "stretch_to"
    static let without = "without"
    /// All keys that a schedule may have.
    static let all =
        [base, steps, firstStep, stretchTo, without] + ScheduleParameter.allCases.map(\.rawValue)
    /// Largest number of a step.
    static let stepLimit = 100_000
}

/// What is wrong with a schedule, and in which line.
struct ScheduleProblem: Error, Hashable {
    let line: Int
    let name: String
    /// `nil` where the name itself is unknown.
    var found: String?
    var accepts = ""

    fileprivate func nodeError(origin: SettingOrigin) -> NodeError {
        guard let found else {
            return .unknownSetting(
                name: name, nearest: nearest(to: name, among: ScheduleKey.all), origin: origin)
        }
        return .settingValue(name: name, found: found, accepts: accepts, origin: origin)
    }
}

extension YAMLValue {
    fileprivate func value<Value>(
        of name: String, _ kind: SettingKind<Value>
    ) throws(ScheduleProblem) -> Value {
        guard let parsed = kind.parse(self, "") else {
            throw ScheduleProblem(line: line, name: name, found: found, accepts: kind.accepts)
        }
        return parsed
    }
}

extension SettingKind where Value == Ramp {
    /// A number, or a table of ascending steps and numbers; none below zero, nor zero where `isPositive`.
    static func ramp(isPositive: Bool) -> Self {
        Self(
            accepts: "a number \(isPositive ? "above 0" : "from 0"), or a table of ascending steps and such "
                + "numbers like {0: 1.0, 500: 0.03}",
            parse: { value, _ in
                let isFine = { (number: Double) in number <= 1e6 && (isPositive ? number > 0 : number >= 0) }
                if let number = value.number { return isFine(number) ? .constant(number) : nil }
                guard let entries = value.entries, !entries.isEmpty else { return nil }
                let steps = entries.compactMap { Int($0.key) }
                let numbers = entries.compactMap(\.value.number).filter(isFine)
                let isAscending = zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 }
                guard steps.count == entries.count, numbers.count == entries.count, isAscending,
                    steps.allSatisfy({ (0...ScheduleKey.stepLimit).contains($0) })
                else { return nil }
                return Ramp(steps, numbers)
            },
            text: { ramp in
                guard ramp != .constant(ramp.values[0]) else { return "\(ramp.values[0])" }
                return "{" + zip(ramp.timesteps, ramp.values).map { "\($0): \($1)" }.joined(separator: ", ")
                    + "}"
            })
    }
}

extension SettingKind where Value == ScheduleConfiguration {
    /// The name of a schedule, or a table in the form of a schedule file.
    static var schedule: Self {
        let names = ScheduleConfiguration.Base.allCases.map(\.rawValue).joined(separator: ", ")
        return Self(
            accepts: "\(names), or a table as in launch/schedules, such as {base: metric, stretch_to: 500}",
            parse: { value, _ in try? ScheduleConfiguration(setting: value) },
            text: { $0.flowText })
    }
}
