// SPDX-License-Identifier: Apache-2.0
import Foundation
import Logging
import SemAlignTransport
import Testing

@testable import SemAlignNode

/// A node that takes frames over tcp, and its clients behind a network that is not to be trusted.
private struct RemoteClients: ~Copyable {
    let network: BadNetwork
    var frames: FrameClients
    private let folder: TemporaryFolder
    private let node: Node

    init() throws {
        let folder = try TemporaryFolder()
        var configuration = NodeConfiguration()
        configuration.representation = try folder.representation()
        configuration.subscribe.bind = ["tcp://127.0.0.1:*"]
        configuration.publish.bind = ["ipc://" + folder.file("out.sock")]
        let node = try Node.start(
            configuration, logger: Logger(label: "node") { _ in SwiftLogNoOpLogHandler() })
        let network = try BadNetwork(before: node.inputs[0])
        var quick = SocketConfiguration()
        quick.heartbeatMilliseconds = 100
        frames = try FrameClients(input: network.endpoint, output: node.outputs[0], publisher: quick)
        self.folder = folder
        self.network = network
        self.node = node
    }

    consuming func stop() throws -> NodeSummary {
        network.close()
        return try node.stop()
    }
}

@Suite struct BadNetworkTests {
    @Test("Frames that the network delays are answered")
    func delay() throws {
        var clients = try RemoteClients()
        clients.network.set(.delay(20))
        #expect(try clients.frames.areAnswered(from: 0))
        #expect(try clients.frames.areAnswered(from: 1000))
        #expect(try clients.stop().drops[.malformed] == nil)
    }

    @Test(
        "Connections that are cut, also in the middle of a message, are made again, and nothing half is taken"
    )
    func cut() throws {
        var clients = try RemoteClients()
        for round in 0..<4 {
            #expect(try clients.frames.areAnswered(from: 1000 * round), "round \(round)")
            // Something is always on its way here.
            clients.network.set(.delay(5))
            try clients.frames.send(1000 * round + 900)
            clients.network.cut()
        }
        let drops = try clients.stop().drops
        #expect(drops[.malformed] == nil && drops[.wireFrames] == nil)
    }

    @Test("A network that goes silent without a word and comes back is noticed by the publisher")
    func silence() throws {
        var clients = try RemoteClients()
        #expect(try clients.frames.areAnswered(from: 0))
        let count = clients.network.connectionCount
        clients.network.set(.silence)
        let deadline = ContinuousClock.now.advanced(by: LiveNode.patience)
        while clients.network.connectionCount == count, ContinuousClock.now < deadline { usleep(5000) }
        #expect(clients.network.connectionCount > count)
        clients.network.set(.delay(0))
        #expect(try clients.frames.areAnswered(from: 1000))
        _ = try clients.stop()
    }
}
