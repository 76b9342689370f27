// SPDX-License-Identifier: Apache-2.0

/// What a configuration is made of: the defaults, overridden by a file, the environment, and options in this order.
public struct ConfigurationSources: Sendable {
    /// Path and text of the configuration file, if any.
    public var file: (path: String, text: String)?
    /// Environment variables; only those that begin with `SEMALIGN_` count.
    public var environment: [String: String]
    /// Options of the command line in their order: a setting's name and its value as YAML.
    public var options: [(name: String, value: String)]

    /// Joins a file's text, an environment and options.
    public init(
        file: (path: String, text: String)? = nil, environment: [String: String] = [:],
        options: [(name: String, value: String)] = []
    ) {
        self.file = file
        self.environment = environment
        self.options = options
    }

    /// One value that somebody gave, not yet checked.
    struct Override {
        let name: String
        let value: YAMLValue
        let origin: SettingOrigin
        /// Folder that relative paths start from; empty = the working folder.
        let base: String
    }

    /// All overrides, later ones outrank earlier ones.
    func overrides() throws(NodeError) -> [Override] {
        try fileOverrides() + environmentOverrides() + optionOverrides()
    }

    private func fileOverrides() throws(NodeError) -> [Override] {
        guard let file else { return [] }
        let document: YAMLValue
        do { document = try YAMLValue(document: file.text) } catch {
            throw .yaml(path: file.path, line: error.line, reason: error.reason)
        }
        guard let entries = document.entries else {
            throw .yaml(path: file.path, line: document.line, reason: "expected a table of settings")
        }
        let base = file.path.lastIndex(of: "/").map { String(file.path[..<$0]) } ?? ""
        let names = Set(Setting.all.map(\.name))
        return entries.flatMap { Self.flatten($0, prefix: "", names: names) }.map {
            Override(
                name: $0.key, value: $0.value, origin: .file(path: file.path, line: $0.line), base: base)
        }
    }

    /// Sections become dotted names; tables below a setting's own name are its value.
    private static func flatten(
        _ entry: YAMLValue.Entry, prefix: String, names: Set<String>
    ) -> [YAMLValue.Entry] {
        let name = prefix + entry.key
        guard !names.contains(name) else {
            return [YAMLValue.Entry(key: name, line: entry.line, value: entry.value)]
        }
        let isSection = names.contains { $0.hasPrefix(name + ".") }
        if isSection, entry.value.isNull { return [] }
        guard isSection, let entries = entry.value.entries else {
            return [YAMLValue.Entry(key: name, line: entry.line, value: entry.value)]
        }
        return entries.flatMap { flatten($0, prefix: name + ".", names: names) }
    }

    /// A misspelt variable would be ignored in silence: one that is nearly a setting's is an error.
    private func environmentOverrides() throws(NodeError) -> [Override] {
        var overrides: [Override] = []
        let settings = Setting.all
        for (variable, text) in environment.sorted(by: { $0.key < $1.key })
        where variable.hasPrefix("SEMALIGN_") {
            let origin = SettingOrigin.environment(variable: variable)
            if let setting = settings.first(where: { $0.environmentVariable == variable }) {
                overrides.append(try Self.override(setting.name, text: text, origin: origin))
            } else if let near = settings.map(\.environmentVariable).first(where: {
                editDistance($0, variable) <= 2
            }) {
                throw .unknownSetting(name: variable, nearest: near, origin: origin)
            }
        }
        return overrides
    }

    private func optionOverrides() throws(NodeError) -> [Override] {
        var overrides: [Override] = []
        for option in options {
            overrides.append(
                try Self.override(option.name, text: option.value, origin: .option(name: option.name)))
        }
        return overrides
    }

    private static func override(
        _ name: String, text: String, origin: SettingOrigin
    ) throws(NodeError) -> Override {
        do {
            return Override(
                name: name, value: try YAMLValue(setting: text), origin: origin, base: "")
        } catch {
            throw .settingValue(
                name: name, found: "'\(text)'", accepts: "YAML (\(error.reason))", origin: origin)
        }
    }
}
