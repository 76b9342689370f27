// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A small simulated class with its representation and a bag, made once for all tests.
final class SimulatedMugs: Sendable {
    static let shared = Result { try SimulatedMugs() }

    let folder: String
    var dataset: String { folder + "/mugs/dataset.json" }
    var representation: String { folder + "/mug.semalign" }
    var bag: String { folder + "/video.mcap" }
    static let frames = 8

    private init() throws {
        folder = Self.temporaryPath
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(atPath: SimulatedMugs.temporaryPath) }
        try Program.succeed(
            "simulate", "mug", "--output", folder + "/mugs", "--train", "18", "--test", "3", "--grid", "20",
            "--channels", "64", "--video", "\(Self.frames)", "--bag", bag)
        try Program.succeed("build", dataset, "--output", representation)
    }

    private static var temporaryPath: String {
        FileManager.default.temporaryDirectory
            .appending(path: "semalign-mugs-\(ProcessInfo.processInfo.processIdentifier)").path
    }
}
