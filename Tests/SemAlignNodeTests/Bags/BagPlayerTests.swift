// SPDX-License-Identifier: Apache-2.0
import SemAlignBags
import SemAlignTransport
import Testing

@testable import SemAlignNode

@Suite struct BagPlayerTests {
    @Test("A message is due when the bag says, at the rate asked for")
    func schedule() {
        let schedule = PlaybackSchedule(firstLogTime: 1000, start: 50, rate: 2)
        #expect(schedule.dueTime(of: 1000) == 50)
        #expect(schedule.dueTime(of: 3000) == 1050)
        #expect(schedule.dueTime(of: 500) == 50)
        #expect(PlaybackSchedule(firstLogTime: 0, start: 50, rate: 0).dueTime(of: .max) == 50)
        #expect(PlaybackSchedule(firstLogTime: 0, start: 50, rate: 1e-9).dueTime(of: .max) == .max)
    }

    @Test("A pause stops the bag's time, a change of rate bends it, and a step lets it jump")
    func commands() {
        var schedule = PlaybackSchedule(firstLogTime: 1000, start: 0, rate: 1)
        schedule.togglePause(at: 100)
        #expect(schedule.isPaused && schedule.dueTime(of: 1000) == nil)
        schedule.togglePause(at: 500)
        #expect(schedule.dueTime(of: 1150) == 550)
        schedule.changeRate(by: 10, at: 550)
        #expect(schedule.rate == 2 && schedule.dueTime(of: 1250) == 600)
        schedule.changeRate(by: -100, at: 600)
        #expect(schedule.rate == 0.1 && schedule.dueTime(of: 1260) == 700)
        schedule.togglePause(at: 600)
        schedule.jump(to: 2000, at: 650)
        schedule.togglePause(at: 900)
        #expect(schedule.dueTime(of: 2001) == 910)
        var unpaced = PlaybackSchedule(firstLogTime: 0, start: 0, rate: 0)
        unpaced.changeRate(by: 1, at: 10)
        #expect(unpaced.rate == 0)
    }

    @Test("A paused player sends one message a step, and goes on when told")
    func steps() throws {
        let folder = try TemporaryFolder()
        try writeFrames(folder.file("in.mcap"), Array(0..<3))
        var configuration = PlayerConfiguration()
        configuration.endpoints.connect = ["inproc://nobody"]
        configuration.waitSeconds = 0
        configuration.startsPaused = true
        var commands: [PlayerCommand] = [.step, .faster, .step, .step, .togglePause]
        var asked = 0
        let summary = try BagPlayer(path: folder.file("in.mcap"), configuration: configuration).run(
            commands: {
                asked += 1
                // Every other question finds no key, as if nobody had pressed one.
                return asked % 2 == 0 || commands.isEmpty ? nil : commands.removeFirst()
            },
            progress: { progress in
                if progress.messages == 3, progress.isPaused { #expect(commands == [.togglePause]) }
            })
        #expect(summary.messages == 15 && commands.isEmpty)
        #expect(summary.lateness.count == 12)
    }

    @Test("Topics are left out and renamed, payloads and schemas are not touched")
    func renames() throws {
        let folder = try TemporaryFolder()
        try writeFrames(folder.file("in.mcap"), [0])
        let context = try Context()
        var subscriber = try Subscriber(context: context, configuration: SocketConfiguration(queueLimit: 100))
        try subscriber.subscribe(to: "")
        try subscriber.bind("inproc://renamed")
        var configuration = PlayerConfiguration()
        configuration.endpoints.connect = ["inproc://renamed"]
        configuration.rate = 0
        configuration.topics = TopicFilter(excluded: ["/camera/*"])
        configuration.remap = ["/perception/mask": "/other/mask"]
        let player = try BagPlayer(path: folder.file("in.mcap"), configuration: configuration)
        let thread = try WorkerThread(name: "player") { _ = try? player.run(context: context) }
        var slots = ReceivedMessage()
        var messages: [WireMessage] = []
        while messages.count < 2, try subscriber.receive(into: &slots, timeout: .seconds(20)) {
            messages.append(try WireMessage(decoding: slots))
        }
        thread.join()
        #expect(messages.map(\.topic) == ["/other/mask", "/perception/features"])
        #expect(messages.first?.payload == (try TinyFrame(0).mask().payload))
    }

    @Test("A played bag reaches a subscriber whole and in order")
    func plays() throws {
        let folder = try TemporaryFolder()
        try writeFrames(folder.file("in.mcap"), Array(0..<5))
        let context = try Context()
        var subscriber = try Subscriber(context: context, configuration: SocketConfiguration(queueLimit: 100))
        try subscriber.subscribe(to: "/")
        try subscriber.bind("inproc://played")
        var configuration = PlayerConfiguration()
        configuration.endpoints.connect = ["inproc://played"]
        configuration.rate = 0
        let player = try BagPlayer(path: folder.file("in.mcap"), configuration: configuration)
        let outcome = Mailbox<PlayerSummary>()
        let thread = try WorkerThread(name: "player") {
            if let summary = try? player.run(context: context) { _ = outcome.put(summary) }
            outcome.close()
        }
        var slots = ReceivedMessage()
        var topics: [String] = []
        while topics.count < 25, try subscriber.receive(into: &slots, timeout: .seconds(20)) {
            topics.append(try WireMessage(decoding: slots).topic)
        }
        thread.join()
        #expect(topics == Array(repeating: try TinyFrame(0).all().map(\.topic), count: 5).flatMap { $0 })
        guard case .value(let summary) = outcome.take(until: 0) else {
            Issue.record("the player gave up")
            return
        }
        #expect(summary.messages == 25 && summary.delivered == 25 && summary.rounds == 1)
    }

    @Test("Start, duration and topics choose what is played")
    func selection() throws {
        let folder = try TemporaryFolder()
        try writeFrames(folder.file("in.mcap"), Array(0..<30))
        var configuration = PlayerConfiguration()
        configuration.endpoints.connect = ["inproc://nobody"]
        configuration.rate = 0
        configuration.waitSeconds = 0
        configuration.startSeconds = 0.1
        configuration.durationSeconds = 0.5
        configuration.topics = TopicFilter(included: ["/perception/mask"])
        let summary = try BagPlayer(path: folder.file("in.mcap"), configuration: configuration).run()
        #expect(summary.messages == 15 && summary.delivered == 0)
    }

    @Test("A loop ends when it is asked to")
    func loop() throws {
        let folder = try TemporaryFolder()
        try writeFrames(folder.file("in.mcap"), [0])
        var configuration = PlayerConfiguration()
        configuration.endpoints.connect = ["inproc://nobody"]
        configuration.rate = 0
        configuration.waitSeconds = 0
        configuration.isLooping = true
        let stop = StopFlag()
        let summary = try BagPlayer(path: folder.file("in.mcap"), configuration: configuration)
            .run(until: stop, progress: { if $0.messages == 12 { stop.set() } })
        #expect(summary.messages == 12 && summary.rounds == 3)
    }

    @Test("Nobody who listens, no bag and a public address are errors with their exit codes")
    func errors() throws {
        let folder = try TemporaryFolder()
        try writeFrames(folder.file("in.mcap"), [0])
        var configuration = PlayerConfiguration()
        configuration.endpoints.connect = ["inproc://nobody"]
        configuration.waitSeconds = 0.01
        func code(_ path: String) -> Int32? {
            do throws(NodeError) {
                _ = try BagPlayer(path: folder.file(path), configuration: configuration).run()
                return nil
            } catch {
                return error.exitCode
            }
        }
        #expect(code("in.mcap") == 69)
        #expect(code("absent.mcap") == 66)
        configuration.endpoints.bind = ["tcp://*:5555"]
        #expect(code("in.mcap") == 78)
        configuration.endpoints.bind = []
        configuration.rate = -1
        #expect(code("in.mcap") == 78)
    }
}
