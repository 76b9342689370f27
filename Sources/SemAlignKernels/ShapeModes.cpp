// SPDX-License-Identifier: Apache-2.0
#include "SemAlignKernels.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

double semalign_shape_modes(const double *covariance, const double *keypoints, int32_t keypoint_count,
                            int32_t mode_count, double *modes_out) {
  using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const int size = 3 * keypoint_count;
  // Columns: what translation, rotation and scaling do to the keypoints. No mode may do the same.
  Eigen::MatrixXd gauge = Eigen::MatrixXd::Zero(size, 7);
  for (int i = 0; i < keypoint_count; ++i) {
    const Eigen::Map<const Eigen::Vector3d> p(keypoints + 3 * i);
    for (int a = 0; a < 3; ++a) {
      gauge(3 * i + a, a) = 1;
      gauge.block<3, 1>(3 * i, 3 + a) = Eigen::Vector3d::Unit(a).cross(p);
    }
    gauge.block<3, 1>(3 * i, 6) = p;
  }
  const Eigen::MatrixXd q = gauge.colPivHouseholderQr().householderQ() * Eigen::MatrixXd::Identity(size, 7);
  const Eigen::MatrixXd project = Eigen::MatrixXd::Identity(size, size) - q * q.transpose();
  const Eigen::MatrixXd inner = project * Eigen::Map<const Matrix>(covariance, size, size) * project;
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(0.5 * (inner + inner.transpose()));
  const int count = std::min(mode_count, size);
  double rest = inner.trace();
  for (int k = 0; k < mode_count; ++k) {
    for (int r = 0; r < size; ++r) modes_out[k * size + r] = 0;
    if (k >= count) continue;
    const double variance = std::max(solver.eigenvalues()(size - 1 - k), 0.0);
    rest -= variance;
    // The sign of an eigenvector is arbitrary: the largest entry is made positive.
    Eigen::VectorXd v = solver.eigenvectors().col(size - 1 - k) * std::sqrt(variance);
    Eigen::Index largest;
    v.cwiseAbs().maxCoeff(&largest);
    if (v(largest) < 0) v = -v;
    for (int r = 0; r < size; ++r) modes_out[k * size + r] = v(r);
  }
  return std::max(rest, 0.0) / size;
}
