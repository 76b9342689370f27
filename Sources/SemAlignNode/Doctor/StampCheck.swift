// SPDX-License-Identifier: Apache-2.0

/// Asks whether the stamps of the streams fit each other.
struct StampCheck: Sendable {
    /// Streams whose clocks differ by more than this are not stamped with the time of the picture [ns].
    ///
    /// A network may take some hundred milliseconds; what comes later than this is a clock, not a delay.
    private static let clockTolerance = 0.5e9

    private let streams: StreamStatistics
    private let configuration: NodeConfiguration

    init(_ streams: StreamStatistics, _ configuration: NodeConfiguration) {
        self.streams = streams
        self.configuration = configuration
    }

    var findings: [Finding] {
        let reference: FrameStream = streams.stamps[.image] == nil ? .features : .image
        let others: [FrameStream] = [.features, .mask, .depth].filter {
            $0 != reference && !(streams.stamps[$0] ?? []).isEmpty
        }
        var findings = missing
        for stream in others {
            if let finding = check(stream, against: reference) { findings.append(finding) }
        }
        return findings.isEmpty
            ? [Finding("stamps", .good, found: "the streams' stamps fit each other")] : findings
    }

    private var missing: [Finding] {
        FrameStream.allCases.compactMap { stream in
            guard streams.stamps[stream] == nil, !configuration.topics.name(of: stream).isEmpty else {
                return nil
            }
            let isNeeded =
                stream == .features || stream == .mask || configuration.join.required.contains(stream)
            let topic = configuration.topics.name(of: stream)
            if let failure = streams.failures[stream] {
                return Finding(
                    "unreadable_\(stream.rawValue)", .problem, found: failure,
                    matter: "no message of \(topic) can be read")
            }
            let consequence =
                switch stream {
                case .depth: "without depth positions are not metres"
                case .cameraInfo:
                    "without intrinsics the focal length is estimated and positions are not metres"
                default: "the frame cannot be answered"
                }
            guard isNeeded || stream == .depth || stream == .cameraInfo else { return nil }
            let isGiven = stream == .cameraInfo && !configuration.calibration.isEmpty
            guard !isGiven else { return nil }
            return Finding(
                "missing_\(stream.rawValue)", isNeeded ? .problem : .note, found: "nothing on \(topic)",
                matter: consequence,
                remedy: "send or record it, or set topics.\(stream.rawValue) to the topic that has it")
        }
    }

    private func check(_ stream: FrameStream, against reference: FrameStream) -> Finding? {
        let own = Set(streams.stamps[stream] ?? []).sorted()
        let others = Set(streams.stamps[reference] ?? []).sorted()
        guard own.count > 2, others.count > 2 else { return nil }
        let topic = configuration.topics.name(of: stream)
        let offset = streams.delay(of: reference) - streams.delay(of: stream)
        if abs(offset) > Self.clockTolerance {
            return Finding(
                "stamps_clock", .problem,
                found:
                    "\(topic) is stamped \(Self.text(offset)) \(offset > 0 ? "later" : "earlier") than the image "
                    + "that was logged at the same time",
                matter:
                    "streams are joined by equal stamps: this one is stamped by another clock, or with the time "
                    + "that it was sent",
                remedy: "copy the image's stamp into everything that is made from it")
        }
        return joining(topic, stream, own, others) ?? rate(topic, stream, reference, own, others)
    }

    /// Checks that stamps of a stream meet those of images at all.
    private func joining(
        _ topic: String, _ stream: FrameStream, _ own: [UInt64], _ others: [UInt64]
    ) -> Finding? {
        let distances = own.map { Self.distance($0, to: others) }
        let matched = Double(distances.count { abs($0) <= tolerance }) / Double(own.count)
        guard matched < 0.5 else { return nil }
        let typical = median(distances)
        return Finding(
            "stamps_clock", .problem,
            found:
                "\(Int(100 * matched)) % of the stamps of \(topic) are those of an image; typically they are "
                + "\(Self.text(typical)) off",
            matter: "streams are joined by equal stamps",
            remedy:
                "copy the image's stamp, or set join.tolerance_ms a little above \(Self.text(abs(typical)))")
    }

    /// Checks that enough images have one.
    private func rate(
        _ topic: String, _ stream: FrameStream, _ reference: FrameStream, _ own: [UInt64], _ others: [UInt64]
    ) -> Finding? {
        let answered =
            Double(others.count { abs(Self.distance($0, to: own)) <= tolerance }) / Double(others.count)
        guard answered < 0.7, let mine = streams.period(of: stream),
            let theirs = streams.period(of: reference)
        else { return nil }
        let isNeeded =
            stream == .mask || stream == .features || configuration.join.required.contains(stream)
        return Finding(
            "rates", isNeeded ? .problem : .warning,
            found: "\(topic) has \(Self.rate(mine)), the image \(Self.rate(theirs)): "
                + "\(Int((100 * answered).rounded())) % of the images have one",
            matter: isNeeded
                ? "images without one are not answered" : "images without one are answered without it",
            remedy: "send \(topic) for every image, or send only those images that it is made for")
    }

    private var tolerance: Double { Double(configuration.join.toleranceNanoseconds) }

    /// From the nearest of `sorted` to `stamp` [ns].
    private static func distance(_ stamp: UInt64, to sorted: [UInt64]) -> Double {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < stamp { low = middle + 1 } else { high = middle }
        }
        let near = [low - 1, low].filter { sorted.indices.contains($0) }.map {
            Double(Int64(bitPattern: stamp &- sorted[$0]))
        }
        return near.min { abs($0) < abs($1) } ?? .infinity
    }

    private static func rate(_ period: Double) -> String { "\((1e10 / period).rounded() / 10) Hz" }

    private static func text(_ nanoseconds: Double) -> String {
        let size = abs(nanoseconds)
        return size >= 1e9 ? "\((size / 1e7).rounded() / 100) s" : "\((size / 1e4).rounded() / 100) ms"
    }
}
