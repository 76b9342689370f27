// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Keys that a person presses while a command works; none where standard input is no terminal of ours.
///
/// Noncopyable since it puts the terminal back as it was.
struct TerminalKeys: ~Copyable {
    /// The keys that commands know.
    enum Key: Hashable {
        case space, up, down, right
        /// A letter, in lower case.
        case letter(Character)
    }

    private var saved: termios?
    private var pending: [UInt8] = []

    /// Switches off line editing and echo.
    ///
    /// A job in the background leaves the terminal alone.
    init() {
        var settings = termios()
        guard isatty(STDIN_FILENO) == 1, tcgetpgrp(STDIN_FILENO) == getpgrp(),
            unsafe tcgetattr(STDIN_FILENO, &settings) == 0
        else { return }
        saved = settings
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
        // Reading returns at once, with what is there.
        unsafe withUnsafeMutableBytes(of: &settings.c_cc) { controls in
            unsafe controls[Int(VMIN)] = 0
            unsafe controls[Int(VTIME)] = 0
        }
        unsafe tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }

    deinit {
        guard var saved else { return }
        unsafe tcsetattr(STDIN_FILENO, TCSANOW, &saved)
    }

    /// True where keys can be pressed.
    var areWatched: Bool { saved != nil }

    /// The next key that was pressed; `nil` where none was.
    mutating func next() -> Key? {
        guard saved != nil else { return nil }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe read(STDIN_FILENO, $0.baseAddress, $0.count)
        }
        if count > 0 { pending += bytes.prefix(count) }
        while !pending.isEmpty {
            let (key, length) = Self.key(pending)
            pending.removeFirst(length)
            if let key { return key }
        }
        return nil
    }

    /// The key at the front and its length; arrows are three bytes: escape, `[` or `O`, and a letter.
    private static func key(_ bytes: [UInt8]) -> (Key?, Int) {
        if bytes.count >= 3, bytes[0] == 0x1B, bytes[1] == 0x5B || bytes[1] == 0x4F {
            return switch bytes[2] {
            case UInt8(ascii: "A"): (.up, 3)
            case UInt8(ascii: "B"): (.down, 3)
            case UInt8(ascii: "C"): (.right, 3)
            default: (nil, 3)
            }
        }
        if bytes[0] == UInt8(ascii: " ") { return (.space, 1) }
        let letter = Character(UnicodeScalar(bytes[0]))
        return (letter.isASCII && letter.isLetter ? .letter(Character(letter.lowercased())) : nil, 1)
    }
}
