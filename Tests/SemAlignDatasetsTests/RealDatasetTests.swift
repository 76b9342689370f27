// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignDatasets
import SemAlignImages
import Testing

@Suite struct RealDatasetTests {
    @Test(
        "The bench recording loads whole",
        .enabled(if: RealRecordings.has("benchmug"), "the recording benchmug is not on this machine"))
    func bench() throws {
        let dataset = try AnnotatedDataset(contentsOf: RealRecordings.path("benchmug"))
        #expect(dataset.className == "mug" && dataset.keypointNames.count == 11)
        #expect(dataset.splits == ["trn", "dev"] && dataset.runs == ["bench_a"])
        #expect(dataset.images(inSplit: "trn").count == 16 && dataset.images(inSplit: "dev").count == 46)
        #expect(dataset.flip == [0, 1, 2, 3, 6, 5, 4, 7, 10, 9, 8] && dataset.skeleton.first == [0, 1])

        let first = try #require(dataset.image(id: "bench_021"))
        #expect(first.timestamp == 1_700_001_002_100_000_000 && first.visiblePixels[5] == nil)
        #expect(first.keypoints[5]?.position == [-0.13154, 0.06694, 0.6976])
        let observation = try dataset.observation(of: first)
        #expect(
            observation.imageSize == ImageSize(width: 640, height: 360) && observation.features.channels == 96
        )
        #expect(observation.features.region.minimum == [200, 209])
        let depth = try #require(observation.depth)
        #expect(depth.isMetric)
        // The base of the mug lies where its annotation says, within the sensor's noise.
        let base = depth.value(at: [301.82, 286.37], in: observation.imageSize)
        #expect(abs(base - 0.62872) < 0.02)
        #expect(try dataset.colorImage(of: first).size == observation.imageSize)
    }

    @Test(
        "Every image of the turntable recording serves to learn from",
        .enabled(if: RealRecordings.has("mugs3"), "the recording mugs3 is not on this machine"))
    func turntable() throws {
        let dataset = try AnnotatedDataset(contentsOf: RealRecordings.path("mugs3/dataset.json"))
        #expect(dataset.images.count == 144)
        for image in dataset.images {
            let view = try dataset.trainingView(of: image)
            #expect(view.observation.mask.area(of: view.observation.instance) > 0)
            #expect(view.keypoints.count == 11)
        }
        let run = dataset.images(inRun: "mug1_run2")
        #expect(run.count == 60 && run.compactMap(\.timestamp).sorted() == run.compactMap(\.timestamp))
    }
}
