// SPDX-License-Identifier: Apache-2.0

/// The original folder layouts of public benchmarks of semantic correspondence.
public enum BenchmarkLayout: String, Hashable, Sendable, CaseIterable {
    /// SPair-71k: `PairAnnotation/{trn,val,test}`, `ImageAnnotation/<category>`, `Layout/{large,small}`.
    case spair
    /// PF-Pascal: `<split>_pairs_pf_pascal.csv`, `Annotations/<category>/*.mat`, `JPEGImages`.
    case pfPascal = "pfpascal"
    /// AP-10K as GeoAware-SC prepares it: `PairAnnotation/<split>`, `ImageAnnotation/<family>/<species>`.
    case ap10k

    /// The benchmark's name in papers.
    public var title: String {
        switch self {
        case .spair: "SPair-71k"
        case .pfPascal: "PF-Pascal"
        case .ap10k: "AP-10k"
        }
    }

    /// Thresholds α that papers state for it, widest first.
    public var thresholds: [Double] { self == .pfPascal ? [0.15, 0.1, 0.05] : [0.1, 0.05, 0.01] }

    /// The layout of a folder; `nil` where it is none of these.
    public static func detect(at path: String) -> BenchmarkLayout? {
        let names = (try? FileBytes.list(path)) ?? []
        if names.contains(where: { $0.hasSuffix("_pairs_pf_pascal.csv") }) { return .pfPascal }
        guard names.contains("PairAnnotation"), names.contains("ImageAnnotation") else { return nil }
        if names.contains("Layout") { return .spair }
        // SPair's annotations lie one folder down, AP-10K's two: family, then species.
        let categories = (try? FileBytes.list(path + "/ImageAnnotation")) ?? []
        let isFlat = categories.contains { category in
            let files = (try? FileBytes.list(path + "/ImageAnnotation/" + category)) ?? []
            return files.contains { $0.hasSuffix(".json") }
        }
        return isFlat ? .spair : .ap10k
    }
}

/// How a benchmark's annotations are read where public code disagrees.
public struct BenchmarkOptions: Hashable, Sendable {
    /// Which keypoints of an SPair-71k pair count.
    public enum PairKeypoints: String, Hashable, Sendable, CaseIterable {
        /// Those that both images show by their own annotations: GeoAware-SC, SD-DINO, SphericalMaps.
        case images
        /// Those that the pair's file lists: DHPF, CATs and their family.
        case pair
    }

    /// Which keypoints of an SPair-71k pair count.
    public var pairKeypoints = PairKeypoints.images
    /// True for SPair-71k's `Layout/small`, false for `Layout/large`.
    public var isSmall = false
    /// True to repeat what GeoAware-SC's code does with AP-10K's keypoints of visibility 1.
    ///
    /// Halving the visibility there also halves their coordinates in the padded image, and they count as visible.
    /// Otherwise such keypoints count with the coordinates that are annotated.
    public var repeatsVisibilityTrap = false

    /// The usual protocol: keypoints of the images, the large layout, annotated coordinates.
    public init() {}
}
