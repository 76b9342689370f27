// SPDX-License-Identifier: Apache-2.0
import Foundation

@testable import SemAlignNode

/// A root folder with made-up files of /proc and /sys.
final class FakeMachine {
    private let folder: TemporaryFolder
    var root: String { folder.path }

    /// A machine that is set up for real-time work, but for the files given.
    init(_ changes: [String: String?] = [:]) throws {
        folder = try TemporaryFolder()
        var files: [String: String?] = [
            "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "performance\n",
            "/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor": "performance\n",
            "/sys/devices/system/cpu/cpu0/cpuidle/state0/latency": "1\n",
            "/sys/devices/system/cpu/intel_pstate/no_turbo": "1\n",
            "/sys/devices/system/cpu/isolated": "1\n",
            "/proc/loadavg": "0.10 0.20 0.30 1/100 200\n",
            "/proc/self/limits": """
            Limit                     Soft Limit           Hard Limit           Units
            Max locked memory         unlimited            unlimited            bytes
            Max realtime priority     50                   50

            """,
            "/proc/sys/kernel/sched_rt_runtime_us": "950000\n",
            "/proc/sys/kernel/sched_rt_period_us": "1000000\n",
            "/proc/sys/kernel/osrelease": "6.1.0-rt\n", "/sys/kernel/realtime": "1\n",
            "/sys/kernel/mm/transparent_hugepage/enabled": "always [madvise] never\n",
            "/sys/kernel/mm/transparent_hugepage/defrag": "always defer [madvise] never\n",
            "/proc/swaps": "Filename Type Size Used Priority\n",
            "/proc/meminfo": "MemTotal: 16000000 kB\nMemAvailable: 12000000 kB\n",
            "/sys/devices/system/clocksource/clocksource0/current_clocksource": "tsc\n",
            "/run/systemd/timesync/synchronized": "",
        ]
        files.merge(changes) { $1 }
        for case (let path, let text?) in files {
            let file = root + path
            try FileManager.default.createDirectory(
                atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try text.write(toFile: file, atomically: false, encoding: .utf8)
        }
    }

    /// Traits of a sound installation.
    static let traits = MachineTraits(
        zeroMQ: "4.3.4", hasCurve: true, openCV: "4.6.0", hasFastKernels: true, freeBytes: 1 << 40)

    /// Settings of somebody who wants every frame in time.
    static var realtime: RealtimeSettings {
        var settings = RealtimeSettings()
        settings.priority = 20
        settings.alignmentProcessors = [1]
        settings.locksMemory = true
        return settings
    }

    func findings(
        _ traits: MachineTraits = FakeMachine.traits, realtime: RealtimeSettings = FakeMachine.realtime
    ) -> [Finding] {
        MachineDoctor(root: root, traits: traits, realtime: realtime).findings()
    }
}
