// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignDatasets
import SemAlignMessages

/// The images that a class is built from, loaded, and fingerprints of their files.
struct TrainingSet {
    /// What the class is called and how its keypoints are ordered.
    private(set) var description: ClassDescription
    /// Keypoints that no image shows; they are left out of the class.
    private(set) var unseenKeypoints: [String] = []
    /// Images in the order of the files.
    private(set) var views: [TrainingView] = []
    /// Images whose files cannot be used.
    private(set) var unreadable: [RejectedView] = []
    /// What was taken for the object, of images whose masks hold several or are coloured, by image.
    private(set) var maskNotes: [RejectedView] = []
    /// Fingerprints by path, relative to the dataset and behind its folder's name.
    private(set) var hashes: [String: String] = [:]

    /// Loads a split of all datasets; the first one gives the class's name, the others must agree with it.
    init(
        datasets paths: [String], split: String, category: String? = nil, progress: (Double) -> Void
    ) throws {
        let datasets = try paths.map { path in
            try TrainingSet.dataset(path, split: split, category: category)
        }
        guard let first = datasets.first else { throw CommandFailure.usage("no dataset is given") }
        for other in datasets where other.keypointNames != first.keypointNames {
            throw CommandFailure.badData(
                "keypoint names of '\(other.path)' (\(other.keypointNames.joined(separator: ", "))) differ from "
                    + "those of '\(first.path)' (\(first.keypointNames.joined(separator: ", ")))")
        }
        description = ClassDescription(
            name: first.className, keypointNames: first.keypointNames, flip: first.flip,
            skeleton: first.skeleton)
        let prefixes = Self.prefixes(of: datasets)
        for (number, dataset) in datasets.enumerated() {
            let prefix = prefixes[number]
            for path in dataset.annotationPaths {
                hashes["\(prefix)/\(path)"] = RepresentationFile.hash(
                    of: try InputFile.read("\(dataset.folder)/\(path)"))
            }
            let images = try dataset.requiredImages(inSplit: split)
            for (index, image) in images.enumerated() {
                add(image, of: dataset, prefix: prefix)
                progress(
                    (Double(number) + Double(index + 1) / Double(images.count)) / Double(datasets.count))
            }
        }
        leaveOutUnseenKeypoints()
    }

    /// A dataset of ours, or a category of a benchmark.
    private static func dataset(
        _ path: String, split: String, category: String?
    ) throws -> AnnotatedDataset {
        guard BenchmarkLayout.detect(at: path) != nil else { return try AnnotatedDataset(contentsOf: path) }
        let benchmark = try Benchmark(at: path)
        let known = try benchmark.categories(inSplit: split)
        guard let category, known.contains(category) else {
            throw CommandFailure.usage(
                "'\(path)' is \(benchmark.layout.title): name one of its categories with --category: "
                    + known.joined(separator: ", "))
        }
        return try benchmark.category(category, split: split, withPairs: false).dataset
    }

    /// Where no view can be loaded at all the builder says so.
    private mutating func leaveOutUnseenKeypoints() {
        guard !views.isEmpty else { return }
        let seen = SeenKeypoints(description, in: views)
        unseenKeypoints = seen.unseen
        description = seen.description
        views = views.map(seen.reduce)
    }

    private mutating func add(_ image: AnnotatedImage, of dataset: AnnotatedDataset, prefix: String) {
        do throws(DatasetError) {
            views.append(try dataset.trainingView(of: image))
            if let note = try dataset.maskChoice(of: image).note {
                maskNotes.append(RejectedView(id: image.id, reason: note))
            }
        } catch {
            unreadable.append(RejectedView(id: image.id, reason: error.description))
        }
        for path in [image.imagePath, image.depthPath, image.maskPath, image.featuresPath] {
            guard let path, let bytes = try? InputFile.read(dataset.folder + "/" + path) else { continue }
            hashes["\(prefix)/\(path)"] = RepresentationFile.hash(of: bytes)
        }
    }

    /// The folders' own names: hashes do not depend on where a dataset lies, only on what it is called.
    private static func prefixes(of datasets: [AnnotatedDataset]) -> [String] {
        let names = datasets.map { dataset in
            String(dataset.folder.split(separator: "/").last { $0 != "." && $0 != ".." } ?? "dataset")
        }
        let isUnique = Set(names).count == names.count
        return isUnique ? names : names.enumerated().map { "\($0.offset + 1)-\($0.element)" }
    }
}
