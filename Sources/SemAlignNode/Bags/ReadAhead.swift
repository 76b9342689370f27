// SPDX-License-Identifier: Apache-2.0
internal import SemAlignBags

/// Reads a bag on a thread of its own, ahead of who plays it: opening a chunk must not make a message late.
struct ReadAhead: ~Copyable {
    /// What came out of the bag.
    enum Item: Sendable {
        case message(BagMessage)
        /// A part of the file cannot be read.
        case damaged(BagError)
    }

    private let queue: BoundedQueue<Item>
    private let thread: WorkerThread

    /// Starts to read the selected messages; at most `limit` bytes wait.
    ///
    /// A bag that cannot be read is an error of the one who plays it, so it is opened before this returns.
    static func start(
        _ reader: BagReader, _ selection: MessageSelection, path: String, limit: Int = 32 << 20
    ) throws(NodeError) -> ReadAhead {
        let queue = BoundedQueue<Item>(limit: limit)
        let opened = Mailbox<NodeError?>()
        let thread = try WorkerThread(name: "semalign-ahead") {
            do throws(BagError) {
                var messages = try reader.messages(selection)
                _ = opened.put(nil)
                read(&messages, into: queue)
            } catch {
                _ = opened.put(NodeError(error, path: path))
            }
            queue.close()
        }
        if case .value(let failure?) = opened.take(until: .max) {
            thread.join()
            throw failure
        }
        return ReadAhead(queue: queue, thread: thread)
    }

    private init(queue: BoundedQueue<Item>, thread: consuming WorkerThread) {
        self.queue = queue
        self.thread = thread
    }

    /// The next item; `nil` at the end.
    func next() -> Item? {
        guard case .value(let item) = queue.take() else { return nil }
        return item
    }

    /// Gives up what was not taken.
    consuming func stop() {
        queue.close()
        thread.join()
    }

    private static func read(_ messages: inout OrderedMessages, into queue: BoundedQueue<Item>) {
        while true {
            do throws(BagError) {
                guard let message = try messages.next() else { return }
                guard queue.put(.message(message), weight: message.payload.count + 256) else { return }
            } catch {
                guard queue.put(.damaged(error), weight: 256) else { return }
            }
        }
    }
}
