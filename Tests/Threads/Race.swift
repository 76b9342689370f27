// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A race on purpose: two threads count in the same place.
///
/// `launch/check-threads` must hear of it, or it hears nothing.
@main struct Race {
    nonisolated(unsafe) static var count = 0

    static func main() { race() }

    nonisolated static func race() {
        var threads: [pthread_t] = []
        for _ in 0..<2 {
            var thread = pthread_t()
            unsafe pthread_create(
                &thread, nil,
                { _ in
                    for _ in 0..<1000 { unsafe Race.count += 1 }
                    return nil
                }, nil)
            threads.append(thread)
        }
        for thread in threads { pthread_join(thread, nil) }
    }
}
