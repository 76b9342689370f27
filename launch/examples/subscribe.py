#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
r"""Prints where the keypoints are. Needs `pip install pyzmq grpcio-tools`, and once, for the message classes:

python3 -m grpc_tools.protoc -I Sources/SemAlignMessages/Schemas --python_out=launch/examples \
    Sources/SemAlignMessages/Schemas/*.proto
"""
import sys
import zmq
from semalign_pb2 import KeypointArray

socket = zmq.Context().socket(zmq.SUB)
socket.connect(sys.argv[1] if len(sys.argv) > 1 else "ipc:///tmp/semalign-output.sock")
socket.subscribe("/semalign/keypoints")
while True:
    topic, schema, payload, *_ = socket.recv_multipart()
    answer = KeypointArray.FromString(payload)
    print(answer.timestamp.ToNanoseconds(), KeypointArray.State.Name(answer.state), answer.message)
    for point in answer.keypoints:
        p = point.position
        print(f"  {point.name:20} {p.x:8.4f} {p.y:8.4f} {p.z:8.4f} m  visible {point.visible:.2f}", flush=True)
