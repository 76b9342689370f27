// SPDX-License-Identifier: Apache-2.0

import SemAlignBags
import Testing

@Suite struct TopicFilterTests {
    @Test(
        "A star stands for any text, everything else for itself",
        arguments: [
            ("/a", "/a", true), ("/a", "/ab", false), ("/a*", "/ab", true), ("/a*", "/a", true),
            ("*", "", true), ("*/image", "/camera/color/image", true), ("*/image", "/camera/images", false),
            ("/c*/d*/e", "/c1/d2/d3/e", true), ("/c*/d*/e", "/c1/e", false), ("a*a", "a", false),
            ("**b", "ab", true), ("", "", true), ("", "a", false),
        ])
    func patterns(pattern: String, topic: String, isMatch: Bool) {
        #expect(TopicFilter(included: [pattern]).contains(topic) == isMatch)
        #expect(TopicFilter(excluded: [pattern]).contains(topic) == !isMatch)
    }

    @Test("A reader's selection obeys the filter, with and without an index")
    func reading() throws {
        let sample = SampleBag(count: 9)
        var configuration = WriterConfiguration.small()
        for summary in [SummaryContents.all, []] {
            configuration.summary = summary
            let reader = try BagReader(MemorySource(sample.bytes(configuration)))
            var messages = try reader.messages(
                MessageSelection(filter: TopicFilter(included: ["/camera/*"], excluded: ["*depth"])))
            #expect(try messages.all() == sample.ordered.filter { $0.topic == "/camera/image" })
        }
    }
}
