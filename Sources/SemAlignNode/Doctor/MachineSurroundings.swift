// SPDX-License-Identifier: Apache-2.0

extension MachineDoctor {
    /// Clocks.
    var time: [Finding] { [clockSource, synchronization].compactMap { $0 } }

    private var clockSource: Finding? {
        let folder = "/sys/devices/system/clocksource/clocksource0"
        guard let source = files.line("\(folder)/current_clocksource") else { return nil }
        let slow = ["hpet", "acpi_pm", "jiffies", "refined-jiffies", "pit"]
        guard slow.contains(source) else { return Finding("clock_source", .good, found: source) }
        return Finding(
            "clock_source", .warning, found: source,
            matter: "reading the clock takes a microsecond or more and goes through the kernel",
            remedy: "boot with tsc=reliable if the processor's counter is sound, see dmesg | grep -i tsc")
    }

    /// A camera on another machine stamps with another clock.
    private var synchronization: Finding {
        if files.exists("/run/systemd/timesync/synchronized") {
            return Finding("time_sync", .good, found: "systemd-timesyncd is synchronized")
        }
        let daemons: Set<String> = ["chronyd", "ntpd", "ntpd-rs", "ptp4l", "phc2sys", "systemd-timesyn"]
        let running = files.names(in: "/proc").filter { $0.allSatisfy(\.isNumber) }
            .compactMap { files.line("/proc/\($0)/comm") }.filter { daemons.contains($0) }
        guard running.isEmpty else {
            let names = Set(running).sorted().joined(separator: ", ")
            return Finding(
                "time_sync", names == "systemd-timesyn" ? .warning : .good,
                found: names == "systemd-timesyn"
                    ? "systemd-timesyncd runs and is not synchronized" : "\(names) runs",
                matter: "stamps of cameras on other machines are compared with this clock",
                remedy: names == "systemd-timesyn" ? "timedatectl timesync-status" : "")
        }
        return Finding(
            "time_sync", .note, found: "no time daemon is seen",
            matter:
                "it matters where cameras or networks run on other machines: their stamps must fit this clock",
            remedy: "sudo apt install chrony, or ptp4l where cameras speak PTP")
    }

    /// Libraries, instructions, room.
    var libraries: [Finding] { [zeroMQ, openCV, instructions, disk] }

    private var zeroMQ: Finding {
        let isOld = Self.isBefore(traits.zeroMQ, [4, 3, 2])
        return Finding(
            "zeromq", isOld ? .problem : .good,
            found: "libzmq \(traits.zeroMQ), encryption \(traits.hasCurve ? "there" : "not built in")",
            matter: isOld
                ? "versions before 4.3.2 let a peer run code (CVE-2019-6250, CVE-2019-13132)"
                : traits.hasCurve ? "" : "endpoints beyond this machine cannot be protected",
            remedy: isOld ? "upgrade libzmq5" : traits.hasCurve ? "" : "use a libzmq with libsodium")
    }

    private var openCV: Finding {
        let isOld = Self.isBefore(traits.openCV, [4, 5])
        return Finding(
            "opencv", isOld ? .warning : .good, found: traits.openCV,
            matter: isOld ? "not tried with this version; 4.6 is" : "")
    }

    private var instructions: Finding {
        guard !traits.hasFastKernels else {
            return Finding("instructions", .good, found: "the fast kernels run (AVX2, FMA, F16C)")
        }
        return Finding(
            "instructions", .warning, found: "the fast kernels do not run on this processor",
            matter: "the similarity stage takes several times as long",
            remedy: "in a virtual machine: pass the host's processor through (-cpu host)")
    }

    private var disk: Finding {
        guard let free = traits.freeBytes else {
            return Finding("disk", .unknown, found: "the folder of recordings is not there")
        }
        let floor = UInt64(recording.freeMebibytes) << 20
        // 30 frames a second with 5.5 MB features.
        let minutes = Double(free - min(free, floor)) / 166e6 / 60
        let isLow = minutes < 5
        return Finding(
            "disk", isLow ? .warning : .good,
            found: "\(DiskSpace.text(free)) free, of which a recording leaves \(DiskSpace.text(floor)) "
                + "(record.free_mib): \(Int(minutes)) minutes of frames with 5.5 MB features",
            matter: free <= floor ? "a recording ends at once" : isLow ? "a recording will end early" : "",
            remedy: isLow ? "make room, or record fewer topics" : "")
    }

    /// True where `version` comes before `other`; versions that are none do not.
    private static func isBefore(_ version: String, _ other: [Int]) -> Bool {
        let parts = version.split { !$0.isNumber }.compactMap { Int($0) }
        guard !parts.isEmpty else { return false }
        return parts.lexicographicallyPrecedes(other)
    }
}
