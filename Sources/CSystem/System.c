// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <sched.h>
#include <sys/prctl.h>

int semalign_pin_thread(const int32_t *processors, size_t count) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (size_t i = 0; i < count; ++i) {
        if (processors[i] < 0 || processors[i] >= CPU_SETSIZE) return EINVAL;
        CPU_SET(processors[i], &set);
    }
    return sched_setaffinity(0, sizeof set, &set) == 0 ? 0 : errno;
}

int semalign_set_timer_slack(uint64_t nanoseconds) {
    return prctl(PR_SET_TIMERSLACK, (unsigned long)nanoseconds, 0, 0, 0) == 0 ? 0 : errno;
}

int semalign_keep_freed_memory(size_t bytes) {
    const int count = bytes > INT_MAX ? INT_MAX : (int)bytes;
    return mallopt(M_MMAP_THRESHOLD, 32 << 20) == 1 && mallopt(M_TRIM_THRESHOLD, count) == 1 ? 0 : -1;
}
