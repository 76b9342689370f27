// SPDX-License-Identifier: Apache-2.0

/// A row of a table that the paper prints [%].
public struct PublishedRow: Hashable, Sendable {
    /// Name of the method.
    public let method: String
    /// True where the method learned from annotated keypoints; `nil` where the table does not say.
    public let isSupervised: Bool?
    /// Values by column: a threshold such as `0.1`, or a category, or `all`.
    public let values: [String: Double]
}

/// The tables of Wandel and Wang, SemAlign3D, CVPR 2025, to stand beside what is measured.
///
/// The paper does not say how it averages; its comparison is `<=` by its words. Of Table 3 note that GeoAware's
/// PCK† at 0.01 exceeds its PCK there, which no single convention allows.
public enum PublishedTables {
    /// Where the numbers come from.
    public static let source = "Wandel and Wang, SemAlign3D, CVPR 2025"

    /// Table 1: PCK@0.1 on SPair-71k by category.
    public static let spairCategories = rows(
        columns: [
            "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair",
            "cow", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "train", "tvmonitor", "all",
        ],
        """
        ASIC                   | no  | 57.9 25.2 68.1 24.7 35.4 28.4 30.9 54.8 21.6 45.0 47.2 39.9 26.2 48.8 14.5 24.9 40.9 24.6 36.9
        DINOv2+NN              | no  | 72.7 62.0 85.2 41.3 40.4 52.3 51.5 71.1 36.2 67.1 64.6 67.6 61.0 68.2 30.7 62.0 54.3 24.2 55.6
        DIFT                   | no  | 63.5 54.5 80.8 34.5 46.2 52.7 48.3 77.7 39.0 76.0 54.9 61.3 53.3 46.0 57.8 57.1 71.1 63.4 57.7
        SD+DINOv2              | no  | 73.0 64.1 86.4 40.7 52.9 55.0 53.8 78.6 45.5 77.3 64.7 69.7 63.3 69.2 58.4 67.6 66.2 53.5 64.0
        SphericalMaps          | no  | 74.8 64.5 87.1 45.6 52.7 77.8 71.4 82.4 47.7 82.0 67.3 73.9 67.6 60.0 49.9 69.8 78.5 59.1 67.3
        SCOT                   | yes | 34.9 20.7 63.8 21.1 43.5 27.3 21.3 63.1 20.0 42.9 42.5 31.1 29.8 35.0 27.7 24.4 48.4 40.8 35.6
        PMNC                   | yes | 54.1 35.9 74.9 36.5 42.1 48.8 40.0 72.6 21.1 67.6 58.1 50.5 40.1 54.1 43.3 35.7 74.5 59.9 50.4
        SCorrSAN               | yes | 57.1 40.3 78.3 38.1 51.8 57.8 47.1 67.9 25.2 71.3 63.9 49.3 45.3 49.8 48.8 40.3 77.7 69.7 55.3
        CATs++                 | yes | 60.6 46.9 82.5 41.6 56.8 64.9 50.4 72.8 29.2 75.8 65.4 62.5 50.9 56.1 54.8 48.2 80.9 74.9 59.8
        DHF                    | yes | 74.0 61.0 87.2 40.7 47.8 70.0 74.4 80.9 38.5 76.1 60.9 66.8 66.6 70.3 58.0 54.3 87.4 60.3 64.9
        SD+DINOv2 (S)          | yes | 81.2 66.9 91.6 61.4 57.4 85.3 83.1 90.8 54.5 88.5 75.1 80.2 71.9 77.9 60.7 68.9 92.4 65.8 74.6
        GeoAware (AP-10k P.T.) | yes | 92.0 76.1 97.2 70.4 70.5 91.4 89.7 92.7 73.4 95.0 90.5 87.7 81.8 91.6 82.3 83.4 96.5 85.3 85.6
        SemAlign3D             | yes | 95.6 80.4 94.0 66.5 82.2 92.6 92.5 91.4 88.3 96.1 91.3 87.4 84.2 92.3 87.7 85.3 95.9 96.1 88.9
        """)

    /// Table 2: PCK on SPair-71k by threshold.
    public static let spairLevels = rows(
        columns: ["0.01", "0.05", "0.1"],
        """
        DINOv2+NN              | no  |  6.3 38.4 53.9
        DIFT                   | no  |  7.2 39.7 52.9
        SD+DINOv2              | no  |  7.9 44.7 59.9
        SphericalMaps          | no  |    -    - 69.8
        SCorrSAN               | yes |  3.6 36.3 55.3
        CATs++                 | yes |  4.3 40.7 59.8
        DHF                    | yes |  8.7 50.2 64.9
        SD+DINOv2 (S)          | yes |  9.6 57.7 74.6
        GeoAware (AP-10k P.T.) | yes | 22.0 75.3 85.6
        SemAlign3D             | yes | 15.8 77.5 88.9
        """)

    /// Table 3: PCK, PCK† and KAP by benchmark; columns such as `pck 0.1`.
    public static let metrics: [(benchmark: String, rows: [PublishedRow])] = [
        (
            "SPair-71k",
            rows(
                columns: metricColumns([0.1, 0.05, 0.01]),
                """
                GeoAware   | yes | 85.6 75.3 22.0 80.7 73.2 22.7 75.3 66.3 48.9
                SemAlign3D | yes | 88.9 77.5 15.8 80.5 72.5 15.4 76.9 67.3 46.6
                """)
        ),
        (
            "PF-Pascal",
            rows(
                columns: metricColumns([0.15, 0.1, 0.05]),
                """
                GeoAware   | yes | 89.6 84.8 72.0 83.2 79.7 69.4 86.5 81.7 70.1
                SemAlign3D | yes | 86.6 78.5 61.4 74.1 69.9 57.1 83.2 73.9 57.4
                """)
        ),
        (
            "AP-10k",
            rows(
                columns: metricColumns([0.1, 0.05, 0.01]),
                """
                GeoAware   | yes | 92.8 83.9 23.6 87.7 81.2 23.4 79.6 66.7 48.0
                SemAlign3D | yes | 89.1 68.1  7.3 82.3 64.9  7.2 77.4 58.8 40.4
                """)
        ),
    ]

    /// Table 4: PCK@0.1 on three categories of SPair-71k without parts of the method.
    public static let ablation = rows(
        columns: ["bottle", "chair", "tvmonitor"],
        """
        DINOv2+SD backbone features | -   | 60.2 68.7 64.3
        without reconstruct_sparse  | -   | 79.1 84.2 92.1
        without reconstruct_dense   | -   | 64.0 63.0 85.9
        without background          | -   | 80.5 83.5 94.8
        without depth               | -   | 81.4 85.1 94.3
        original                    | -   | 82.2 88.3 96.1
        """)

    private static func metricColumns(_ thresholds: [Double]) -> [String] {
        ["pck", "pck_dagger", "kap"].flatMap { metric in thresholds.map { "\(metric) \($0)" } }
    }

    /// Reads a table of lines `method | supervised, yes or no | values`, `-` for what the paper leaves out.
    private static func rows(columns: [String], _ table: String) -> [PublishedRow] {
        table.split(separator: "\n").map { line in
            let words = line.split(separator: "|").map { $0.split(separator: " ") }
            let values = zip(columns, words[2]).compactMap { column, word in
                Double(word).map { (column, $0) }
            }
            return PublishedRow(
                method: words[0].joined(separator: " "),
                isSupervised: ["yes": true, "no": false][words[1].joined()],
                values: Dictionary(uniqueKeysWithValues: values))
        }
    }
}
