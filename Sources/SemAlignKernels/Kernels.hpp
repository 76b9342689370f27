// SPDX-License-Identifier: Apache-2.0
// One table of functions per instruction set.
#pragma once
#include "SemAlignKernels.h"

struct KernelTable {
    void (*similarities)(
        const uint16_t *, const int32_t *, size_t, size_t, const float *, size_t, float *, float *);
    float (*log_semantic)(
        const float *, size_t, const int32_t *, const float *, const float *, const float *, size_t, size_t, int32_t,
        float *);
    void (*place_points)(const float *, size_t, size_t, const double *, float *, float *, float *);
    void (*project)(const float *, const float *, const float *, size_t, float, float, float, float *, float *);
    double (*dense_term)(
        const float *, const float *, size_t, const float *, const float *, const float *, const float *, size_t,
        float, float, float *, float *);
    double (*sparse_term)(
        const float *, const float *, size_t, const float *, const float *, const float *, const float *, size_t,
        size_t, float, float, float *, float *);
    double (*pull_back)(
        const float *, size_t, size_t, const float *, const float *, const float *, float, float, float,
        const float *, const float *, float *, float *, float *, double *);
    void (*packed_products)(const float *, size_t, size_t, const float *, size_t, float *);
    void (*match_grid)(
        float *, size_t, size_t, size_t, const int32_t *, size_t, float, float, float *, float *);
    void (*pose_pulls)(
        const semalign_model *, const semalign_evidence *, const semalign_pulls *, const semalign_pose *, int32_t,
        float *, float *, float *, float *);
    semalign_support (*pose_support)(
        const semalign_model *, const semalign_evidence *, const semalign_pulls *, const semalign_pose *, int32_t,
        float *, float *);
    semalign_support (*quick_support)(
        const semalign_model *, const semalign_evidence *, const semalign_pulls *, const semalign_pose *, int32_t,
        int32_t, uint8_t *);
};

#define KERNEL_TABLE                                                                                 \
    {ISA(similarities), ISA(log_semantic), ISA(place_points), ISA(project), ISA(dense_term),         \
     ISA(sparse_term), ISA(pull_back), ISA(packed_products), ISA(match_grid), ISA(pose_pulls), ISA(pose_support),          \
     ISA(quick_support)}

extern const KernelTable base_kernels;
#if defined(__x86_64__)
extern const KernelTable v3_kernels;
#endif

// The table that the caller asks for.
const KernelTable &kernel_table(int32_t isa);
