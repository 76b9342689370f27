// SPDX-License-Identifier: Apache-2.0
internal import SemAlignCore
internal import SemAlignMessages

/// Looks at a recording as an experienced colleague would, and names the likely mistake.
public struct BagDoctor: Sendable {
    /// Frames that are looked at, spread evenly over the bag.
    private static let frameLimit = 16

    private let configuration: NodeConfiguration
    let representation: ClassRepresentation?
    let calibration: CameraCalibration?

    /// Reads the files that the configuration names; without a representation less can be said.
    public init(_ configuration: NodeConfiguration) throws(NodeError) {
        self.configuration = configuration
        if configuration.representation.isEmpty {
            representation = nil
            calibration = nil
        } else {
            let resources = try NodeResources(configuration)
            representation = resources.representation.representation
            calibration = resources.calibration
        }
    }

    /// Everything that was looked at in the bag at `path`; `progress` gets the number of frames so far.
    public func findings(of path: String, progress: (Int) -> Void = { _ in }) throws(NodeError) -> [Finding] {
        let streams = try StreamStatistics(path: path, configuration)
        let stamps = StampCheck(streams, configuration).findings
        guard !stamps.contains(where: { $0.verdict == .problem }) else { return stamps }
        // A joined frame has the image's stamp, which is the features' unless a tolerance is set.
        let isExact = configuration.join.toleranceNanoseconds == 0 || streams.stamps[.image] == nil
        let chosen = Self.spread(streams.stamps[isExact ? .features : .image] ?? [])
        let frames = try SampledFrames(
            path: path, configuration, representation: representation, calibration: calibration,
            stamps: chosen, progress: progress)
        return stamps + frames.allFindings(representation: representation)
    }

    /// At most `frameLimit` of the stamps, evenly spread.
    private static func spread(_ stamps: [UInt64]) -> Set<UInt64> {
        let sorted = Set(stamps).sorted()
        let count = min(frameLimit, sorted.count)
        return Set((0..<count).map { sorted[(2 * $0 + 1) * sorted.count / (2 * count)] })
    }
}

extension SampledFrames {
    /// What the frames say, from the most certain to the most delicate; ends where a mistake explains the rest.
    func allFindings(representation: ClassRepresentation?) -> [Finding] {
        guard !observations.isEmpty else { return findings }
        let camera = CameraCheck(observations).findings
        let agreement = SceneAgreement(samples, representation: representation)
        let placement = PlacementCheck(agreement, hasClass: representation != nil).findings
        let found = findings + camera + placement
        guard !(camera + placement).contains(where: { $0.verdict == .problem }) else { return found }
        return found + ScaleCheck(observations, representation: representation).findings
    }
}
