// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignSimulation
import Testing

/// Prints the table of docs/design/simulation.md; takes a minute in a release build.
@Suite(
    .enabled(
        if: ProcessInfo.processInfo.environment["SEMALIGN_SIMULATION_TABLE"] != nil,
        "set SEMALIGN_SIMULATION_TABLE to print the table of difficulties"))
struct DifficultyTable {
    @Test("Nearest neighbour finds 45 to 57 % of the keypoints of unseen instances in every family")
    func printsTable() {
        print(
            "| family | keypoints | seen | unseen | lowest class | highest class | unseen @0.2 | occluded | video |"
        )
        print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
        for family in SyntheticFamily.allCases {
            let rows = (1...4).map { Row(SyntheticClass(family: family, seed: $0)) }
            let mean = { (value: KeyPath<Row, Double>) -> Double in
                rows.reduce(0) { $0 + $1[keyPath: value] } / Double(rows.count)
            }
            let unseen = rows.map(\.unseen).sorted()
            let numbers = [mean(\.seen), mean(\.unseen), unseen[0], unseen[3]]
            let more = [mean(\.unseenWide), mean(\.occluded), mean(\.video)]
            let cells = (numbers + more).map { String(format: "%.2f", $0) }
            print("| \(family.rawValue) | \(rows[0].keypoints) | \(cells.joined(separator: " | ")) |")
            #expect((0.45...0.575).contains(mean(\.unseen)), "\(family)")
        }
    }

    /// PCK of nearest neighbour on the usual sets of one class.
    private struct Row {
        let keypoints: Int
        let seen: Double
        let unseen: Double
        let unseenWide: Double
        let occluded: Double
        let video: Double

        init(_ objectClass: SyntheticClass) {
            let matcher = NearestNeighbor(
                training: objectClass.observations(of: .training, count: 30, seed: 1))
            let images = { objectClass.observations(of: $0, count: 30, seed: 1) }
            let unseenImages = images(.unseen)
            keypoints = objectClass.keypointNames.count
            seen = matcher.pck(images(.seen))
            unseen = matcher.pck(unseenImages)
            unseenWide = matcher.pck(unseenImages, alpha: 0.2)
            occluded = matcher.pck(images(.occluded))
            video = matcher.pck(images(.video))
        }
    }
}
