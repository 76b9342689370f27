// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignImages

/// A class made ready to be looked at: its points with colours, and what became of them when keypoints were pulled.
struct ShownClass {
    let name: String
    let keypointNames: [String]
    let skeleton: [SIMD2<Int32>]
    /// `m` where the class is metric, else `units`.
    let unit: String
    /// L keypoints as learned, and after the pulls [unit].
    let keypoints: [SIMD3<Double>]
    let pulledKeypoints: [SIMD3<Double>]
    /// N dense points as learned, and after the pulls [unit].
    let dense: [SIMD3<Double>]
    let pulledDense: [SIMD3<Double>]
    let normals: [SIMD3<Float>]
    /// L + N colours.
    let colors: [SIMD3<UInt8>]

    /// Applies the pulls: keypoints move, dense points follow by the linear map B (figure 7).
    init(_ representation: ClassRepresentation, pulls: [KeypointPull]) throws(CommandFailure) {
        let metres = representation.metricScale?.metresPerUnit
        let scale = metres ?? 1
        let map = representation.dense.map
        var pulled = representation.keypoints
        for pull in pulls {
            guard let index = representation.keypointNames.firstIndex(of: pull.keypoint) else {
                throw .usage(
                    "the class has no keypoint '\(pull.keypoint)'; it has: "
                        + representation.keypointNames.joined(separator: ", "))
            }
            pulled[index] += pull.offset / scale
        }
        name = representation.className
        keypointNames = representation.keypointNames
        skeleton = representation.skeleton
        unit = metres == nil ? "units" : "m"
        keypoints = representation.keypoints.map { $0 * scale }
        pulledKeypoints = pulled.map { $0 * scale }
        dense = map.apply(to: representation.keypoints).map { $0 * scale }
        pulledDense = map.apply(to: pulled).map { $0 * scale }
        normals = representation.dense.normals
        colors = representation.featureColors
    }

    var isPulled: Bool { keypoints != pulledKeypoints }

    /// Four views as PNG.
    func png() throws -> [UInt8] {
        let points = zip(pulledDense, colors.dropFirst(keypoints.count)).map {
            CloudPicture.Point(position: $0, color: $1)
        }
        let named = keypointNames.indices.map { i in
            CloudPicture.Keypoint(
                name: keypointNames[i], position: pulledKeypoints[i],
                origin: keypoints[i] == pulledKeypoints[i] ? nil : keypoints[i])
        }
        let picture = CloudPicture(points: points, keypoints: named, skeleton: skeleton)
        return try ImageEncoder.png(try picture.drawn())
    }

    /// Points with colours and normals as a PLY text; keypoints come first, their names as comments.
    var ply: String {
        var lines = ["ply", "format ascii 1.0", "comment class \(name), unit \(unit)"]
        lines += keypointNames.enumerated().map { "comment keypoint \($0.offset) \(Self.plain($0.element))" }
        lines.append("element vertex \(pulledKeypoints.count + pulledDense.count)")
        lines += ["x", "y", "z", "nx", "ny", "nz"].map { "property float \($0)" }
        lines += ["red", "green", "blue"].map { "property uchar \($0)" }
        lines.append("end_header")
        let all = pulledKeypoints + pulledDense
        for (index, point) in all.enumerated() {
            let normal = index < keypoints.count ? SIMD3<Float>.zero : normals[index - keypoints.count]
            let color = colors[index]
            let numbers = [point.x, point.y, point.z].map { "\(Float($0))" }
            let directions = [normal.x, normal.y, normal.z].map { "\($0)" }
            lines.append(
                (numbers + directions + ["\(color.x)", "\(color.y)", "\(color.z)"]).joined(separator: " "))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func plain(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }

    /// Everything as JSON for a page.
    var json: JSONValue {
        func list(_ points: [SIMD3<Double>]) -> JSONValue {
            .list(points.map { .numbers([$0.x, $0.y, $0.z].map { Double(Float($0)) }) })
        }
        return .object([
            ("name", .text(name)), ("unit", .text(unit)), ("names", .texts(keypointNames)),
            ("skeleton", .list(skeleton.map { .list([.integer(Int($0.x)), .integer(Int($0.y))]) })),
            ("keypoints", list(keypoints)), ("pulledKeypoints", list(pulledKeypoints)),
            ("dense", list(dense)), ("pulledDense", list(pulledDense)),
            (
                "colors",
                .list(colors.map { .list([.integer(Int($0.x)), .integer(Int($0.y)), .integer(Int($0.z))]) })
            ),
        ])
    }
}
