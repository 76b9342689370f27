#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
r"""Feeds a node with own images, depth, masks and features: here those of a run of a dataset folder.

feed.py DATASET/dataset.json RUN [ENDPOINT [ROUNDS]]

Needs `pip install pyzmq grpcio-tools numpy`, and once, for the message classes:

python3 -m grpc_tools.protoc -I Sources/SemAlignMessages/Schemas --python_out=launch/examples \
    Sources/SemAlignMessages/Schemas/*.proto
"""
import json
import pathlib
import sys
import time

import numpy
import zmq
from foxglove_images_pb2 import CameraCalibration, CompressedImage
from semalign_pb2 import FeatureMap


def publish(topic, message):
    socket.send_multipart([topic.encode(), message.DESCRIPTOR.full_name.encode(), message.SerializeToString()])


def picture(stamp, file):
    """A PNG or JPEG file as it is; foxglove.RawImage carries arrays instead."""
    message = CompressedImage(frame_id="camera", format=file.suffix[1:].replace("jpg", "jpeg"))
    message.timestamp.FromNanoseconds(stamp)
    message.data = file.read_bytes()
    return message


def camera(stamp, k):
    message = CameraCalibration(frame_id="camera", width=k["width"], height=k["height"])
    message.timestamp.FromNanoseconds(stamp)
    message.K.extend([k["fx"], 0, k["cx"], 0, k["fy"], k["cy"], 0, 0, 1])
    return message


def features(stamp, array, crop):
    """`array` is rows × columns × channels; `crop` says which rectangle of the image the patches cover."""
    rows, columns, channels = array.shape
    message = FeatureMap(frame_id="camera", height=rows, width=columns, channels=channels)
    message.timestamp.FromNanoseconds(stamp)
    message.data_type = FeatureMap.FLOAT16
    message.data = array.astype("<f2").tobytes()
    if crop is not None:
        message.crop.x0, message.crop.y0, message.crop.x1, message.crop.y1 = crop
    return message


def feed(frame, stamp):
    """One frame: everything carries the image's stamp."""
    publish("/camera/color/image", picture(stamp, folder / frame["image"]))
    publish("/camera/color/camera_info", camera(stamp, frame["intrinsics"]))
    publish("/camera/depth/image", picture(stamp, folder / frame["depth"]))  # 16-bit PNG, millimetres
    publish("/perception/mask", picture(stamp, folder / frame["mask"]))
    publish("/perception/features", features(stamp, numpy.load(folder / frame["features"]), frame["crop"]))


path, run = pathlib.Path(sys.argv[1]), sys.argv[2]
folder = path.parent
frames = [f for f in json.loads(path.read_text())["images"] if f.get("run") == run]
frames.sort(key=lambda f: f["stamp_ns"])
context = zmq.Context()
socket = context.socket(zmq.XPUB)
socket.connect(sys.argv[3] if len(sys.argv) > 3 else "ipc:///tmp/semalign-input.sock")
for _ in range(5):
    socket.recv()  # the node subscribes to five topics or more
for _ in range(int(sys.argv[4]) if len(sys.argv) > 4 else 1):
    for frame in frames:
        feed(frame, time.time_ns())
        time.sleep(1 / 15)
socket.close()
context.term()  # waits until everything is sent: a process that merely ends takes the rest with it
