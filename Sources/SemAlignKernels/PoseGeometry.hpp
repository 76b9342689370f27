// SPDX-License-Identifier: Apache-2.0
// Points of a posed class in a frame: what the kernels of every instruction set share. All of it is inlined.
#pragma once
#include "SemAlignKernels.h"

#include <string.h>

namespace {

/// What the raster says of one pixel.
struct Cell {
    bool mask;     // the object is there
    bool unknown;  // outside the image: nobody knows what is there
    float depth, slope_x, slope_y, to_mask_x, to_mask_y;
};

__attribute__((always_inline)) inline Cell look_up(const semalign_evidence &e, float u, float v) {
    const float fx = (u - e.raster_x) / e.raster_cell, fy = (v - e.raster_y) / e.raster_cell;
    const float right = (float)(e.raster_width - 1), bottom = (float)(e.raster_height - 1);
    // Outside, the nearest border cell tells the way back.
    const int x = (int)((fx < 0 ? 0 : fx > right ? right : fx) + 0.5f);
    const int y = (int)((fy < 0 ? 0 : fy > bottom ? bottom : fy) + 0.5f);
    const bool inside = fx > -0.5f && fy > -0.5f && fx < right + 0.5f && fy < bottom + 0.5f;
    const int i = y * e.raster_width + x;
    Cell cell;
    cell.mask = inside && e.raster_mask[i] == 1;
    cell.unknown = e.raster_mask[i] == 2;
    cell.depth = inside ? e.raster_depth[i] : 0;
    cell.slope_x = e.raster_slope[2 * i];
    cell.slope_y = e.raster_slope[2 * i + 1];
    cell.to_mask_x = e.raster_to_mask[2 * i] + (e.raster_x + x * e.raster_cell - u);
    cell.to_mask_y = e.raster_to_mask[2 * i + 1] + (e.raster_y + y * e.raster_cell - v);
    return cell;
}

/// True where the image does not show what is at this depth: something stands in front, or the image ends.
__attribute__((always_inline)) inline bool is_hidden(const Cell &cell, float depth, float margin) {
    return cell.unknown || (cell.depth > 0 && cell.depth < depth - margin);
}

__attribute__((always_inline)) inline void rotate(const float *r, const float *v, float *out) {
    out[0] = r[0] * v[0] + r[1] * v[1] + r[2] * v[2];
    out[1] = r[3] * v[0] + r[4] * v[1] + r[5] * v[2];
    out[2] = r[6] * v[0] + r[7] * v[1] + r[8] * v[2];
}

/// Modes that a pose bends the class by: none where it has the mean shape, as all do that a search begins with.
__attribute__((always_inline)) inline int bent_modes(const semalign_model &m, const semalign_pose &pose) {
    for (int k = 0; k < m.mode_count; ++k)
        if (pose.modes[k] != 0) return m.mode_count;
    return 0;
}

/// Position of point i in the camera frame; `modes` of `bent_modes`.
__attribute__((always_inline)) inline void place(
    const semalign_model &m, const semalign_pose &pose, int modes, int i, float *out) {
    float c[3] = {m.points[3 * i], m.points[3 * i + 1], m.points[3 * i + 2]};
    const float *mode = m.modes + (size_t)i * m.mode_count * 3;
    for (int k = 0; k < modes; ++k) {
        const float a = pose.modes[k];
        c[0] += a * mode[3 * k], c[1] += a * mode[3 * k + 1], c[2] += a * mode[3 * k + 2];
    }
    rotate(pose.rotation, c, out);
    for (int a = 0; a < 3; ++a) out[a] = pose.scale * out[a] + pose.translation[a];
}

/// A pixel, and rows of its Jacobian over (x, y, z, log focal) for u and v.
struct Projection {
    float u, v, du[4], dv[4];
    Projection() = default;
    __attribute__((always_inline)) Projection(const semalign_evidence &e, float focal_scale, const float *p) {
        const float iz = 1 / p[2], fx = e.focal_x * focal_scale, fy = e.focal_y * focal_scale;
        const float x = p[0] * iz, y = p[1] * iz;
        u = fx * x + e.center_x, v = fy * y + e.center_y;
        du[0] = fx * iz, du[1] = 0, du[2] = -fx * x * iz, du[3] = fx * x;
        dv[0] = 0, dv[1] = fy * iz, dv[2] = -fy * y * iz, dv[3] = fy * y;
    }
};

/// What a frame says of a posed point.
struct PointState {
    enum Kind : int32_t { behind, on_object, hidden, off_object };
    Kind kind;
    float visible;
    Projection projection;
    Cell cell;
};
static_assert(sizeof(PointState) <= SEMALIGN_POINT_SCRATCH * sizeof(float), "callers provide that much for a point");

/// Information about one point: residuals' J^T W J over (x, y, z, log focal), and J^T W r.
struct PointPull {
    float w[4][4], g[4];
    bool is_empty = true;
    __attribute__((always_inline)) void add(const float *row, float residual, float weight) {
        is_empty = false;
        for (int a = 0; a < 4; ++a) {
            for (int b = 0; b < 4; ++b) w[a][b] += weight * row[a] * row[b];
            g[a] += weight * row[a] * residual;
        }
    }
};

}  // namespace
