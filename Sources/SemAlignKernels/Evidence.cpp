// SPDX-License-Identifier: Apache-2.0
#include "SemAlignKernels.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstring>

namespace {

constexpr int kPose = 8;  // rotation 3, translation 3, log scale, log focal
constexpr int kMost = kPose + SEMALIGN_MODE_LIMIT;

/// What the raster says of one pixel.
struct Cell {
  bool inside;   // the raster covers the pixel
  bool mask;     // the object is there
  bool unknown;  // outside the image: nobody knows what is there
  float depth, slope_x, slope_y, to_mask_x, to_mask_y;
};

Cell look_up(const semalign_evidence &e, float u, float v) {
  Cell cell{};
  const float fx = (u - e.raster_x) / e.raster_cell, fy = (v - e.raster_y) / e.raster_cell;
  // Outside, the nearest border cell tells the way back.
  int x = (int)std::lround(std::clamp(fx, 0.0f, (float)(e.raster_width - 1)));
  int y = (int)std::lround(std::clamp(fy, 0.0f, (float)(e.raster_height - 1)));
  cell.inside = fx > -0.5f && fy > -0.5f && fx < e.raster_width - 0.5f && fy < e.raster_height - 0.5f;
  const int i = y * e.raster_width + x;
  cell.mask = cell.inside && e.raster_mask[i] == 1;
  cell.unknown = e.raster_mask[i] == 2;
  cell.depth = cell.inside ? e.raster_depth[i] : 0;
  cell.slope_x = e.raster_slope[2 * i];
  cell.slope_y = e.raster_slope[2 * i + 1];
  cell.to_mask_x = e.raster_to_mask[2 * i] + (e.raster_x + x * e.raster_cell - u);
  cell.to_mask_y = e.raster_to_mask[2 * i + 1] + (e.raster_y + y * e.raster_cell - v);
  return cell;
}

int nearest_direction(const semalign_model &m, const semalign_pose &pose) {
  // Camera centre in the class frame, up to scale: -R^T t.
  const float *r = pose.rotation, *t = pose.translation;
  const float d[3] = {-(r[0] * t[0] + r[3] * t[1] + r[6] * t[2]), -(r[1] * t[0] + r[4] * t[1] + r[7] * t[2]),
                      -(r[2] * t[0] + r[5] * t[1] + r[8] * t[2])};
  int best = 0;
  float best_cosine = -1e30f;
  for (int i = 0; i < m.direction_count; ++i) {
    const float *c = m.directions + 3 * i;
    const float cosine = c[0] * d[0] + c[1] * d[1] + c[2] * d[2];
    if (cosine > best_cosine) best_cosine = cosine, best = i;
  }
  return best;
}

void rotate(const float *r, const float *v, float *out) {
  out[0] = r[0] * v[0] + r[1] * v[1] + r[2] * v[2];
  out[1] = r[3] * v[0] + r[4] * v[1] + r[5] * v[2];
  out[2] = r[6] * v[0] + r[7] * v[1] + r[8] * v[2];
}

void place(const semalign_model &m, const semalign_pose &pose, int i, float *out) {
  float c[3] = {m.points[3 * i], m.points[3 * i + 1], m.points[3 * i + 2]};
  const float *mode = m.modes + (size_t)i * m.mode_count * 3;
  for (int k = 0; k < m.mode_count; ++k) {
    const float a = pose.modes[k];
    c[0] += a * mode[3 * k], c[1] += a * mode[3 * k + 1], c[2] += a * mode[3 * k + 2];
  }
  rotate(pose.rotation, c, out);
  for (int a = 0; a < 3; ++a) out[a] = pose.scale * out[a] + pose.translation[a];
}

/// Information about one point: residuals' J^T W J over (x, y, z, log focal) and J^T W r.
struct PointPull {
  float w[4][4];
  float g[4];
  void add(const float *row, float residual, float weight) {
    for (int a = 0; a < 4; ++a) {
      for (int b = 0; b < 4; ++b) w[a][b] += weight * row[a] * row[b];
      g[a] += weight * row[a] * residual;
    }
  }
};

/// Rows of the projection's Jacobian over (x, y, z, log focal), for u and v.
struct Projection {
  float u, v, du[4], dv[4];
  Projection(const semalign_evidence &e, float focal_scale, const float *p) {
    const float iz = 1 / p[2], fx = e.focal_x * focal_scale, fy = e.focal_y * focal_scale;
    const float x = p[0] * iz, y = p[1] * iz;
    u = fx * x + e.center_x, v = fy * y + e.center_y;
    du[0] = fx * iz, du[1] = 0, du[2] = -fx * x * iz, du[3] = fx * x;
    dv[0] = 0, dv[1] = fy * iz, dv[2] = -fy * y * iz, dv[3] = fy * y;
  }
};

float log_likelihood(const semalign_evidence &e, int point, float u, float v) {
  const int column = (int)std::lround((u - e.patch_x) / e.patch_width);
  const int row = (int)std::lround((v - e.patch_y) / e.patch_height);
  if (column < 0 || row < 0 || column >= e.columns || row >= e.rows) return -4;
  const int patch = e.patch_index[row * e.columns + column];
  return patch < 0 ? -4 : e.log_likelihood[(size_t)patch * e.likelihood_stride + point];
}

}  // namespace

void semalign_place_class(const semalign_model *model, const semalign_pose *pose, float *points_out) {
  for (int i = 0; i < model->point_count; ++i) place(*model, *pose, i, points_out + 3 * i);
}

semalign_support semalign_pose_support(const semalign_model *model, const semalign_evidence *evidence,
                                       const semalign_pulls *pulls, const semalign_pose *pose,
                                       int32_t keypoint_count, int32_t stride, int32_t reach, float *points_out,
                                       uint8_t *covered) {
  const semalign_model &m = *model;
  const semalign_evidence &e = *evidence;
  semalign_support s{};
  const int direction = nearest_direction(m, *pose);
  const float focal_scale = std::exp(pose->log_focal_change);
  std::memset(covered, 0, (size_t)e.rows * e.columns);
  float total = 0;
  for (int i = 0; i < m.point_count; i += i < keypoint_count ? 1 : stride) {
    const float visible = m.visibility[(size_t)i * m.direction_count + direction] / 255.0f * m.weights[i];
    float *p = points_out + 3 * i;
    place(m, *pose, i, p);
    if (visible < 0.1f) continue;
    total += visible;
    if (p[2] <= 0) {
      s.mask -= 4 * visible;
      continue;
    }
    const Projection q(e, focal_scale, p);
    const Cell cell = look_up(e, q.u, q.v);
    if (cell.mask) {
      s.semantic += visible * log_likelihood(e, i, q.u, q.v);
      if (cell.depth > 0) {
        const float r = (p[2] - cell.depth) / pulls->depth_sigma;
        s.depth -= visible * 0.5f * std::min(r * r, 9.0f);
      }
      const int column = (int)std::lround((q.u - e.patch_x) / e.patch_width);
      const int row = (int)std::lround((q.v - e.patch_y) / e.patch_height);
      const int x0 = std::max(0, column - reach), x1 = std::min(e.columns - 1, column + reach);
      const int y0 = std::max(0, row - reach), y1 = std::min(e.rows - 1, row + reach);
      for (int y = y0; y <= y1 && x1 >= x0; ++y) std::memset(covered + y * e.columns + x0, 1, x1 - x0 + 1);
    } else if (cell.unknown || (cell.depth > 0 && cell.depth < p[2] - pulls->occlusion_margin)) {
      s.mask -= 0.3f * visible;  // Behind something: neither supported nor contradicted.
    } else {
      const float d = std::hypot(cell.to_mask_x, cell.to_mask_y) / pulls->mask_sigma;
      s.mask -= visible * 0.5f * std::min(d * d, 9.0f);
    }
  }
  int inside = 0, explained = 0;
  for (int cell = 0; cell < e.rows * e.columns; ++cell) {
    const int patch = e.patch_index[cell];
    if (patch >= 0 && e.patch_in_mask[patch]) ++inside, explained += covered[cell];
  }
  s.coverage = inside > 0 ? (float)explained / inside : 0;
  s.visible = total;
  const float scale = total > 0 ? 1 / total : 0;
  s.semantic *= scale, s.depth *= scale, s.mask *= scale;
  return s;
}

float semalign_refine_pose(const semalign_model *model, const semalign_evidence *evidence,
                           const semalign_pulls *pulls, semalign_pose *pose, float *points_out,
                           double *information) {
  const semalign_model &m = *model;
  const semalign_evidence &e = *evidence;
  const semalign_pulls &w = *pulls;
  const int modes = std::min(w.free_modes, m.mode_count);
  const int size = kPose + modes;
  const int direction = nearest_direction(m, *pose);
  const float focal_scale = std::exp(pose->log_focal_change);
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, kMost, kMost> h(size, size);
  Eigen::Matrix<double, Eigen::Dynamic, 1, 0, kMost, 1> g(size);
  h.setZero();
  g.setZero();

  const float reach_x = 2.5f * w.attraction_sigma / e.patch_width;
  const float reach_y = 2.5f * w.attraction_sigma / e.patch_height;
  const float inverse_sigma2 = 1 / (w.attraction_sigma * w.attraction_sigma);

  for (int i = 0; i < m.point_count; ++i) {
    float *p = points_out + 3 * i;
    place(m, *pose, i, p);
    const float visible = m.visibility[(size_t)i * m.direction_count + direction] / 255.0f * m.weights[i];
    if (p[2] <= 0) continue;
    const Projection q(e, focal_scale, p);
    const Cell cell = look_up(e, q.u, q.v);
    PointPull pull{};
    const bool occluded =
        !cell.mask && (cell.unknown || (cell.depth > 0 && cell.depth < p[2] - w.occlusion_margin));
    if (!cell.mask && !occluded) {
      // Also hidden points lie inside the silhouette.
      const float share = 0.3f + 0.7f * visible;
      const float d2 = (cell.to_mask_x * cell.to_mask_x + cell.to_mask_y * cell.to_mask_y) /
                       (w.mask_sigma * w.mask_sigma);
      const float weight = w.mask_weight * share / (w.mask_sigma * w.mask_sigma) / (1 + d2 / 9);
      pull.add(q.du, -cell.to_mask_x, weight);
      pull.add(q.dv, -cell.to_mask_y, weight);
    }
    if (visible > 0.1f) {
      if (cell.mask && cell.depth > 0) {
        const float r = p[2] - cell.depth;
        const float n = r / w.depth_sigma;
        const float weight = w.depth_weight * visible / (w.depth_sigma * w.depth_sigma) /
                             ((1 + n * n / 4) * (1 + n * n / 4));
        float row[4];
        for (int a = 0; a < 4; ++a)
          row[a] = (a == 2 ? 1.0f : 0.0f) - cell.slope_x * q.du[a] - cell.slope_y * q.dv[a];
        pull.add(row, r, weight);
      }
      if (!occluded && w.semantic_weight > 0) {
        // Where the image shows this point's like, near its projection.
        const float px = (q.u - e.patch_x) / e.patch_width, py = (q.v - e.patch_y) / e.patch_height;
        const int x0 = std::max(0, (int)std::ceil(px - reach_x));
        const int x1 = std::min(e.columns - 1, (int)std::floor(px + reach_x));
        const int y0 = std::max(0, (int)std::ceil(py - reach_y));
        const int y1 = std::min(e.rows - 1, (int)std::floor(py + reach_y));
        const float *likelihood = e.log_likelihood + i;
        float sum = 0, sum_x = 0, sum_y = 0, best = 0;
        for (int y = y0; y <= y1; ++y)
          for (int x = x0; x <= x1; ++x) {
            const int patch = e.patch_index[y * e.columns + x];
            if (patch < 0) continue;
            const float dx = e.patch_pixels[2 * patch] - q.u, dy = e.patch_pixels[2 * patch + 1] - q.v;
            const float d2 = (dx * dx + dy * dy) * inverse_sigma2;
            if (d2 > 6.25f) continue;
            const float likely = std::exp(likelihood[(size_t)patch * e.likelihood_stride]);
            const float weight = likely * std::exp(-0.5f * d2);
            sum += weight, sum_x += weight * dx, sum_y += weight * dy;
            best = std::max(best, likely);
          }
        if (sum > 1e-6f) {
          const float weight = w.semantic_weight * visible * std::min(best, 4.0f) * inverse_sigma2;
          pull.add(q.du, -sum_x / sum, weight);
          pull.add(q.dv, -sum_y / sum, weight);
        }
      }
    }
    // Chain to the unknowns: J is 4 x size.
    float y[3] = {p[0] - pose->translation[0], p[1] - pose->translation[1], p[2] - pose->translation[2]};
    float j[4][kMost];
    std::memset(j, 0, sizeof j);
    j[0][1] = y[2], j[0][2] = -y[1];
    j[1][0] = -y[2], j[1][2] = y[0];
    j[2][0] = y[1], j[2][1] = -y[0];
    for (int a = 0; a < 3; ++a) j[a][3 + a] = 1, j[a][6] = y[a];
    j[3][7] = 1;
    const float *mode = m.modes + (size_t)i * m.mode_count * 3;
    for (int k = 0; k < modes; ++k) {
      float d[3];
      rotate(pose->rotation, mode + 3 * k, d);
      for (int a = 0; a < 3; ++a) j[a][kPose + k] = pose->scale * d[a];
    }
    for (int c = 0; c < size; ++c) {
      float wj[4];
      for (int a = 0; a < 4; ++a)
        wj[a] = pull.w[a][0] * j[0][c] + pull.w[a][1] * j[1][c] + pull.w[a][2] * j[2][c] + pull.w[a][3] * j[3][c];
      for (int b = 0; b <= c; ++b)
        h(c, b) += wj[0] * j[0][b] + wj[1] * j[1][b] + wj[2] * j[2][b] + wj[3] * j[3][b];
      g(c) += pull.g[0] * j[0][c] + pull.g[1] * j[1][c] + pull.g[2] * j[2][c] + pull.g[3] * j[3][c];
    }
  }
  // Priors.
  if (w.log_scale_deviation > 0) {
    const double precision = 1 / (w.log_scale_deviation * w.log_scale_deviation);
    h(6, 6) += precision;
    g(6) += precision * (std::log(pose->scale) - w.log_scale_mean);
  }
  if (w.log_focal_deviation > 0) {
    const double precision = 1 / (w.log_focal_deviation * w.log_focal_deviation);
    h(7, 7) += precision;
    g(7) += precision * pose->log_focal_change;
  } else {
    h.row(7).setZero();
    for (int c = 7; c < size; ++c) h(c, 7) = 0;
    h(7, 7) = 1;
    g(7) = 0;
  }
  for (int k = 0; k < modes; ++k) {
    h(kPose + k, kPose + k) += 1;
    g(kPose + k) += pose->modes[k];
  }
  if (information) {
    for (int c = 0; c < size; ++c)
      for (int b = 0; b < size; ++b) information[c * size + b] = b <= c ? h(c, b) : h(b, c);
  }
  for (int c = 0; c < size; ++c) h(c, c) *= 1 + 1e-4, h(c, c) += 1e-9;
  Eigen::LDLT<Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, kMost, kMost>, Eigen::Lower> solver(h);
  Eigen::Matrix<double, Eigen::Dynamic, 1, 0, kMost, 1> step = -solver.solve(g);
  if (!step.allFinite()) return 0;
  // A turn beyond what the linearisation holds for is cut.
  const double turn = step.head<3>().norm();
  const double grow = std::abs(step(6));
  const double cut = std::min({1.0, 0.35 / std::max(turn, 1e-12), 0.2 / std::max(grow, 1e-12)});
  step *= cut;
  Eigen::Map<Eigen::Matrix<float, 3, 3, Eigen::RowMajor>> rotation(pose->rotation);
  const Eigen::Vector3d omega = step.head<3>();
  if (omega.norm() > 1e-12) {
    const Eigen::Matrix3d turned =
        Eigen::AngleAxisd(omega.norm(), omega.normalized()).toRotationMatrix() * rotation.cast<double>();
    rotation = Eigen::Quaterniond(turned).normalized().toRotationMatrix().cast<float>();
  }
  for (int a = 0; a < 3; ++a) pose->translation[a] += (float)step(3 + a);
  pose->scale *= (float)std::exp(step(6));
  pose->log_focal_change += (float)step(7);
  for (int k = 0; k < modes; ++k) pose->modes[k] = std::clamp(pose->modes[k] + (float)step(kPose + k), -4.0f, 4.0f);
  // Size of the step in the image.
  const float z = std::max(pose->translation[2], 1e-6f);
  const float radius = pose->scale;
  return (float)(e.focal_x * (turn * cut * radius + step.segment<3>(3).norm() + grow * cut * radius) / z);
}
