// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignBags

/// Which topics of a bag or of the wire.
struct TopicOptions: ParsableArguments {
    @Option(help: "Topic, in which * stands for any text; may be given several times; all unless given.")
    var topic: [String] = []
    @Option(help: "Topic to leave out, in which * stands for any text; may be given several times.")
    var exclude: [String] = []

    var filter: TopicFilter { TopicFilter(included: topic, excluded: exclude) }
}

/// Topics under other names.
struct RemapOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Give a topic another name; may be given several times.", valueName: "old:=new"))
    var remap: [String] = []

    func validate() throws {
        for rule in remap {
            let parts = rule.split(separator: ":=", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ (1...255).contains($0.utf8.count) }) else {
                throw ValidationError("--remap '\(rule)' is not of the form old:=new.")
            }
        }
    }

    /// New names by old ones.
    var names: [String: String] {
        var names: [String: String] = [:]
        for rule in remap {
            let parts = rule.split(separator: ":=")
            if parts.count == 2 { names[String(parts[0])] = String(parts[1]) }
        }
        return names
    }
}
