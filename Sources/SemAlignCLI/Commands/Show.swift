// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SemAlignCore
import SemAlignMessages

/// What a representation file holds.
struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what a class representation holds, as text, picture, points or page.",
        discussion: """
            A picture colours each dense point by the first three principal components of its feature: what \
            looks alike to the network has like colours. --pull moves a keypoint in the class frame, by metres \
            where the class is metric; the dense points follow by the class's linear map.

            EXAMPLE: semalign show mug.semalign --output mug.html --pull handle_outer=0,0,0.02
            """)

    @Argument(help: "Class representation file.")
    var representation: String
    @Option(
        name: .shortAndLong,
        help: "File to write: .png (four views), .ply (points with colours) or .html (turns with the mouse).")
    var output: String?
    @Option(
        help: ArgumentHelp("Move a keypoint; may be given several times.", valueName: "keypoint=dx,dy,dz"))
    var pull: [KeypointPull] = []
    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard pull.isEmpty || output != nil else {
            throw ValidationError("--pull shows in a file: name it with --output.")
        }
        if let output, Form(path: output) == nil {
            throw ValidationError("--output '\(output)' must end in .png, .ply or .html.")
        }
    }

    /// What is written, by the end of the file's name.
    private enum Form: String {
        case png, ply, html

        init?(path: String) {
            self.init(rawValue: path.split(separator: ".").last.map { $0.lowercased() } ?? "")
        }
    }

    func run() throws {
        let file = try RepresentationFile.load(representation)
        if let output, let form = Form(path: output) {
            let shown = try ShownClass(file.representation, pulls: pull)
            let bytes =
                switch form {
                case .png: try shown.png()
                case .ply: Array(shown.ply.utf8)
                case .html: Array(ClassPage(shown: shown).html.utf8)
                }
            try OutputFile.write(bytes, to: output)
            if !json { return print("\(output): class '\(shown.name)', \(shown.dense.count) dense points") }
        }
        print(json ? Self.json(file).line : Self.text(file))
    }

    private static func text(_ file: RepresentationFile) -> String {
        let value = file.representation
        let unit = value.metricScale?.metresPerUnit
        var table = TextTable("keypoint", "x", "y", "z", "similarity")
        for (index, name) in value.keypointNames.enumerated() {
            let point = value.keypoints[index] * (unit.map { 1000 * $0 } ?? 1)
            table.append(
                name, point.x.fixed(2), point.y.fixed(2), point.z.fixed(2),
                Double(value.appearance.similarityMean[index]).fixed(2))
        }
        let settings = value.provenance.settings.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let model = value.appearance.model
        return """
            \(file.identity.name) (\(file.identity.hash)): class '\(value.className)'
            \(value.keypoints.count) keypoints, \(value.dense.map.pointCount) dense points, \
            \(value.appearance.channels) channels\(model.isEmpty ? "" : " of \(model)")
            edge pairs \(value.prior.edgePairs.count), tetrahedra \(value.prior.tetrahedra.count)
            \(unit.map { "1 unit = \((1000 * $0).fixed(2)) mm" } ?? "no metric scale")
            built by \(value.provenance.programVersion) with \(settings.joined(separator: ", ")) from \
            \(value.provenance.inputHashes.count) files
            \(table.text)
            """
    }

    private static func json(_ file: RepresentationFile) -> JSONValue {
        let value = file.representation
        return .object([
            ("name", .text(file.identity.name)), ("hash", .text(file.identity.hash)),
            ("class_name", .text(value.className)), ("keypoint_names", .texts(value.keypointNames)),
            ("flip", value.flip.map { .list($0.map { .integer($0) }) } ?? .null),
            ("skeleton", .list(value.skeleton.map { .list([.integer(Int($0.x)), .integer(Int($0.y))]) })),
            ("keypoints", .list(value.keypoints.map { .numbers([$0.x, $0.y, $0.z]) })),
            ("dense_points", .integer(value.dense.map.pointCount)),
            ("channels", .integer(value.appearance.channels)), ("model", .text(value.appearance.model)),
            ("edge_pairs", .integer(value.prior.edgePairs.count)),
            ("tetrahedra", .integer(value.prior.tetrahedra.count)),
            ("metres_per_unit", value.metricScale.map { .number($0.metresPerUnit) } ?? .null),
            ("scale_log_deviation", value.metricScale.map { .number($0.logDeviation) } ?? .null),
            ("program_version", .text(value.provenance.programVersion)),
            ("settings", map(value.provenance.settings)), ("inputs", map(value.provenance.inputHashes)),
        ])
    }

    private static func map(_ texts: [String: String]) -> JSONValue {
        .object(texts.sorted { $0.key < $1.key }.map { ($0.key, .text($0.value)) })
    }
}
