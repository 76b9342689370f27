// SPDX-License-Identifier: Apache-2.0

import SemAlignCore
import SemAlignMessages
import Testing

@Suite struct CalibrationMessageTests {
    private let k: [Double] = [600, 0, 320, 0, 601, 240, 0, 0, 1]

    @Test("K becomes focal lengths and principal point")
    func readsIntrinsics() throws {
        let message = try CalibrationMessage(decoding: calibration(k: k, model: "", d: []))
        #expect(
            message.intrinsics == CameraIntrinsics(focalLength: [600, 601], principalPoint: [320, 240]))
        #expect(message.distortion == .none)
        #expect(message.size == ImageSize(width: 640, height: 480))
    }

    @Test("A K of zeros or of nothing says that the camera is not calibrated")
    func readsUncalibrated() throws {
        for k in [[Double](repeating: 0, count: 9), []] {
            #expect(try CalibrationMessage(decoding: calibration(k: k, model: "", d: [])).intrinsics == nil)
        }
    }

    @Test("Zeros for coefficients are no distortion")
    func simplifiesZeros() throws {
        let payload = calibration(k: k, model: "plumb_bob", d: [0, 0, 0, 0, 0])
        #expect(try CalibrationMessage(decoding: payload).distortion == .none)
    }

    @Test("Foxglove's name for the fisheye model is understood, its zeros still bend")
    func readsFisheye() throws {
        let payload = calibration(k: k, model: "kannala_brandt", d: [0, 0, 0, 0])
        let distortion = try CalibrationMessage(decoding: payload).distortion
        #expect(distortion.model == .equidistant)
        #expect(distortion.coefficients.count == 4)
    }

    @Test("Each impossible entry of K is refused by its index", arguments: 0..<9)
    func refusesBadEntries(index: Int) {
        var bad = k
        bad[index] = .nan
        #expect(throws: MessageError.self) {
            try CalibrationMessage(decoding: calibration(k: bad, model: "", d: []))
        }
        bad[index] = -7
        if ![2, 5].contains(index) {
            #expect(throws: MessageError.self) {
                try CalibrationMessage(decoding: calibration(k: bad, model: "", d: []))
            }
        }
    }

    @Test("A K of another length and unknown or short distortion models are refused with values named")
    func refusesOthers() {
        #expect(throws: MessageError.count(field: "K", expected: 9, found: 3)) {
            try CalibrationMessage(decoding: calibration(k: [1, 2, 3], model: "", d: []))
        }
        let names = "plumb_bob, rational_polynomial, equidistant"
        #expect(throws: MessageError.unknown(field: "distortion model", found: "thin", supported: names)) {
            try CalibrationMessage(decoding: calibration(k: k, model: "thin", d: [1]))
        }
        #expect(
            throws: MessageError.value(
                field: "number of coefficients of distortion model 'rational_polynomial'", found: "5",
                expected: "8")
        ) {
            try CalibrationMessage(
                decoding: calibration(k: k, model: "rational_polynomial", d: [1, 2, 3, 4, 5]))
        }
    }

    private func calibration(k: [Double], model: String, d: [Double]) -> [UInt8] {
        Protobuf.message {
            $0.timestamp(1)
            $0.fixed32(2, 640)
            $0.fixed32(3, 480)
            $0.string(4, model)
            $0.doubles(5, d)
            $0.doubles(6, k)
            $0.string(9, "camera")
        }
    }
}
