# SPDX-License-Identifier: Apache-2.0
"""Writes one recording as rosbag2 in SQLite and MCAP, plain, compressed by file and by message, and in two parts
(package rosbags), and as MCAP (package mcap-ros2-support)."""
import sys, numpy as np, pathlib, struct, zlib
from rosbags.rosbag2 import CompressionFormat, CompressionMode, Writer, StoragePlugin
from rosbags.typesys import Stores, get_typestore
from mcap_ros2.writer import Writer as McapWriter
root = pathlib.Path(sys.argv[1])
store = get_typestore(Stores.ROS2_HUMBLE)
T = store.types
def header(stamp): return T["std_msgs/msg/Header"](stamp=T["builtin_interfaces/msg/Time"](sec=stamp // 10**9, nanosec=stamp % 10**9), frame_id="optical")
def png(rows, width, depth):
    chunk = lambda k, d: struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, len(rows), depth, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + r for r in rows))) + chunk(b"IEND", b"")
def rvl(values, width, height):
    """RVL after Wilson 2017: runs of zeros and of differences, in nibbles that fill words from the highest on."""
    nibbles = []
    def number(n):
        while True:
            n, low = n >> 3, n & 7
            nibbles.append(low | (8 if n else 0))
            if not n: return
    rest, last = list(values), 0
    while rest:
        zeros = next((k for k, v in enumerate(rest) if v), len(rest)); rest = rest[zeros:]
        run = next((k for k, v in enumerate(rest) if not v), len(rest))
        number(zeros); number(run)
        for v in rest[:run]: number(2 * (v - last) if v >= last else 2 * (last - v) - 1); last = v
        rest = rest[run:]
    nibbles += [0] * (-len(nibbles) % 8)
    words = [int("".join(f"{n:x}" for n in nibbles[k:k + 8]), 16) for k in range(0, len(nibbles), 8)]
    return struct.pack(f"<II{len(words)}I", width, height, *words)
def messages(i):
    stamp = 1_700_000_000_000_000_000 + i * 100_000_000
    h = header(stamp)
    image = np.arange(24, dtype=np.uint8) + np.uint8(i)
    yield "/cam/image_raw", T["sensor_msgs/msg/Image"](header=h, height=2, width=4, encoding="bgr8", is_bigendian=0, step=12, data=image), stamp
    depth = np.frombuffer(struct.pack("<8H", *range(i, i + 8)), dtype=np.uint8)
    yield "/cam/depth", T["sensor_msgs/msg/Image"](header=h, height=2, width=4, encoding="16UC1", is_bigendian=0, step=8, data=depth), stamp
    picture = png([bytes(range(4)), bytes(range(4))], 4, 8)
    yield "/cam/compressed", T["sensor_msgs/msg/CompressedImage"](header=h, format="png", data=np.frombuffer(picture, dtype=np.uint8)), stamp
    # image_transport: a kind, a and b, then a PNG of a / depth + b; the last has no measurement.
    a, b = 10100.0, -504.0
    inverse = struct.pack(">8H", *(round(a / (1 + i + k) + b) for k in range(7)), 0)
    packed = struct.pack("<iff", 0, a, b) + png([inverse[:8], inverse[8:]], 4, 16)
    yield "/cam/inverse", T["sensor_msgs/msg/CompressedImage"](header=h, format="32FC1; compressedDepth png", data=np.frombuffer(packed, dtype=np.uint8)), stamp
    steps = [0, 0, 700 + i, 65535, 1, 0, 4000, 0]
    packed = struct.pack("<iff", 0, 0, 0) + rvl(steps, 4, 2)
    yield "/cam/rvl", T["sensor_msgs/msg/CompressedImage"](header=h, format="16UC1; compressedDepth rvl", data=np.frombuffer(packed, dtype=np.uint8)), stamp
    roi = T["sensor_msgs/msg/RegionOfInterest"](x_offset=0, y_offset=0, height=0, width=0, do_rectify=False)
    yield "/cam/info", T["sensor_msgs/msg/CameraInfo"](header=h, height=2, width=4, distortion_model="plumb_bob", d=np.array([0.1, 0, 0, 0, 0]), k=np.array([500.0, 0, 2, 0, 510, 1, 0, 0, 1]), r=np.eye(3).ravel(), p=np.zeros(12), binning_x=0, binning_y=0, roi=roi), stamp
    field = T["sensor_msgs/msg/PointField"]
    cloud = np.zeros((2, 4, 4), dtype=np.float32); cloud[..., 2] = np.arange(8).reshape(2, 4) + i
    yield "/cam/points", T["sensor_msgs/msg/PointCloud2"](header=h, height=2, width=4, fields=[field(name=n, offset=4 * k, datatype=7, count=1) for k, n in enumerate("xyz")], is_bigendian=False, point_step=16, row_step=64, data=np.frombuffer(cloud.tobytes(), dtype=np.uint8), is_dense=True), stamp
    yield "/words", T["std_msgs/msg/String"](data="hello"), stamp
def plain(v):
    if isinstance(v, np.ndarray): return v.tolist()
    if isinstance(v, list): return [plain(e) for e in v]
    if hasattr(v, "__dataclass_fields__"): return {f: plain(getattr(v, f)) for f in v.__dataclass_fields__ if not f.startswith("__")}
    return v
def write(name, plugin, frames, mode=None):
    bag = Writer(root / name, version=9, storage_plugin=plugin)
    if mode: bag.set_compression(mode, CompressionFormat.ZSTD)
    with bag:
        connections = {}
        for i in frames:
            for topic, message, stamp in messages(i):
                if topic not in connections: connections[topic] = bag.add_connection(topic, message.__msgtype__, typestore=store)
                bag.write(connections[topic], stamp + 7, store.serialize_cdr(message, message.__msgtype__))
for name, plugin in (("sqlite", StoragePlugin.SQLITE3), ("mcap", StoragePlugin.MCAP)):
    write(name, plugin, range(5))
    write(name + "_file", plugin, range(5), CompressionMode.FILE)
    write(name + "_message", plugin, range(5), CompressionMode.MESSAGE)
# A recording that was split, with the names in an order that is not that of the alphabet.
write("part_a", StoragePlugin.SQLITE3, range(3)); write("part_b", StoragePlugin.SQLITE3, range(3, 5))
(root / "split").mkdir()
(root / "split/z.db3").hardlink_to(root / "part_a/part_a.db3")
(root / "split/a.db3").hardlink_to(root / "part_b/part_b.db3")
(root / "split/metadata.yaml").write_text("rosbag2_bagfile_information:\n  version: 9\n  relative_file_paths:\n    - old_name/z.db3\n    - a.db3\n    - lost.db3\n")
with open(root / "ros2.mcap", "wb") as f:
    bag = McapWriter(f); schemas = {}
    for i in range(5):
        for topic, message, stamp in messages(i):
            kind = message.__msgtype__
            if kind not in schemas: schemas[kind] = bag.register_msgdef(kind, store.generate_msgdef(kind, ros_version=2)[0])
            bag.write_message(topic, schemas[kind], plain(message), log_time=stamp + 7, publish_time=stamp + 7)
    bag.finish()
