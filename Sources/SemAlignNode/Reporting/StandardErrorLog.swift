// SPDX-License-Identifier: Apache-2.0
internal import Glibc
public import Logging
import SemAlignProfiling

/// Writes log lines to standard error: for people, for journald, or as JSON.
public struct StandardErrorLog: LogHandler {
    /// Form of the lines.
    public enum Form: Hashable, Sendable {
        /// Time, level, text.
        case text
        /// Level as journald reads it, text; journald has its own time.
        case journal
        /// One object a line with the keys `time`, `level`, `message` and those of the metadata.
        case json
    }

    /// Lines below are not written.
    public var logLevel: Logger.Level
    /// Added to every line.
    public var metadata: Logger.Metadata = [:]
    private let form: Form
    private let wallClock: @Sendable () -> UInt64

    /// Makes a handler; `wallClock` gives the time of a line [ns since the Unix epoch].
    public init(form: Form, level: Logger.Level, wallClock: @escaping @Sendable () -> UInt64) {
        self.form = form
        self.logLevel = level
        self.wallClock = wallClock
    }

    /// The metadata of a key.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one line, in one call, so that lines of two threads do not mix.
    public func log(event: LogEvent) {
        let line =
            line(
                event.level, "\(event.message)",
                metadata.merging(event.metadata ?? [:]) { _, new in new }) + "\n"
        var bytes = Array(line.utf8)[...]
        while !bytes.isEmpty {
            let written = unsafe bytes.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }

    /// The line without its end.
    func line(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) -> String {
        let pairs = metadata.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
        switch form {
        case .text:
            return "\(time) \(level.rawValue) \(message)" + pairs.map { " \($0)=\($1)" }.joined()
        case .journal:
            return "<\(level.syslogPriority)>\(message)" + pairs.map { " \($0)=\($1)" }.joined()
        case .json:
            let fields = [("time", time), ("level", level.rawValue), ("message", message)] + pairs
            return "{" + fields.map { "\(jsonText($0)):\(jsonText($1))" }.joined(separator: ",") + "}"
        }
    }

    private var time: String { rfc3339(wallClock()) }
}

/// RFC 3339 in UTC with milliseconds, for `nanoseconds` since the Unix epoch.
func rfc3339(_ nanoseconds: UInt64) -> String {
    let seconds = Int(nanoseconds / 1_000_000_000)
    // Eras of 400 years, counted from a first of March, so that the leap day is the last of its year.
    let days = seconds / 86_400 + 719_468
    let (era, dayOfEra) = days.quotientAndRemainder(dividingBy: 146_097)
    let year = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
    let march = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * march + 2) / 5 + 1
    let month = march < 10 ? march + 3 : march - 9
    let date = "\(padded(era * 400 + year + (month <= 2 ? 1 : 0), 4))-\(padded(month, 2))-\(padded(day, 2))"
    let clock = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }
    return date + "T" + clock.joined(separator: ":")
        + ".\(padded(Int(nanoseconds / 1_000_000 % 1000), 3))Z"
}

private func padded(_ number: Int, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.count)) + text
}

extension Logger.Level {
    /// Priority of syslog, 0 (worst) to 7.
    fileprivate var syslogPriority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}

extension LogLevel {
    /// The level as the logging library names it.
    public var loggerLevel: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .warning: .warning
        case .error: .error
        }
    }
}
