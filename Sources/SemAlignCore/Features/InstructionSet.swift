// SPDX-License-Identifier: Apache-2.0

internal import SemAlignKernels

/// Which compiled copy of the kernels runs.
///
/// Copies differ in the last bits of their results only.
public enum InstructionSet: Int32, Hashable, Sendable, CaseIterable {
    /// Any processor of the architecture.
    case base = 0
    /// x86-64-v3: AVX2, FMA, F16C.
    case v3 = 1

    /// What runs instead of the best copy, within the body of `$forced.withValue`: to compare processors on one machine.
    @TaskLocal public static var forced: InstructionSet?

    /// The fastest copy that this processor can run, unless another one is forced.
    public static var best: InstructionSet {
        forced ?? InstructionSet(rawValue: semalign_best_isa()) ?? .base
    }
}
