// SPDX-License-Identifier: Apache-2.0
internal import CSystem
internal import Glibc

/// What became of a request to the operating system.
struct RealtimeOutcome: Hashable, Sendable {
    /// One line for the log.
    let line: String
    /// False where it was refused: the node runs without.
    let isGranted: Bool

    static func granted(_ line: String) -> RealtimeOutcome { RealtimeOutcome(line: line, isGranted: true) }
    static func refused(_ line: String) -> RealtimeOutcome { RealtimeOutcome(line: line, isGranted: false) }
}

/// Where and how one thread runs.
struct ThreadPlacement: Hashable, Sendable {
    /// Processors it may run on; empty = all.
    let processors: [Int]
    /// Priority under SCHED_FIFO; 0 = the usual scheduler.
    let priority: Int

    /// The input thread's.
    static func input(_ settings: RealtimeSettings) -> ThreadPlacement {
        ThreadPlacement(processors: settings.inputProcessors, priority: settings.priority)
    }

    /// The aligning thread's, and that of the one that helps it: it waits for it at times.
    static func alignment(_ settings: RealtimeSettings) -> ThreadPlacement {
        ThreadPlacement(processors: settings.alignmentProcessors, priority: settings.priority)
    }

    /// Applies it to the calling thread, which is named `name` in what is said.
    func apply(name: String) -> [RealtimeOutcome] {
        var outcomes: [RealtimeOutcome] = []
        // Always allowed: waits end when they are due, not up to 50 µs later.
        _ = semalign_set_timer_slack(1)
        if !processors.isEmpty { outcomes.append(pin(name)) }
        if priority > 0 { outcomes.append(schedule(name)) }
        return outcomes
    }

    private func pin(_ name: String) -> RealtimeOutcome {
        let list = processors.map(String.init).joined(separator: ", ")
        let numbers = processors.map { Int32(clamping: $0) }
        let code = unsafe semalign_pin_thread(numbers, numbers.count)
        guard code == 0 else {
            return .refused(
                "\(name) is not pinned to processors \(list): \(unsafe String(cString: strerror(code))); "
                    + "see realtime.\(name == "semalign-input" ? "input" : "align")_cpus and the container's cpuset"
            )
        }
        return .granted("\(name) runs on processors \(list)")
    }

    private func schedule(_ name: String) -> RealtimeOutcome {
        var parameters = sched_param()
        parameters.sched_priority = Int32(priority)
        // SCHED_RESET_ON_FORK: threads of libraries that this one starts do not inherit the priority.
        guard unsafe sched_setscheduler(0, SCHED_FIFO | 0x4000_0000, &parameters) == 0 else {
            return .refused(
                "\(name) has no real-time priority \(priority): \(unsafe String(cString: strerror(errno))); "
                    + "allow it by LimitRTPRIO=\(priority), limits.d or CAP_SYS_NICE")
        }
        return .granted("\(name) runs under SCHED_FIFO \(priority)")
    }
}
