// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignNode

/// Where a player or a recorder meets the wire.
struct EndpointOptions: ParsableArguments {
    @Option(help: "Endpoint to connect to; may be given several times.")
    var connect: [String] = []
    @Option(help: "Endpoint to bind instead; may be given several times.")
    var bind: [String] = []
    @Flag(help: "Allow to bind addresses that other machines can reach.")
    var allowInsecure = false

    /// Replaces the defaults by what was given.
    func apply(to endpoints: inout WireEndpoints) {
        if !connect.isEmpty || !bind.isEmpty { endpoints.connect = connect }
        endpoints.bind = bind
        endpoints.allowInsecure = allowInsecure
    }
}
