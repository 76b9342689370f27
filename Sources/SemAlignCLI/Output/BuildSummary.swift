// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignMessages

/// What `build` prints.
struct BuildSummary {
    let path: String
    let identity: RepresentationIdentity
    let representation: ClassRepresentation
    let report: BuildReport
    let unreadable: [RejectedView]
    let unseenKeypoints: [String]
    /// What was taken for the object in masks that left a choice.
    let maskNotes: [RejectedView]
    let seconds: Double

    /// Images that do not serve.
    var leftOut: [RejectedView] { unreadable + report.rejected }

    /// For people.
    var text: String {
        var lines = leftOut.map { "left out \($0.id): \($0.reason)" }
        lines += unseenKeypoints.map { "left out keypoint '\($0)': no image shows it" }
        let blind = zip(report.used, report.cameras).filter { !$0.1.isObservable }.map(\.0)
        if !blind.isEmpty {
            lines.append("focal length not observable in: \(blind.joined(separator: ", "))")
        }
        for (note, images) in Self.counted(maskNotes) {
            lines.append("mask: \(note) is the object in \(images) image\(images == 1 ? "" : "s")")
        }
        lines += report.withoutDepth.map { "partly used \($0.id): \($0.reason)" }
        lines.append(
            "\(path): class '\(representation.className)' from \(report.used.count) of "
                + "\(report.used.count + leftOut.count) images in \(seconds.fixed(1)) s")
        lines.append(
            "\(representation.keypoints.count) keypoints, \(representation.dense.map.pointCount) dense points, "
                + "\(scaleText), residual \((100 * report.residual).fixed(1)) % of the diameter")
        return lines.joined(separator: "\n")
    }

    /// Notes with the number of images that have them, in the order of their first.
    private static func counted(_ notes: [RejectedView]) -> [(String, Int)] {
        let counts = Dictionary(notes.map { ($0.reason, 1) }, uniquingKeysWith: +)
        var seen: Set<String> = []
        return notes.map(\.reason).filter { seen.insert($0).inserted }.map { ($0, counts[$0] ?? 0) }
    }

    private var scaleText: String {
        guard let scale = representation.metricScale else { return "no metric scale (relative depth)" }
        return
            "\((1000 * scale.metresPerUnit).fixed(1)) mm per unit ± \((100 * scale.logDeviation).fixed(0)) %"
    }

    /// For programs.
    var json: JSONValue {
        .object([
            ("output", .text(path)), ("name", .text(identity.name)), ("hash", .text(identity.hash)),
            ("class_name", .text(representation.className)),
            ("keypoints", .integer(representation.keypoints.count)),
            ("dense_points", .integer(representation.dense.map.pointCount)),
            ("metres_per_unit", representation.metricScale.map { .number($0.metresPerUnit) } ?? .null),
            ("used", .texts(report.used)), ("left_out", Self.list(leftOut)),
            ("keypoints_left_out", .texts(unseenKeypoints)),
            ("masks", Self.list(maskNotes)),
            ("without_depth", Self.list(report.withoutDepth)), ("residual", .number(report.residual)),
            ("focal_lengths_px", .numbers(report.focalLengths)), ("seconds", .number(seconds)),
            ("focal_log_deviations", .numbers(report.cameras.map(\.logDeviation))),
            ("focal_observable", .list(report.cameras.map { .boolean($0.isObservable) })),
            ("depth_offsets", .numbers(report.cameras.map(\.offset))),
            ("leave_one_out_error", .number(report.quality.leaveOneOutError)),
        ])
    }

    private static func list(_ views: [RejectedView]) -> JSONValue {
        .list(views.map { .object([("id", .text($0.id)), ("reason", .text($0.reason))]) })
    }
}
