// SPDX-License-Identifier: Apache-2.0
// One Gauss-Newton step of a pose: the normal equations come from the kernels, their solution from Eigen.
#include "Kernels.hpp"
#include "PoseGeometry.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace {

constexpr int kPose = SEMALIGN_POSE_SIZE, kMost = SEMALIGN_UNKNOWN_LIMIT;
using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, kMost, kMost>;
using Vector = Eigen::Matrix<double, Eigen::Dynamic, 1, 0, kMost, 1>;

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

semalign_pulls prepared(const semalign_model &m, const semalign_pulls &pulls, const semalign_pose &pose) {
  semalign_pulls w = pulls;
  w.free_modes = std::clamp(w.free_modes, 0, std::min(m.mode_count, (int32_t)SEMALIGN_MODE_LIMIT));
  w.stride = std::max(w.stride, 1);
  w.focal_scale = std::exp(pose.log_focal_change);
  return w;
}

void add_priors(const semalign_pulls &w, const semalign_pose &pose, int modes, Matrix &h, Vector &g) {
  if (w.log_scale_deviation > 0) {
    const double precision = 1 / (w.log_scale_deviation * w.log_scale_deviation);
    h(6, 6) += precision;
    g(6) += precision * (std::log(pose.scale) - w.log_scale_mean);
  }
  if (w.log_focal_deviation > 0) {
    const double precision = 1 / (w.log_focal_deviation * w.log_focal_deviation);
    h(7, 7) += precision;
    g(7) += precision * pose.log_focal_change;
  } else {
    h.row(7).setZero();
    h.col(7).setZero();
    h(7, 7) = 1;
    g(7) = 0;
  }
  for (int k = 0; k < modes; ++k) h(kPose + k, kPose + k) += 1, g(kPose + k) += pose.modes[k];
}

// What `pose_pulls` has the derivatives of, from what it leaves behind: states of the points, then weights of the cells.
double pulled_energy(const semalign_model &m, const semalign_grid &grid, const semalign_pulls &w, const float *points,
                     const float *scratch) {
  const PointState *states = (const PointState *)scratch;
  const float *share = scratch + sizeof(PointState) / sizeof(float) * m.point_count;
  double energy = 0, in_view = 0, visible = 0;
  for (int i = 0; i < m.point_count; i += i < m.keypoint_count ? 1 : w.stride) {
    const PointState &s = states[i];
    if (s.kind == PointState::behind) continue;
    const double stands_for = i < m.keypoint_count ? 1 : w.stride;
    if (s.kind == PointState::off_object) {
      const double d2 = (s.cell.to_mask_x * s.cell.to_mask_x + s.cell.to_mask_y * s.cell.to_mask_y) /
                        (w.mask_sigma * w.mask_sigma);
      const double sure = s.cell.depth > 0 || !w.has_depth ? 1 : 0.1;
      energy += sure * (0.3 + 0.7 * s.visible) * w.mask_weight * stands_for / m.point_count * 4.5 * std::log1p(d2 / 9);
    }
    if (s.visible < 0.1f) continue;
    visible += s.visible;
    if (s.kind != PointState::hidden) in_view += s.visible;
    if (s.kind == PointState::on_object && s.cell.depth > 0) {
      const double n = (points[3 * i + 2] - s.cell.depth) / w.depth_sigma;
      energy += w.depth_weight * m.weights[i] * stands_for * s.visible * 0.5 * n * n / (1 + n * n / 4);
    }
  }
  if (visible <= 0 || in_view <= 0 || grid.patch_count <= 0) return energy;
  const double even = 6.2831853 * w.attraction_sigma * w.attraction_sigma / (grid.width * grid.height) * in_view /
                      grid.patch_count * grid.patches_per_cell;
  const double per_patch = w.semantic_weight / grid.patch_count * in_view / visible;
  for (int k = 0; k < grid.columns * grid.rows; ++k) {
    const double weight = grid.count[k] * per_patch;
    if (weight > 0) energy -= weight * std::log(weight / share[k] / even / (1 + w.chance));
  }
  return energy;
}

double prior_energy(const semalign_pulls &w, const semalign_pose &pose, int modes) {
  double sum = 0;
  for (int k = 0; k < modes; ++k) sum += pose.modes[k] * pose.modes[k];
  if (w.log_scale_deviation > 0) {
    const double d = (std::log(pose.scale) - w.log_scale_mean) / w.log_scale_deviation;
    sum += d * d;
  }
  if (w.log_focal_deviation > 0) {
    const double d = pose.log_focal_change / w.log_focal_deviation;
    sum += d * d;
  }
  return sum / 2;
}

}  // namespace

void semalign_place_class(const semalign_model *model, const semalign_pose *pose, float *points_out) {
  const int modes = bent_modes(*model, *pose);
  for (int i = 0; i < model->point_count; ++i) place(*model, *pose, modes, i, points_out + 3 * i);
}

semalign_support semalign_pose_support(int32_t isa, const semalign_model *model, const semalign_evidence *evidence,
                                       const semalign_pulls *pulls, const semalign_pose *pose, float *points_out,
                                       float *scratch) {
  const semalign_pulls w = prepared(*model, *pulls, *pose);
  return kernel_table(isa).pose_support(model, evidence, &w, pose, nearest_direction(*model, *pose), points_out,
                                        scratch);
}

semalign_support semalign_quick_support(int32_t isa, const semalign_model *model, const semalign_evidence *evidence,
                                        const semalign_pulls *pulls, const semalign_pose *pose, int32_t reach,
                                        uint8_t *covered) {
  const semalign_pulls w = prepared(*model, *pulls, *pose);
  return kernel_table(isa).quick_support(model, evidence, &w, pose, nearest_direction(*model, *pose), reach, covered);
}

void semalign_refine_pose(int32_t isa, const semalign_model *model, const semalign_evidence *evidence,
                          const semalign_pulls *pulls, semalign_pose *pose, float *points_out, float *scratch,
                          double *information) {
  const semalign_pulls w = prepared(*model, *pulls, *pose);
  const int modes = w.free_modes, size = kPose + modes;
  alignas(64) float sums[kMost * kMost] = {}, pull[kMost] = {};
  kernel_table(isa).pose_pulls(model, evidence, &w, pose, nearest_direction(*model, *pose), points_out, scratch, sums,
                               pull);
  Matrix h(size, size);
  Vector g(size);
  for (int c = 0; c < size; ++c) {
    g(c) = pull[c];
    for (int b = 0; b <= c; ++b) h(c, b) = h(b, c) = sums[c * kMost + b];
  }
  add_priors(w, *pose, modes, h, g);
  if (information) Eigen::Map<Eigen::MatrixXd>(information, size, size) = h;
  for (int c = 0; c < size; ++c) h(c, c) = h(c, c) * (1 + 1e-4) + 1e-9;
  Vector step = -h.ldlt().solve(g);
  if (!step.allFinite()) return;
  // A turn beyond what the linearisation holds for is cut.
  const double turn = step.head<3>().norm(), grow = std::abs(step(6));
  const double cut = std::min({1.0, 0.35 / std::max(turn, 1e-12), 0.2 / std::max(grow, 1e-12)});
  step *= cut;
  if (turn > 1e-12) {
    Eigen::Map<Eigen::Matrix<float, 3, 3, Eigen::RowMajor>> rotation(pose->rotation);
    const Eigen::Vector3d omega = step.head<3>();
    const Eigen::Matrix3d turned =
        Eigen::AngleAxisd(omega.norm(), omega.normalized()).toRotationMatrix() * rotation.cast<double>();
    rotation = Eigen::Quaterniond(turned).normalized().toRotationMatrix().cast<float>();
  }
  for (int a = 0; a < 3; ++a) pose->translation[a] += (float)step(3 + a);
  pose->scale *= (float)std::exp(step(6));
  pose->log_focal_change += (float)step(7);
  for (int k = 0; k < modes; ++k) pose->modes[k] = std::clamp(pose->modes[k] + (float)step(kPose + k), -4.0f, 4.0f);
}

double semalign_pose_energy(int32_t isa, const semalign_model *model, const semalign_evidence *evidence,
                            const semalign_pulls *pulls, const semalign_pose *pose, float *points_out, float *scratch,
                            double *gradient) {
  const semalign_pulls w = prepared(*model, *pulls, *pose);
  const int modes = w.free_modes, size = kPose + modes;
  alignas(64) float sums[kMost * kMost] = {}, pull[kMost] = {};
  kernel_table(isa).pose_pulls(model, evidence, &w, pose, nearest_direction(*model, *pose), points_out, scratch, sums,
                               pull);
  Matrix h = Matrix::Zero(size, size);
  Vector g(size);
  for (int c = 0; c < size; ++c) g(c) = pull[c];
  add_priors(w, *pose, modes, h, g);
  for (int c = 0; c < size; ++c) gradient[c] = g(c);
  return pulled_energy(*model, evidence->grid, w, points_out, scratch) + prior_energy(w, *pose, modes);
}
