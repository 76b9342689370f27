// SPDX-License-Identifier: Apache-2.0

import SemAlignEvaluation
import Testing

@Suite struct PublishedTablesTests {
    @Test("The paper's own rows are there, complete")
    func rows() throws {
        let ours = try #require(PublishedTables.spairCategories.last)
        #expect(ours.method == "SemAlign3D" && ours.values.count == 19 && ours.values["all"] == 88.9)
        #expect(PublishedTables.spairCategories.count == 13)
        #expect(
            PublishedTables.spairCategories.allSatisfy { $0.values.count == 19 && $0.isSupervised != nil })
        #expect(
            PublishedTables.metrics.allSatisfy {
                $0.rows.count == 2 && $0.rows.allSatisfy { $0.values.count == 9 }
            })
        #expect(PublishedTables.ablation.allSatisfy { $0.values.count == 3 && $0.isSupervised == nil })
        #expect(PublishedTables.spairLevels.last?.values == ["0.1": 88.9, "0.05": 77.5, "0.01": 15.8])
        #expect(PublishedTables.metrics.map(\.benchmark) == ["SPair-71k", "PF-Pascal", "AP-10k"])
        #expect(PublishedTables.ablation.last?.values["tvmonitor"] == 96.1)
    }
}
