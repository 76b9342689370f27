// SPDX-License-Identifier: Apache-2.0
// Tells the thread sanitizer what orders threads in Swift's runtime. launch/check-threads preloads it.
//
// Mutex: where nobody waits, it is inlined and the sanitizer sees its atomic. Where somebody does, the rest is in
// libswiftSynchronization, which is not instrumented.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define HANDLE __attribute__((swift_context)) void *handle

extern __attribute__((weak)) void __tsan_acquire(void *address);
extern __attribute__((weak)) void __tsan_release(void *address);

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

SWIFT void lockSlow(uint32_t thread, HANDLE) __asm__(LOCK);
SWIFT void lockSlow(uint32_t thread, HANDLE) {
    typedef SWIFT void Real(uint32_t, HANDLE);
    static Real *real;
    if (!real) real = (Real *)dlsym(RTLD_NEXT, LOCK);
    real(thread, handle);
    if (__tsan_acquire) __tsan_acquire(handle);
}

SWIFT _Bool tryLockSlow(HANDLE) __asm__(TRY);
SWIFT _Bool tryLockSlow(HANDLE) {
    typedef SWIFT _Bool Real(HANDLE);
    static Real *real;
    if (!real) real = (Real *)dlsym(RTLD_NEXT, TRY);
    const _Bool isLocked = real(handle);
    if (isLocked && __tsan_acquire) __tsan_acquire(handle);
    return isLocked;
}

SWIFT void unlockSlow(HANDLE) __asm__(UNLOCK);
SWIFT void unlockSlow(HANDLE) {
    typedef SWIFT void Real(HANDLE);
    static Real *real;
    if (!real) real = (Real *)dlsym(RTLD_NEXT, UNLOCK);
    if (__tsan_release) __tsan_release(handle);
    real(handle);
}

// Reference counts: a buffer that nobody else refers to any more is changed in place, after its last reader let go of it.
typedef void Release(void *object);
void swift_release(void *object) {
    static Release *real;
    if (!real) real = (Release *)dlsym(RTLD_NEXT, "swift_release");
    if (object && __tsan_release) __tsan_release(object);
    real(object);
}

typedef void ReleaseMany(void *object, uint32_t count);
void swift_release_n(void *object, uint32_t count) {
    static ReleaseMany *real;
    if (!real) real = (ReleaseMany *)dlsym(RTLD_NEXT, "swift_release_n");
    if (object && __tsan_release) __tsan_release(object);
    real(object, count);
}

// The same for references whose upper bits may say that they refer to no counted object, as those to literals do.
static _Bool isCounted(void *object) { return object && (uintptr_t)object >> 60 == 0 && __tsan_release; }

void swift_bridgeObjectRelease(void *object) {
    static Release *real;
    if (!real) real = (Release *)dlsym(RTLD_NEXT, "swift_bridgeObjectRelease");
    if (isCounted(object)) __tsan_release(object);
    real(object);
}

void swift_bridgeObjectRelease_n(void *object, uint32_t count) {
    static ReleaseMany *real;
    if (!real) real = (ReleaseMany *)dlsym(RTLD_NEXT, "swift_bridgeObjectRelease_n");
    if (isCounted(object)) __tsan_release(object);
    real(object, count);
}

_Bool swift_isUniquelyReferenced_nonNull_native(const void *object) {
    static _Bool (*real)(const void *);
    if (!real) real = (_Bool (*)(const void *))dlsym(RTLD_NEXT, "swift_isUniquelyReferenced_nonNull_native");
    const _Bool isUnique = real(object);
    if (isUnique && __tsan_acquire) __tsan_acquire((void *)object);
    return isUnique;
}
