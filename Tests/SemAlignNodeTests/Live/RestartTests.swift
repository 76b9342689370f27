// SPDX-License-Identifier: Apache-2.0
import Logging
import Testing

@testable import SemAlignNode

@Suite struct RestartTests {
    private func start(_ configuration: NodeConfiguration) throws -> Node {
        try Node.start(configuration, logger: Logger(label: "node") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test("A node that goes and comes back is fed and heard by the same clients, which nobody restarted")
    func comesBack() throws {
        let folder = try TemporaryFolder()
        var configuration = NodeConfiguration()
        configuration.representation = try folder.representation()
        configuration.subscribe.bind = ["ipc://" + folder.file("in.sock")]
        configuration.publish.bind = ["ipc://" + folder.file("out.sock")]
        var clients = try FrameClients(
            input: configuration.subscribe.bind[0], output: configuration.publish.bind[0])
        for round in 0..<3 {
            let node = try start(configuration)
            #expect(try clients.areAnswered(from: 1000 * round), "round \(round)")
            _ = try node.stop()
        }
    }

    @Test("A publisher that dies and comes back is heard again by the same node")
    func publisherComesBack() throws {
        let folder = try TemporaryFolder()
        var configuration = NodeConfiguration()
        configuration.representation = try folder.representation()
        configuration.subscribe.bind = ["ipc://" + folder.file("in.sock")]
        configuration.publish.bind = ["ipc://" + folder.file("out.sock")]
        let node = try start(configuration)
        var clients = try FrameClients(input: node.inputs[0], output: node.outputs[0])
        for round in 0..<3 {
            #expect(try clients.areAnswered(from: 1000 * round), "round \(round)")
            try clients.replacePublisher()
        }
        _ = try node.stop()
    }
}
