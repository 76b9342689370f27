// SPDX-License-Identifier: Apache-2.0

import Foundation

/// JSON files of foreign layouts.
enum JSONFile {
    /// Decodes a file and says under which key it is not what was expected.
    static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8], path: String
    ) throws(DatasetError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw explain(error, path: path)
        } catch {
            throw .notJSON(path: path, reason: "\(error)")
        }
    }

    private static func explain(_ error: DecodingError, path: String) -> DatasetError {
        var (keys, text): ([any CodingKey], String)
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            (keys, text) = (context.codingPath, context.debugDescription)
        case .keyNotFound(let key, let context):
            (keys, text) = (context.codingPath + [key], "this key is missing")
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            (keys, text) = (context.codingPath, context.debugDescription)
        case .dataCorrupted(let context):
            return .notJSON(path: path, reason: context.debugDescription)
        @unknown default:
            return .notJSON(path: path, reason: "\(error)")
        }
        let key = keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        return .invalid(path: path, image: nil, key: key.isEmpty ? "(top)" : key, problem: text)
    }
}
