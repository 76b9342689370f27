// SPDX-License-Identifier: Apache-2.0
internal import SemAlignTransport

/// Lets in clients whose keys are known, on a thread of its own; its end ends with the value.
struct ClientGate: ~Copyable {
    private let signal: WakeSignal

    /// Begins before any socket of `context` is bound.
    init(
        _ context: Context, clients: Set<String>, onFailure: @escaping @Sendable (TransportError) -> Void
    ) throws(NodeError) {
        let signal: WakeSignal
        do throws(TransportError) { signal = try WakeSignal() } catch { throw NodeError(error) }
        let start = Mailbox<TransportError>()
        let thread = try WorkerThread(name: "semalign-gate") {
            do throws(TransportError) {
                var authenticator = try Authenticator(context: context, clients: clients, signal: signal)
                start.close()
                do throws(TransportError) { try authenticator.answer() } catch { onFailure(error) }
            } catch {
                _ = start.put(error)
                start.close()
            }
        }
        thread.detach()
        if case .value(let error) = start.take(until: .max) { throw NodeError(error) }
        self.signal = signal
    }

    // The thread itself is not waited for: it holds nothing but its socket.
    deinit { signal.call() }
}
