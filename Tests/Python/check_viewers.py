# SPDX-License-Identifier: Apache-2.0
"""Reads what a replay wrote for viewers with Foxglove's own classes, and holds it against the keypoints beside it.

check_viewers.py ANSWERS.mcap IMAGES.mcap     prints how many messages there are, as JSON; an assertion names what is wrong
"""
import json, math, sys
from foxglove_schemas_protobuf.ImageAnnotations_pb2 import ImageAnnotations
from foxglove_schemas_protobuf.LinePrimitive_pb2 import LinePrimitive
from foxglove_schemas_protobuf.SceneUpdate_pb2 import SceneUpdate
from mcap.reader import make_reader
from mcap_protobuf.decoder import DecoderFactory


def nanoseconds(stamp):
    return stamp.seconds * 10**9 + stamp.nanos


def messages(path, topic):
    with open(path, "rb") as file:
        for schema, _, message, decoded in make_reader(file, decoder_factories=[DecoderFactory()]).iter_decoded_messages(topics=[topic]):
            yield schema, message, decoded


def near(point, other, distance):
    assert all(map(math.isfinite, (point.x, point.y, point.z))), point
    assert math.dist((point.x, point.y, point.z), (other.x, other.y, other.z)) <= distance, (point, other)


def check_scene(scene, answer):
    entity, count = scene.entities[0], len(answer.keypoints)
    assert len(scene.entities) == 1 and nanoseconds(entity.timestamp) == nanoseconds(answer.timestamp)
    assert entity.frame_id == answer.frame_id and entity.lifetime.seconds == 1
    points, ellipsoids = entity.spheres[:count], entity.spheres[count:]
    assert len(points) == len(ellipsoids) == len(entity.texts) == count
    for keypoint, point, ellipsoid, text in zip(answer.keypoints, points, ellipsoids, entity.texts):
        near(point.pose.position, keypoint.position, 0)
        near(ellipsoid.pose.position, keypoint.position, 0)
        near(text.pose.position, keypoint.position, 0.05)
        assert text.text == keypoint.name
        # Two standard deviations to each side: the squared axes add up to 16 times the trace.
        trace = sum(keypoint.covariance[0::4])
        axes = ellipsoid.size.x**2 + ellipsoid.size.y**2 + ellipsoid.size.z**2
        assert abs(axes - 16 * trace) <= 1e-6 * axes and min(ellipsoid.size.x, ellipsoid.size.y, ellipsoid.size.z) >= 0
        turn = ellipsoid.pose.orientation
        assert abs(turn.x**2 + turn.y**2 + turn.z**2 + turn.w**2 - 1) < 1e-9
    skeleton, cloud = entity.lines
    assert skeleton.type == cloud.type == LinePrimitive.LINE_LIST
    places = {(k.position.x, k.position.y, k.position.z) for k in answer.keypoints}
    assert skeleton.points and all((p.x, p.y, p.z) in places for p in skeleton.points)
    assert len(cloud.points) > 2 * count
    for point in cloud.points:
        near(point, answer.pose.position, 2 * answer.scale)


def check_annotations(annotations, answer):
    seen = [k for k in answer.keypoints if math.isfinite(k.pixel.u)]
    assert len(annotations.circles) == len(annotations.texts) == len(seen)
    for keypoint, circle, text in zip(seen, annotations.circles, annotations.texts):
        assert nanoseconds(circle.timestamp) == nanoseconds(answer.timestamp)
        # Viewers count pixels from the corner.
        assert (circle.position.x, circle.position.y) == (keypoint.pixel.u + 0.5, keypoint.pixel.v + 0.5)
        assert text.text == keypoint.name


answers, images = sys.argv[1:]
stamps = [nanoseconds(image.timestamp) for _, _, image in messages(images, "/camera/color/image")]
keypoints = [answer for _, _, answer in messages(answers, "/semalign/keypoints")]
assert [nanoseconds(a.timestamp) for a in keypoints] == stamps
tracked, counts = 0, {}
for name, topic, kind, check in (
    ("scenes", "/semalign/scene", SceneUpdate, check_scene),
    ("annotations", "/semalign/annotations", ImageAnnotations, check_annotations),
):
    found = list(messages(answers, topic))
    counts[name] = len(found)
    for (schema, message, _), stamp, answer in zip(found, stamps, keypoints):
        assert schema.name == "foxglove." + kind.__name__ and schema.encoding == "protobuf" and schema.data
        assert message.log_time == message.publish_time == stamp
        # Foxglove's class, not the one that the bag describes.
        decoded = kind.FromString(message.data)
        if answer.state == answer.TRACKING:
            check(decoded, answer)
tracked = sum(answer.state == answer.TRACKING for answer in keypoints)
print(json.dumps({"keypoints": len(keypoints), "tracked": tracked, **counts}))
