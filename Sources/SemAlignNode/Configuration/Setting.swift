// SPDX-License-Identifier: Apache-2.0

/// One setting of the node: its name, its meaning, and how text becomes its value.
public struct Setting: Sendable {
    /// Name with dots between sections, such as `join.max_wait_ms`.
    public let name: String
    /// What it does, for people.
    public let meaning: String
    /// What values it takes, for people.
    public let accepts: String
    /// Puts a value into a configuration; false where the value is none of what is accepted.
    let write: @Sendable (YAMLValue, _ base: String, inout NodeConfiguration) -> Bool
    /// The value in a configuration as YAML on one line.
    let read: @Sendable (NodeConfiguration) -> String

    init<Value>(
        _ name: String, _ path: any WritableKeyPath<NodeConfiguration, Value> & Sendable,
        _ kind: SettingKind<Value>, _ meaning: String
    ) {
        let (parse, text) = (kind.parse, kind.text)
        self.name = name
        self.meaning = meaning
        self.accepts = kind.accepts
        self.write = { value, base, configuration in
            guard let parsed = parse(value, base) else { return false }
            configuration[keyPath: path] = parsed
            return true
        }
        self.read = { text($0[keyPath: path]) }
    }

    /// The environment variable that sets it, such as `SEMALIGN_JOIN_MAX_WAIT_MS`.
    public var environmentVariable: String {
        "SEMALIGN_" + name.uppercased().replacing(".", with: "_")
    }

    /// Its value in the default configuration, as YAML on one line.
    public var defaultText: String { read(NodeConfiguration()) }
}

/// Where the value of a setting comes from.
public enum SettingOrigin: Hashable, Sendable {
    /// Nobody set it.
    case standard
    /// A line of a configuration file.
    case file(path: String, line: Int)
    /// An environment variable.
    case environment(variable: String)
    /// The command line.
    case option(name: String)
}

extension SettingOrigin: CustomStringConvertible {
    /// Where to look, such as `node.yaml:7`.
    public var description: String {
        switch self {
        case .standard: "default"
        case .file(let path, let line): line > 0 ? "\(path):\(line)" : path
        case .environment(let variable): "environment \(variable)"
        case .option(let name): "option \(name)"
        }
    }
}
