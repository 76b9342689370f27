// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Recorded messages.
struct Bag: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look into MCAP bags, make them, mend them and play them.",
        subcommands: [
            BagInfoCommand.self, BagCheckCommand.self, BagConvert.self, BagRecover.self, BagPlay.self,
            BagRecord.self,
        ])
}
