// SPDX-License-Identifier: Apache-2.0
public import Logging
internal import SemAlignProfiling

extension Node {
    /// Runs a node on this thread's behalf until SIGINT or SIGTERM: what `semalign run` calls.
    ///
    /// Call it from the main thread before any other thread was started. Throws what keeps the node from
    /// starting or going on.
    public static func run(
        _ configuration: NodeConfiguration, logger: Logger, supervisor: ServiceSupervisor
    ) throws(NodeError) -> NodeSummary {
        let signal = StopSignal()
        let kept = configuration.profile.frames
        let frames = kept > 0 ? FrameRecorder(capacity: kept) : nil
        let node = try start(
            configuration, logger: logger, supervisor: supervisor, frames: frames,
            onFailure: { StopSignal.wake() })
        logger.info(
            """
            ready: frames at \((node.inputs + configuration.subscribe.connect).joined(separator: ", ")), \
            results at \((node.outputs + configuration.publish.connect).joined(separator: ", "))
            """)
        for endpoint in node.inputs + node.outputs where isPublic(endpoint) && !configuration.curve.isOn {
            logger.warning("\(endpoint) is open to other machines without encryption (allow_insecure)")
        }
        supervisor.notify("READY=1")
        let recording = node.recording
        signal.wait {
            recording?.takeSnapshot()
            node.report(to: configuration.profile.folder, frames)
        }
        supervisor.notify("STOPPING=1")
        let summary = try node.stop()
        logger.info("stopped: \(summary)")
        return summary
    }

    /// Says how long the stages took since the start, and writes files where a folder is given: what SIGUSR1 asks for.
    ///
    /// It copies what the threads count and computes on the caller's thread, so no frame waits for it.
    borrowing func report(to folder: String, _ recorder: FrameRecorder?) {
        let histograms = shared.counters.histograms
        for (stage, histogram) in histograms {
            let figures = StageFigures.shares.map { name, share in
                "\(name) \(milliseconds(histogram.percentile(share)))"
            }
            shared.logger.info(
                """
                latency of \(stage): \(histogram.count) times, \(figures.joined(separator: ", ")), \
                max \(milliseconds(histogram.maximum))
                """)
        }
        guard !folder.isEmpty else { return }
        let now = shared.clocks.wall()
        let uptime = shared.clocks.steady() &- startedAt
        do throws(NodeError) {
            let files = ProfileFolder(folder)
            try files.make()
            try files.write(histograms, startTime: now &- uptime, length: uptime)
            if let recorder {
                let records = recorder.records
                try files.write(
                    LatencyProfile(
                        facts: [.init("node", "the last \(records.frames.count) frames")],
                        frames: records.frames, drops: records.drops, startTime: now &- uptime))
            }
            shared.logger.info("wrote the profile to '\(folder)'")
        } catch {
            shared.logger.error("\(error)")
        }
    }
}
