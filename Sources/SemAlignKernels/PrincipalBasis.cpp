// SPDX-License-Identifier: Apache-2.0
#include "SemAlignKernels.h"

#include <Eigen/Dense>

double semalign_principal_basis(const float *vectors, int32_t count, int32_t channels, int32_t basis_count,
                                float *basis_out) {
  using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const Rows> v(vectors, count, channels);
  // Subspace iteration from a fixed start: a few rounds suffice, since the spectrum of class features falls fast.
  Eigen::MatrixXf q(channels, basis_count);
  uint32_t state = 1;
  for (Eigen::Index k = 0; k < q.size(); ++k) {
    state = state * 1664525u + 1013904223u;
    q(k) = (float)(state >> 8) / 16777216.0f - 0.5f;
  }
  for (int round = 0; round < 4; ++round) {
    const Eigen::MatrixXf image = v.transpose() * (v * q);
    q = Eigen::HouseholderQR<Eigen::MatrixXf>(image).householderQ() *
        Eigen::MatrixXf::Identity(channels, basis_count);
  }
  Eigen::Map<Rows>(basis_out, basis_count, channels) = q.transpose();
  const double all = v.squaredNorm(), kept = (v * q).squaredNorm();
  return all > 0 ? kept / all : 1;
}
