// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Which part of how many: `I/N`, I from 0; `N` alone takes I from the scheduler's environment.
struct ShardNumber: ExpressibleByArgument, Equatable {
    /// Counts from 0; `nil` = the environment says it.
    let index: Int?
    let count: Int

    /// Most shards of a plan.
    static let limit = 100_000

    init(index: Int?, count: Int) {
        self.index = index
        self.count = count
    }

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int($0) }
        guard numbers.count == parts.count, let count = numbers.last, (1...Self.limit).contains(count) else {
            return nil
        }
        switch numbers.count {
        case 1: self.init(index: nil, count: count)
        case 2 where (0..<count).contains(numbers[0]): self.init(index: numbers[0], count: count)
        default: return nil
        }
    }

    /// The index; without one, Slurm's or Kubernetes' variable.
    func resolved(_ environment: [String: String]) throws -> Int {
        if let index { return index }
        let names = ["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX"]
        guard let name = names.first(where: { environment[$0] != nil }), let text = environment[name] else {
            throw CommandFailure.usage(
                "--shard \(count) needs its number from \(names.joined(separator: " or ")); or write --shard "
                    + "0/\(count)")
        }
        guard let index = Int(text), (0..<count).contains(index) else {
            throw CommandFailure.usage("\(name) is '\(text)', expected 0 to \(count - 1)")
        }
        return index
    }
}
