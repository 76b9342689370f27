// SPDX-License-Identifier: Apache-2.0
import Foundation
import SemAlignCore
import SemAlignMessages
import SemAlignTransport
import Testing

@testable import SemAlignNode

/// The whole node in virtual time: cameras that stop, lose, double and delay, networks and machines that stand still.
@Suite struct NodeSimulationTests {
    private static let environment = ProcessInfo.processInfo.environment
    /// Frames to simulate: more where `SEMALIGN_SIMULATED_FRAMES` says so.
    private static let frames = environment["SEMALIGN_SIMULATED_FRAMES"].flatMap { Int($0) } ?? 3000
    /// Frames of one run.
    private static let framesPerRun = 500
    /// Seeds to run: one alone where `SEMALIGN_SIMULATION_SEED` names it, as one that failed.
    private static let seeds: [UInt64] =
        environment["SEMALIGN_SIMULATION_SEED"].flatMap { UInt64($0) }.map { [$0] }
        ?? Array(0..<UInt64(max(1, frames / framesPerRun)))
    /// Answers in a row without keypoints after which an object that is shown counts as not found.
    private static let patience = 60

    /// Runs every seed.
    private static func simulate(
        _ seeds: [UInt64], _ check: (UInt64, CameraScript, NodeSimulation.Outcome) -> Void
    )
        throws
    {
        let folder = try TemporaryFolder()
        let file = try RepresentationFile.read(path: try folder.representation())
        let templates = try FrameTemplates()
        for seed in seeds {
            let script = CameraScript(seed: seed, frames: framesPerRun, of: templates)
            let simulation = try NodeSimulation(
                seed: seed, script: script, representation: file, context: try Context())
            check(seed, script, try simulation.run())
        }
    }

    @Test(
        "Whatever a camera, the network and the machine do: frames are answered in order, newest first, or counted"
    )
    func invariants() throws {
        var (sent, answered, overtaken, dropped, fingerprint) = (0, 0, UInt64(0), UInt64(0), UInt64(0))
        try Self.simulate(Self.seeds) { seed, script, outcome in
            let drops = outcome.summary?.drops ?? [:]
            let answers = outcome.answers
            let backwards = zip(answers, answers.dropFirst()).filter { $0.stamp >= $1.stamp }
            #expect(backwards.count <= script.restarts, "seed \(seed): answers go back in time")
            #expect(
                backwards.allSatisfy { $0.0.stamp > $0.1.stamp + 1_000_000_000 },
                "seed \(seed): an older frame is answered after a newer one")
            #expect(
                outcome.overdue.isEmpty, "seed \(seed): frames of more than 50 ms while a newer one waited")
            #expect(
                answers.last?.stamp == script.last,
                "seed \(seed): the last frame is not answered; dropped: \(drops)")

            let stamps = Set(answers.map(\.stamp))
            #expect(stamps.count == answers.count, "seed \(seed): a frame is answered twice")
            #expect(stamps.isSubset(of: script.stamps), "seed \(seed): an answer to no frame")
            #expect(drops[.lost, default: 0] == script.losses, "seed \(seed): messages that were lost")
            let unanswered = UInt64(script.stamps.count - answers.count)
            let counted = [.superseded, .incomplete, .late, .bufferFull, .oldSequence].reduce(UInt64(0)) {
                $0 + drops[$1, default: 0]
            }
            if script.isOrderly {
                #expect(
                    drops.filter { $0.value > 0 }.keys.allSatisfy { $0 == .superseded },
                    "seed \(seed): \(drops)")
                #expect(counted == unanswered, "seed \(seed): \(counted) counted, \(unanswered) unanswered")
            } else {
                #expect(counted >= unanswered, "seed \(seed): \(counted) counted, \(unanswered) unanswered")
            }

            var (without, longest) = (0, 0)
            for answer in answers {
                without = script.shown.contains(answer.stamp) && answer.state != .tracking ? without + 1 : 0
                longest = max(longest, without)
            }
            #expect(
                longest <= Self.patience, "seed \(seed): \(longest) answers without an object that is shown")
            #expect(
                outcome.longestSilence < 2_000_000_000,
                "seed \(seed): no report for \(outcome.longestSilence) ns")

            (sent, answered) = (sent + script.stamps.count, answered + answers.count)
            overtaken += drops[.superseded, default: 0]
            dropped += drops.values.reduce(0, +)
            fingerprint = fingerprint &* 31 &+ outcome.fingerprint
        }
        print(
            "\(sent) simulated frames in \(Self.seeds.count) runs: \(answered) answered, \(overtaken) overtaken, "
                + "\(dropped) drops in all, fingerprint \(String(fingerprint, radix: 16))")
        #expect(answered > sent / 4)
    }

    @Test("Ten minutes at 30 Hz: every frame is answered, in order, and nothing is dropped")
    func tenMinutes() throws {
        let folder = try TemporaryFolder()
        // In parts of a hundred seconds, whose messages fit into memory.
        for part in 0..<6 as Range<UInt64> {
            let script = CameraScript(steady: 3000, of: try FrameTemplates())
            let outcome = try NodeSimulation(
                seed: 1_000_000 + part, script: script,
                representation: try RepresentationFile.read(path: try folder.representation()),
                context: try Context(), isSteady: true
            ).run()
            #expect(outcome.answers.map(\.stamp) == script.stamps.sorted())
            #expect(outcome.answers.suffix(2900).allSatisfy { $0.state == .tracking })
            #expect(outcome.summary?.drops.values.allSatisfy { $0 == 0 } ?? false)
        }
    }

    @Test("The same seed gives the same run, byte for byte")
    func repeats() throws {
        var outcomes: [NodeSimulation.Outcome] = []
        try Self.simulate([1, 1]) { outcomes.append($2) }
        #expect(outcomes[0] == outcomes[1])
    }
}
