// SPDX-License-Identifier: Apache-2.0
#include "SemAlignKernels.h"

void semalign_halve_grid(const semalign_grid *fine, size_t point_count, float *match, float *count, float *depth) {
  const int columns = (fine->columns + 1) / 2, rows = (fine->rows + 1) / 2;
  const size_t fine_cells = (size_t)fine->columns * fine->rows, cells = (size_t)columns * rows;
  for (size_t k = 0; k < cells; ++k) count[k] = depth[k] = 0;
  for (int y = 0; y < fine->rows; ++y)
    for (int x = 0; x < fine->columns; ++x) {
      const size_t from = (size_t)y * fine->columns + x, to = (size_t)(y / 2) * columns + x / 2;
      count[to] += fine->count[from];
      const float d = fine->depth[from];
      if (d > 0 && (depth[to] <= 0 || d < depth[to])) depth[to] = d;
    }
  for (size_t i = 0; i < point_count; ++i) {
    const float *source = fine->match + i * fine_cells;
    float *target = match + i * cells;
    for (size_t k = 0; k < cells; ++k) target[k] = 0;
    for (int y = 0; y < fine->rows; ++y) {
      const float *line = source + (size_t)y * fine->columns, *patches = fine->count + (size_t)y * fine->columns;
      float *row = target + (size_t)(y / 2) * columns;
      for (int x = 0; x < fine->columns; ++x) row[x / 2] += patches[x] * line[x];
    }
    for (size_t k = 0; k < cells; ++k) target[k] = count[k] > 0 ? target[k] / count[k] : 0;
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
