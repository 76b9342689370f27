// SPDX-License-Identifier: Apache-2.0
internal import SemAlignBags
internal import SemAlignCore
internal import SemAlignMessages

/// The node's pipeline over a bag: every frame, in order, without waiting, the same bytes at every run.
public struct BagReplay: Sendable {
    private let configuration: NodeConfiguration
    private let resources: NodeResources
    private let part: ReplayPart
    private let clocks: NodeClocks

    /// Reads the files that the configuration names; its endpoints play no part.
    public init(
        _ configuration: NodeConfiguration, part: ReplayPart = ReplayPart(), clocks: NodeClocks = .system
    ) throws(NodeError) {
        try part.check()
        self.configuration = configuration
        self.part = part
        self.clocks = clocks
        resources = try NodeResources(configuration)
    }

    /// Aligns every frame of the bag at `input` and writes the answers to a new bag at `output`.
    ///
    /// Log and publish times of the answers are the stamps of their images. `progress` is called after every
    /// frame. What cannot be read of a damaged bag is left out and named in the summary. Once `stop` is
    /// set the frame is finished and the new bag completed.
    public func run(
        from input: String, to output: String, until stop: StopFlag = StopFlag(),
        progress: (ReplayProgress) -> Void = { _ in }
    ) throws(NodeError) -> ReplaySummary {
        var frames = try BagFrames(
            path: input, configuration, representation: resources.representation.representation,
            others: resources.others.map(\.representation.appearance), calibration: resources.calibration,
            part: part)
        let second = try SearchThread.started(for: configuration)
        var pipeline = FramePipeline(
            configuration, representation: resources.representation, others: resources.others,
            references: resources.references, reportsDurations: false, helper: SearchThread.helper(of: second)
        )
        var summary = ReplaySummary(notes: resources.notes)
        var writer = try AnswerWriter(path: output)
        while !stop.isSet, let event = try frames.next() {
            switch event {
            case .job(let job):
                let start = clocks.steady()
                let answer = pipeline.process(job, clock: { 0 })
                summary.add(answer, of: job, duration: clocks.steady() &- start)
                try writer.write(answer.messages, stamp: job.frame.timestamp)
                progress(ReplayProgress(frames: summary.frames, share: frames.share))
            case .newSequence: summary.sequences += 1
            case .dropped(let drop): summary.add(drop)
            case .damaged(let reason): summary.damages.append(reason)
            }
        }
        try writer.close()
        summary.messages = frames.messageCount
        return summary
    }
}
