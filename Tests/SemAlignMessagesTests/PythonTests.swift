// SPDX-License-Identifier: Apache-2.0

import Foundation
import SemAlignMessages
import Testing

/// Other programs read what we write, through nothing but the schemas that we hand out.
@Suite(.enabled(if: Python.isNamed, "SEMALIGN_PYTHON does not name an interpreter"))
struct PythonTests {
    @Test("Python reads keypoints through the schema's descriptor")
    func readsKeypoints() throws {
        let output = try decoded(
            Samples.keypoints().encoded(), schema: KeypointMessage.schemaName,
            """
            assert m.timestamp.ToNanoseconds() == \(Samples.stamp)
            assert m.State.Name(m.state) == "TRACKING" and m.state == m.TRACKING
            assert [k.name for k in m.keypoints] == ["rim", "handle", "base"]
            assert m.keypoints[1].position.x == 0.06 and len(m.keypoints[1].covariance) == 9
            assert m.metric and m.representation.name == "mugs" and m.instance == 7
            assert m.keypoints[2].pixel.u != m.keypoints[2].pixel.u
            print(m.stage_durations_ns[0].name)
            """)
        #expect(output == "similarity\n")
    }

    @Test("Python reads the scene through the schema's descriptor")
    func readsScene() throws {
        let object = Samples.keypoints(densePoints: [[0.02, 0.01, 0.5], [0.03, 0.01, 0.52]])
        let scene = SceneMessage(objects: [object], skeleton: [[0, 1], [1, 2]])
        let output = try decoded(
            scene.encoded(), schema: SceneMessage.schemaName,
            """
            entity = m.entities[0]
            assert entity.frame_id == "camera_optical" and entity.id == "mug/7"
            assert entity.timestamp.ToNanoseconds() == \(Samples.stamp)
            assert len(entity.spheres) == 6 and len(entity.lines[0].points) == 4 and len(entity.lines) == 2
            # Two standard deviations to each side, whichever way the axes are called.
            size = entity.spheres[3].size
            assert all(abs(a - b) < 1e-12 for a, b in zip(sorted((size.x, size.y, size.z)), (0.004, 0.004, 0.008)))
            cloud = entity.lines[1].points
            assert len(cloud) == 4 and abs((cloud[0].x + cloud[1].x) / 2 - 0.02) < 1e-12 and cloud[0].z == 0.5
            assert [t.text for t in entity.texts] == ["rim", "handle", "base"]
            assert entity.spheres[0].pose.orientation.w == 1
            print(entity.spheres[1].pose.position.x)
            """)
        #expect(output == "0.06\n")
    }

    @Test("Python reads the annotations through the schema's descriptor")
    func readsAnnotations() throws {
        let annotations = AnnotationsMessage(objects: [Samples.keypoints()], skeleton: [[0, 1], [1, 2]])
        let output = try decoded(
            annotations.encoded(), schema: AnnotationsMessage.schemaName,
            """
            assert len(m.circles) == 2 and len(m.points[0].points) == 2 and m.points[0].type == 4
            assert m.circles[0].fill_color.a == 1 and m.circles[1].fill_color.a == 0
            print(m.circles[0].position.x, m.circles[0].position.y)
            """)
        #expect(output == "100.75 201.0\n")
    }

    @Test("Every descriptor is complete: Python builds the message from it alone")
    func loadsAllDescriptors() throws {
        for name in SchemaDescriptor.names {
            #expect(try decoded([], schema: name, "print(m.DESCRIPTOR.full_name)") == "\(name)\n")
        }
    }

    @Test("The documentation's program opens a representation file through its schema")
    func readsRepresentation() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../docs/messages.md").standardizedFileURL
        let text = try String(contentsOf: page, encoding: .utf8)
        let program = try #require(Python.program(after: "## The representation file", in: text))
        let output = try inFolder { folder in
            try store(schema: "semalign.ClassRepresentation", in: folder)
            let module = """
                from schema import message_class
                ClassRepresentation = message_class("semalign.ClassRepresentation")
                """
            try Data(module.utf8).write(to: folder.appendingPathComponent("representation_pb2.py"))
            let path = folder.appendingPathComponent("mugs.semalign").path
            try RepresentationFile.write(Samples.representation(), path: path)
            return try Python.run(program, in: folder, arguments: [path])
        }
        #expect(output.contains("mug: 4 keypoints, 2 dense points, 3 channels of dinov2-vits14-reg"))
        #expect(output.contains("right"))
    }

    /// What a program prints that finds the payload as `m`.
    private func decoded(_ payload: [UInt8], schema: String, _ program: String) throws -> String {
        try inFolder { folder in
            try store(schema: schema, in: folder)
            try Data(payload).write(to: folder.appendingPathComponent("payload"))
            let start = """
                from schema import message_class
                m = message_class("\(schema)").FromString(open("payload", "rb").read())

                """
            return try Python.run(start + program, in: folder)
        }
    }

    /// Puts a descriptor and a module that loads message classes from it into `folder`.
    private func store(schema: String, in folder: URL) throws {
        let descriptor = try #require(SchemaDescriptor.named(schema))
        try Data(descriptor.data).write(to: folder.appendingPathComponent("descriptor"))
        let module = """
            from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
            def message_class(name):
                pool = descriptor_pool.DescriptorPool()
                for file in descriptor_pb2.FileDescriptorSet.FromString(open("descriptor", "rb").read()).file:
                    pool.Add(file)
                return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))
            """
        try Data(module.utf8).write(to: folder.appendingPathComponent("schema.py"))
    }

    private func inFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}
