// SPDX-License-Identifier: Apache-2.0
#ifndef SEMALIGN_COPENCV_H
#define SEMALIGN_COPENCV_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

#ifdef __cplusplus
}
#endif
#endif
