// SPDX-License-Identifier: Apache-2.0
internal import CSystem
internal import Glibc

/// What the node asks for its whole process; holds what has to stay open.
struct ProcessTuning: ~Copyable {
    /// What became of each request.
    let outcomes: [RealtimeOutcome]
    /// Open as long as processors must not sleep deeply; -1 = not asked for or refused.
    private let wakeLatency: Int32

    /// Freed memory that stays with the process [bytes]: some frames' features, and what they are compared in.
    private static let keptMemory = 256 << 20

    /// Asks for what `settings` say; freed memory is kept in any case.
    ///
    /// Call it when the large things are loaded, before the threads run.
    init(_ settings: RealtimeSettings) {
        // Always allowed: features of a frame would otherwise cost thousands of page faults, again in every frame.
        _ = semalign_keep_freed_memory(Self.keptMemory)
        var outcomes: [RealtimeOutcome] = []
        if settings.advisesHugePages { outcomes.append(Self.adviseHugePages()) }
        if settings.locksMemory { outcomes.append(Self.lockMemory()) }
        var descriptor: Int32 = -1
        if settings.wakeLatencyMicroseconds >= 0 {
            descriptor = unsafe open("/dev/cpu_dma_latency", O_WRONLY | O_CLOEXEC)
            outcomes.append(Self.limitWakeLatency(descriptor, settings.wakeLatencyMicroseconds))
        }
        wakeLatency = descriptor
        self.outcomes = outcomes
    }

    deinit { if wakeLatency >= 0 { close(wakeLatency) } }

    private static func limitWakeLatency(_ descriptor: Int32, _ microseconds: Int) -> RealtimeOutcome {
        var value = Int32(clamping: microseconds)
        guard descriptor >= 0, unsafe write(descriptor, &value, 4) == 4 else {
            return .refused(
                "processors may sleep deeply: cannot write /dev/cpu_dma_latency "
                    + "(\(unsafe String(cString: strerror(errno)))); allow it by a udev rule or DeviceAllow")
        }
        return .granted("processors wake within \(microseconds) µs")
    }

    /// Locks what there is and what comes; where the limit is finite a later allocation would fail instead.
    private static func lockMemory() -> RealtimeOutcome {
        var limit = rlimit()
        // 8: RLIMIT_MEMLOCK, which the module map does not name.
        guard unsafe getrlimit(__rlimit_resource_t(8), &limit) == 0 else {
            return .refused("memory is not locked: its limit is not known")
        }
        guard limit.rlim_cur >= 1 << 30 || geteuid() == 0 else {
            return .refused(
                "memory is not locked: \(limit.rlim_cur >> 20) MiB may be, at least 1024 are needed; "
                    + "raise LimitMEMLOCK= or limits.d")
        }
        guard mlockall(Int32(MCL_CURRENT) | Int32(MCL_FUTURE)) == 0 else {
            return .refused("memory is not locked: \(unsafe String(cString: strerror(errno)))")
        }
        return .granted("no page of the node leaves the memory")
    }

    /// Large anonymous mappings that are there now: the class's vectors, the buffers of the tracker.
    private static func adviseHugePages() -> RealtimeOutcome {
        let page = 1 << 21
        var advised = 0
        for line in (MachineFiles(root: "").text("/proc/self/maps") ?? "").split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 5 || words.last == "[heap]", words[1] == "rw-p", words[4] == "0" else {
                continue
            }
            let ends = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard ends.count == 2, ends[1] >= ends[0] + UInt(page) else { continue }
            let start = (ends[0] + UInt(page) - 1) / UInt(page) * UInt(page)
            let count = Int(ends[1] / UInt(page) * UInt(page)) - Int(start)
            guard count > 0 else { continue }
            // 14: MADV_HUGEPAGE.
            if unsafe madvise(UnsafeMutableRawPointer(bitPattern: start), count, 14) == 0 { advised += count }
        }
        return advised > 0
            ? .granted("\(advised >> 20) MiB may lie on huge pages")
            : .refused("no memory lies on huge pages: there is no large block, or the kernel has none")
    }
}
