// SPDX-License-Identifier: Apache-2.0

public import SemAlignCore
import SwiftProtobuf

/// The calibration of a camera: `foxglove.CameraCalibration`.
public struct CalibrationMessage: DecodableMessage, Hashable {
    /// `foxglove.CameraCalibration`.
    public static let schemaName = Foxglove_CameraCalibration.protoMessageName

    /// Time of the message [ns since the Unix epoch]; 0 = not stated.
    public let timestamp: UInt64
    /// The camera's optical frame.
    public let frameID: String
    /// Size of the image that the calibration is for [px].
    public let size: ImageSize
    /// K; `nil` where the camera is not calibrated.
    public let intrinsics: CameraIntrinsics?
    /// What the lens does besides.
    public let distortion: Distortion

    /// Joins the parts of a calibration.
    public init(
        timestamp: UInt64, frameID: String, size: ImageSize, intrinsics: CameraIntrinsics?,
        distortion: Distortion
    ) {
        self.timestamp = timestamp
        self.frameID = frameID
        self.size = size
        self.intrinsics = intrinsics
        self.distortion = distortion
    }

    /// Reads and checks a payload.
    public init(decoding payload: [UInt8]) throws(MessageError) {
        let message = try Foxglove_CameraCalibration(payload: payload)
        self.init(
            timestamp: try message.timestamp.nanosecondsSinceEpoch(), frameID: message.frameID,
            size: try checkedSize(
                field: "size of the calibration", width: message.width, height: message.height),
            intrinsics: try Self.intrinsics(message.k),
            distortion: try Distortion(model: message.distortionModel, coefficients: message.d))
    }

    /// The payload, with R the identity and P = [K | 0].
    public func encoded() throws(MessageError) -> [UInt8] {
        var message = Foxglove_CameraCalibration()
        message.timestamp = .init(nanosecondsSinceEpoch: timestamp)
        message.frameID = frameID
        message.width = UInt32(size.width)
        message.height = UInt32(size.height)
        message.distortionModel = distortion.model.rawValue
        message.d = distortion.coefficients
        let focal = intrinsics?.focalLength ?? .zero
        let centre = intrinsics?.principalPoint ?? .zero
        message.k = [focal.x, 0, centre.x, 0, focal.y, centre.y, 0, 0, 1]
        message.r = [1, 0, 0, 0, 1, 0, 0, 0, 1]
        message.p = [focal.x, 0, centre.x, 0, 0, focal.y, centre.y, 0, 0, 0, 1, 0]
        return try message.payload()
    }

    /// Reads K, row-major: nine numbers, or none; a first entry of 0 says "not calibrated".
    private static func intrinsics(_ k: [Double]) throws(MessageError) -> CameraIntrinsics? {
        if k.isEmpty { return nil }
        try check(count: k.count, is: 9, field: "K")
        if k[0] == 0 { return nil }
        try check(all: k, in: -1e6...1e6, field: "K")
        for index in [0, 4] {
            try check(k[index], in: 1e-3...1e6, field: "K[\(index)]")
        }
        for (index, expected) in [1: 0, 3: 0, 6: 0, 7: 0, 8: 1] as [Int: Double] where k[index] != expected {
            throw .value(field: "K[\(index)]", found: "\(k[index])", expected: "\(expected)")
        }
        return CameraIntrinsics(focalLength: [k[0], k[4]], principalPoint: [k[2], k[5]])
    }
}

/// A lens that bends the ideal pinhole's rays.
public struct Distortion: Hashable, Sendable {
    /// The formula that the coefficients belong to.
    public enum Model: String, CaseIterable, Hashable, Sendable {
        /// No distortion; no coefficients.
        case none = ""
        /// k1 k2 p1 p2 [k3]: four or five coefficients.
        case plumbBob = "plumb_bob"
        /// k1 k2 p1 p2 k3 k4 k5 k6: eight coefficients.
        case rationalPolynomial = "rational_polynomial"
        /// Fisheye k1 k2 k3 k4 of angles: four coefficients; Foxglove's name is `kannala_brandt`.
        case equidistant

        /// Accepted numbers of coefficients.
        public var coefficientCounts: ClosedRange<Int> {
            switch self {
            case .none: 0...0
            case .plumbBob: 4...5
            case .rationalPolynomial: 8...8
            case .equidistant: 4...4
            }
        }
    }

    /// The formula.
    public let model: Model
    /// Its numbers in the formula's order.
    public let coefficients: [Double]

    /// An ideal pinhole.
    public static let none = Distortion(checked: .none, coefficients: [])

    private init(checked model: Model, coefficients: [Double]) {
        self.model = model
        self.coefficients = coefficients
    }

    /// Checks a model's name and its numbers; no coefficients, or only zeros, are no distortion.
    public init(model name: String, coefficients: [Double]) throws(MessageError) {
        guard let model = name == "kannala_brandt" ? .equidistant : Model(rawValue: name) else {
            let names = Model.allCases.dropFirst().map(\.rawValue).joined(separator: ", ")
            throw .unknown(field: "distortion model", found: name, supported: names)
        }
        try check(all: coefficients, in: -1e6...1e6, field: "D")
        if model != .equidistant, coefficients.allSatisfy({ $0 == 0 }) {
            self = .none
            return
        }
        guard model.coefficientCounts.contains(coefficients.count) else {
            let counts = model.coefficientCounts
            throw .value(
                field: "number of coefficients of distortion model '\(name)'",
                found: "\(coefficients.count)",
                expected: counts.count == 1
                    ? "\(counts.lowerBound)" : "\(counts.lowerBound)…\(counts.upperBound)")
        }
        self.init(checked: model, coefficients: coefficients)
    }
}
