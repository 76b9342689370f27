// SPDX-License-Identifier: Apache-2.0

public import SemAlignImages

/// Why a dataset folder, or one image of it, cannot be read or written.
public enum DatasetError: Error, Hashable, Sendable {
    /// `dataset.json` cannot be read.
    case unreadable(path: String, reason: String)
    /// `dataset.json` is not JSON.
    case notJSON(path: String, reason: String)
    /// `dataset.json` holds something that it must not: where, and what was found and expected.
    case invalid(path: String, image: String?, key: String, problem: String)
    /// The image declares no such file: its `key` is null or missing.
    case notDeclared(image: String, key: String)
    /// A file that the image declares is missing or unreadable.
    case unreadableFile(image: String, key: String, path: String, reason: String)
    /// A picture, depth or mask file that does not decode.
    case undecodable(image: String, key: String, path: String, error: ImageError)
    /// A `.npy` file that does not decode.
    case badArray(image: String, key: String, path: String, error: NumpyError)
    /// A file that decodes, and does not fit the other files of its image.
    case mismatch(image: String, key: String, found: String, expected: String)
    /// A folder or file cannot be created or written.
    case unwritable(path: String, reason: String)
    /// What was to be written into a dataset cannot be: an id twice, or an image that cannot be encoded.
    case unwritableImage(image: String, reason: String)
}

extension DatasetError: CustomStringConvertible {
    /// One line: the file, the image and key, what was found, what to do.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "cannot read dataset '\(path)': \(reason)"
        case .notJSON(let path, let reason):
            "'\(path)' is not valid JSON: \(reason)"
        case .invalid(let path, let image, let key, let problem):
            "'\(path)', \(image.map { "image '\($0)', " } ?? "")key '\(key)': \(problem)"
        case .notDeclared(let image, let key):
            "image '\(image)' has no '\(key)'; name the file under that key in dataset.json"
        case .unreadableFile(let image, let key, let path, let reason):
            "image '\(image)', \(key) '\(path)': \(reason)"
        case .undecodable(let image, let key, let path, let error):
            "image '\(image)', \(key) '\(path)': \(error)"
        case .badArray(let image, let key, let path, let error):
            "image '\(image)', \(key) '\(path)': \(error)"
        case .mismatch(let image, let key, let found, let expected):
            "image '\(image)', \(key): found \(found), expected \(expected)"
        case .unwritable(let path, let reason):
            "cannot write '\(path)': \(reason)"
        case .unwritableImage(let image, let reason):
            "cannot add image '\(image)' to the dataset: \(reason)"
        }
    }
}
