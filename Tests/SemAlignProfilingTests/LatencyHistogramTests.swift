// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import SemAlignProfiling

/// Numbers that look random and are the same in every run.
func sample(_ count: Int, seed: UInt64, scale: Double) -> [UInt64] {
    var state = seed
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let uniform = Double(state >> 11) / Double(1 << 53)
        return UInt64(scale * (0.5 + uniform * uniform * uniform * 20))
    }
}

@Suite struct LatencyHistogramTests {
    @Test("Percentiles are within 1 % of those of the sorted values, and the extremes are exact")
    func percentiles() {
        let values = sample(10_000, seed: 3, scale: 1e6)
        let histogram = LatencyHistogram(values)
        let sorted = values.sorted()
        for share in [0.01, 0.5, 0.9, 0.99, 0.999] {
            let exact = Double(sorted[Int((share * 10_000).rounded(.up)) - 1])
            let found = Double(histogram.percentile(share))
            #expect(found >= exact && found <= exact * 1.01)
        }
        #expect(histogram.percentile(1) == sorted[9999] && histogram.maximum == sorted[9999])
        #expect(histogram.minimum == sorted[0] && histogram.count == 10_000)
        let mean = values.reduce(0.0) { $0 + Double($1) } / 10_000
        #expect(abs(histogram.mean - mean) < 1e-6 * mean)
    }

    @Test(
        "Every value falls into a bucket that holds it",
        arguments: [0, 1, 127, 128, 255, 256, 1000, 123_456_789])
    func buckets(value: UInt64) throws {
        let histogram = LatencyHistogram([value])
        let bucket = try #require(histogram.buckets.first)
        #expect(bucket.lowerEnd <= value && Double(value) <= Double(bucket.lowerEnd) * (1 + 1.0 / 128))
    }

    @Test("What is too long for the buckets is counted and remembered as the maximum")
    func saturates() {
        var histogram = LatencyHistogram([5, .max])
        histogram.record(.max - 1)
        #expect(histogram.count == 3 && histogram.maximum == .max && histogram.percentile(0.3) == 5)
        #expect(histogram.count(above: 100) == 2 && histogram.count(above: .max) == 0)
    }

    @Test("Adding two histograms counts what both counted")
    func adds() {
        let (a, b) = (sample(500, seed: 1, scale: 1e5), sample(700, seed: 2, scale: 3e5))
        var sum = LatencyHistogram(a)
        sum.add(LatencyHistogram(b))
        let whole = LatencyHistogram(a + b)
        #expect(sum.buckets.map(\.count) == whole.buckets.map(\.count))
        #expect(sum.maximum == whole.maximum && sum.minimum == whole.minimum && sum.count == 1200)
    }

    @Test("An empty histogram has no figures")
    func empty() {
        let histogram = LatencyHistogram()
        #expect(histogram.percentile(0.5) == 0 && histogram.mean.isNaN && histogram.buckets.isEmpty)
    }

    @Test("Base64 and Adler-32 are those of their standards")
    func encodings() {
        let texts = ["": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foobar": "Zm9vYmFy"]
        for (plain, encoded) in texts { #expect(base64(Array(plain.utf8)) == encoded) }
        // RFC 1950: the checksum of "Wikipedia" is 0x11E60398.
        #expect(zlibStream(Array("Wikipedia".utf8)).suffix(4) == [0x11, 0xE6, 0x03, 0x98])
    }
}
