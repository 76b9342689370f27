// SPDX-License-Identifier: Apache-2.0
public import SemAlignCore

/// The thread that helps with searches where `track.threads` is 2; it ends, and is waited for, when this value goes.
public struct SearchThread: ~Copyable {
    /// What tools show it as.
    static let name = "semalign-search"

    /// What trackers ask for help; they do without once the thread has ended.
    public let helper: SearchHelper
    private let thread: WorkerThread

    /// Starts the thread, which calls `place` for itself before anything else.
    ///
    /// Throws `NodeError.thread` where the system has none left.
    public init(place: @escaping @Sendable () -> Void = {}) throws(NodeError) {
        let helper = SearchHelper()
        thread = try WorkerThread(name: Self.name) {
            place()
            helper.serve()
        }
        self.helper = helper
    }

    /// The thread that a configuration asks for; `nil` = none.
    static func started(
        for configuration: NodeConfiguration, place: @escaping @Sendable () -> Void = {}
    ) throws(NodeError) -> SearchThread? {
        configuration.searchThreads > 1 ? try SearchThread(place: place) : nil
    }

    /// The helper of a thread, where there is one.
    static func helper(of thread: borrowing SearchThread?) -> SearchHelper? {
        switch thread {
        case .some(let thread): thread.helper
        case .none: nil
        }
    }

    deinit {
        helper.close()
        thread.join()
    }
}
