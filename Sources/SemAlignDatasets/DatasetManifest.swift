// SPDX-License-Identifier: Apache-2.0

import SemAlignCore

/// The text of `dataset.json`: keys in a fixed order, one image a line, so that two versions compare well.
struct DatasetManifest {
    /// What is written about one image.
    struct Entry {
        let frame: DatasetFrame
        var image = ""
        var depth: String?
        var depthScale: Double?
        var mask = ""
        var features = ""

        init(frame: DatasetFrame) { self.frame = frame }

        /// False where a number is NaN or infinite: JSON has no words for those.
        var isFinite: Bool {
            let camera = frame.observation.intrinsics
            var numbers = [frame.observation.features.region, frame.boundingBox].flatMap(Self.corners)
            numbers += camera.map { [$0.focalLength.x, $0.focalLength.y] } ?? []
            numbers += camera.map { [$0.principalPoint.x, $0.principalPoint.y] } ?? []
            for keypoint in frame.keypoints {
                guard let keypoint else { continue }
                numbers += [keypoint.pixel.x, keypoint.pixel.y]
                if let position = keypoint.position { numbers += [position.x, position.y, position.z] }
            }
            return numbers.allSatisfy(\.isFinite)
        }

        static func corners(_ region: PixelRegion?) -> [Double] {
            guard let region else { return [] }
            return [region.minimum.x, region.minimum.y, region.maximum.x, region.maximum.y]
        }
    }

    private let keypointNames: [String]
    private let head: String
    private var lines: [String] = []

    init(className: String, keypointNames: [String], flip: [Int]?, skeleton: [SIMD2<Int32>]) {
        self.keypointNames = keypointNames
        let names = keypointNames.map(Self.quote).joined(separator: ", ")
        head = """
            {
            "class_name": \(Self.quote(className)),
            "keypoint_names": [\(names)],
            "flip": \(flip.map { "\($0)" } ?? "null"),
            "skeleton": [\(skeleton.map { "[\($0.x), \($0.y)]" }.joined(separator: ", "))],
            """
    }

    mutating func append(_ entry: Entry) {
        let frame = entry.frame
        let observation = frame.observation
        let region = observation.features.region
        let crop = region == PixelRegion(observation.imageSize) ? nil : region
        var members = [
            ("id", Self.quote(frame.id)), ("split", Self.quote(frame.split)),
            ("instance", Self.quote(frame.instance)), ("image", Self.quote(entry.image)),
            ("depth", entry.depth.map(Self.quote) ?? "null"),
            ("depth_scale", entry.depthScale.map { "\($0)" } ?? "null"),
            ("mask", Self.quote(entry.mask)), ("features", Self.quote(entry.features)),
            ("crop", Self.region(crop)), ("intrinsics", Self.intrinsics(of: observation)),
            ("bbox", Self.region(frame.boundingBox)), ("keypoints", keypoints(of: frame)),
        ]
        if let run = frame.run {
            members += [("run", Self.quote(run)), ("stamp_ns", "\(observation.timestamp)")]
        }
        lines.append(Self.object(members))
    }

    func json(pairs: [ImagePair]) -> String {
        let list = pairs.map { "[\(Self.quote($0.source)), \(Self.quote($0.target))]" }
        let tail = pairs.isEmpty ? "" : ",\n\"pairs\": [\(list.joined(separator: ", "))]"
        return head + "\n\"images\": [\n" + lines.joined(separator: ",\n") + "\n]\(tail)\n}\n"
    }

    private func keypoints(of frame: DatasetFrame) -> String {
        Self.object(
            zip(keypointNames, frame.keypoints).compactMap { name, keypoint in
                guard let keypoint else { return nil }
                var members = [
                    ("x", "\(keypoint.pixel.x)"), ("y", "\(keypoint.pixel.y)"),
                    ("visible", "\(keypoint.isVisible)"),
                ]
                if let xyz = keypoint.position { members.append(("xyz", "[\(xyz.x), \(xyz.y), \(xyz.z)]")) }
                return (name, Self.object(members))
            })
    }

    private static func intrinsics(of observation: Observation) -> String {
        guard let camera = observation.intrinsics else { return "null" }
        return object([
            ("fx", "\(camera.focalLength.x)"), ("fy", "\(camera.focalLength.y)"),
            ("cx", "\(camera.principalPoint.x)"), ("cy", "\(camera.principalPoint.y)"),
            ("width", "\(observation.imageSize.width)"), ("height", "\(observation.imageSize.height)"),
        ])
    }

    private static func region(_ region: PixelRegion?) -> String {
        region == nil ? "null" : "\(Entry.corners(region))"
    }

    private static func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\(quote($0.0)): \($0.1)" }.joined(separator: ", ") + "}"
    }

    private static func quote(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
