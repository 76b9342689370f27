// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignCore
import SemAlignMessages

/// The quality report of `build`: what was used, how well it agrees, and what to annotate next.
struct BuildPage {
    let summary: BuildSummary

    private var report: BuildReport { summary.report }
    private var quality: BuildQuality { summary.report.quality }

    /// The whole file.
    var html: String {
        let name = summary.representation.className.escapedForHTML
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>\(name): quality report</title>
            <style>
            body { font: 15px sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em; color: #202124; }
            table { border-collapse: collapse; margin: 0.6em 0 1.6em; }
            th, td { text-align: right; padding: 2px 10px; border-bottom: 1px solid #dadce0; }
            th:first-child, td:first-child { text-align: left; }
            tr.weak td { background: #fce8e6; }
            </style></head><body>
            <h1>\(name)</h1>
            <p>\(overview.escapedForHTML)</p>
            <h2>What to annotate next</h2>
            <ul>\(advice.map { "<li>\($0.escapedForHTML)</li>" }.joined(separator: "\n"))</ul>
            <h2>Keypoints, weakest first</h2>
            <p>Spread is the root mean square distance of the objects' keypoint from the class's; the left-out error
            is the median distance from a class that was built without the object; both in % of the diameter.
            Similarity is how alike the keypoint's feature is from object to object.</p>
            \(keypointTable)
            <h2>Images</h2>
            <p>Residual: median distance of the image's keypoints from the class's own, in % of the diameter. ± is one
            standard deviation of an estimated focal length.</p>
            \(imageTable)
            <h2>Left out</h2>
            \(leftOutTable)
            </body></html>

            """
    }

    private var overview: String {
        let value = summary.representation
        let images = report.used.count + summary.leftOut.count
        var text = "\(report.used.count) of \(images) images serve, of \(Self.count(objects, "object")); "
        text += "\(value.keypoints.count) keypoints, \(value.dense.map.pointCount) dense points. "
        text += "Median residual \(percent(report.residual)) of the diameter; left-out error "
        let error = quality.leaveOneOutError
        text += error.isFinite ? "\(percent(error))." : "not measured: it needs a second object."
        if let scale = value.metricScale {
            text += " One unit of the class (its median edge): \((1000 * scale.metresPerUnit).fixed(1)) mm ± "
            text += "\((100 * scale.logDeviation).fixed(0)) %."
        } else {
            text += " The class has no metric scale: depth is relative or cameras are unknown."
        }
        return text + " File \(summary.path), \(summary.identity.hash)."
    }

    /// A keypoint's weakness: few objects, a large error where an object is left out, an unsteady feature.
    private func weakness(_ keypoint: BuildQuality.Keypoint) -> Double {
        let error = keypoint.leaveOneOutError.isFinite ? keypoint.leaveOneOutError : keypoint.spread
        return 1 / Double(max(keypoint.instances, 1)) + 1 / Double(max(keypoint.images, 1)) + 10 * error
            + max(0, 1 - keypoint.similarity)
    }

    /// Different objects in the images that serve.
    private var objects: Int { Set(quality.views.map(\.instance)).count }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    private func isWeak(_ keypoint: BuildQuality.Keypoint) -> Bool {
        keypoint.instances < min(3, objects) || keypoint.images < 5
            || keypoint.leaveOneOutError > 2 * max(quality.leaveOneOutError, 0.02)
    }

    private var sortedKeypoints: [BuildQuality.Keypoint] {
        quality.keypoints.sorted { weakness($0) > weakness($1) }
    }

    private var keypointTable: String {
        var table = HTMLTable("keypoint", "images", "objects", "spread", "left-out error", "similarity")
        for keypoint in sortedKeypoints {
            table.append(
                [
                    keypoint.name, "\(keypoint.images)", "\(keypoint.instances)", percent(keypoint.spread),
                    percent(keypoint.leaveOneOutError),
                    "\(keypoint.similarity.fixed(2)) ± \(keypoint.similarityDeviation.fixed(2))",
                ], isWeak: isWeak(keypoint))
        }
        return table.html
    }

    private var imageTable: String {
        var table = HTMLTable("image", "object", "keypoints", "residual", "f [px]", "note")
        let masks = summary.maskNotes.map { ($0.id, "mask: \($0.reason)") }
        let notes = Dictionary(report.withoutDepth.map { ($0.id, $0.reason) } + masks) { "\($0); \($1)" }
        for (index, view) in quality.views.enumerated() {
            let camera = report.cameras[index]
            var focal = report.focalLengths[index].fixed(0)
            if camera.logDeviation > 0 { focal += " ± \((100 * camera.logDeviation).fixed(0)) %" }
            var remarks = notes[view.id].map { [$0] } ?? []
            if isOdd(view) { remarks.append("far from the class: look at its keypoints") }
            if !camera.isObservable { remarks.append("focal length not observable in this image") }
            if camera.offset != 0 { remarks.append("depth offset \(camera.offset.fixed(2)) of the median") }
            table.append(
                [
                    view.id, view.instance, "\(view.keypoints)", percent(view.residual), focal,
                    remarks.joined(separator: "; "),
                ], isWeak: isOdd(view))
        }
        return table.html
    }

    /// An image that agrees much less with the class than others do.
    private func isOdd(_ view: BuildQuality.View) -> Bool {
        let residuals = quality.views.map(\.residual).filter(\.isFinite).sorted()
        let usual = residuals.isEmpty ? 0.01 : max(residuals[residuals.count / 2], 0.01)
        return view.residual > 3 * usual
    }

    private var leftOutTable: String {
        guard !summary.leftOut.isEmpty || !summary.unseenKeypoints.isEmpty else { return "<p>Nothing.</p>" }
        var table = HTMLTable("image or keypoint", "why")
        for view in summary.leftOut { table.append([view.id, view.reason], isWeak: true) }
        for name in summary.unseenKeypoints { table.append([name, "no image shows it"], isWeak: true) }
        return table.html
    }

    private func percent(_ share: Double) -> String {
        share.isFinite ? "\((100 * share).fixed(1)) %" : "-"
    }

    // MARK: What to annotate next

    /// Sentences, the most useful first.
    private var advice: [String] {
        var lines: [String] = []
        if objects < 5 {
            lines.append(
                "Show more objects: \(Self.count(objects, "object")) tell\(objects == 1 ? "s" : "") little about "
                    + "how the class varies.")
        }
        for view in quality.views.filter(isOdd).sorted(by: { $0.residual > $1.residual }).prefix(3) {
            lines.append(
                "Look at the keypoints of image '\(view.id)': they lie \(percent(view.residual)) of the diameter "
                    + "from the class's, far more than usual.")
        }
        for keypoint in sortedKeypoints.filter(isWeak).prefix(4) {
            lines.append(
                "Show '\(keypoint.name)': \(Self.count(keypoint.images, "image")) of "
                    + "\(Self.count(keypoint.instances, "object")) so far"
                    + (keypoint.leaveOneOutError.isFinite
                        ? ", left-out error \(percent(keypoint.leaveOneOutError))." : "."))
        }
        for gap in gaps.prefix(4) {
            lines.append(
                "Take pictures from where '\(gap.keypoint)' points at the camera: the nearest view so far is "
                    + "\(gap.degrees.fixed(0))° away.")
        }
        let blind = zip(quality.views, report.cameras).filter { !$0.1.isObservable }.count
        if blind > 0 {
            lines.append(
                "State the intrinsics: the focal length of \(Self.count(blind, "image")) is not observable.")
        }
        return lines.isEmpty ? ["Nothing stands out: more objects improve tolerances."] : lines
    }

    /// Directions far from all views, widest gap first, each named by the keypoint that lies farthest that way.
    private var gaps: [(keypoint: String, degrees: Double)] {
        let views = quality.views.compactMap(\.direction)
        let keypoints = summary.representation.keypoints
        guard !views.isEmpty, !keypoints.isEmpty else { return [] }
        let middle = keypoints.reduce(.zero, +) / Double(keypoints.count)
        var taken: [SIMD3<Double>] = views
        var found: [(String, Double)] = []
        let candidates = summary.representation.visibility.directions.map { SIMD3<Double>($0) }
        for _ in 0..<4 {
            func nearest(_ direction: SIMD3<Double>) -> Double {
                taken.map { ($0 * direction).sum() }.max() ?? -1
            }
            guard let gap = candidates.min(by: { nearest($0) < nearest($1) }) else { break }
            let degrees = acos(min(max(nearest(gap), -1), 1)) * 180 / .pi
            guard degrees > 40 else { break }
            let ahead = keypoints.indices.max {
                ((keypoints[$0] - middle) * gap).sum() < ((keypoints[$1] - middle) * gap).sum()
            }
            found.append((summary.representation.keypointNames[ahead ?? 0], degrees))
            taken.append(gap)
        }
        return found
    }
}
