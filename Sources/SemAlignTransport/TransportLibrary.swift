// SPDX-License-Identifier: Apache-2.0
internal import CZeroMQ

/// The ZeroMQ library that this program runs with.
public enum TransportLibrary {
    /// Version, such as `4.3.4`.
    public static var version: String {
        var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
        unsafe zmq_version(&major, &minor, &patch)
        return "\(major).\(minor).\(patch)"
    }

    /// True where it was built with CURVE encryption.
    public static var hasCurve: Bool { unsafe zmq_has("curve") == 1 }
}
