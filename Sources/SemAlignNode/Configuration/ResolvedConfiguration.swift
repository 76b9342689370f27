// SPDX-License-Identifier: Apache-2.0

/// A configuration whose every value is checked, and where each value came from.
public struct ResolvedConfiguration: Sendable {
    /// The settings.
    public let configuration: NodeConfiguration
    /// Where a setting's value came from, by name; settings that are absent have their default.
    public let origins: [String: SettingOrigin]

    /// Lays the overrides onto the defaults and checks the whole.
    ///
    /// Throws `NodeError` for an unknown name, a value that is not accepted, or settings that do not go together.
    public init(_ sources: ConfigurationSources) throws(NodeError) {
        var configuration = NodeConfiguration()
        var origins: [String: SettingOrigin] = [:]
        let settings = Setting.all
        for override in try sources.overrides() {
            guard let setting = settings.first(where: { $0.name == override.name }) else {
                guard !settings.contains(where: { $0.name.hasPrefix(override.name + ".") }) else {
                    throw .settingValue(
                        name: override.name, found: override.value.found, accepts: "a table of settings",
                        origin: override.origin)
                }
                throw .unknownSetting(
                    name: override.name, nearest: nearest(to: override.name, among: settings.map(\.name)),
                    origin: override.origin)
            }
            guard setting.write(override.value, override.base, &configuration) else {
                throw .settingValue(
                    name: setting.name, found: override.value.found, accepts: setting.accepts,
                    origin: override.origin)
            }
            origins[setting.name] = override.origin
        }
        try configuration.check()
        self.configuration = configuration
        self.origins = origins
    }

    /// All settings with value, meaning, what they accept and where the value came from: a YAML file that can be read back.
    public var text: String {
        var lines = [
            "# Settings of `semalign run`. A file needs only those that differ from the default.",
            "# An option outranks the environment, the environment the file, the file the default.",
        ]
        var section = ""
        for setting in Setting.all {
            let parts = setting.name.split(separator: ".", maxSplits: 1).map(String.init)
            let isNested = parts.count == 2
            if isNested, parts[0] != section { lines += ["", "\(parts[0]):"] }
            if !isNested { lines.append("") }
            section = isNested ? parts[0] : ""
            let indent = isNested ? "  " : ""
            lines.append("\(indent)# \(setting.meaning)")
            lines.append("\(indent)# Accepts \(setting.accepts). \(provenance(of: setting))")
            lines.append("\(indent)\(parts[parts.count - 1]): \(setting.read(configuration))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func provenance(of setting: Setting) -> String {
        guard let origin = origins[setting.name] else { return "This is the default." }
        return "Default: \(setting.defaultText). Set by \(origin)."
    }
}

extension NodeConfiguration {
    /// Checks what no setting can check alone.
    func check() throws(NodeError) {
        for endpoint in subscribe.bind + publish.bind
        where !allowInsecure && !curve.isOn && isPublic(endpoint) {
            throw .publicBind(endpoint: endpoint)
        }
        try checkEncryption()
        guard objects.representations.isEmpty || objects.limit > 1 else {
            throw .conflict(
                reason: "objects.representations names further classes while objects.limit is 1",
                remedy: "set objects.limit to the number of objects that are followed at a time")
        }
        let (networks, classes) = (objects.features.count, objects.representations.count)
        guard networks == 0 || networks == classes, !objects.features.contains(where: { $0.contains("*") })
        else {
            throw .conflict(
                reason: "objects.features names \(networks) topics for \(classes) further classes",
                remedy: "name one topic for each of objects.representations, without a star, or none")
        }
        if let address = SocketAddress(reports.metricsBind), address.isPublic, !allowInsecure {
            throw .publicBind(endpoint: reports.metricsBind)
        }
        guard !(subscribe.bind + subscribe.connect).isEmpty else {
            throw .conflict(
                reason: "subscribe.bind and subscribe.connect are both empty",
                remedy: "name an endpoint that frames come from")
        }
        guard !(publish.bind + publish.connect).isEmpty else {
            throw .conflict(
                reason: "publish.bind and publish.connect are both empty",
                remedy: "name an endpoint that results go to")
        }
        guard searchThreads < 2 || Set(realtime.alignmentProcessors).count != 1 else {
            throw .conflict(
                reason: "track.threads is 2 while realtime.align_cpus names one processor",
                remedy: "name two processors, or leave track.threads at 1")
        }
        try checkTopics()
        try record.recorder(at: 0)?.check()
        if !correspondence.reference.isEmpty,
            correspondence.references[correspondence.reference] == nil
        {
            throw .conflict(
                reason: "correspondence.reference '\(correspondence.reference)' is not a reference view",
                remedy: "add it to correspondence.references or leave it empty")
        }
    }

    private func checkEncryption() throws(NodeError) {
        func isRemote(_ endpoint: String) -> Bool { endpoint.hasPrefix("tcp://") }
        guard curve.isOn else {
            guard curve.clientsFile.isEmpty, curve.serverKey.isEmpty else {
                throw .conflict(
                    reason: "curve.clients or curve.server is set and curve.secret_key is not",
                    remedy: "make a key with semalign keygen and name its file in curve.secret_key")
            }
            return
        }
        if curve.clientsFile.isEmpty, (subscribe.bind + publish.bind).contains(where: isRemote) {
            throw .conflict(
                reason: "curve.secret_key is set, and nothing says who may connect",
                remedy: "name a file with the public keys of clients in curve.clients")
        }
        if curve.serverKey.isEmpty, (subscribe.connect + publish.connect).contains(where: isRemote) {
            throw .conflict(
                reason: "curve.secret_key is set, and the key of the servers to connect to is not",
                remedy: "set curve.server to the public key of the other side")
        }
    }

    private func checkTopics() throws(NodeError) {
        var seen: Set<String> = []
        for topic in topics.names + objects.features where !topic.isEmpty && !seen.insert(topic).inserted {
            throw .conflict(reason: "two topics are named '\(topic)'", remedy: "give each its own name")
        }
        for stream in join.required where topics.name(of: stream).isEmpty {
            throw .conflict(
                reason: "join.required names \(stream.rawValue), whose topic is switched off",
                remedy: "set topics.\(stream.rawValue) or do not require it")
        }
    }
}

extension TopicNames {
    /// All names, those that are switched off among them.
    var names: [String] {
        [
            image, cameraInfo, depth, mask, features, cameraPose, queries, keypoints, correspondences, scene,
            annotations, diagnostics,
        ]
    }

    /// The topic that carries a stream; empty where switched off.
    func name(of stream: FrameStream) -> String {
        switch stream {
        case .image: image
        case .cameraInfo: cameraInfo
        case .depth: depth
        case .mask: mask
        case .features: features
        }
    }
}

/// True for an address that other machines can reach: TCP on anything but a loopback address.
func isPublic(_ endpoint: String) -> Bool {
    guard endpoint.hasPrefix("tcp://") else { return false }
    let address = endpoint.dropFirst("tcp://".count)
    let host = address.lastIndex(of: ":").map { address[..<$0] } ?? address
    return
        !(host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." } || host == "localhost"
        || host == "[::1]" || host == "::1" || host == "lo")
}
