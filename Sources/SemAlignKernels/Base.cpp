// SPDX-License-Identifier: Apache-2.0
// The kernels for any processor: SSE2 on x86-64, NEON on aarch64.
#include "Kernels.hpp"
#include "PoseGeometry.hpp"
#define ISA(name) name##_base
#define ISA_ROWS 2
#include "Similarity.inc"
#include "ImageLikelihood.inc"
#include "PoseEvidence.inc"
const KernelTable base_kernels = KERNEL_TABLE;
