// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignNode
import SemAlignTransport

/// Keys for connections between machines.
struct Keygen: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a key pair for encrypted connections between machines.",
        discussion: """
            The secret key goes to FILE, which only its owner can read, the public one to FILE.pub and to standard \
            output. The node names FILE in curve.secret_key, and a file with the public keys of its clients in \
            curve.clients; clients need a pair of their own and the node's public key. A file that exists is left \
            alone.

            EXAMPLE: semalign keygen robot.key
            """)

    @Argument(help: "File for the secret key.")
    var file: String

    func run() throws {
        print(try CurveKeyFile.make(path: file).publicKey)
    }
}
