// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The variables that this process was started with.
enum ProcessEnvironment {
    static var all: [String: String] { ProcessInfo.processInfo.environment }
}
