// SPDX-License-Identifier: Apache-2.0
import SemAlignCore
import SemAlignMessages
import Testing

@testable import SemAlignNode

@Suite struct FeatureCollectorTests {
    private func features(_ stamp: UInt64, channels: Int) throws -> FeatureMessage {
        let map = FeatureMap(
            rows: 1, columns: 1, channels: channels, values: [Float16](repeating: 1, count: channels),
            region: PixelRegion(TinyFrame.size), model: "")
        return FeatureMessage(features: map, isNormalized: true, timestamp: stamp, frameID: "")
    }

    @Test("Features of one network go straight through")
    func oneNetwork() throws {
        var (collector, drops) = (FeatureCollector(count: 1), [Drop]())
        #expect(collector.add(try features(1, channels: 3), ofClass: 0, drops: &drops)?.count == 1)
    }

    @Test("A stamp's features come out together, in the order of the classes, whatever order they came in")
    func joins() throws {
        var (collector, drops) = (FeatureCollector(count: 3), [Drop]())
        #expect(collector.add(try features(1, channels: 6), ofClass: 2, drops: &drops) == nil)
        #expect(collector.add(try features(2, channels: 5), ofClass: 1, drops: &drops) == nil)
        #expect(collector.add(try features(1, channels: 4), ofClass: 0, drops: &drops) == nil)
        let complete = collector.add(try features(1, channels: 5), ofClass: 1, drops: &drops)
        #expect(complete?.map(\.channels) == [4, 5, 6] && drops.isEmpty)
    }

    @Test("A network that stays away costs memory for some stamps only, and is named by its class")
    func stays() throws {
        var (collector, drops) = (FeatureCollector(count: 2), [Drop]())
        for stamp in 1...100 as ClosedRange<UInt64> {
            #expect(collector.add(try features(stamp, channels: 4), ofClass: 0, drops: &drops) == nil)
        }
        #expect(drops.count > 80 && drops.allSatisfy { $0.reason == .incomplete })
        #expect(drops.first?.detail.contains("class 1") == true)
    }

    /// An intake that wants features of two networks.
    private func intake(_ others: [PointAppearance]) -> FrameIntake {
        var configuration = NodeConfiguration()
        configuration.objects.limit = 4
        configuration.objects.representations = ["other.semalign"]
        configuration.objects.features = ["/perception/other"]
        return FrameIntake(
            configuration, appearance: TinyClass.representation.appearance, others: others, calibration: nil,
            keepsEveryFrame: true)
    }

    private func contents(
        _ intake: inout FrameIntake, _ messages: [IncomingMessage]
    ) -> [AssembledFrame.Content] {
        var found: [AssembledFrame.Content] = []
        for message in messages {
            for case .frame(let joined) in intake.receive(message, at: 0, wallTime: nil) {
                found.append(intake.job(for: joined).frame.content)
            }
        }
        return found
    }

    @Test(
        "A frame waits for the features of every class and carries them all; a wrong length is refused by class"
    )
    func reachesTheFrame() throws {
        let frame = TinyFrame(0)
        var other = TinyClass.representation.appearance
        other = PointAppearance(
            channels: 3, model: "small-net", vectors: [Float](repeating: 1, count: 18),
            similarityMean: other.similarityMean, similarityDeviation: other.similarityDeviation)
        for (channels, model, isSound) in [(3, "small-net", true), (4, "small-net", false), (3, "x", false)] {
            var intake = intake([other])
            #expect(intake.topics.contains("/perception/other"))
            let own = try frame.features(channels: channels, model: model)
            let second = IncomingMessage(
                topic: "/perception/other", schema: own.schema, payload: own.payload)
            #expect(contents(&intake, try frame.all()).isEmpty)
            let content = try #require(contents(&intake, [second]).first)
            switch content {
            case .observation(let sighted):
                #expect(isSound && sighted.observation.otherFeatures.map(\.channels) == [channels])
                #expect(sighted.observation.features.channels == TinyClass.channels)
            case .refused(let drop): #expect(!isSound && drop.reason == .features)
            }
        }
    }

    @Test("As many topics as further classes, or none: anything else is refused in one line")
    func checksNumber() {
        var configuration = NodeConfiguration()
        configuration.objects.limit = 2
        configuration.objects.representations = ["a", "b"]
        configuration.objects.features = ["/perception/a"]
        #expect(throws: NodeError.self) { try configuration.check() }
        configuration.objects.features = ["/perception/a", "/perception/b"]
        #expect(throws: Never.self) { try configuration.check() }
        configuration.objects.features = ["/perception/a", "/perception/features"]
        #expect(throws: NodeError.self) { try configuration.check() }
    }
}
