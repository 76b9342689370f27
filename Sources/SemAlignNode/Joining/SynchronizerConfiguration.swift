// SPDX-License-Identifier: Apache-2.0

/// How streams are joined to frames.
public struct SynchronizerConfiguration: Hashable, Sendable {
    /// Streams without which there is no frame.
    public let required: [FrameStream]
    /// Streams that a frame can do without.
    public let optional: [FrameStream]
    /// Largest difference between stamps of one frame [ns]; 0 = equal.
    public let tolerance: UInt64
    /// How long a frame waits after its first part [ns].
    public let maximumWait: UInt64
    /// Frames that may wait at the same time, at least 1.
    public let capacity: Int
    /// Bytes that waiting frames may hold.
    public let byteLimit: Int
    /// How far ahead of the wall clock a stamp may be [ns].
    public let maximumFuture: UInt64
    /// True where older frames hold newer ones back until they are complete or have waited: for replay.
    public let keepsEveryFrame: Bool

    /// Joins the settings.
    public init(
        required: [FrameStream], optional: [FrameStream], tolerance: UInt64 = 0,
        maximumWait: UInt64 = 200_000_000, capacity: Int = 16, byteLimit: Int = 96 << 20,
        maximumFuture: UInt64 = 10_000_000_000, keepsEveryFrame: Bool = false
    ) {
        self.required = required
        self.optional = optional
        self.tolerance = tolerance
        self.maximumWait = maximumWait
        self.capacity = max(1, capacity)
        self.byteLimit = byteLimit
        self.maximumFuture = maximumFuture
        self.keepsEveryFrame = keepsEveryFrame
    }

    /// Takes the settings of a node.
    ///
    /// Topics that are switched off are not waited for; with a calibration file nobody waits for the camera's own.
    public init(_ configuration: NodeConfiguration, keepsEveryFrame: Bool = false) {
        let join = configuration.join
        let required = Set(join.required + [.mask, .features])
        self.init(
            required: FrameStream.allCases.filter(required.contains),
            optional: FrameStream.allCases.filter {
                !required.contains($0) && !configuration.topics.name(of: $0).isEmpty
                    && !($0 == .cameraInfo && !configuration.calibration.isEmpty)
            },
            tolerance: join.toleranceNanoseconds,
            maximumWait: UInt64(join.maxWaitMilliseconds) * 1_000_000, capacity: join.capacity,
            byteLimit: join.bufferMebibytes << 20, maximumFuture: UInt64(join.maxFutureSeconds * 1e9),
            keepsEveryFrame: keepsEveryFrame)
    }
}
