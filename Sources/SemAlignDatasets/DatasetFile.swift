// SPDX-License-Identifier: Apache-2.0

/// The JSON of `dataset.json`, key by key; nothing is checked beyond its types.
struct DatasetFile: Decodable {
    let className: String
    let keypointNames: [String]
    let flip: [Int]?
    let skeleton: [[Int]]?
    let images: [Image]
    let pairs: [[String]]?

    enum CodingKeys: String, CodingKey {
        case className = "class_name"
        case keypointNames = "keypoint_names"
        case flip, skeleton, images, pairs
    }

    struct Image: Decodable {
        let id: String
        let split: String
        let instance: String
        let run: String?
        let timestamp: WholeNumber<UInt64>?
        let image: String
        let depth: String?
        let depthScale: Double?
        let depthKind: String?
        let mask: String?
        let features: String?
        let crop: [Double]?
        let intrinsics: Intrinsics?
        let boundingBox: [Double]?
        let keypoints: [String: Keypoint]

        enum CodingKeys: String, CodingKey {
            case timestamp = "stamp_ns"
            case depthScale = "depth_scale"
            case depthKind = "depth_kind"
            case boundingBox = "bbox"
            case id, split, instance, run, image, depth, mask, features, crop, intrinsics, keypoints
        }
    }

    struct Intrinsics: Decodable {
        let fx: Double
        let fy: Double
        let cx: Double
        let cy: Double
        let width: WholeNumber<Int>
        let height: WholeNumber<Int>
    }

    struct Keypoint: Decodable {
        let x: Double
        let y: Double
        let visible: Bool
        let xyz: [Double]?
    }

    /// An integer whose absence is reported under its key; the decoder itself then only says "not valid JSON".
    struct WholeNumber<Value: FixedWidthInteger & Decodable>: Decodable {
        let value: Value

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            guard let value = try? container.decode(Value.self) else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "expected a whole number \(Value.min)…\(Value.max)")
            }
            self.value = value
        }
    }

    /// Only the ids, where the whole does not decode: to say which image is wrong.
    struct Names: Decodable {
        let images: [Name]

        struct Name: Decodable {
            let id: String?
        }
    }
}
