// SPDX-License-Identifier: Apache-2.0
// Calls of the operating system that Swift cannot see: they need _GNU_SOURCE or take variable arguments.
#ifndef SEMALIGN_SYSTEM_H
#define SEMALIGN_SYSTEM_H

#include <stddef.h>
#include <stdint.h>

/// Lets the calling thread run on these processors only. Returns 0, or errno where that was refused.
int semalign_pin_thread(const int32_t *processors, size_t count);

/// Lets the calling thread's timers fire up to so many nanoseconds late, at least 1. Returns 0 or errno.
int semalign_set_timer_slack(uint64_t nanoseconds);

/// Lets the allocator keep up to so many freed bytes instead of giving them back to the system at once.
///
/// Blocks of up to 32 MiB come from what was kept: without that a message of megabytes costs a page fault for each
/// of its pages, every time. What one thread has freed the others may use, too: threads that start from now on have no
/// memory of their own. Returns 0, or -1 where the allocator has no such setting.
int semalign_keep_freed_memory(size_t bytes);

/// A descriptor whose 8 bytes are the instructions of the calling thread outside the kernel; -1 where nobody counts them.
int semalign_open_instruction_counter(void);

#endif
