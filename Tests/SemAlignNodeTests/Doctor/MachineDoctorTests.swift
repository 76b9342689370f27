// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import SemAlignNode

@Suite struct MachineDoctorTests {
    @Test("A machine that is set up well has nothing to mend")
    func sound() throws {
        let findings = try FakeMachine().findings()
        #expect(findings.allSatisfy { $0.verdict == .good }, "\(findings.filter { $0.verdict != .good })")
        #expect(Set(findings.map(\.name)).count == findings.count && findings.count >= 15)
    }

    /// One thing that is different, the finding that must name it, and what must be in the remedy.
    struct Trouble: CustomTestStringConvertible, Sendable {
        let path: String
        let text: String?
        let name: String
        let verdict: Finding.Verdict
        let remedy: String
        var testDescription: String { "\(name): \(text ?? "absent")" }

        init(_ path: String, _ text: String?, _ name: String, _ verdict: Finding.Verdict, _ remedy: String) {
            (self.path, self.text, self.name, self.verdict, self.remedy) = (path, text, name, verdict, remedy)
        }
    }

    @Test(
        "Each trouble is named, with what mends it, and nothing else is",
        arguments: [
            Trouble(
                "/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "powersave", "governor", .warning,
                "cpupower"),
            Trouble("/sys/devices/system/cpu/intel_pstate/no_turbo", "0", "turbo", .note, "no_turbo"),
            Trouble(
                "/sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "7", "throttling",
                .warning, "cooling"),
            Trouble(
                "/sys/devices/system/cpu/cpu0/cpuidle/state1/latency", "400", "sleep_states", .note,
                "cpu_dma_latency_us"),
            Trouble("/sys/devices/system/cpu/isolated", "\n", "isolated_cpus", .note, "isolcpus"),
            Trouble("/sys/fs/cgroup/cpu.max", "150000 100000", "cpu_quota", .warning, "cpusets"),
            Trouble("/proc/loadavg", "5.00 1 1 1/1 1", "load", .warning, "stop"),
            Trouble("/sys/kernel/realtime", nil, "kernel", .note, ""),
            Trouble(
                "/sys/kernel/mm/transparent_hugepage/enabled", nil, "huge_pages", .unknown, ""),
            Trouble(
                "/sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet", "clock_source",
                .warning, "tsc"),
            Trouble("/run/systemd/timesync/synchronized", nil, "time_sync", .note, "chrony"),
            Trouble("/proc/meminfo", "MemAvailable: 500000 kB", "memory", .warning, "stop"),
            Trouble("/proc/self/limits", nil, "rt_priority", .unknown, ""),
        ])
    func names(trouble: Trouble) throws {
        let findings = try FakeMachine([trouble.path: trouble.text]).findings()
        let found = findings.first { $0.name == trouble.name }
        guard trouble.verdict != .unknown || found != nil else { return }
        #expect(found?.verdict == trouble.verdict, "\(String(describing: found))")
        #expect(found?.remedy.contains(trouble.remedy) == true)
        let allowed: Set<String> =
            trouble.name == "rt_priority" ? ["rt_priority", "memlock"] : [trouble.name]
        #expect(findings.allSatisfy { $0.verdict == .good || allowed.contains($0.name) })
    }

    @Test("Limits matter as far as the settings ask for them")
    func limits() throws {
        let limits = """
            Max locked memory         8388608              8388608              bytes
            Max realtime priority     0                    0

            """
        let machine = try FakeMachine(["/proc/self/limits": limits])
        let wanted = machine.findings().filter { $0.verdict == .warning }.map(\.name)
        #expect(Set(wanted) == ["rt_priority", "memlock"])
        let unwanted = machine.findings(realtime: RealtimeSettings())
        #expect(
            unwanted.filter { ["rt_priority", "memlock"].contains($0.name) }.allSatisfy {
                $0.verdict == .note
            })
    }

    @Test("Old libraries, slow kernels and a full disk are named")
    func traits() throws {
        var traits = FakeMachine.traits
        traits.zeroMQ = "4.2.5"
        traits.openCV = "3.4.1"
        traits.hasFastKernels = false
        traits.freeBytes = 2 << 30
        let findings = try FakeMachine().findings(traits).filter { $0.verdict != .good }
        #expect(Set(findings.map(\.name)) == ["zeromq", "opencv", "instructions", "disk"])
        #expect(findings.first { $0.name == "zeromq" }?.verdict == .problem)
    }

    @Test("What a recording leaves free is not counted as room for it, whatever is set")
    func floor() throws {
        var (traits, recording) = (FakeMachine.traits, RecordSettings())
        traits.freeBytes = 100 << 30
        for (floor, verdict, matter) in [
            (0, Finding.Verdict.good, ""), (60 << 10, .warning, "a recording will end early"),
            (100 << 10, .warning, "a recording ends at once"),
        ] {
            recording.freeMebibytes = floor
            let doctor = MachineDoctor(root: "/nowhere", traits: traits, recording: recording)
            let finding = try #require(doctor.findings().first { $0.name == "disk" })
            #expect(finding.verdict == verdict && finding.matter == matter, "\(finding)")
        }
    }

    @Test("An empty root and files full of rubbish are survived")
    func rubbish() throws {
        _ = MachineDoctor(root: "/nowhere", traits: FakeMachine.traits).findings()
        let rubbish = ["", "\u{0}", "[[[", "-1", "99999999999999999999", "a b c d e f g", "1 0"]
        for text in rubbish {
            let files = [
                "/proc/self/limits", "/proc/loadavg", "/proc/swaps", "/proc/meminfo",
                "/sys/fs/cgroup/cpu.max",
                "/sys/kernel/mm/transparent_hugepage/enabled", "/proc/sys/kernel/sched_rt_period_us",
            ]
            let changes = Dictionary(uniqueKeysWithValues: files.map { ($0, String?.some(text)) })
            #expect(try !FakeMachine(changes).findings().isEmpty)
        }
    }

    @Test("This very machine can be looked at")
    func here() {
        let findings = MachineDoctor(traits: .here(recordings: "/")).findings()
        #expect(findings.contains { $0.name == "zeromq" && $0.verdict == .good })
        #expect(findings.allSatisfy { $0.verdict == .good || $0.verdict == .unknown || !$0.matter.isEmpty })
    }
}
