// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignCore

/// Turns the JSON of `dataset.json` into checked values.
struct DatasetReading {
    let path: String

    func file(from bytes: [UInt8]) throws(DatasetError) -> DatasetFile {
        let data = Data(bytes)
        do {
            return try JSONDecoder().decode(DatasetFile.self, from: data)
        } catch let error as DecodingError {
            throw explain(error, in: data)
        } catch {
            throw .notJSON(path: path, reason: "\(error)")
        }
    }

    /// Checks the parts that hold for all images, then each image.
    func checkClass(_ file: DatasetFile) throws(DatasetError) {
        try require(!file.className.isEmpty, "class_name", "it is empty; name the object class")
        let names = file.keypointNames
        try require(!names.isEmpty, "keypoint_names", "it is empty; list the names of the keypoints in order")
        try require(
            Set(names).count == names.count && !names.contains(""), "keypoint_names",
            "names must be different and not empty, found \(names)")
        if let flip = file.flip {
            let isInvolution =
                flip.sorted() == Array(names.indices) && flip.indices.allSatisfy { flip[flip[$0]] == $0 }
            try require(
                isInvolution, "flip",
                "expected null, or the \(names.count) indices from 0 with mirrored ones exchanged; found \(flip)"
            )
        }
        for pair in file.skeleton ?? [] {
            try require(
                pair.count == 2 && pair.allSatisfy(names.indices.contains), "skeleton",
                "expected pairs of keypoint indices 0…\(names.count - 1), found \(pair)")
        }
    }

    func images(of file: DatasetFile) throws(DatasetError) -> [AnnotatedImage] {
        var seen: Set<String> = []
        var images: [AnnotatedImage] = []
        images.reserveCapacity(file.images.count)
        for entry in file.images {
            try require(!entry.id.isEmpty, "id", "it is empty; every image needs a name", entry)
            try require(seen.insert(entry.id).inserted, "id", "two images have this id", entry)
            images.append(try image(entry, keypointNames: file.keypointNames))
        }
        return images
    }

    func pairs(of file: DatasetFile) throws(DatasetError) -> [ImagePair] {
        let ids = Set(file.images.map(\.id))
        var pairs: [ImagePair] = []
        for pair in file.pairs ?? [] {
            try require(
                pair.count == 2 && pair.allSatisfy(ids.contains), "pairs",
                "expected [source id, target id] of images in this file, found \(pair)")
            pairs.append(ImagePair(source: pair[0], target: pair[1]))
        }
        return pairs
    }

    private func image(
        _ entry: DatasetFile.Image, keypointNames: [String]
    ) throws(DatasetError) -> AnnotatedImage {
        try require(!entry.split.isEmpty, "split", "it is empty; name the split, such as trn", entry)
        try require(!entry.instance.isEmpty, "instance", "it is empty; name the object shown", entry)
        if let scale = entry.depthScale {
            try require(
                scale > 0, "depth_scale", "expected metres per unit > 0 or null, found \(scale)", entry)
        }
        let kind = entry.depthKind.map { DepthKind(rawValue: $0) } ?? .depth
        try require(
            kind != nil, "depth_kind",
            "expected depth or disparity, found '\(entry.depthKind ?? "")'", entry)
        try require(
            kind != .disparity || entry.depthScale == nil, "depth_scale",
            "disparity has no metres: expected null", entry)
        return AnnotatedImage(
            id: entry.id, split: entry.split, instance: entry.instance, run: entry.run,
            timestamp: entry.timestamp?.value,
            imagePath: try relativePath(entry.image, "image", entry),
            depthPath: try entry.depth.map { path throws(DatasetError) in
                try relativePath(path, "depth", entry)
            },
            depthScale: entry.depthScale, depthKind: kind ?? .depth,
            maskPath: try entry.mask.map { path throws(DatasetError) in try relativePath(path, "mask", entry)
            },
            featuresPath: try entry.features.map { path throws(DatasetError) in
                try relativePath(path, "features", entry)
            },
            crop: try region(entry.crop, "crop", entry), intrinsics: try intrinsics(entry),
            intrinsicsSize: entry.intrinsics.map {
                ImageSize(width: $0.width.value, height: $0.height.value)
            },
            boundingBox: try region(entry.boundingBox, "bbox", entry),
            keypoints: try keypoints(entry, names: keypointNames))
    }

    private func relativePath(
        _ path: String, _ key: String, _ entry: DatasetFile.Image
    ) throws(DatasetError) -> String {
        try require(
            !path.isEmpty && !path.hasPrefix("/") && !path.utf8.contains(0), key,
            "expected a path relative to the dataset's folder, found '\(path)'", entry)
        return path
    }

    private func region(
        _ corners: [Double]?, _ key: String, _ entry: DatasetFile.Image
    ) throws(DatasetError) -> PixelRegion? {
        guard let corners else { return nil }
        try require(
            corners.count == 4 && corners[2] > corners[0] && corners[3] > corners[1], key,
            "expected [x0, y0, x1, y1] with x1 > x0 and y1 > y0, or null; found \(corners)", entry)
        return PixelRegion(
            minimum: SIMD2(corners[0], corners[1]), maximum: SIMD2(corners[2], corners[3]))
    }

    private func intrinsics(_ entry: DatasetFile.Image) throws(DatasetError) -> CameraIntrinsics? {
        guard let camera = entry.intrinsics else { return nil }
        try require(
            camera.fx > 0 && camera.fy > 0 && camera.width.value > 0 && camera.height.value > 0, "intrinsics",
            "fx, fy, width and height must be greater than 0, found \(camera.fx), \(camera.fy), "
                + "\(camera.width.value), \(camera.height.value)", entry)
        return CameraIntrinsics(
            focalLength: SIMD2(camera.fx, camera.fy), principalPoint: SIMD2(camera.cx, camera.cy))
    }

    private func keypoints(
        _ entry: DatasetFile.Image, names: [String]
    ) throws(DatasetError) -> [KeypointAnnotation?] {
        if let unknown = entry.keypoints.keys.filter({ !names.contains($0) }).min() {
            throw problem(
                "keypoints", "'\(unknown)' is none of keypoint_names: \(names.joined(separator: ", "))", entry
            )
        }
        var annotations: [KeypointAnnotation?] = []
        for name in names {
            guard let keypoint = entry.keypoints[name] else {
                annotations.append(nil)
                continue
            }
            let xyz = keypoint.xyz
            try require(
                xyz == nil || xyz?.count == 3, "keypoints.\(name).xyz",
                "expected [X, Y, Z] or null, found \(xyz ?? [])", entry)
            annotations.append(
                KeypointAnnotation(
                    pixel: SIMD2(keypoint.x, keypoint.y), isVisible: keypoint.visible,
                    position: xyz.map { SIMD3($0[0], $0[1], $0[2]) }))
        }
        return annotations
    }

    private func require(
        _ condition: Bool, _ key: String, _ text: @autoclosure () -> String, _ entry: DatasetFile.Image? = nil
    ) throws(DatasetError) {
        if !condition { throw problem(key, text(), entry) }
    }

    private func problem(_ key: String, _ text: String, _ entry: DatasetFile.Image?) -> DatasetError {
        .invalid(path: path, image: entry?.id, key: key, problem: text)
    }

    /// Where the text stops being JSON: the decoder keeps that to itself, the older parser tells.
    private func syntaxError(in data: Data) -> String? {
        do {
            _ = try JSONSerialization.jsonObject(with: data)
            return nil
        } catch {
            return (error as NSError).userInfo["NSDebugDescription"] as? String
        }
    }

    /// Says in which image and under which key the types are wrong.
    private func explain(_ error: DecodingError, in data: Data) -> DatasetError {
        var keys: [any CodingKey]
        let text: String
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            (keys, text) = (context.codingPath, context.debugDescription)
        case .keyNotFound(let key, let context):
            (keys, text) = (context.codingPath + [key], "this key is missing")
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            (keys, text) = (context.codingPath, context.debugDescription)
        case .dataCorrupted(let context):
            return .notJSON(path: path, reason: syntaxError(in: data) ?? context.debugDescription)
        @unknown default:
            return .notJSON(path: path, reason: "\(error)")
        }
        var image: String?
        if keys.count > 1, keys[0].stringValue == "images", let index = keys[1].intValue {
            let names = try? JSONDecoder().decode(DatasetFile.Names.self, from: data)
            image = names.flatMap { $0.images[index].id } ?? "number \(index + 1)"
            keys.removeFirst(2)
        }
        let key = keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        return .invalid(path: path, image: image, key: key.isEmpty ? "(top)" : key, problem: text)
    }
}
