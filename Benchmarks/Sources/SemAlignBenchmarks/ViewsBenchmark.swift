// SPDX-License-Identifier: Apache-2.0

import Glibc
import SemAlignCore
import SemAlignDatasets
import SemAlignEvaluation

/// How a class does in views that it has not seen: built from some views of a recording, judged on the others.
///
/// Every split of the dataset counts; of each part of its views the nearest quarter is held out, and what lies within
/// twelve degrees of it is not learned from either. Tracked figures come from whole runs, seen views between.
struct ViewsBenchmark {
    /// Dataset file whose images state the keypoints' positions.
    let path: String
    /// Parts of the views that are held out in turn.
    private let partCount = 8
    /// Share of the images that a part holds.
    private let heldShare = 0.25
    /// Least angle between a view to learn from and one that is held out [rad].
    private let gap = 12 * Double.pi / 180
    /// Images that a class is built from at most.
    private let trainingLimit = 24

    /// An image, and from where it shows the object.
    private struct View {
        let image: AnnotatedImage
        let observation: Observation
        /// From the object's middle towards the camera, in the frame of the first image's keypoints.
        let direction: SIMD3<Double>

        func angle(to other: View) -> Double {
            acos(min(max((direction * other.direction).sum(), -1), 1))
        }
    }

    /// Prints a row for each part and their mean.
    func run() throws {
        let dataset = try AnnotatedDataset(contentsOf: path)
        let views = try views(of: dataset)
        print("| part | learned from | judged | nearest | cold PCK@0.1 | @0.2 | tracked PCK@0.1 | @0.2 |")
        print("|---|---|---|---|---|---|---|---|")
        var rows: [[Double]] = []
        for part in 0..<partCount where !views.isEmpty {
            let middle = views[part * (views.count - 1) / (partCount - 1)]
            let held = Array(
                views.sorted { $0.angle(to: middle) < $1.angle(to: middle) }
                    .prefix(Int(heldShare * Double(views.count))))
            let learned = thinned(
                views.filter { view in held.allSatisfy { view.angle(to: $0) > gap } }, to: trainingLimit)
            do {
                let representation = try representation(of: dataset, from: learned)
                let cold = report(held.map { [$0] }, held, representation)
                let tracked = report(runs(of: views), held, representation)
                rows.append([cold.nearest[1], cold.pck[1], cold.pck[2], tracked.pck[1], tracked.pck[2]])
                printRow("\(part + 1)", "\(learned.count)", "\(held.count)", rows[rows.count - 1])
            } catch let error as RepresentationError {
                print("| \(part + 1) | \(learned.count) | not built: \(error) | | | | | |")
            }
        }
        guard let width = rows.first?.count else { return }
        let means = (0..<width).map { column in
            rows.reduce(0) { $0 + $1[column] } / Double(rows.count)
        }
        printRow("mean", "", "", means)
    }

    /// The images by run and time.
    private func views(of dataset: AnnotatedDataset) throws -> [View] {
        var reference: [SIMD3<Double>]?
        var views: [View] = []
        for image in dataset.images {
            let positions = image.keypoints.compactMap { $0?.position }
            guard positions.count == image.keypoints.count else { continue }
            let keypoints = reference ?? positions
            reference = keypoints
            guard
                let pose = SimilarityTransform.fit(
                    from: keypoints, to: positions, weights: positions.map { _ in 1 })
            else { continue }
            let middle = keypoints.reduce(SIMD3<Double>.zero) { $0 + $1 } / Double(keypoints.count)
            let towards = pose.inverse.apply(.zero) - middle
            views.append(
                View(
                    image: image, observation: try dataset.observation(of: image),
                    direction: towards / (towards * towards).sum().squareRoot()))
        }
        return views.sorted {
            ($0.image.run ?? "", $0.image.timestamp ?? 0) < ($1.image.run ?? "", $1.image.timestamp ?? 0)
        }
    }

    private func thinned(_ views: [View], to count: Int) -> [View] {
        views.count <= count ? views : (0..<count).map { views[$0 * views.count / count] }
    }

    private func runs(of views: [View]) -> [[View]] {
        Dictionary(grouping: views) { $0.image.run ?? $0.image.id }.sorted { $0.key < $1.key }.map(\.value)
    }

    private func representation(of dataset: AnnotatedDataset, from views: [View]) throws
        -> ClassRepresentation
    {
        let description = ClassDescription(
            name: dataset.className, keypointNames: dataset.keypointNames, flip: dataset.flip,
            skeleton: dataset.skeleton)
        return try RepresentationBuilder(description).build(
            views.map {
                TrainingView(
                    id: $0.image.id, instance: $0.image.instance, observation: $0.observation,
                    keypoints: $0.image.visiblePixels)
            }, provenance: Provenance(programVersion: "", settings: [:], inputHashes: [:])
        ).representation
    }

    /// Follows each sequence and judges the images of `held` in it.
    private func report(_ sequences: [[View]], _ held: [View], _ representation: ClassRepresentation)
        -> EvaluationReport
    {
        let judged = Set(held.map(\.image.id))
        let neighbour = NearestNeighbour(representation)
        var tracker = Tracker(representation: representation)
        var images: [EvaluatedImage] = []
        for sequence in sequences {
            tracker.reset()
            for view in sequence {
                let result = tracker.update(view.observation) { 0 }
                guard judged.contains(view.image.id) else { continue }
                let box =
                    view.image.boundingBox ?? view.observation.mask.bounds(of: view.observation.instance)
                images.append(
                    EvaluatedImage(
                        id: view.image.id,
                        boxSide: (box ?? PixelRegion(view.observation.imageSize)).largerSide,
                        truth: view.image.keypoints.map { annotation in
                            annotation.map {
                                KeypointTruth(
                                    pixel: $0.pixel, isVisible: $0.isVisible, position: $0.position)
                            }
                        }, result: result, nearest: neighbour.pixels(in: view.observation)))
            }
        }
        return EvaluationReport(images, representation: representation)
    }

    private func printRow(_ part: String, _ learned: String, _ judged: String, _ values: [Double]) {
        let columns = values.map { "\(($0 * 1000).rounded() / 1000)" }.joined(separator: " | ")
        print("| \(part) | \(learned) | \(judged) | \(columns) |")
    }
}
