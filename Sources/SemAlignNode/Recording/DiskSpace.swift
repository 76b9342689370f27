// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Room on file systems.
enum DiskSpace {
    /// What programs without privileges may still write where a folder is [bytes]; `nil` where that is not known.
    @Sendable static func free(in folder: String) -> UInt64? {
        var status = statvfs()
        guard unsafe statvfs(folder, &status) == 0 else { return nil }
        let (free, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(
            by: UInt64(status.f_frsize))
        return overflow ? nil : free
    }

    /// A size for people.
    static func text(_ bytes: UInt64) -> String {
        bytes < 10 << 30 ? "\(bytes >> 20) MiB" : "\(bytes >> 30) GiB"
    }
}
