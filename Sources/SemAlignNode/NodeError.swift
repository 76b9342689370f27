// SPDX-License-Identifier: Apache-2.0

/// Why the node, a replay or a player cannot start or go on; a broken frame is never one of these.
public enum NodeError: Error, Hashable, Sendable {
    /// A configuration names a setting that does not exist.
    case unknownSetting(name: String, nearest: String?, origin: SettingOrigin)
    /// A setting's value has the wrong type or is out of range.
    case settingValue(name: String, found: String, accepts: String, origin: SettingOrigin)
    /// Settings that are fine alone do not go together.
    case conflict(reason: String, remedy: String)
    /// A file is not the YAML that it should be.
    case yaml(path: String, line: Int, reason: String)
    /// A calibration file lacks a key or holds a value that cannot be.
    case calibration(path: String, line: Int, key: String, found: String, expected: String)
    /// A file is missing or cannot be read.
    case unreadableFile(path: String, reason: String)
    /// A file is there, and its content is not what it should be.
    case unusableFile(path: String, reason: String)
    /// A file cannot be made or written.
    case unwritableFile(path: String, reason: String)
    /// An address that other machines can reach, and nobody allowed that.
    case publicBind(endpoint: String)
    /// An endpoint cannot be bound or connected.
    case endpoint(endpoint: String, reason: String)
    /// Nobody subscribed in time.
    case noSubscriber(seconds: Double)
    /// The operating system refused a thread.
    case thread(name: String, code: Int32)
}

extension NodeError: CustomStringConvertible {
    /// One line: what was found, what was expected, what to do.
    public var description: String {
        switch self {
        case .unknownSetting(let name, let nearest, let origin):
            "\(origin): unknown setting '\(name)'; "
                + (nearest.map { "did you mean '\($0)'?" } ?? "see semalign run --print-config for all names")
        case .settingValue(let name, let found, let accepts, let origin):
            "\(origin): \(name) is \(found), expected \(accepts)"
        case .conflict(let reason, let remedy):
            "\(reason); \(remedy)"
        case .yaml(let path, let line, let reason):
            "\(SettingOrigin.file(path: path, line: line)): \(reason)"
        case .calibration(let path, let line, let key, let found, let expected):
            "\(SettingOrigin.file(path: path, line: line)): \(key) is \(found), expected \(expected)"
        case .unreadableFile(let path, let reason):
            "cannot read '\(path)': \(reason)"
        case .unusableFile(let path, let reason):
            "cannot use '\(path)': \(reason)"
        case .unwritableFile(let path, let reason):
            "cannot write '\(path)': \(reason)"
        case .publicBind(let endpoint):
            "binding \(endpoint) lets other machines in without encryption; "
                + "bind ipc:// or tcp://127.0.0.1, set curve.secret_key, or allow_insecure: true"
        case .endpoint(let endpoint, let reason):
            "cannot open \(endpoint): \(reason)"
        case .noSubscriber(let seconds):
            "nobody subscribed within \(seconds) s; start the subscriber or do not wait for one"
        case .thread(let name, let code):
            "cannot start the \(name) thread: error \(code); raise the limit of threads"
        }
    }

    /// The sysexits code that a command ends with.
    public var exitCode: Int32 {
        switch self {
        case .unknownSetting, .settingValue, .conflict, .yaml, .calibration, .publicBind: 78
        case .unreadableFile: 66
        case .unusableFile: 65
        case .unwritableFile: 73
        case .endpoint, .noSubscriber: 69
        case .thread: 71
        }
    }
}
