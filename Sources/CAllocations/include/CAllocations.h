// SPDX-License-Identifier: Apache-2.0
// Counts the calls of the allocator. An executable that links this target has all its allocations counted, those of
// shared libraries too: its own malloc comes first. Costs about a nanosecond a call.
#ifndef SEMALIGN_ALLOCATIONS_H
#define SEMALIGN_ALLOCATIONS_H

#include <stdint.h>

/// Calls of malloc, calloc, realloc and their aligned kin by the calling thread since it began.
/// 0 where they cannot be counted: under a sanitizer, or without glibc.
uint64_t semalign_thread_allocations(void);

/// Non-zero where allocations are counted.
int semalign_counts_allocations(void);

#endif
