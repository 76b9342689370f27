// SPDX-License-Identifier: Apache-2.0
#include "SemAlignKernels.h"

#include <algorithm>
#include <cstring>

void semalign_log_likelihoods(float *values, int32_t patch_count, int32_t stride, int32_t point_count,
                              const float *mean, const float *deviation, float limit, const uint8_t *in_mask,
                              float *column_scratch) {
  std::memset(column_scratch, 0, sizeof(float) * point_count);
  float inside = 0;
  for (int32_t k = 0; k < patch_count; ++k) {
    float *row = values + (size_t)k * stride;
    for (int32_t i = 0; i < point_count; ++i) {
      const float z = std::min(std::max((mean[i] - row[i]) / deviation[i], 0.0f), limit);
      row[i] = -0.5f * z * z;
    }
    if (!in_mask[k]) continue;
    ++inside;
    for (int32_t i = 0; i < point_count; ++i) column_scratch[i] += row[i];
  }
  const float share = inside > 0 ? 1 / inside : 0;
  for (int32_t k = 0; k < patch_count; ++k) {
    float *row = values + (size_t)k * stride;
    for (int32_t i = 0; i < point_count; ++i) row[i] -= share * column_scratch[i];
  }
}

void semalign_vote_translation(const float *positions, const float *canonical, const float *weights,
                               int32_t match_count, const float *rotation, float scale, float spread,
                               int32_t flat, float *place, float *offset_scratch) {
  const float *r = rotation;
  for (int32_t i = 0; i < match_count; ++i) {
    const float *p = positions + 3 * i, *c = canonical + 3 * i;
    float *o = offset_scratch + 3 * i;
    for (int a = 0; a < 3; ++a)
      o[a] = p[a] - scale * (r[3 * a] * c[0] + r[3 * a + 1] * c[1] + r[3 * a + 2] * c[2]);
    if (flat) o[2] = place[2];
  }
  for (int round = 0; round < 4; ++round) {
    const float width = round < 2 ? 2 * spread : spread;
    const float inverse = 1 / (width * width);
    float sum[3] = {0, 0, 0}, total = 0;
    for (int32_t i = 0; i < match_count; ++i) {
      const float *o = offset_scratch + 3 * i;
      const float x = o[0] - place[0], y = o[1] - place[1], z = o[2] - place[2];
      const float q = 1 + (x * x + y * y + z * z) * inverse;
      const float w = weights[i] / (q * q);
      sum[0] += w * o[0], sum[1] += w * o[1], sum[2] += w * o[2];
      total += w;
    }
    if (total > 0)
      for (int a = 0; a < 3; ++a) place[a] = sum[a] / total;
  }
}
