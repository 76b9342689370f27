// SPDX-License-Identifier: Apache-2.0
public import Logging

extension Node {
    /// Runs a node on this thread's behalf until SIGINT or SIGTERM: what `semalign run` calls.
    ///
    /// Call it from the main thread before any other thread was started. Throws what keeps the node from
    /// starting or going on.
    public static func run(
        _ configuration: NodeConfiguration, logger: Logger, supervisor: ServiceSupervisor
    ) throws(NodeError) -> NodeSummary {
        let signal = StopSignal()
        let node = try start(
            configuration, logger: logger, supervisor: supervisor, onFailure: { StopSignal.wake() })
        logger.info(
            """
            ready: frames at \((node.inputs + configuration.subscribe.connect).joined(separator: ", ")), \
            results at \((node.outputs + configuration.publish.connect).joined(separator: ", "))
            """)
        for endpoint in node.inputs + node.outputs where isPublic(endpoint) {
            logger.warning("\(endpoint) is open to other machines without encryption (allow_insecure)")
        }
        supervisor.notify("READY=1")
        let recording = node.recording
        signal.wait { recording?.takeSnapshot() }
        supervisor.notify("STOPPING=1")
        let summary = try node.stop()
        logger.info("stopped: \(summary)")
        return summary
    }
}
