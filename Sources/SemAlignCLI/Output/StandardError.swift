// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Where logs and progress go; results go to standard output.
enum StandardError {
    /// True where a person watches.
    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Writes text at once.
    static func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count)
            }
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }

    /// Writes a remark that does not end the command, its control characters as escapes.
    static func note(_ text: String) { write("semalign: \(text.printable(keepsLines: true))\n") }
}
