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
    @OptionGroup var curve: CurveOptions

    /// Replaces the defaults by what was given.
    func apply(to endpoints: inout WireEndpoints) {
        if !connect.isEmpty || !bind.isEmpty { endpoints.connect = connect }
        endpoints.bind = bind
        endpoints.allowInsecure = allowInsecure
        endpoints.curve = curve.settings
    }
}

/// The keys with which a node on another machine is reached.
struct CurveOptions: ParsableArguments {
    @Option(help: "File with the secret key of this program (semalign keygen), for nodes that encrypt.")
    var curveKey: String?
    @Option(help: "Public key of the node to connect to.")
    var curveServer: String?

    func validate() throws {
        guard (curveKey == nil) == (curveServer == nil) else {
            throw ValidationError("--curve-key and --curve-server go together.")
        }
    }

    /// The same as settings.
    var settings: CurveSettings {
        var settings = CurveSettings()
        settings.secretKeyFile = curveKey ?? ""
        settings.serverKey = curveServer ?? ""
        return settings
    }
}
