// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import SemAlignBags
internal import SemAlignCore
internal import SemAlignMessages
internal import SemAlignTransport

/// The files that a configuration names, read and checked.
struct NodeResources: Sendable {
    let representation: RepresentationFile
    /// Further classes.
    let others: [RepresentationFile]
    let calibration: CameraCalibration?
    /// Reference views by name.
    let references: [String: SightedObservation]
    /// How tcp is encrypted.
    let security: SocketSecurity
    /// Public keys of those who may connect; `nil` = nobody asks.
    let clients: Set<String>?
    /// What was assumed while reading, for the log.
    let notes: [String]

    /// Reads the representation, the calibration and the reference views.
    init(_ configuration: NodeConfiguration) throws(NodeError) {
        guard !configuration.representation.isEmpty else {
            throw .conflict(
                reason: "no class representation is given",
                remedy: "set representation (or SEMALIGN_REPRESENTATION) to a file made by semalign build")
        }
        let curve = configuration.curve
        security = try curve.security
        clients = curve.clientsFile.isEmpty ? nil : try CurveKeyFile.clients(path: curve.clientsFile)
        representation = try Self.readRepresentation(configuration.representation)
        others = try Self.readOthers(configuration, beside: representation.representation.appearance)
        var notes: [String] = []
        calibration = try Self.readCalibration(configuration.calibration, notes: &notes)
        var references: [String: SightedObservation] = [:]
        for (name, path) in configuration.correspondence.references.sorted(by: { $0.key < $1.key }) {
            references[name] = try Self.firstFrame(
                of: path, configuration, representation: representation.representation,
                calibration: calibration)
        }
        self.references = references
        self.notes = notes
    }

    private static func readRepresentation(_ path: String) throws(NodeError) -> RepresentationFile {
        do throws(MessageError) { return try RepresentationFile.read(path: path) } catch {
            if case .cannotRead(let path, let reason) = error {
                throw .unreadableFile(path: path, reason: reason)
            }
            throw .unusableFile(path: path, reason: error.description)
        }
    }

    /// Where further classes share the features of the first, these must be of one length and network.
    private static func readOthers(
        _ configuration: NodeConfiguration, beside first: PointAppearance
    ) throws(NodeError) -> [RepresentationFile] {
        var files: [RepresentationFile] = []
        for path in configuration.objects.representations {
            let file = try readRepresentation(path)
            let own = file.representation.appearance
            let isShared = configuration.objects.features.isEmpty
            guard !isShared || (own.channels == first.channels && own.model == first.model) else {
                throw .conflict(
                    reason: "'\(path)' has features of \(own.channels) channels of model '\(own.model)', "
                        + "'\(configuration.representation)' \(first.channels) of '\(first.model)'",
                    remedy:
                        "build all classes with the same network, or name a topic for each in objects.features"
                )
            }
            files.append(file)
        }
        return files
    }

    private static func readCalibration(
        _ path: String, notes: inout [String]
    ) throws(NodeError) -> CameraCalibration? {
        guard !path.isEmpty else { return nil }
        let file = try CameraCalibrationFile(text: try readText(path: path), path: path)
        notes += file.notes
        return file.calibration
    }

    /// The first frame of a bag that is complete and sound.
    private static func firstFrame(
        of path: String, _ configuration: NodeConfiguration, representation: ClassRepresentation,
        calibration: CameraCalibration?
    ) throws(NodeError) -> SightedObservation {
        var frames = try BagFrames(
            path: path, configuration, representation: representation, calibration: calibration)
        var reason = "no frame is complete"
        while let event = try frames.next() {
            switch event {
            case .job(let job):
                switch job.frame.content {
                case .observation(let observation): return observation
                case .refused(let drop): reason = drop.detail
                }
            case .dropped(let drop): reason = drop.detail
            case .newSequence, .damaged: continue
            }
        }
        throw .unusableFile(path: path, reason: "it holds no reference view: \(reason)")
    }
}

/// The text of a small file.
func readText(path: String) throws(NodeError) -> String {
    let limit = 1 << 20
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
        throw .unreadableFile(path: path, reason: unsafe String(cString: strerror(errno)))
    }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    var count = 0
    while count <= limit {
        let got = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe read(file, buffer.baseAddress?.advanced(by: count), limit + 1 - count)
        }
        guard got >= 0 else {
            throw .unreadableFile(path: path, reason: unsafe String(cString: strerror(errno)))
        }
        if got == 0 { break }
        count += got
    }
    guard count <= limit else {
        throw .unusableFile(path: path, reason: "it is larger than \(limit) bytes; is it the right file?")
    }
    guard let text = String(validating: bytes[..<count], as: UTF8.self) else {
        throw .unusableFile(path: path, reason: "it is not UTF-8 text")
    }
    return text
}
