// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The text with control characters as escapes, of which `bytes` from outside could make a terminal obey.
    ///
    /// Among them are those that turn the direction of writing. Line feeds stay where `keepsLines` says so.
    func printable(keepsLines: Bool = false) -> String {
        func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar.value {
            case 0x0A: !keepsLines
            case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
            default: false
            }
        }
        guard unicodeScalars.contains(where: isObeyed) else { return self }
        var result = ""
        for scalar in unicodeScalars {
            if isObeyed(scalar) {
                result += scalar.escaped(asASCII: true)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Printable, and its middle left out where it has more than `length` characters.
    func shortened(to length: Int) -> String {
        // The start and the end suffice: a name from outside may have megabytes.
        let (start, end) = (prefix(length + 1), suffix(length / 4))
        guard start.count > length else { return printable() }
        return String(start.prefix(length - 1 - end.count)).printable() + "…" + String(end).printable()
    }
}

/// A number and what it counts: `1 chunk`, `2 chunks`.
func counted(_ number: some BinaryInteger, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
}
