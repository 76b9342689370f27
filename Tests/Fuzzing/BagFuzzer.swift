// SPDX-License-Identifier: Apache-2.0

import SemAlignBags

/// What libFuzzer calls with every input: everything that reads bags must end without a trap, in bounded memory.
///
/// Built by `launch/fuzz` alone. The result is kept so that the optimiser cannot leave the reading out.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzBag(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe [UInt8](UnsafeBufferPointer(start: bytes, count: count))
    let limits = BagLimits(chunkSize: 1 << 16, recordSize: 1 << 16, cacheSize: 1 << 10)
    // Without checksums damage gets further in; with them the paths that refuse are walked.
    for isChecked in [false, true] {
        let configuration = ReaderConfiguration(checksChecksums: isChecked, limits: limits)
        sum &+= read(MemorySource(input), configuration)
    }
    sum &+= mend(input, limits)
    return 0
}

nonisolated(unsafe) private var sum: UInt64 = 0

/// Reads a bag in every way there is.
private func read(_ source: MemorySource, _ configuration: ReaderConfiguration) -> UInt64 {
    guard let reader = try? BagReader(source, configuration: configuration) else { return 0 }
    var sum: UInt64 = 0
    var stream = reader.stream()
    drain { () throws(BagError) in
        guard let message = try stream.next() else { return false }
        sum &+= message.logTime &+ UInt64(message.payload.count)
        return true
    }
    for selection in [MessageSelection.all, MessageSelection(topics: ["/a"], start: 1 << 20, end: 1 << 60)] {
        guard var ordered = try? reader.messages(selection) else { continue }
        drain { () throws(BagError) in
            guard let message = try ordered.next() else { return false }
            sum &+= message.logTime &+ UInt64(message.payload.count)
            return true
        }
    }
    if let info = try? reader.info() { sum &+= info.duration }
    for index in reader.summary?.attachmentIndexes ?? [] {
        sum &+= UInt64((try? reader.attachment(index))?.data.count ?? 0)
    }
    for index in reader.summary?.metadataIndexes ?? [] {
        sum &+= UInt64((try? reader.metadata(index))?.values.count ?? 0)
    }
    return sum
}

/// Calls `next` until it says that the end has come; an error leaves out what is damaged, so it goes on.
private func drain(_ next: () throws(BagError) -> Bool) {
    var errors = 0
    while errors < 100 {
        do throws(BagError) {
            guard try next() else { return }
        } catch {
            errors += 1
        }
    }
}

/// Checks a bag and mends it: what comes out must be sound.
private func mend(_ input: [UInt8], _ limits: BagLimits) -> UInt64 {
    let source = MemorySource(input)
    let check = try? BagCheck(source, limits: limits)
    let sink = MemorySink()
    guard let report = try? BagRecovery.recover(source, to: sink, limits: limits) else { return 0 }
    if let mended = try? BagCheck(MemorySource(sink.bytes)) {
        precondition(mended.isSound, "a mended bag is not sound: \(mended.findings)")
    }
    return report.messages &+ UInt64(check?.errorCount ?? 0)
}
