// SPDX-License-Identifier: Apache-2.0

extension MachineDoctor {
    /// What the process may ask the scheduler for.
    var scheduling: [Finding] {
        [realtimePriority, realtimeThrottling, kernel].compactMap { $0 }
    }

    private var realtimePriority: Finding {
        guard let limit = limit("Max realtime priority") else {
            return Finding("rt_priority", .unknown, found: "the limits of this process are not visible")
        }
        let wanted = realtime.priority
        let allowed = limit ?? 99
        if wanted > 0, allowed >= UInt64(wanted) {
            return Finding("rt_priority", .good, found: "SCHED_FIFO up to \(allowed), \(wanted) is asked for")
        }
        guard allowed > 0 else {
            return Finding(
                "rt_priority", wanted > 0 ? .warning : .note, found: "SCHED_FIFO is not allowed",
                matter: wanted > 0
                    ? "realtime.priority is \(wanted) and will have no effect"
                    : "other programs share the processor with the node on equal terms",
                remedy:
                    "LimitRTPRIO=50 in the unit, or '@realtime - rtprio 50' in /etc/security/limits.d, or "
                    + "docker run --ulimit rtprio=50")
        }
        return Finding(
            "rt_priority", .note, found: "SCHED_FIFO is allowed up to \(allowed) and not asked for",
            matter: "a frame can be preempted by any other program", remedy: "set realtime.priority: 20")
    }

    private var realtimeThrottling: Finding? {
        guard let runtime = files.number("/proc/sys/kernel/sched_rt_runtime_us"),
            let period = files.number("/proc/sys/kernel/sched_rt_period_us"), period > 0, runtime >= 0
        else { return nil }
        return Finding(
            "rt_throttling", .good, found: "\(runtime) of \(period) µs",
            matter: "a node that is overloaded under SCHED_FIFO still leaves the rest to others")
    }

    private var kernel: Finding? {
        guard let version = files.line("/proc/sys/kernel/osrelease") else { return nil }
        let isRealtime = files.number("/sys/kernel/realtime") == 1
        return Finding(
            "kernel", isRealtime ? .good : .note, found: version + (isRealtime ? ", PREEMPT_RT" : ""),
            matter: isRealtime
                ? "" : "a stock kernel adds some milliseconds in the worst case; frames take more")
    }

    /// What memory does to a frame.
    var memory: [Finding] {
        [lockedMemory, hugePages, swap, available].compactMap { $0 }
    }

    private var lockedMemory: Finding {
        guard let limit = limit("Max locked memory") else {
            return Finding("memlock", .unknown, found: "the limits of this process are not visible")
        }
        let needed: UInt64 = 1 << 30
        guard let bytes = limit, bytes < needed else {
            return Finding(
                "memlock", .good, found: limit.map { "\($0 >> 20) MiB may be locked" } ?? "unlimited")
        }
        return Finding(
            "memlock", realtime.locksMemory ? .warning : .note, found: "\(bytes >> 20) MiB may be locked",
            matter: realtime.locksMemory
                ? "realtime.lock_memory will have no effect"
                : "pages of the node can be taken away and have to come back while a frame waits",
            remedy:
                "LimitMEMLOCK=2G in the unit, or '@realtime - memlock unlimited' in /etc/security/limits.d")
    }

    private var hugePages: Finding? {
        guard let mode = files.line("/sys/kernel/mm/transparent_hugepage/enabled").flatMap(Self.chosen) else {
            return nil
        }
        let defrag =
            files.line("/sys/kernel/mm/transparent_hugepage/defrag").flatMap(Self.chosen) ?? "unknown"
        guard mode == "always", defrag == "always" else {
            return Finding("huge_pages", .good, found: "\(mode), defrag \(defrag)")
        }
        return Finding(
            "huge_pages", .warning, found: "always, defrag always",
            matter: "a page fault may stop a frame while the kernel compacts memory",
            remedy: "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/defrag")
    }

    private var swap: Finding? {
        guard let table = files.text("/proc/swaps") else { return nil }
        let rows = table.split(separator: "\n").dropFirst()
        guard !rows.isEmpty else { return Finding("swap", .good, found: "none") }
        let used = rows.compactMap {
            $0.split { $0 == " " || $0 == "\t" }.dropFirst(3).first.flatMap { Int($0) }
        }
        .reduce(0, +)
        let isLocked = realtime.locksMemory
        return Finding(
            "swap", used > 0 && !isLocked ? .warning : .note, found: "on, \(used >> 10) MiB used",
            matter: "a page that was swapped out comes back in milliseconds, from a disk",
            remedy: isLocked ? "" : "sudo swapoff -a, or set realtime.lock_memory: true")
    }

    private var available: Finding? {
        guard let text = files.text("/proc/meminfo"),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
            let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        let isLow = kibibytes < 1 << 20
        return Finding(
            "memory", isLow ? .warning : .good, found: "\(kibibytes >> 10) MiB available",
            matter: isLow ? "the node needs some hundred MiB, and the system begins to reclaim pages" : "",
            remedy: isLow ? "stop what is not needed" : "")
    }

    /// The soft limit of a line of /proc/self/limits: inner `nil` = unlimited, outer `nil` = not visible.
    private func limit(_ name: String) -> UInt64?? {
        guard
            let line = files.text("/proc/self/limits")?.split(separator: "\n").first(where: {
                $0.hasPrefix(name)
            })
        else { return nil }
        guard let word = line.dropFirst(name.count).split(separator: " ").first else { return nil }
        if word == "unlimited" { return .some(nil) }
        return UInt64(word).map { .some($0) } ?? nil
    }

    /// The word in brackets of `always [madvise] never`.
    private static func chosen(_ line: String) -> String? {
        line.split(separator: " ").first { $0.hasPrefix("[") && $0.hasSuffix("]") }
            .map { String($0.dropFirst().dropLast()) }
    }
}
