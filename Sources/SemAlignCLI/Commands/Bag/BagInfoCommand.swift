// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignBags

/// What a bag holds.
struct BagInfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show what a bag holds: topics, counts, times, compression.",
        discussion: "EXAMPLE: semalign bag info recording.mcap")

    @Argument(help: "MCAP bag.")
    var file: String
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let info = try withPath(file) { () throws(BagError) in try BagReader.open(file).info() }
        let description = BagDescription(path: file, info: info)
        print(json ? description.json.line : description.text)
    }
}

/// Runs `body` and puts the file's name before what went wrong with it.
func withPath<Value>(_ path: String, _ body: () throws(BagError) -> Value) throws(CommandFailure) -> Value {
    do { return try body() } catch { throw CommandFailure(error, path: path) }
}
