// SPDX-License-Identifier: Apache-2.0
import SemAlignCore
import SemAlignTransport
import Testing

@testable import SemAlignNode

private func resolve(_ yaml: String) throws(NodeError) -> NodeConfiguration {
    try ResolvedConfiguration(ConfigurationSources(file: ("node.yaml", yaml))).configuration
}

private func message(_ yaml: String) -> String {
    do throws(NodeError) {
        _ = try resolve(yaml)
        return "accepted"
    } catch {
        return error.description
    }
}

@Suite struct ConfigurationTests {
    @Test("An empty file is the default configuration", arguments: ["", "# nothing\n", "join:\n"])
    func emptyFile(yaml: String) throws {
        #expect(try resolve(yaml) == NodeConfiguration())
    }

    @Test("A file's values override the defaults, whatever their type")
    func overrides() throws {
        let configuration = try resolve(
            """
            representation: models/mug.semalign
            publish:
              bind: [ipc:///run/semalign/out, "tcp://127.0.0.1:5556"]
            topics: {depth: /depth, image: null}
            join:
              required: [mask, features, depth]
              tolerance_ms: 2.5
              max_wait_ms: 50
            correspondence:
              references: {front: views/front.mcap}
              reference: front
              points:
                - {id: handle, pixel: [312, 201.5]}
                - {id: axis, position: [0, 0, 1]}
            log: {level: debug, format: json}
            """)
        #expect(configuration.representation == "models/mug.semalign")
        #expect(configuration.publish.bind == ["ipc:///run/semalign/out", "tcp://127.0.0.1:5556"])
        #expect(configuration.topics.depth == "/depth" && configuration.topics.image.isEmpty)
        #expect(configuration.join.required == [.mask, .features, .depth])
        #expect(configuration.join.toleranceNanoseconds == 2_500_000)
        #expect(configuration.correspondence.references == ["front": "views/front.mcap"])
        #expect(
            configuration.correspondence.points == [
                CorrespondenceQuery(id: "handle", place: .pixel([312, 201.5])),
                CorrespondenceQuery(id: "axis", place: .position([0, 0, 1])),
            ])
        #expect(configuration.reports.logLevel == .debug && configuration.reports.logFormat == .json)
    }

    @Test(
        "Paths in a file are relative to its folder, those of options and environment to the working folder")
    func paths() throws {
        let file = (
            path: "/etc/semalign/node.yaml", text: "representation: mug.semalign\ncalibration: /cam.yaml"
        )
        let fromFile = try ResolvedConfiguration(ConfigurationSources(file: file)).configuration
        #expect(
            fromFile.representation == "/etc/semalign/mug.semalign" && fromFile.calibration == "/cam.yaml")
        let fromOption = try ResolvedConfiguration(
            ConfigurationSources(file: file, options: [("representation", "cup.semalign")]))
        #expect(fromOption.configuration.representation == "cup.semalign")
    }

    @Test("Option outranks environment, environment file, file default")
    func precedence() throws {
        var sources = ConfigurationSources(file: ("node.yaml", "join: {capacity: 3, max_wait_ms: 30}"))
        sources.environment = ["SEMALIGN_JOIN_CAPACITY": "4", "SEMALIGN_PYTHON": "python3", "PATH": "/bin"]
        sources.options = [("join.capacity", "5")]
        let resolved = try ResolvedConfiguration(sources)
        #expect(resolved.configuration.join.capacity == 5)
        #expect(resolved.configuration.join.maxWaitMilliseconds == 30)
        #expect(resolved.configuration.join.bufferMebibytes == JoinSettings().bufferMebibytes)
        #expect(resolved.origins["join.capacity"] == .option(name: "join.capacity"))
        sources.options = []
        #expect(try ResolvedConfiguration(sources).configuration.join.capacity == 4)
    }

    @Test("Lists can be given in the environment and as options")
    func lists() throws {
        let sources = ConfigurationSources(
            environment: ["SEMALIGN_PUBLISH_BIND": "ipc:///tmp/out"],
            options: [
                ("subscribe.connect", "[ipc:///tmp/a, ipc:///tmp/b]"), ("representation", "\"a b.semalign\""),
            ])
        let configuration = try ResolvedConfiguration(sources).configuration
        #expect(configuration.publish.bind == ["ipc:///tmp/out"])
        #expect(configuration.subscribe.connect == ["ipc:///tmp/a", "ipc:///tmp/b"])
        #expect(configuration.representation == "a b.semalign")
    }

    @Test(
        "An unknown name is an error that names the nearest known one and the line",
        arguments: [
            (
                "representaton: x",
                "node.yaml:1: unknown setting 'representaton'; did you mean 'representation'?"
            ),
            (
                "join:\n  max_wiat_ms: 5",
                "node.yaml:2: unknown setting 'join.max_wiat_ms'; did you mean 'join.max_wait_ms'?"
            ),
            (
                "topic:\n  image: /x",
                "node.yaml:1: unknown setting 'topic'; see semalign run --print-config for all names"
            ),
            (
                "zzzzzz: 1",
                "node.yaml:1: unknown setting 'zzzzzz'; see semalign run --print-config for all names"
            ),
        ])
    func unknownNames(yaml: String, expected: String) {
        #expect(message(yaml) == expected)
    }

    @Test("A misspelt environment variable and option are errors too")
    func unknownVariables() {
        #expect(throws: NodeError.self) {
            try ResolvedConfiguration(ConfigurationSources(environment: ["SEMALIGN_REPRESENTATON": "x"]))
        }
        #expect(throws: NodeError.self) {
            try ResolvedConfiguration(ConfigurationSources(options: [("join.capacty", "3")]))
        }
    }

    @Test(
        "A wrong type or range is named with its line, what was found and what is accepted",
        arguments: [
            (
                "join: {capacity: many}",
                "node.yaml:1: join.capacity is 'many', expected a whole number from 2 to 256"
            ),
            (
                "join:\n  capacity: 1",
                "node.yaml:2: join.capacity is '1', expected a whole number from 2 to 256"
            ),
            (
                "join: {capacity: 3.5}",
                "node.yaml:1: join.capacity is '3.5', expected a whole number from 2 to 256"
            ),
            ("allow_insecure: yes", "node.yaml:1: allow_insecure is 'yes', expected true or false"),
            (
                "allow_insecure: \"true\"",
                "node.yaml:1: allow_insecure is text 'true', expected true or false"
            ),
            (
                "join: {max_future_s: .nan}",
                "node.yaml:1: join.max_future_s is '.nan', expected a number from 0.0 to 86400.0"
            ),
            (
                "log: {level: loud}",
                "node.yaml:1: log.level is 'loud', expected one of debug, info, warning, error"
            ),
            (
                "publish: {bind: [udp://x]}",
                "node.yaml:1: publish.bind is a list of 1, expected a list of ipc://, tcp:// or inproc:// endpoints"
            ),
            ("join: 3", "node.yaml:1: join is '3', expected a table of settings"),
            ("- a", "node.yaml:1: expected a table of settings"),
            ("a: [1", "node.yaml:2: did not find expected ',' or ']'"),
        ])
    func wrongValues(yaml: String, expected: String) {
        #expect(message(yaml) == expected)
    }

    @Test("A key given twice is an error")
    func doubledKey() {
        #expect(message("join: {capacity: 3}\njoin: {capacity: 4}").contains("twice"))
    }

    @Test(
        "A bind that other machines can reach needs allow_insecure",
        arguments: [
            "tcp://*:5555", "tcp://0.0.0.0:5555", "tcp://192.168.1.3:5555", "tcp://[::]:5555",
            "tcp://eth0:5555",
            "tcp://127.evil.com:5555",
        ])
    func publicBind(endpoint: String) throws {
        let yaml = "publish: {bind: [\"\(endpoint)\"]}"
        #expect(message(yaml).hasPrefix("binding \(endpoint)"))
        #expect(try resolve(yaml + "\nallow_insecure: true").publish.bind == [endpoint])
    }

    @Test("With keys a bind that other machines can reach needs no permission, but a list of clients")
    func encryptedBind() throws {
        let yaml = "publish: {bind: [\"tcp://*:5555\"]}\ncurve: {secret_key: a.key"
        #expect(message(yaml + "}").contains("curve.clients"))
        #expect(try resolve(yaml + ", clients: b}").publish.bind == ["tcp://*:5555"])
        #expect(message("curve: {clients: b}").contains("curve.secret_key"))
        #expect(message("curve: {secret_key: a}\nsubscribe: {connect: tcp://a:1}").contains("curve.server"))
        #expect(message("curve: {server: short}").contains("a public key of 40 characters"))
    }

    @Test("Key files: what is made can be read by its owner alone, and nothing else is taken for a key")
    func keyFiles() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("robot.key")
        let keys = try CurveKeyFile.make(path: path)
        #expect(try CurveKeyFile.keys(path: path) == keys)
        #expect(try CurveKeyFile.clients(path: path + ".pub") == [keys.publicKey])
        #expect(throws: NodeError.self, "a key is never replaced") { try CurveKeyFile.make(path: path) }
        try folder.remove("robot.key")
        #expect(throws: NodeError.self, "nor is its public one") { try CurveKeyFile.make(path: path) }
        #expect(throws: NodeError.self, "half a pair stays behind") { try CurveKeyFile.keys(path: path) }
        #expect(throws: NodeError.self, "others may read it") { try CurveKeyFile.keys(path: path + ".pub") }
        try folder.write("clients", Array("# a\n\n\(keys.publicKey) me\nnonsense\n".utf8))
        #expect(
            throws: NodeError.yaml(
                path: folder.file("clients"), line: 4, reason: "expected a public key of 40 characters")
        ) { try CurveKeyFile.clients(path: folder.file("clients")) }
    }

    @Test(
        "Local binds need no permission",
        arguments: [
            "tcp://127.0.0.1:5555", "tcp://localhost:*", "tcp://[::1]:5555", "ipc:///tmp/x", "inproc://x",
        ])
    func localBind(endpoint: String) throws {
        #expect(try resolve("subscribe: {bind: [\"\(endpoint)\"]}").subscribe.bind == [endpoint])
    }

    @Test(
        "Settings that do not go together are refused",
        arguments: [
            "topics: {mask: /a, features: /a}", "subscribe: {bind: []}", "publish: {bind: []}",
            "topics: {depth: null}\njoin: {required: [mask, features, depth]}",
            "correspondence: {reference: front}",
        ])
    func conflicts(yaml: String) {
        #expect(throws: NodeError.self) { try resolve(yaml) }
    }

    @Test("The printed configuration names every setting and reads back as the same configuration")
    func printed() throws {
        let yaml = """
            correspondence:
              references: {front: /views/front.mcap}
              points: [{id: "a\\"b", pixel: [1, 2]}, {id: c, position: [0, 0.5, 1]}]
            join: {tolerance_ms: 1.5}
            """
        let resolved = try ResolvedConfiguration(ConfigurationSources(file: ("node.yaml", yaml)))
        for setting in Setting.all {
            #expect(resolved.text.contains("# \(setting.meaning)"))
            #expect(!setting.meaning.isEmpty && !setting.accepts.isEmpty)
        }
        #expect(resolved.text.contains("Set by node.yaml:4."))
        #expect(try resolve(resolved.text) == resolved.configuration)
    }

    @Test("Setting names and variables are distinct")
    func distinctNames() {
        #expect(Set(Setting.all.map(\.name)).count == Setting.all.count)
        #expect(Set(Setting.all.map(\.environmentVariable)).count == Setting.all.count)
    }

    @Test("Nested aliases cannot blow up the configuration")
    func aliasBomb() {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<8 {
            let item = "*a\(level - 1)"
            yaml +=
                "a\(level): &a\(level) [" + Array(repeating: item, count: 10).joined(separator: ", ") + "]\n"
        }
        #expect(message(yaml).contains("more than 100000 values"))
    }

    @Test("A search runs on one thread or two; what else is asked for is refused")
    func threads() throws {
        #expect(try resolve("").searchThreads == 1)
        #expect(try resolve("track: {threads: 2}").searchThreads == 2)
        for value in ["0", "3", "two", "1.5"] {
            let text = message("track: {threads: \(value)}")
            #expect(
                text.contains("track.threads") && text.contains("a whole number from 1 to 2"), "\(text)")
        }
        #expect(try resolve("track: {threads: 2}\nrealtime: {align_cpus: [1, 2]}").searchThreads == 2)
        #expect(
            message("track: {threads: 2}\nrealtime: {align_cpus: [3]}")
                .contains("track.threads is 2 while realtime.align_cpus names one processor"))
    }
}
