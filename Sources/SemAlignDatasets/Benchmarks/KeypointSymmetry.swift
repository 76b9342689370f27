// SPDX-License-Identifier: Apache-2.0

/// Which keypoints of a category look alike, and which change places in a mirror, by their numbers.
///
/// Facts about the benchmarks' annotations, as GeoAware-SC lists them, by the annotations' own numbers.
struct KeypointSymmetry: Sendable {
    /// Groups of two or more keypoints that look alike.
    let alike: [[Int]]
    /// Pairs that change places in a mirror; the others stay.
    let mirrored: [[Int]]

    /// Reads "0-1 2-3-4-5": groups by blanks, members by hyphens; `mirrored` defaults to the same.
    init(_ alike: String, mirrored: String? = nil) {
        self.alike = Self.groups(alike)
        self.mirrored = Self.groups(mirrored ?? alike)
    }

    private static func groups(_ text: String) -> [[Int]] {
        text.split(separator: " ").map { $0.split(separator: "-").compactMap { Int($0) } }
    }

    /// The groups as indices into `names`; groups of which fewer than two are named are left out.
    func groups(_ names: [String]) -> [[Int]] {
        alike.map { group in group.compactMap { names.firstIndex(of: "\($0)") } }.filter { $0.count > 1 }
    }

    /// The mirror's permutation of `names`; `nil` where a named keypoint's partner is not named.
    func flip(_ names: [String]) -> [Int]? {
        var flip = Array(names.indices)
        for pair in mirrored {
            switch (names.firstIndex(of: "\(pair[0])"), names.firstIndex(of: "\(pair[1])")) {
            case (let a?, let b?): (flip[a], flip[b]) = (b, a)
            case (nil, nil): continue
            default: return nil
            }
        }
        return flip
    }

    /// SPair-71k's categories.
    static let spair: [String: KeypointSymmetry] = [
        "aeroplane": .init("4-5 6-7 8-9 10-11 12-13 14-15 16-17 18-19 20-21"),
        "bicycle": .init("2-3 6-7 9-10"),
        "bird": .init("1-2 10-11 12-13 14-15", mirrored: "1-2 4-5 7-8 10-11 12-13 14-15"),
        "boat": .init("1-2 3-4 5-6 7-8 9-10 11-12"),
        "bottle": .init("0-1 2-3 4-5 6-7 8-9"),
        "bus": .init(
            "0-1 2-3-5-6 4-7 10-13-20-23 11-14-21-24 12-15-22-25 16-17-26-27 18-19-28-29",
            mirrored: "0-1 2-3 5-6 10-20 13-23 11-21 14-24 12-22 15-25 16-17 26-27 18-19 28-29"),
        "car": .init(
            "0-1 2-3-6-7 4-8 5-9 10-13-20-23 11-14-21-24 12-15-22-25 16-17-26-27 18-19-28-29",
            mirrored: "0-1 2-3 6-7 10-20 13-23 11-21 14-24 12-22 15-25 16-17 26-27 18-19 28-29"),
        "cat": .init("2-3 9-10-11-12", mirrored: "0-1 2-3 4-5 6-7 9-10 11-12"),
        "chair": .init("0-1 2-3 4-5-6-7 8-9 10-11 12-13", mirrored: "0-1 2-3 4-5 6-7 8-9 10-11 12-13"),
        "cow": .init(
            "2-3 9-10-11-12 15-16-17-18 19-20", mirrored: "0-1 2-3 4-5 6-7 9-10 11-12 15-16 17-18 19-20"),
        "dog": .init("2-3 9-10-11-12", mirrored: "0-1 2-3 4-5 9-10 11-12"),
        "horse": .init(
            "2-3 10-11-12-13 16-17-18-19", mirrored: "0-1 2-3 4-5 6-7 10-11 12-13 16-17 18-19"),
        "motorbike": .init("0-1 2-3"),
        "person": .init(
            "8-9 10-11 12-13 14-15 16-17 18-19", mirrored: "0-1 2-3 8-9 10-11 12-13 14-15 16-17 18-19"),
        "pottedplant": .init("0-1-2-3 4-5 6-8", mirrored: "0-2 4-5 6-8"),
        "sheep": .init(
            "2-3 9-10-11-12 15-16-17-18 19-20", mirrored: "0-1 2-3 4-5 6-7 9-10 11-12 15-16 17-18 19-20"),
        "train": .init("0-1 2-3 4-5 6-7 8-9 10-11 12-13 14-15 16-17"),
        "tvmonitor": .init(
            "0-2-4-6 1-3-5-7 8-10-12-14 9-11-13-15", mirrored: "0-2 4-6 3-7 8-10 12-14 11-15"),
    ]

    /// AP-10K's animals.
    static let ap10k = KeypointSymmetry(
        "5-8 6-9-12-15 7-10-13-16 11-14", mirrored: "0-1 5-8 6-9 12-15 7-10 13-16 11-14")
}
