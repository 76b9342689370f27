// SPDX-License-Identifier: Apache-2.0
#include "SemAlignKernels.h"

#include <Eigen/Dense>

void semalign_invert_curvature(double *matrix, int32_t size, double least) {
  Eigen::Map<Eigen::MatrixXd> curvature(matrix, size, size);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(0.5 * (curvature + curvature.transpose()));
  const Eigen::VectorXd inverse = solver.eigenvalues().cwiseMax(least).cwiseInverse();
  curvature = solver.eigenvectors() * inverse.asDiagonal() * solver.eigenvectors().transpose();
}
