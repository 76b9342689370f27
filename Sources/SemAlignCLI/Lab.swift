import ArgumentParser
import Glibc
import SemAlignCore
import SemAlignDatasets
import SemAlignEvaluation

@main
struct Lab: ParsableCommand {
    @Argument var datasets: [String]
    @Option var test: String = ""
    @Option var split: String = "dev"
    @Option var train: String = "trn"
    @Option var seed: UInt64 = 0
    @Flag var track = false
    @Flag var verbose = false

    func run() throws {
        var views: [TrainingView] = []
        var description: ClassDescription?
        for path in datasets {
            let dataset = try AnnotatedDataset(contentsOf: path)
            description = ClassDescription(
                name: dataset.className, keypointNames: dataset.keypointNames, flip: dataset.flip,
                skeleton: dataset.skeleton)
            for image in dataset.images(inSplit: train) { views.append(try dataset.trainingView(of: image)) }
        }
        let start = now()
        let (representation, report) = try RepresentationBuilder(description!).build(
            views, provenance: Provenance(programVersion: "", settings: [:], inputHashes: [:]))
        print("build \(Double(now() - start) * 1e-9) s, used \(report.used.count), rejected \(report.rejected), residual \(report.residual), dense \(representation.dense.map.pointCount), scale \(representation.metricScale!) pairs \(representation.prior.edgePairs.count) tetra \(representation.prior.tetrahedra.count)")
        if verbose { for (n, k) in zip(representation.keypointNames, representation.keypoints) { print(n, k * representation.metricScale!.metresPerUnit) } }
        let dataset = try AnnotatedDataset(contentsOf: test.isEmpty ? datasets[0] : test)
        let neighbour = NearestNeighbour(representation)
        var tracker = Tracker(representation: representation)
        var refined: [Double] = []
        var better = 0
        var (chosen, oracle): ([Double], [Double]) = ([], [])
        var evaluated: [EvaluatedImage] = []
        for image in dataset.images(inSplit: split) {
            let observation = try dataset.observation(of: image)
            let known = image.keypoints.indices.filter { image.keypoints[$0]?.position != nil }
            tracker.truth = SimilarityTransform.fit(from: known.map { representation.keypoints[$0] }, to: known.map { image.keypoints[$0]!.position! }, weights: known.map { _ in 1 })
            let result = tracker.update(observation, clock: now)
            let truthKnown = image.keypoints.indices.filter { image.keypoints[$0]?.position != nil }
            func error(_ h: PoseHypothesis) -> Double {
                truthKnown.map { i in
                    let d = h.transform.apply(representation.keypoints[i]) - image.keypoints[i]!.position!
                    return (d * d).sum().squareRoot()
                }.sorted()[truthKnown.count / 2]
            }
            if verbose {
                print("PX", image.id, result.keypoints.map { "\($0.pixel.x),\($0.pixel.y)" }.joined(separator: " "))
            }
            if let first = tracker.hypotheses.first {
                chosen.append(error(first))
                oracle.append(tracker.hypotheses.map(error).min()!)
                if let t = tracker.truthRefined { refined.append(error(t)); better += t.support > first.support ? 1 : 0 }
                if verbose { print("TRUTH", tracker.truthParts, error(tracker.truthRefined!), "\n  CHOSEN", first.parts) }
                if verbose { print(image.id, "chosen", chosen.last!, "oracle", oracle.last!, tracker.hypotheses.prefix(4).map { "\(Int($0.support * 100)):\(Int(error($0) * 1000))" }) }
            }
            evaluated.append(
                EvaluatedImage(
                    id: image.id, boxSide: image.boundingBox?.largerSide ?? 1,
                    truth: image.keypoints.map { $0.map { KeypointTruth(pixel: $0.pixel, isVisible: $0.isVisible, position: $0.position) } },
                    result: result, nearest: neighbour.pixels(in: observation)))
        }
        print("from truth p50 \(percentile(refined, 0.5)) p90 \(percentile(refined, 0.9)); truth better in \(better)")
        print("chosen p50 \(percentile(chosen, 0.5)) p90 \(percentile(chosen, 0.9)) oracle p50 \(percentile(oracle, 0.5)) p90 \(percentile(oracle, 0.9))")
        let r = EvaluationReport(evaluated, representation: representation)
        print("images \(r.images) answered \(r.answered) pck \(r.pck) nearest \(r.nearest)\n error \(r.error) vis \(r.visibleError) floor \(r.floor) cov \(r.visibleCoverage) \(r.hiddenCoverage) cold \(r.cold) warm \(r.warm)")
    }
}

func now() -> UInt64 {
    var t = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &t)
    return UInt64(t.tv_sec) * 1_000_000_000 + UInt64(t.tv_nsec)
}
