// SPDX-License-Identifier: Apache-2.0
public import SemAlignCore

/// All settings of the node, with their defaults.
///
/// Every property has a line in `Setting.all`, which holds its name, its meaning and what it accepts.
public struct NodeConfiguration: Hashable, Sendable {
    /// Path of the class representation; empty = not given.
    public var representation = ""
    /// Path of a camera calibration file; empty = the camera's own topic.
    public var calibration = ""
    /// Allows to bind addresses that other machines can reach.
    public var allowInsecure = false
    /// Who may connect from other machines.
    public var curve = CurveSettings()
    /// Where frames come from.
    public var subscribe = SubscribeSettings()
    /// Where results go.
    public var publish = PublishSettings()
    /// Names of the topics.
    public var topics = TopicNames()
    /// How the topics of a frame are joined.
    public var join = JoinSettings()
    /// How objects are found and followed.
    public var track = TrackerConfiguration()
    /// Time constant of the smoothing of keypoints over time [ms]; 0 = none, every answer is its own frame's.
    public var smoothingMilliseconds = 0.0
    /// Threads that a search runs on: 1, or 2 with a helper that all trackers share.
    public var searchThreads = 1
    /// True where a live node searches after its answers as long as a track has support; a replay never does.
    public var defersSearches = true
    /// How many objects are followed, and how long that may take.
    public var objects = ObjectSettings()
    /// What is asked of every frame.
    public var correspondence = CorrespondenceSettings()
    /// What is recorded.
    public var record = RecordSettings()
    /// Counters and logs.
    public var reports = ReportSettings()
    /// What is kept of each frame for whoever looks into latency.
    public var profile = ProfileKeepingSettings()
    /// What is asked of the operating system.
    public var realtime = RealtimeSettings()

    /// Makes the default configuration.
    public init() {}
}

/// Encryption of tcp endpoints, and who may connect to them.
public struct CurveSettings: Hashable, Sendable {
    /// File with the node's own secret key; empty = nothing is encrypted.
    public var secretKeyFile = ""
    /// File with the public keys of those who may connect.
    public var clientsFile = ""
    /// Public key of the servers that the node connects to; empty = it connects to none by tcp.
    public var serverKey = ""

    /// True where tcp is encrypted.
    public var isOn: Bool { !secretKeyFile.isEmpty }

    /// Makes the default: nothing is encrypted.
    public init() {}
}

/// Where frames come from.
public struct SubscribeSettings: Hashable, Sendable {
    /// Endpoints that publishers of frames connect to.
    public var bind = ["ipc:///tmp/semalign-input.sock"]
    /// Endpoints of publishers that bind.
    public var connect: [String] = []
    /// Messages kept for each publisher and topic before the transport drops.
    public var highWaterMark = 16
    /// Largest message [MiB].
    public var payloadLimitMebibytes = 64

    /// Makes the defaults.
    public init() {}
}

/// Where results go.
public struct PublishSettings: Hashable, Sendable {
    /// Endpoints that subscribers of results connect to.
    public var bind = ["ipc:///tmp/semalign-output.sock"]
    /// Endpoints of subscribers that bind.
    public var connect: [String] = []
    /// Messages kept for each subscriber before the transport drops.
    public var highWaterMark = 64

    /// Makes the defaults.
    public init() {}
}

/// Names of the topics; an empty name switches an optional topic off.
public struct TopicNames: Hashable, Sendable {
    /// The colour image.
    public var image = "/camera/color/image"
    /// Intrinsics and distortion.
    public var cameraInfo = "/camera/color/camera_info"
    /// Depth registered to colour.
    public var depth = "/camera/depth/image"
    /// Instance mask.
    public var mask = "/perception/mask"
    /// Patch features.
    public var features = "/perception/features"
    /// The camera's pose in a fixed frame; empty = not known.
    public var cameraPose = ""
    /// Questions at run time.
    public var queries = "/semalign/queries"
    /// Result for every frame.
    public var keypoints = "/semalign/keypoints"
    /// Answers to questions.
    public var correspondences = "/semalign/correspondences"
    /// Result for 3D viewers.
    public var scene = "/semalign/scene"
    /// Result for image viewers.
    public var annotations = "/semalign/annotations"
    /// The node's health.
    public var diagnostics = "/semalign/diagnostics"

    /// Makes the defaults.
    public init() {}
}

/// How the topics of a frame are joined.
public struct JoinSettings: Hashable, Sendable {
    /// Streams without which a frame is not processed.
    public var required: [FrameStream] = [.mask, .features]
    /// Largest difference between the stamps of one frame [ns]; 0 = equal stamps.
    public var toleranceNanoseconds: UInt64 = 0
    /// How long a frame waits for its streams after the first of them [ms].
    public var maxWaitMilliseconds = 200
    /// Frames that may wait at the same time.
    public var capacity = 16
    /// Memory that waiting frames may take [MiB].
    public var bufferMebibytes = 96
    /// How far ahead of this machine's clock a stamp may be [s].
    public var maxFutureSeconds = 10.0
    /// Instance of the mask to follow, 1…255; 0 = the largest one.
    public var instance = 0

    /// Makes the defaults.
    public init() {}
}

/// How many objects are followed, and how long that may take.
public struct ObjectSettings: Hashable, Sendable {
    /// Paths of further classes, whose features come from the same network.
    public var representations: [String] = []
    /// Topics with the features of each further class; empty = all share `topics.features`.
    public var features: [String] = []
    /// Objects that are followed at a time; 1 = the one of `join.instance`.
    public var limit = 1
    /// Time for the objects of one frame [ms]; 0 = as long as it takes.
    public var budgetMilliseconds = 0.0
    /// An object that is not seen for so long is forgotten [s].
    public var memorySeconds = 2.0

    /// Makes the defaults.
    public init() {}
}

/// What is asked of every frame.
public struct CorrespondenceSettings: Hashable, Sendable {
    /// Reference views: name to the path of a bag whose first complete frame is the view.
    public var references: [String: String] = [:]
    /// The reference view of `points`; empty = the class frame.
    public var reference = ""
    /// Points that are asked for from the start.
    public var points: [CorrespondenceQuery] = []
    /// σ of p_spatial in equation 14 [sides of the region of interest].
    public var sigma = CorrespondenceMap.defaultSigma

    /// Makes the defaults.
    public init() {}
}

/// What is kept of each frame for whoever looks into latency.
public struct ProfileKeepingSettings: Hashable, Sendable {
    /// Frames that are kept with all their stages; 0 = none.
    public var frames = 0
    /// Folder that SIGUSR1 writes files to; empty = it only logs.
    public var folder = ""

    /// Makes the defaults.
    public init() {}
}

/// Counters and logs.
public struct ReportSettings: Hashable, Sendable {
    /// Time between two diagnostics messages [ms].
    public var diagnosticsPeriodMilliseconds = 1000
    /// Messages below this level are not written.
    public var logLevel = LogLevel.info
    /// Form of the log lines.
    public var logFormat = LogFormat.text
    /// Address and port where Prometheus finds the counters; empty = nowhere.
    public var metricsBind = ""

    /// Makes the defaults.
    public init() {}
}

/// How much is logged.
public enum LogLevel: String, Hashable, Sendable, CaseIterable {
    /// Every frame.
    case debug
    /// Starts, stops, and what changes.
    case info
    /// What goes wrong and heals.
    case warning
    /// What ends the node.
    case error
}

/// Form of the log lines.
public enum LogFormat: String, Hashable, Sendable, CaseIterable {
    /// One readable line a message.
    case text
    /// One JSON object a line.
    case json
}
