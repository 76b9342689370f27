// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// A named thread of its own, outside the shared pool: the frame path may neither block nor wait for that.
///
/// Joined once; noncopyable so that it cannot be forgotten or joined twice.
struct WorkerThread: ~Copyable {
    private let handle: pthread_t

    /// Starts a thread that runs `body`.
    ///
    /// Throws `NodeError.thread` where the system has none left. `name` has at most 15 letters.
    init(name: String, body: @escaping @Sendable () -> Void) throws(NodeError) {
        let box = unsafe Unmanaged.passRetained(Body(name: name, run: body))
        var handle = pthread_t()
        let code = unsafe pthread_create(
            &handle, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                nameThisThread(body.name)
                body.run()
                return nil
            }, box.toOpaque())
        guard code == 0 else {
            unsafe box.release()
            throw .thread(name: name, code: code)
        }
        self.handle = handle
    }

    /// Waits until the thread has ended.
    consuming func join() {
        pthread_join(handle, nil)
    }

    /// Lets the thread end on its own.
    consuming func detach() {
        pthread_detach(handle)
    }

    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }
}

/// Tools show threads by this name; glibc's own call for it is not visible to Swift.
private func nameThisThread(_ name: String) {
    let file = unsafe open("/proc/thread-self/comm", O_WRONLY)
    guard file >= 0 else { return }
    _ = unsafe write(file, name, min(name.utf8.count, 15))
    close(file)
}
