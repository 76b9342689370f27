// SPDX-License-Identifier: Apache-2.0

import SemAlignMessages
import Testing

@Suite struct TopicTests {
    @Test("Every schema of every topic has a descriptor under its own name", arguments: Topic.allCases)
    func describesSchemas(topic: Topic) throws {
        for schema in topic.schemas {
            let descriptor = try #require(SchemaDescriptor.named(schema))
            #expect(descriptor.name == schema)
            #expect(descriptor.encoding == "protobuf")
            let message = [UInt8](schema.split(separator: ".")[1].utf8)
            #expect(descriptor.data.indices.contains { descriptor.data[$0...].starts(with: message) })
        }
    }

    @Test("All descriptors can be had by name, and no other")
    func knowsItsNames() {
        #expect(SchemaDescriptor.names.allSatisfy { SchemaDescriptor.named($0) != nil })
        #expect(SchemaDescriptor.names.count == 13)
        #expect(SchemaDescriptor.named("foxglove.Grid") == nil)
    }

    @Test("Topic names are those that other programs rely on")
    func keepsNames() {
        #expect(
            Topic.allCases.map(\.defaultName) == [
                "/camera/color/image", "/camera/color/camera_info", "/camera/depth/image",
                "/perception/mask", "/perception/features", "/semalign/queries", "/semalign/keypoints",
                "/semalign/correspondences", "/semalign/scene", "/semalign/annotations",
                "/semalign/diagnostics",
            ])
    }
}
