// SPDX-License-Identifier: Apache-2.0
// Depth and mask around the object, made ready for the pose kernels.
#include "SemAlignKernels.h"

#include <cmath>

namespace {

/// The way to the object from a cell's neighbour, if it is shorter, becomes the cell's own.
inline void relax(float *field, int width, int height, int x, int y, int dx, int dy) {
  const int nx = x + dx, ny = y + dy;
  if (nx < 0 || ny < 0 || nx >= width || ny >= height) return;
  float *own = field + 2 * (y * width + x);
  const float *other = field + 2 * (ny * width + nx);
  const float cx = other[0] + (float)dx, cy = other[1] + (float)dy;
  if (cx * cx + cy * cy < own[0] * own[0] + own[1] * own[1]) own[0] = cx, own[1] = cy;
}

}  // namespace

void semalign_drop_depth_edges(int32_t width, int32_t height, float edge, const uint8_t *mask, const float *before,
                               float *depth) {
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const int i = y * width + x;
      const float own = before[i];
      if (mask[i] != 1 || !(own > 0)) continue;
      // Of two surfaces the nearer one's cell is kept.
      const auto is_behind = [&](bool inside, int n) {
        return inside && mask[n] == 1 && before[n] > 0 && own - before[n] > edge * before[n];
      };
      if (is_behind(x + 1 < width, i + 1) || is_behind(x > 0, i - 1) || is_behind(y + 1 < height, i + width) ||
          is_behind(y > 0, i - width))
        depth[i] = 0;
    }
}

void semalign_depth_slopes(int32_t width, int32_t height, float cell, float edge, const uint8_t *mask,
                           const float *depth, float *slope) {
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      const int i = y * width + x;
      const float own = depth[i];
      if (mask[i] != 1 || !(own > 0)) continue;
      for (int axis = 0; axis < 2; ++axis) {
        const int reach = axis == 0 ? 2 : 2 * width, place = axis == 0 ? x : y, limit = axis == 0 ? width : height;
        // Neighbours on the same surface only.
        const auto value = [&](bool inside, int n) {
          return inside && mask[n] == 1 && depth[n] > 0 && std::fabs(depth[n] - own) < 2 * edge * own ? depth[n] : 0;
        };
        const float ahead = value(place + 2 < limit, i + reach), behind = value(place >= 2, i - reach);
        const float run = 2 * cell;
        slope[2 * i + axis] = ahead > 0 && behind > 0 ? (ahead - behind) / (2 * run)
                              : ahead > 0             ? (ahead - own) / run
                              : behind > 0            ? (own - behind) / run
                                                      : 0;
      }
    }
}

void semalign_ways_to_mask(int32_t width, int32_t height, float cell, const uint8_t *mask, float *way) {
  for (int i = 0; i < width * height; ++i) way[2 * i] = way[2 * i + 1] = mask[i] == 1 ? 0 : 1e6f;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      relax(way, width, height, x, y, -1, 0);
      relax(way, width, height, x, y, 0, -1);
      relax(way, width, height, x, y, -1, -1);
      relax(way, width, height, x, y, 1, -1);
    }
    for (int x = width - 1; x >= 0; --x) relax(way, width, height, x, y, 1, 0);
  }
  for (int y = height - 1; y >= 0; --y) {
    for (int x = width - 1; x >= 0; --x) {
      relax(way, width, height, x, y, 1, 0);
      relax(way, width, height, x, y, 0, 1);
      relax(way, width, height, x, y, 1, 1);
      relax(way, width, height, x, y, -1, 1);
    }
    for (int x = 0; x < width; ++x) relax(way, width, height, x, y, -1, 0);
  }
  for (int i = 0; i < 2 * width * height; ++i) way[i] *= cell;
}
