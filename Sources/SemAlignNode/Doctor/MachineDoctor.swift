// SPDX-License-Identifier: Apache-2.0
internal import SemAlignCore
internal import SemAlignImages
internal import SemAlignTransport

/// What no file of /proc or /sys says about the machine.
public struct MachineTraits: Hashable, Sendable {
    /// Version of libzmq.
    public var zeroMQ: String
    /// True where libzmq can encrypt.
    public var hasCurve: Bool
    /// Version of OpenCV.
    public var openCV: String
    /// True where the fast kernels run.
    public var hasFastKernels: Bool
    /// What is free where recordings would go [bytes]; `nil` where unknown.
    public var freeBytes: UInt64?

    /// Joins the facts.
    public init(zeroMQ: String, hasCurve: Bool, openCV: String, hasFastKernels: Bool, freeBytes: UInt64?) {
        self.zeroMQ = zeroMQ
        self.hasCurve = hasCurve
        self.openCV = openCV
        self.hasFastKernels = hasFastKernels
        self.freeBytes = freeBytes
    }

    /// Those of this machine; `folder` is where recordings would go.
    public static func here(recordings folder: String) -> MachineTraits {
        MachineTraits(
            zeroMQ: TransportLibrary.version, hasCurve: TransportLibrary.hasCurve,
            openCV: ImageLibrary.version, hasFastKernels: InstructionSet.best != .base,
            freeBytes: DiskSpace.free(in: folder))
    }
}

/// Looks at the machine as somebody would who wants every frame in time.
public struct MachineDoctor: Sendable {
    let files: MachineFiles
    let traits: MachineTraits
    let realtime: RealtimeSettings
    let recording: RecordSettings

    /// Looks below `root`, which is `/` but in tests; `realtime` and `recording` say what the node will ask for.
    public init(
        root: String = "/", traits: MachineTraits, realtime: RealtimeSettings = RealtimeSettings(),
        recording: RecordSettings = RecordSettings()
    ) {
        files = MachineFiles(root: root)
        self.traits = traits
        self.realtime = realtime
        self.recording = recording
    }

    /// Everything that was looked at.
    public func findings() -> [Finding] {
        processor + scheduling + memory + time + libraries
    }

    private var processor: [Finding] {
        [governor, turbo, throttling, sleepStates, isolation, quota, load].compactMap { $0 }
    }

    private var governor: Finding {
        let governors = Set(
            files.processors.compactMap {
                files.line("/sys/devices/system/cpu/cpu\($0)/cpufreq/scaling_governor")
            })
        guard !governors.isEmpty else {
            return Finding(
                "governor", .unknown,
                found: "no frequency governor is visible: a virtual machine or a fixed clock")
        }
        let text = governors.sorted().joined(separator: ", ")
        guard governors != ["performance"] else { return Finding("governor", .good, found: text) }
        return Finding(
            "governor", .warning, found: text,
            matter: "after each idle gap between frames the clock has to rise again: milliseconds of latency",
            remedy: "sudo cpupower frequency-set -g performance")
    }

    private var turbo: Finding? {
        if let off = files.number("/sys/devices/system/cpu/intel_pstate/no_turbo") {
            return Self.turbo(isOn: off == 0, path: "intel_pstate/no_turbo", value: 1)
        }
        guard let boost = files.number("/sys/devices/system/cpu/cpufreq/boost") else { return nil }
        return Self.turbo(isOn: boost != 0, path: "cpufreq/boost", value: 0)
    }

    private static func turbo(isOn: Bool, path: String, value: Int) -> Finding {
        guard isOn else { return Finding("turbo", .good, found: "off: the clock is the same hot and cold") }
        return Finding(
            "turbo", .note, found: "on",
            matter:
                "frames are faster while the processor is cool and slower when it is not; switch it off for "
                + "comparisons, or where the worst case counts",
            remedy: "echo \(value) | sudo tee /sys/devices/system/cpu/\(path)")
    }

    private var throttling: Finding? {
        let counts = files.processors.compactMap {
            files.number("/sys/devices/system/cpu/cpu\($0)/thermal_throttle/core_throttle_count")
        }
        guard let most = counts.max() else { return nil }
        guard most > 0 else { return Finding("throttling", .good, found: "never since the start") }
        return Finding(
            "throttling", .warning, found: "a core was slowed down \(most) times by its heat",
            matter: "frames take longer just when there is much to do", remedy: "mend the cooling")
    }

    private var sleepStates: Finding? {
        let folder = "/sys/devices/system/cpu/cpu0/cpuidle"
        let states = files.names(in: folder).filter { $0.hasPrefix("state") }
        let latencies = states.compactMap { state -> Int? in
            files.number("\(folder)/\(state)/disable") == 1 ? nil : files.number("\(folder)/\(state)/latency")
        }
        guard let deepest = latencies.max() else { return nil }
        let limit = realtime.wakeLatencyMicroseconds
        guard deepest > 100, limit < 0 || limit > 100 else {
            return Finding("sleep_states", .good, found: "the deepest takes \(deepest) µs to wake from")
        }
        let isAllowed = files.isWritable("/dev/cpu_dma_latency")
        return Finding(
            "sleep_states", .note, found: "the deepest takes \(deepest) µs to wake from",
            matter: "that is added to a frame that comes after a pause",
            remedy: "set realtime.cpu_dma_latency_us: 50"
                + (isAllowed
                    ? "" : ", and let the node write /dev/cpu_dma_latency (udev rule or DeviceAllow)"))
    }

    private var isolation: Finding {
        let isolated = files.line("/sys/devices/system/cpu/isolated") ?? ""
        guard isolated.isEmpty else {
            let isUsed = !realtime.alignmentProcessors.isEmpty || !realtime.inputProcessors.isEmpty
            return Finding(
                "isolated_cpus", isUsed ? .good : .warning, found: isolated,
                matter: isUsed ? "" : "nothing runs there unless it asks for it, and the node does not",
                remedy: isUsed ? "" : "set realtime.align_cpus to one of them")
        }
        return Finding(
            "isolated_cpus", .note, found: "none",
            matter: "other programs may take the processor from a frame; that is fine on an idle machine",
            remedy: "boot with isolcpus=N nohz_full=N and set realtime.align_cpus: [N]")
    }

    private var quota: Finding? {
        guard let line = files.line("/sys/fs/cgroup/cpu.max") else { return nil }
        let words = line.split(separator: " ").compactMap { Double($0) }
        guard words.count == 2, words[1] > 0 else { return nil }
        let share = words[0] / words[1]
        return Finding(
            "cpu_quota", share < 2 ? .warning : .note,
            found: "this group may use \(Double(Int(share * 100)) / 100) processors",
            matter: "when the share of a period is used up, all threads stand still until the next",
            remedy: "remove the limit (docker --cpus, CPUQuota=) and pin with cpusets instead")
    }

    private var load: Finding? {
        guard let first = files.line("/proc/loadavg")?.split(separator: " ").first, let load = Double(first)
        else {
            return nil
        }
        let count = max(1, files.processors.count)
        let isBusy = load > 0.7 * Double(count)
        return Finding(
            "load", isBusy ? .warning : .good, found: "\(load) on \(count) processors",
            matter: isBusy ? "frames will wait for a processor" : "",
            remedy: isBusy ? "stop what is not needed, or use realtime.priority" : "")
    }
}
