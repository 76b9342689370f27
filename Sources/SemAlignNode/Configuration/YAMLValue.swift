// SPDX-License-Identifier: Apache-2.0
internal import Yams

/// A YAML value that remembers its line, so that whoever refuses it can say where it stands.
struct YAMLValue: Hashable, Sendable {
    /// The three kinds of YAML nodes.
    enum Content: Hashable, Sendable {
        /// A scalar; quoted ones are text whatever they look like.
        case scalar(String, isQuoted: Bool)
        /// A list.
        case list([YAMLValue])
        /// A table in the order of the file.
        case table([Entry])
    }

    /// One line of a table.
    struct Entry: Hashable, Sendable {
        let key: String
        let line: Int
        let value: YAMLValue
    }

    let content: Content
    /// Line of the file, from 1.
    let line: Int

    /// Parses a document; an empty one is an empty table.
    ///
    /// Line 0 in the error means that the parser did not say where.
    init(document: String) throws(YAMLProblem) {
        var budget = 100_000
        do {
            guard let root = try Yams.compose(yaml: document) else {
                self.init(content: .table([]), line: 1)
                return
            }
            self = try YAMLValue(root, budget: &budget)
        } catch let problem as YAMLProblem {
            throw problem
        } catch let error as YamlError {
            throw YAMLProblem(error)
        } catch {
            throw YAMLProblem(line: 0, reason: "not a YAML document")
        }
    }

    private init(content: Content, line: Int) {
        self.content = content
        self.line = line
    }

    /// Copies a node; `budget` bounds what nested aliases can grow to.
    private init(_ node: Yams.Node, budget: inout Int) throws(YAMLProblem) {
        let line = node.mark?.line ?? 0
        budget -= 1
        guard budget > 0 else { throw YAMLProblem(line: line, reason: "more than 100000 values") }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            self.init(content: .scalar(scalar.string, isQuoted: !isPlain), line: line)
        case .sequence(let sequence):
            var items: [YAMLValue] = []
            for item in sequence { items.append(try YAMLValue(item, budget: &budget)) }
            self.init(content: .list(items), line: line)
        case .mapping(let mapping):
            var entries: [Entry] = []
            for (key, value) in mapping {
                let keyLine = key.mark?.line ?? line
                guard case .scalar(let name) = key else {
                    throw YAMLProblem(line: keyLine, reason: "a key that is not a name")
                }
                entries.append(
                    Entry(key: name.string, line: keyLine, value: try YAMLValue(value, budget: &budget)))
            }
            self.init(content: .table(entries), line: line)
        case .alias:
            throw YAMLProblem(line: line, reason: "an alias that refers to nothing")
        }
    }
}

extension YAMLValue {
    /// The scalar's text; `nil` for lists, tables and unquoted null.
    var text: String? {
        guard case .scalar(let text, let isQuoted) = content, isQuoted || !Self.isNull(text) else {
            return nil
        }
        return text
    }

    /// A whole number; `nil` for anything else.
    var integer: Int? {
        guard case .scalar(let text, false) = content else { return nil }
        return Int(text)
    }

    /// A finite number; `nil` for anything else.
    var number: Double? {
        guard case .scalar(let text, false) = content, let number = Double(text), number.isFinite else {
            return nil
        }
        return number
    }

    /// `true` or `false`; `nil` for anything else.
    var flag: Bool? {
        guard case .scalar(let text, false) = content else { return nil }
        return Bool(text)
    }

    /// The items of a list; `nil` for anything else.
    var items: [YAMLValue]? {
        guard case .list(let items) = content else { return nil }
        return items
    }

    /// The lines of a table; `nil` for anything else.
    var entries: [Entry]? {
        guard case .table(let entries) = content else { return nil }
        return entries
    }

    /// The value of a table's key; `nil` where there is none or it is null.
    subscript(key: String) -> YAMLValue? {
        guard let value = entries?.first(where: { $0.key == key })?.value, !value.isNull else { return nil }
        return value
    }

    /// True for an unquoted null or nothing at all.
    var isNull: Bool {
        guard case .scalar(let text, false) = content else { return false }
        return Self.isNull(text)
    }

    private static func isNull(_ text: String) -> Bool { text.isEmpty || text == "null" || text == "~" }

    /// How the value is named to the person who wrote it.
    var found: String {
        switch content {
        case .scalar(let text, let isQuoted): isQuoted ? "text '\(text)'" : "'\(text)'"
        case .list(let items): "a list of \(items.count)"
        case .table(let entries): "a table of \(entries.count)"
        }
    }
}

/// Why a text is not the YAML that was expected.
struct YAMLProblem: Error, Hashable {
    /// Line from 1; 0 where unknown.
    let line: Int
    let reason: String

    init(line: Int, reason: String) {
        self.line = line
        self.reason = reason
    }

    init(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(line: mark.line, reason: problem)
        case .duplicatedKeysInMapping(let duplicates, let context):
            self.init(
                line: context.mark.line,
                reason: "key given twice: \(duplicates.joined(separator: ", "))")
        case .reader(let problem, _, _, _):
            self.init(line: 0, reason: problem)
        default:
            self.init(line: 0, reason: "not a YAML document")
        }
    }
}

extension YAMLValue {
    /// Parses the value of one setting as given in the environment or as an option.
    ///
    /// Text that begins like a list, a table or a quoted text is YAML; anything else is taken as it stands, so
    /// that endpoints and topics need no quotes.
    init(setting text: String) throws(YAMLProblem) {
        if let first = text.first, "[{\"'".contains(first) {
            try self.init(document: text)
        } else {
            self.init(content: .scalar(text, isQuoted: false), line: 0)
        }
    }
}
