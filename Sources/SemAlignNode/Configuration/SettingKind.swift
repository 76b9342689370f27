// SPDX-License-Identifier: Apache-2.0

/// How the text of a setting becomes a value of one type, and back.
struct SettingKind<Value> {
    /// What is accepted, for people.
    let accepts: String
    /// The value; `nil` where the text is none of what is accepted.
    let parse: @Sendable (YAMLValue, _ base: String) -> Value?
    /// The value as YAML on one line.
    let text: @Sendable (Value) -> String
}

extension SettingKind where Value == Bool {
    static var flag: Self {
        Self(accepts: "true or false", parse: { value, _ in value.flag }, text: { String($0) })
    }
}

extension SettingKind where Value == Int {
    static func integer(_ range: ClosedRange<Int>) -> Self {
        Self(
            accepts: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            parse: { value, _ in value.integer.flatMap { range.contains($0) ? $0 : nil } },
            text: { String($0) })
    }
}

extension SettingKind where Value == [Int] {
    /// A list of whole numbers; a single one may stand without brackets.
    static func integers(_ range: ClosedRange<Int>) -> Self {
        Self(
            accepts: "a list of whole numbers from \(range.lowerBound) to \(range.upperBound)",
            parse: { value, _ in
                let items = value.items ?? (value.isNull ? [] : [value])
                let known = items.compactMap(\.integer).filter(range.contains)
                return known.count == items.count ? known : nil
            },
            text: { flowList($0.map(String.init)) })
    }
}

extension SettingKind where Value == Double {
    static func number(_ range: ClosedRange<Double>) -> Self {
        Self(
            accepts: "a number from \(range.lowerBound) to \(range.upperBound)",
            parse: { value, _ in value.number.flatMap { range.contains($0) ? $0 : nil } },
            text: { String($0) })
    }
}

extension SettingKind where Value == UInt64 {
    static var seed: Self {
        Self(
            accepts: "a whole number from 0 to \(Int.max)",
            parse: { value, _ in value.integer.flatMap { UInt64(exactly: $0) } },
            text: { String($0) })
    }

    /// Milliseconds in text, nanoseconds in the configuration.
    static func milliseconds(_ range: ClosedRange<Double>) -> Self {
        Self(
            accepts: "milliseconds from \(range.lowerBound) to \(range.upperBound)",
            parse: { value, _ in
                value.number.flatMap { range.contains($0) ? UInt64($0 * 1e6) : nil }
            },
            text: { String(Double($0) / 1e6) })
    }
}

extension SettingKind where Value == String {
    /// Text without restriction; null is the empty text.
    static var text: Self {
        Self(
            accepts: "text",
            parse: { value, _ in value.isNull ? "" : value.text },
            text: quoted)
    }

    /// A path; in a file it is relative to that file's folder.
    static var path: Self {
        Self(
            accepts: "a path",
            parse: { value, base in
                value.isNull ? "" : value.text.map { resolvedPath($0, in: base) }
            },
            text: quoted)
    }

    /// A public key, or nothing.
    static var curveKey: Self {
        Self(
            accepts: "a public key of 40 characters, or nothing",
            parse: { value, _ in
                let text = value.isNull ? "" : value.text
                return text.flatMap { $0.isEmpty || CurveKeyFile.isKey($0) ? $0 : nil }
            },
            text: quoted)
    }

    /// An IPv4 address and a port, or nothing.
    static var socketAddress: Self {
        Self(
            accepts: "an IPv4 address and a port such as 127.0.0.1:9464, or nothing",
            parse: { value, _ in
                let text = value.isNull ? "" : value.text
                return text.flatMap { $0.isEmpty || SocketAddress($0) != nil ? $0 : nil }
            },
            text: quoted)
    }

    /// A topic's name; empty only where `isOptional`.
    static func topic(isOptional: Bool = false) -> Self {
        Self(
            accepts: isOptional
                ? "a topic such as /camera/image, or nothing" : "a topic such as /camera/image",
            parse: { value, _ in
                let name = value.isNull ? "" : value.text
                return name.flatMap { isTopic($0) || (isOptional && $0.isEmpty) ? $0 : nil }
            },
            text: quoted)
    }
}

extension SettingKind where Value == [String] {
    /// A list of ZeroMQ endpoints; a single one may stand without brackets.
    static var endpoints: Self {
        Self(
            accepts: "a list of ipc://, tcp:// or inproc:// endpoints",
            parse: { value, _ in
                let texts = value.items?.map(\.text) ?? (value.isNull ? [] : [value.text])
                let known = texts.compactMap { $0 }.filter(isEndpoint)
                return known.count == texts.count ? known : nil
            },
            text: { flowList($0.map(quoted)) })
    }
}

extension SettingKind where Value == [String] {
    /// A list of topics with stars; a single one may stand without brackets.
    static var topicPatterns: Self {
        Self(
            accepts: "a list of topics, in which * stands for any text",
            parse: { value, _ in
                let texts = value.items?.map(\.text) ?? (value.isNull ? [] : [value.text])
                let known = texts.compactMap { $0 }.filter(isTopic)
                return known.count == texts.count ? known : nil
            },
            text: { flowList($0.map(quoted)) })
    }
}

extension SettingKind where Value == [String] {
    /// A list of paths, relative to the file's folder; a single one may stand without brackets.
    static var paths: Self {
        Self(
            accepts: "a list of paths",
            parse: { value, base in
                let texts = value.items?.map(\.text) ?? (value.isNull ? [] : [value.text])
                let known = texts.compactMap { $0 }.filter { !$0.isEmpty }
                return known.count == texts.count ? known.map { resolvedPath($0, in: base) } : nil
            },
            text: { flowList($0.map(quoted)) })
    }
}

extension SettingKind where Value == [String: String] {
    /// A table of names and paths.
    static var pathTable: Self {
        Self(
            accepts: "a table of names and paths, such as {front: front.mcap}",
            parse: { value, base in
                guard let entries = value.isNull ? [] : value.entries else { return nil }
                var table: [String: String] = [:]
                for entry in entries {
                    guard let path = entry.value.text, !entry.key.isEmpty else { return nil }
                    table[entry.key] = resolvedPath(path, in: base)
                }
                return table
            },
            text: { table in
                "{"
                    + table.sorted { $0.key < $1.key }.map { "\(quoted($0.key)): \(quoted($0.value))" }
                    .joined(separator: ", ") + "}"
            })
    }
}

extension SettingKind where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
    /// One of the type's names.
    static var choice: Self {
        Self(
            accepts: "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "),
            parse: { value, _ in value.text.flatMap(Value.init(rawValue:)) },
            text: { $0.rawValue })
    }
}

extension SettingKind {
    /// A list of a type's names, without repetition.
    static func choices<Choice>() -> SettingKind<[Choice]>
    where
        Value == [Choice], Choice: RawRepresentable & CaseIterable & Hashable & Sendable,
        Choice.RawValue == String
    {
        SettingKind<[Choice]>(
            accepts: "a list of " + Choice.allCases.map(\.rawValue).joined(separator: ", "),
            parse: { value, _ in
                guard let items = value.items else { return nil }
                let known = items.compactMap { $0.text.flatMap(Choice.init(rawValue:)) }
                return known.count == items.count && Set(known).count == known.count ? known : nil
            },
            text: { flowList($0.map(\.rawValue)) })
    }
}

/// A YAML list on one line.
func flowList(_ items: [String]) -> String { "[" + items.joined(separator: ", ") + "]" }

/// A YAML double-quoted text.
@Sendable func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": result += "\\" + String(scalar)
        case "\n": result += "\\n"
        case "\t": result += "\\t"
        case _ where scalar.value < 0x20:
            let digits = String(scalar.value, radix: 16)
            result += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}

/// `path` as seen from the folder `base`; absolute paths and those without a base stay as they are.
private func resolvedPath(_ path: String, in base: String) -> String {
    path.isEmpty || path.hasPrefix("/") || base.isEmpty ? path : base + "/" + path
}

private func isTopic(_ name: String) -> Bool {
    name.utf8.count <= 255 && !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
}

private func isEndpoint(_ text: String) -> Bool {
    ["ipc://", "tcp://", "inproc://"].contains { text.hasPrefix($0) && text.utf8.count > $0.utf8.count }
}
