// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Logging
import SemAlignNode

/// The node.
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the node: frames in, keypoints out, until SIGINT or SIGTERM.",
        discussion: """
            --print-config prints all settings with their meaning and where each value comes from. An option \
            outranks the environment (SEMALIGN_...), the environment the file, the file the default.

            EXAMPLE: semalign run --config launch/node.yaml --representation mug.semalign
            """)

    @OptionGroup var node: NodeOptions
    @Option(help: "Form of the log on standard error: text or json.")
    var logFormat: String?
    @Option(help: "Least important messages that are logged: debug, info, warning or error.")
    var logLevel: String?
    @Flag(help: "Print all settings and end.")
    var printConfig = false

    func run() throws {
        let environment = ProcessEnvironment.all
        let extra = [("log.format", logFormat), ("log.level", logLevel)]
        let resolved = try node.resolved(
            environment: environment,
            options: extra.compactMap { name, value in value.map { (name, $0) } })
        if printConfig {
            print(resolved.text, terminator: "")
            return
        }
        let reports = resolved.configuration.reports
        let isJournal = environment["JOURNAL_STREAM"] != nil && !StandardError.isTerminal
        let handler = StandardErrorLog(
            form: reports.logFormat == .json ? .json : isJournal ? .journal : .text,
            level: reports.logLevel.loggerLevel, wallClock: NodeClocks.system.wall)
        let logger = Logger(label: "semalign") { _ in handler }
        _ = try Node.run(
            resolved.configuration, logger: logger,
            supervisor: ServiceSupervisor(notifySocket: environment["NOTIFY_SOCKET"]))
    }
}
