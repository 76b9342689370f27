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
