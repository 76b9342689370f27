// SPDX-License-Identifier: Apache-2.0
internal import SemAlignCore

extension Setting {
    /// Every setting there is, in the order in which they are printed.
    public static var all: [Setting] {
        general + encryption + subscribing + publishing + topics + joining + tracking + objects
            + correspondence
            + recording
            + reports + realtime
    }

    private static var general: [Setting] {
        [
            Setting("representation", \.representation, .path, "Class representation to track."),
            Setting(
                "calibration", \.calibration, .path,
                "Camera calibration in ROS camera_info YAML; it outranks topics.camera_info."),
            Setting(
                "allow_insecure", \.allowInsecure, .flag,
                "Allow to bind addresses that other machines can reach, without encryption too."),
        ]
    }

    private static var encryption: [Setting] {
        [
            Setting(
                "curve.secret_key", \.curve.secretKeyFile, .path,
                "File with the node's key, made by semalign keygen: tcp is encrypted. Empty = it is not."),
            Setting(
                "curve.clients", \.curve.clientsFile, .path,
                "File with the public keys of those who may connect, one a line."),
            Setting(
                "curve.server", \.curve.serverKey, .curveKey,
                "Public key of the servers that subscribe.connect and publish.connect name by tcp."),
        ]
    }

    private static var subscribing: [Setting] {
        [
            Setting(
                "subscribe.bind", \.subscribe.bind, .endpoints,
                "Endpoints that publishers of frames connect to."),
            Setting(
                "subscribe.connect", \.subscribe.connect, .endpoints, "Endpoints of publishers that bind."),
            Setting(
                "subscribe.high_water_mark", \.subscribe.highWaterMark, .integer(1...1000),
                "Messages kept for each publisher before the transport drops."),
            Setting(
                "subscribe.payload_limit_mib", \.subscribe.payloadLimitMebibytes, .integer(1...1024),
                "Largest message in MiB; larger ones are dropped."),
        ]
    }

    private static var publishing: [Setting] {
        [
            Setting(
                "publish.bind", \.publish.bind, .endpoints,
                "Endpoints that subscribers of results connect to."),
            Setting("publish.connect", \.publish.connect, .endpoints, "Endpoints of subscribers that bind."),
            Setting(
                "publish.high_water_mark", \.publish.highWaterMark, .integer(1...10_000),
                "Messages kept for each subscriber before the transport drops; the node never waits."),
        ]
    }

    private static var topics: [Setting] {
        [
            Setting(
                "topics.image", \.topics.image, .topic(isOptional: true),
                "Colour image: foxglove.CompressedImage or RawImage; its stamp is the key of a frame."),
            Setting(
                "topics.camera_info", \.topics.cameraInfo, .topic(isOptional: true),
                "Intrinsics: foxglove.CameraCalibration; the last one holds until the next."),
            Setting(
                "topics.depth", \.topics.depth, .topic(isOptional: true),
                "Depth registered to colour: 16UC1 or 16-bit PNG in mm, 32FC1 in m."),
            Setting(
                "topics.mask", \.topics.mask, .topic(),
                "Instance mask: foxglove.RawImage (8UC1, mono8) or CompressedImage (png); 0 = background."),
            Setting("topics.features", \.topics.features, .topic(), "Patch features: semalign.FeatureMap."),
            Setting(
                "topics.camera_pose", \.topics.cameraPose, .topic(isOptional: true),
                "Where the camera is in a fixed frame: foxglove.FrameTransform or PoseInFrame; empty = unknown."
            ),
            Setting(
                "topics.queries", \.topics.queries, .topic(isOptional: true),
                "Points that are asked for at run time: semalign.QueryArray."),
            Setting(
                "topics.keypoints", \.topics.keypoints, .topic(),
                "Result of every frame: semalign.KeypointArray."),
            Setting(
                "topics.correspondences", \.topics.correspondences, .topic(),
                "Answers to queries: semalign.CorrespondenceArray."),
            Setting(
                "topics.scene", \.topics.scene, .topic(isOptional: true),
                "The same for 3D viewers: foxglove.SceneUpdate."),
            Setting(
                "topics.annotations", \.topics.annotations, .topic(isOptional: true),
                "The same for image viewers: foxglove.ImageAnnotations."),
            Setting(
                "topics.diagnostics", \.topics.diagnostics, .topic(),
                "Rates, latencies, drops by reason: semalign.Diagnostics."),
        ]
    }

    private static var joining: [Setting] {
        [
            Setting(
                "join.required", \.join.required, .choices(),
                "Streams without which a frame is not processed; mask and features are always needed."),
            Setting(
                "join.tolerance_ms", \.join.toleranceNanoseconds, .milliseconds(0...1000),
                "Largest difference between the stamps of one frame; 0 = equal. Keep it under half a period."),
            Setting(
                "join.max_wait_ms", \.join.maxWaitMilliseconds, .integer(1...60_000),
                "How long a frame waits for its streams after the first of them came."),
            Setting(
                "join.capacity", \.join.capacity, .integer(2...256), "Frames that may wait at the same time."),
            Setting(
                "join.buffer_mib", \.join.bufferMebibytes, .integer(1...4096),
                "Memory in MiB that waiting frames may take; the oldest leave first."),
            Setting(
                "join.max_future_s", \.join.maxFutureSeconds, .number(0...86_400),
                "How far ahead of this machine's clock a stamp may be; later ones are refused."),
            Setting(
                "join.instance", \.join.instance, .integer(0...255),
                "Instance of the mask to follow; 0 = the largest one."),
        ]
    }

    private static var tracking: [Setting] {
        [
            Setting(
                "track.solver", \.track.solver, .choice,
                "fast = search over the evidence and Gauss-Newton; adamw = the paper's, seconds a cold start."
            ),
            Setting(
                "track.starts", \.track.starts, .integer(1...256),
                "Starts of adamw where a frame begins cold."),
            Setting(
                "track.schedule", \.track.schedule, .schedule,
                "Weights and widths of adamw's energy over its steps; automatic = metric where depth is."),
            Setting(
                "track.seed", \.track.seed, .seed, "Seed of random starts: the same seed, the same answers."),
            Setting(
                "track.hypothesis_limit", \.track.hypothesisLimit, .integer(1...32),
                "Different solutions that are followed at a time."),
            Setting(
                "track.hypothesis_margin", \.track.hypothesisMargin, .number(0...100),
                "A solution whose support falls behind the best one's by this much is given up."),
            Setting(
                "track.least_coverage", \.track.leastCoverage, .number(0...1),
                "Least share of the object that an answer must explain."),
            Setting(
                "track.least_semantics", \.track.leastSemantics, .number(-3...5),
                "Least mean log likelihood over chance of the object's patches in an answer."),
            Setting(
                "track.least_likeness", \.track.leastLikeness, .number(-1...1),
                "Least similarity of an answer's points to their patches, as a share of the class's own."),
            Setting(
                "track.support_drop", \.track.supportDrop, .number(0...10),
                "Support that much lower than the track's usual one starts a search."),
            Setting(
                "track.smoothing_ms", \.smoothingMilliseconds, .number(0...10_000),
                "Time constant of smoothing over time: less jitter for a delay that Diagnostics state; 0 = none."
            ),
            Setting(
                "track.defer_searches", \.defersSearches, .flag,
                "A live node searches in parts between frames where a search does not fit; it delays no frame."
            ),
            Setting(
                "track.threads", \.searchThreads, .integer(1...2),
                "Threads that a search runs on; the second only helps, and changes no answer."),
            Setting(
                "track.frames_between_checks", \.track.framesBetweenChecks, .integer(1...1_000_000),
                "After so many frames all directions have been tried once more; 1 = never beside a track."),
            Setting(
                "track.budget_ms", \.track.budgetMilliseconds, .number(0...10_000),
                "Time for one object of a frame; an answer that it cuts short says so. 0 = as long as it takes."
            ),
        ]
    }

    private static var objects: [Setting] {
        [
            Setting(
                "objects.limit", \.objects.limit, .integer(1...64),
                "Objects that are followed at a time, each with an answer of its own; 1 = that of join.instance."
            ),
            Setting(
                "objects.representations", \.objects.representations, .paths,
                "Further classes; an object has the class that it resembles most."),
            Setting(
                "objects.features", \.objects.features, .topicPatterns,
                "Topics with features of the further classes' own networks, one each; none = all share topics.features."
            ),
            Setting(
                "objects.budget_ms", \.objects.budgetMilliseconds, .number(0...10_000),
                "Time for the objects of one frame, those with the oldest answers first; 0 = as long as it takes."
            ),
            Setting(
                "objects.memory_s", \.objects.memorySeconds, .number(0...3600),
                "An object that no mask shows for so long is forgotten, and its number is free again."),
        ]
    }

    private static var correspondence: [Setting] {
        [
            Setting(
                "correspondence.references", \.correspondence.references, .pathTable,
                "Reference views: name to a bag whose first complete frame is the view."),
            Setting(
                "correspondence.reference", \.correspondence.reference, .text,
                "Reference view of correspondence.points; empty = the class frame."),
            Setting(
                "correspondence.points", \.correspondence.points, .queryPoints,
                "Points that are asked for in every frame until a query replaces them."),
            Setting(
                "correspondence.sigma", \.correspondence.sigma, .number(0.001...10),
                "Width of the search, in sides of the region; Table 5: 0.01 chair, tvmonitor, 0.03 aeroplane, "
                    + "bicycle, bottle, 1.0 others."),
        ]
    }

    private static var realtime: [Setting] {
        [
            Setting(
                "realtime.priority", \.realtime.priority, .integer(0...99),
                "Priority of the threads under SCHED_FIFO; 0 = the usual scheduler. Stay below 50."),
            Setting(
                "realtime.input_cpus", \.realtime.inputProcessors, .integers(0...1023),
                "Processors that the input thread may run on; none named = all."),
            Setting(
                "realtime.align_cpus", \.realtime.alignmentProcessors, .integers(0...1023),
                "Processors that the alignment thread and its helper may run on; none named = all."),
            Setting(
                "realtime.lock_memory", \.realtime.locksMemory, .flag,
                "Keep every page of the node in memory (mlockall)."),
            Setting(
                "realtime.huge_pages", \.realtime.advisesHugePages, .flag,
                "Advise the kernel to put large blocks of memory on huge pages."),
            Setting(
                "realtime.cpu_dma_latency_us", \.realtime.wakeLatencyMicroseconds, .integer(-1...1_000_000),
                "Longest time in µs that a processor may take to wake up; -1 = as the system likes."),
        ]
    }

    private static var recording: [Setting] {
        [
            Setting(
                "record.path", \.record.path, .path,
                "Bag to record to; the time of the start is put before its suffix. Empty = record nothing."),
            Setting(
                "record.inputs", \.record.hasInputs, .flag, "Record the messages that the node receives."),
            Setting(
                "record.outputs", \.record.hasOutputs, .flag, "Record the messages that the node publishes."),
            Setting(
                "record.topics", \.record.topics, .topicPatterns, "Topics to record; an empty list = all."),
            Setting("record.exclude", \.record.exclude, .topicPatterns, "Topics not to record."),
            Setting(
                "record.compression", \.record.compression, .choice, "Compression of the bag's chunks."),
            Setting(
                "record.split_mib", \.record.splitMebibytes, .integer(0...1_000_000),
                "Size in MiB of a file before the next one is begun; 0 = one file."),
            Setting(
                "record.split_s", \.record.splitSeconds, .number(0...1e6),
                "Time in seconds of a file before the next one is begun; 0 = one file."),
            Setting(
                "record.keep", \.record.keptFiles, .integer(0...1_000_000),
                "Files that are kept, the oldest are deleted; 0 = all."),
            Setting(
                "record.snapshot_s", \.record.snapshotSeconds, .number(0...1e6),
                "Keep this many seconds in memory and write them on SIGUSR1; 0 = write everything."),
            Setting(
                "record.memory_mib", \.record.memoryMebibytes, .integer(1...65_536),
                "Memory in MiB for messages that wait for the disk, and again for a snapshot."),
            Setting(
                "record.free_mib", \.record.freeMebibytes, .integer(0...1_000_000),
                "Free space in MiB that stays on the disk: before there is less the recording ends; 0 = none."
            ),
        ]
    }

    private static var reports: [Setting] {
        [
            Setting(
                "diagnostics.period_ms", \.reports.diagnosticsPeriodMilliseconds, .integer(10...60_000),
                "Time between two diagnostics messages."),
            Setting(
                "profile.frames", \.profile.frames, .integer(0...1_000_000),
                "Frames that are kept with all their stages for SIGUSR1 to write; 0 = none."),
            Setting(
                "profile.folder", \.profile.folder, .path,
                "Existing folder that SIGUSR1 writes histograms and frames to; empty = it only logs."),
            Setting(
                "metrics.bind", \.reports.metricsBind, .socketAddress,
                "Where Prometheus finds /metrics, such as 127.0.0.1:9464; empty = nowhere."),
            Setting("log.level", \.reports.logLevel, .choice, "Messages below this level are not written."),
            Setting("log.format", \.reports.logFormat, .choice, "Form of the log lines on standard error."),
        ]
    }
}
