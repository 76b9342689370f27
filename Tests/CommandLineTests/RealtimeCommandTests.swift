// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite struct RealtimeCommandTests {
    /// What the system says of one thread.
    private struct ThreadState {
        let name: String
        /// 0 = the usual scheduler, 1 = SCHED_FIFO.
        let policy: Int
        let priority: Int
        let processors: String

        init?(_ folder: String) {
            func text(_ file: String) -> String {
                (try? String(contentsOfFile: folder + "/" + file, encoding: .utf8)) ?? ""
            }
            // The name is in brackets and may hold spaces; field 3 is the first after it.
            guard let rest = text("stat").split(separator: ")").last else { return nil }
            let fields = rest.split(separator: " ")
            guard fields.count > 38, let priority = Int(fields[37]), let policy = Int(fields[38]) else {
                return nil
            }
            name = text("comm").trimmingCharacters(in: .whitespacesAndNewlines)
            (self.policy, self.priority) = (policy, priority)
            processors =
                text("status").split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }
                .map { $0.dropFirst(18).trimmingCharacters(in: .whitespaces) } ?? ""
        }
    }

    @Test(
        "Priority, processors and locked memory hold where the log says so, and one line says where they do not"
    )
    func takesEffect() throws {
        let mugs = try SimulatedMugs.shared.get()
        let folder = try TemporaryFolder()
        let node = try RunningProgram(
            Program.binary,
            [
                "run", "-r", mugs.representation, "--set", "subscribe.bind=[\"ipc://\(folder.path("in"))\"]",
                "--set", "publish.bind=[\"ipc://\(folder.path("out"))\"]", "--set", "realtime.priority=5",
                "--set", "realtime.lock_memory=true", "--set", "realtime.align_cpus=[0]", "--set",
                "realtime.input_cpus=[0]",
            ])
        #expect(waitUntil { node.errors.contains("ready") }, "\(node.errors)")
        let process = "/proc/\(node.identifier)"
        let tasks = try FileManager.default.contentsOfDirectory(atPath: process + "/task")
        let threads = tasks.compactMap { ThreadState(process + "/task/" + $0) }
        let status = try String(contentsOfFile: process + "/status", encoding: .utf8)
        let log = node.errors
        for name in ["semalign-align", "semalign-input"] {
            let thread = try #require(threads.first { $0.name == name }, "\(tasks)")
            let isScheduled = log.contains("\(name) runs under SCHED_FIFO 5")
            #expect(isScheduled != log.contains("\(name) has no real-time priority 5"))
            #expect((thread.policy, thread.priority) == (isScheduled ? (1, 5) : (0, 0)))
            let isPinned = log.contains("\(name) runs on processors 0")
            #expect(isPinned != log.contains("\(name) is not pinned"))
            if isPinned { #expect(thread.processors == "0") }
        }
        // Helpers of the transport do not inherit the priority: they would starve the frame path.
        #expect(
            threads.filter { $0.policy == 1 && $0.priority == 5 }.allSatisfy {
                $0.name.hasPrefix("semalign-")
            })
        let locked = status.split(separator: "\n").first { $0.hasPrefix("VmLck:") }
            .flatMap { Int($0.filter(\.isNumber)) }
        let isLocked = log.contains("no page of the node leaves the memory")
        #expect(isLocked != log.contains("memory is not locked"))
        if let locked { #expect((locked > 0) == isLocked) }
        node.terminate()
        #expect(try node.finish().status == 0)
    }
}
