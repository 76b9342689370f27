// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import SemAlignBags
import SemAlignCore
import SemAlignDatasets
import SemAlignImages
import SemAlignImport
import SemAlignMessages
import SemAlignNode

/// Why a command ends without a result: one line for people and a sysexits code.
struct CommandFailure: Error {
    let code: Int32
    let message: String

    init(code: Int32, message: String) {
        self.code = code
        self.message = message
    }

    /// A mistake on the command line that only the files reveal.
    static func usage(_ message: String) -> CommandFailure {
        CommandFailure(code: EX_USAGE, message: message)
    }

    /// A file that is there and does not hold what it should.
    static func badData(_ message: String) -> CommandFailure {
        CommandFailure(code: EX_DATAERR, message: message)
    }

    /// A file that cannot be written.
    static func cannotCreate(_ message: String) -> CommandFailure {
        CommandFailure(code: EX_CANTCREAT, message: message)
    }

    /// A file that could not be written to its end.
    static func outputError(_ message: String) -> CommandFailure {
        CommandFailure(code: EX_IOERR, message: message)
    }

    /// A service that is not there.
    static let unavailable = EX_UNAVAILABLE

    /// What went wrong with the bag at `path`.
    init(_ error: BagError, path: String) {
        code = error.sysexit
        message = error.description.contains("'\(path)'") ? error.description : "'\(path)': \(error)"
    }

    /// What went wrong with the representation file at `path`.
    init(_ error: MessageError, path: String) {
        code = error.sysexit
        message = error.description.contains("'\(path)'") ? error.description : "'\(path)': \(error)"
    }

    /// Ends the process: help and version go to standard output, everything else is one line on standard error.
    static func exit(_ error: any Error) -> Never {
        if let code = sysexit(of: error) {
            StandardError.note("\(error)")
            Glibc.exit(code)
        }
        guard SemAlign.exitCode(for: error) == .validationFailure else { SemAlign.exit(withError: error) }
        let lines = SemAlign.fullMessage(for: error).split(separator: "\n")
        let hint = lines.last.map { $0.drop { $0 == " " } }.flatMap { $0.hasPrefix("See ") ? $0 : nil }
        let words = SemAlign.message(for: error).split { $0 == "\n" || $0 == " " }.joined(separator: " ")
        let message = words.hasSuffix(".") || words.isEmpty ? words : words + "."
        StandardError.note(message + (hint.map { " \($0)" } ?? ""))
        Glibc.exit(EX_USAGE)
    }

    /// The code for an error of one of the libraries; `nil` for those of the argument parser.
    static func sysexit(of error: any Error) -> Int32? {
        switch error {
        case let error as CommandFailure: error.code
        case let error as DatasetError: error.sysexit
        case let error as MessageError: error.sysexit
        case let error as BagError: error.sysexit
        case let error as NodeError: error.exitCode
        case let error as ImportError: error.sysexit
        case is RepresentationError, is ImageError: EX_DATAERR
        default: nil
        }
    }
}

extension CommandFailure: CustomStringConvertible {
    var description: String { message }
}

extension DatasetError {
    fileprivate var sysexit: Int32 {
        switch self {
        case .unreadable, .unreadableFile: EX_NOINPUT
        case .unwritable, .unwritableImage: EX_CANTCREAT
        default: EX_DATAERR
        }
    }
}

extension MessageError {
    fileprivate var sysexit: Int32 {
        switch self {
        case .cannotRead: EX_NOINPUT
        case .cannotWrite: EX_CANTCREAT
        default: EX_DATAERR
        }
    }
}

extension ImportError {
    fileprivate var sysexit: Int32 {
        if case .unreadable = self { EX_NOINPUT } else { EX_DATAERR }
    }
}

extension BagError {
    fileprivate var sysexit: Int32 {
        switch self {
        case .cannotOpen: EX_NOINPUT
        case .cannotCreate: EX_CANTCREAT
        case .readFailed, .writeFailed: EX_IOERR
        default: EX_DATAERR
        }
    }
}
