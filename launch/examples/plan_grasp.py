#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
r"""What a grasp planner does with the answers: a stub that turns two keypoints into a gripper pose, or says why not.

plan_grasp.py [ENDPOINT [FIRST SECOND]]        FIRST and SECOND: names of keypoints to grasp between

Needs `pip install pyzmq grpcio-tools`, and once, for the message classes:

python3 -m grpc_tools.protoc -I Sources/SemAlignMessages/Schemas --python_out=launch/examples \
    Sources/SemAlignMessages/Schemas/*.proto
"""
import math
import sys

import zmq
from semalign_pb2 import KeypointArray

LONGEST_SILENCE_MS = 2000
LARGEST_SIGMA_M = 0.02
OPENING_M = 0.08


def vector(p):
    return p.x, p.y, p.z


def plan(answer, first, second):
    """A position [m] and two axes in the camera's optical frame, or a reason."""
    if answer.state != KeypointArray.TRACKING:
        return None, f"{KeypointArray.State.Name(answer.state)}: {answer.message}"
    if not answer.metric:
        return None, "positions are not metres: the camera sent no depth or no intrinsics"
    points = {p.name: p for p in answer.keypoints}
    missing = {first, second} - points.keys()
    if missing:
        return None, f"the class has no keypoint {', '.join(sorted(missing))}, but {', '.join(points)}"
    for name in (first, second):
        sigma = math.sqrt(max(points[name].covariance[i] for i in (0, 4, 8)))
        if sigma > LARGEST_SIGMA_M:
            return None, f"{name} is uncertain by {1000 * sigma:.0f} mm"
    a, b = vector(points[first].position), vector(points[second].position)
    width = math.dist(a, b)
    if not 0 < width < 10 * OPENING_M:
        return None, f"{first} and {second} are {1000 * width:.0f} mm apart"
    middle = [(p + q) / 2 for p, q in zip(a, b)]
    along = [(q - p) / width for p, q in zip(a, b)]
    far = math.sqrt(sum(m * m for m in middle))
    return (middle, along, [m / far for m in middle]), ""  # approach along the line of sight


endpoint = sys.argv[1] if len(sys.argv) > 1 else "ipc:///tmp/semalign-output.sock"
first, second = sys.argv[2:4] if len(sys.argv) > 3 else ("handle_top", "handle_bottom")
socket = zmq.Context().socket(zmq.SUB)
socket.connect(endpoint)
socket.subscribe("/semalign/keypoints")
while True:
    if not socket.poll(LONGEST_SILENCE_MS):
        print(f"no answer for {LONGEST_SILENCE_MS} ms: is the node fed?", flush=True)
        continue
    # Plan with the newest answer: older ones describe a world that is gone.
    newest = {}
    while socket.poll(0):
        topic, schema, payload, *_ = socket.recv_multipart()
        answer = KeypointArray.FromString(payload)
        newest[answer.instance] = answer
    for instance, answer in newest.items():
        grasp, reason = plan(answer, first, second)
        where = f"{answer.timestamp.ToNanoseconds()} {answer.class_name}/{instance}"
        if grasp is None:
            print(f"{where} no grasp: {reason}", flush=True)
        else:
            text = "  ".join(" ".join(f"{value:7.4f}" for value in part) for part in grasp)
            print(f"{where} grasp at, closing along, approaching along: {text}", flush=True)
