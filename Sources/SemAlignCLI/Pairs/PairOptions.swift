// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import SemAlignDatasets
import SemAlignEvaluation

/// How image pairs are judged.
struct PairOptions: ParsableArguments {
    @Flag(help: "Judge image pairs of a dataset.json: those that it names in the split, else all of it.")
    var pairs = false
    @Option(help: "Layout of a benchmark's folder where it cannot be seen: spair, pfpascal or ap10k.")
    var layout: BenchmarkLayout?
    @Option(help: "Category of a benchmark; may be given several times. Without it: all that have a class.")
    var category: [String] = []
    @Option(help: "Folder that keeps alignments: each image is aligned once, whatever is judged afterwards.")
    var alignments: String?
    @Option(
        help: "Spread of equation 14 in the target, in region sides; default: Table 5's for the category.")
    var sigma: Double?
    @Option(help: "Keypoints of SPair-71k's pairs that count: images (all that both show) or pair (listed).")
    var pairKeypoints = BenchmarkOptions().pairKeypoints
    @Flag(help: "Use SPair-71k's Layout/small.")
    var smallLayout = false
    @Flag(help: "Repeat what GeoAware-SC's code does with AP-10K's visibility 1 (docs/evaluation.md).")
    var repeatVisibilityTrap = false
    @Option(help: "Draw pictures of matches into this folder: green right, red wrong.")
    var pictures: String?
    @Option(help: "Pictures per category at most.")
    var pictureLimit = 20

    func validate() throws {
        if let sigma, !(sigma > 0 && sigma <= 10) {
            throw ValidationError("--sigma is \(sigma), expected more than 0 and at most 10.")
        }
        guard (0...1_000_000).contains(pictureLimit) else {
            throw ValidationError("--picture-limit is \(pictureLimit), expected 0 to 1000000.")
        }
    }

    /// How a benchmark's files are read.
    var benchmarkOptions: BenchmarkOptions {
        var options = BenchmarkOptions()
        options.pairKeypoints = pairKeypoints
        options.isSmall = smallLayout
        options.repeatsVisibilityTrap = repeatVisibilityTrap
        return options
    }

    /// The benchmark in a folder; `nil` where it is a dataset of ours.
    func benchmark(at path: String) throws -> Benchmark? {
        guard layout != nil || BenchmarkLayout.detect(at: path) != nil else { return nil }
        return try Benchmark(at: path, layout: layout, options: benchmarkOptions)
    }
}

extension BenchmarkLayout: ExpressibleByArgument {}
extension BenchmarkOptions.PairKeypoints: ExpressibleByArgument {}
