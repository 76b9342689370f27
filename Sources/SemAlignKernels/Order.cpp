// SPDX-License-Identifier: Apache-2.0
// Sorting without memory of its own: the standard library's sorts in Swift get a buffer for every call.
#include "SemAlignKernels.h"

#include <algorithm>

float semalign_median(float *values, int32_t count) {
  if (count <= 0) return 0;
  std::nth_element(values, values + count / 2, values + count);
  return values[count / 2];
}

void semalign_order_descending(const double *keys, int32_t count, int32_t *order) {
  for (int32_t i = 0; i < count; ++i) order[i] = i;
  // What is not a number comes last: comparing it would give no order at all.
  const auto less = [&](int32_t a, int32_t b) {
    const double x = keys[a], y = keys[b];
    if (x > y) return true;
    if (y > x) return false;
    const bool x_is_number = x == x, y_is_number = y == y;
    return x_is_number != y_is_number ? x_is_number : a < b;
  };
  std::sort(order, order + count, less);
}
