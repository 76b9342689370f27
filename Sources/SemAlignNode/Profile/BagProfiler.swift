// SPDX-License-Identifier: Apache-2.0
internal import Logging
public import SemAlignProfiling
internal import SemAlignTransport

/// How a profile is taken.
public struct ProfileSettings: Hashable, Sendable {
    /// Frames a second; `nil` = the bag's own rate, 0 = as fast as the node answers: each frame waits for the one before.
    public var rate: Double?
    /// How often the bag is played; each time tracking starts anew.
    public var rounds = 1
    /// Longest that an answer may take [ns]; `nil` = one period of the rate.
    public var deadline: UInt64?
    /// Transport between feeder and node: ipc, tcp or inproc.
    public var transport = "ipc"

    /// Makes the defaults.
    public init() {}
}

/// Plays a bag into a node of its own and records what happens to every frame.
///
/// It is the frame path of `semalign run`: two threads, real sockets. At a rate messages are sent when they are
/// due, whether or not the node keeps up, so that waiting is seen; without one, one frame is on its way at a time.
public struct BagProfiler: Sendable {
    private let configuration: NodeConfiguration
    private let settings: ProfileSettings
    private let feed: BagFeed
    private let clocks: NodeClocks

    /// Looks through the bag at `path`; the endpoints of `configuration` play no part.
    public init(
        _ configuration: NodeConfiguration, path: String, settings: ProfileSettings = ProfileSettings(),
        clocks: NodeClocks = .system
    ) throws(NodeError) {
        guard settings.rate.map({ $0 >= 0 && $0 <= 10_000 }) ?? true, settings.rounds > 0 else {
            throw .conflict(
                reason: "the rate or the number of rounds cannot be",
                remedy: "give a rate from 0 to 10000 Hz and at least one round")
        }
        self.configuration = configuration
        self.settings = settings
        self.clocks = clocks
        feed = try BagFeed(path: path, configuration)
    }

    /// Takes the profile; `progress` gets the share 0…1 that was sent, `meter` reads what threads cost.
    public func run(
        meter: ThreadMeter, until stop: StopFlag = StopFlag(), progress: (Double) -> Void = { _ in }
    ) throws(NodeError) -> LatencyProfile {
        let recorder = FrameRecorder(
            capacity: min(settings.rounds * feed.frameCount + 16, 1_000_000), meter: meter)
        let folder = try PrivateFolder()
        var own = configuration
        own.subscribe.bind = [folder.endpoint("in", transport: settings.transport)]
        own.publish.bind = [folder.endpoint("out", transport: settings.transport)]
        own.subscribe.connect = []
        own.publish.connect = []
        own.curve = CurveSettings()
        let startTime = clocks.wall()
        let context: Context
        do { context = try Context() } catch { throw NodeError(error) }
        let node = try Node.start(
            own, logger: Logger(label: "profile") { _ in SwiftLogNoOpLogHandler() }, context: context,
            clocks: clocks, frames: recorder)
        var feeder: BagFeeder
        do throws(TransportError) {
            feeder = try BagFeeder(feed, own, context, input: node.inputs[0], output: node.outputs[0], clocks)
        } catch {
            _ = try? node.stop()
            throw NodeError(error)
        }
        let speed = settings.rate.map { $0 / feed.rate } ?? 1
        for round in 0..<settings.rounds where !stop.isSet {
            try feeder.play(speed: speed, stop) {
                progress((Double(round) + $0) / Double(settings.rounds))
            }
        }
        let sent = feeder.sentFrames
        let dues = feeder.dues
        _ = try node.stop()
        var (frames, drops) = recorder.records
        for index in frames.indices { frames[index].due = dues.due(of: frames[index]) }
        drops.sort { $0.time < $1.time }
        let rate = settings.rate == nil ? feed.rate : settings.rate
        let period = rate.flatMap { $0 > 0 ? UInt64(1e9 / $0) : nil }
        return LatencyProfile(
            facts: facts(rate: rate ?? 0), frames: frames, drops: drops, sentFrames: sent,
            deadline: settings.deadline ?? period, startTime: startTime)
    }

    private func facts(rate: Double) -> [LatencyProfile.Fact] {
        let pace =
            rate > 0
            ? "\(Double(Int(rate * 100)) / 100) Hz, sent when due" : "as fast as it goes, one frame at a time"
        return [
            .init("bag", "\(feed.frameCount) frames, \(feed.messageCount) messages"),
            .init("pace", pace), .init("rounds", "\(settings.rounds)"),
            .init("transport", settings.transport),
        ]
    }
}

/// When frames were due, by stamp; a stamp comes again in every round.
struct DueTimes: Sendable {
    private var times: [UInt64: [UInt64]] = [:]

    mutating func add(_ time: UInt64, of stamp: UInt64) { times[stamp, default: []].append(time) }

    /// The last due time of a frame's stamp before its first message came.
    ///
    /// A few microseconds' grace: the feeder reads its clock, then sends.
    func due(of frame: FrameRecord) -> UInt64? {
        times[frame.stamp]?.last { $0 <= frame.firstArrival }
    }
}
