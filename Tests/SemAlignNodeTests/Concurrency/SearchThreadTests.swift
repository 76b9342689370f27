// SPDX-License-Identifier: Apache-2.0
import Foundation
import SemAlignCore
import SemAlignMessages
import Synchronization
import Testing

@testable import SemAlignNode

/// The thread that helps with searches.
@Suite struct SearchThreadTests {
    /// Where the system tells of a thread, as the thread itself sees it.
    private final class Place: Sendable {
        let path = Mutex("")

        func note() {
            let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")
            path.withLock { $0 = own.map { "/proc/" + $0 } ?? "nowhere" }
        }

        /// Waits until the thread has told.
        func wait() -> String {
            while path.withLock({ $0.isEmpty }) { usleep(1000) }
            return path.withLock { $0 }
        }
    }

    @Test("It has a name of its own, and is gone once its owner is")
    func life() throws {
        let place = Place()
        var path = ""
        do {
            let thread = try SearchThread { place.note() }
            path = place.wait()
            let name = try String(contentsOfFile: path + "/comm", encoding: .utf8)
            #expect(name == "semalign-search\n")
            _ = thread.helper
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("It is started where two threads are asked for, and only there")
    func asked() throws {
        var configuration = NodeConfiguration()
        let none = try SearchThread.started(for: configuration)
        #expect(SearchThread.helper(of: none) == nil)
        configuration.searchThreads = 2
        let one = try SearchThread.started(for: configuration)
        #expect(SearchThread.helper(of: one) != nil)
    }

    @Test("Searches on two threads answer a bag with the same bytes as on one")
    func sameBytes() throws {
        let folder = try TemporaryFolder()
        try writeFrames(folder.file("in.mcap"), Array(0..<12))
        let answers = try [1, 2].map { count in
            var configuration = NodeConfiguration()
            configuration.representation = try folder.representation()
            configuration.searchThreads = count
            let output = folder.file("out\(count).mcap")
            _ = try BagReplay(configuration).run(from: folder.file("in.mcap"), to: output)
            return try Data(contentsOf: URL(filePath: output))
        }
        #expect(answers[0] == answers[1] && !answers[0].isEmpty)
    }

    @Test("A node places it like the thread that it helps, and says so")
    func placement() throws {
        var live = try LiveNode {
            $0.searchThreads = 2
            $0.realtime.alignmentProcessors = [1000, 1001]
        }
        try live.settle()
        try live.send(try TinyFrame(0).all())
        #expect(try live.nextKeypoints().result.state == .tracking)
        let log = live.log
        for name in ["semalign-align", "semalign-search"] {
            #expect(log.wait(for: "warning realtime: \(name) is not pinned to processors 1000, 1001"))
        }
        #expect(try live.stop().frames > 0)
    }
}
