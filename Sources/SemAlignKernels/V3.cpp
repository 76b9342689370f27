// SPDX-License-Identifier: Apache-2.0
// The kernels for x86-64-v3 (AVX2, FMA, F16C): chosen at run time, so no compiler flag is needed.
#include "Kernels.hpp"
#include "PoseGeometry.hpp"
#if defined(__x86_64__)
#define ISA(name) name##_v3
#define ISA_ROWS 6
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,bmi2"))), apply_to = function)
#include "Similarity.inc"
#include "ImageLikelihood.inc"
#include "PoseEvidence.inc"
#pragma clang attribute pop
const KernelTable v3_kernels = KERNEL_TABLE;
#endif
