// SPDX-License-Identifier: Apache-2.0
// Entry points: each picks the table that its caller asks for.
#include "Kernels.hpp"

const KernelTable &kernel_table(int32_t isa) {
#if defined(__x86_64__)
    if (isa >= SEMALIGN_ISA_V3) return v3_kernels;
#endif
    return base_kernels;
}

int32_t semalign_best_isa(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("x86-64-v3")) return SEMALIGN_ISA_V3;
#endif
    return SEMALIGN_ISA_BASE;
}

void semalign_similarities(
    int32_t isa, const uint16_t *features, const int32_t *patches, size_t patch_count, size_t channels,
    const float *packed, size_t padded_points, float *scratch, float *out) {
    kernel_table(isa).similarities(features, patches, patch_count, channels, packed, padded_points, scratch, out);
}

float semalign_log_semantic(
    int32_t isa, const float *similarities, size_t stride, const int32_t *rows, const float *weights,
    const float *mean, const float *inverse_deviation, size_t point_count, size_t padded_points, int32_t one_sided,
    float *out) {
    return kernel_table(isa).log_semantic(
        similarities, stride, rows, weights, mean, inverse_deviation, point_count, padded_points, one_sided, out);
}

void semalign_place_points(
    int32_t isa, const float *map, size_t keypoint_count, size_t padded_points, const double *keypoints, float *x,
    float *y, float *z) {
    kernel_table(isa).place_points(map, keypoint_count, padded_points, keypoints, x, y, z);
}

void semalign_project(
    int32_t isa, const float *x, const float *y, const float *z, size_t padded_points, float focal_x, float focal_y,
    float nearest, float *u, float *v) {
    kernel_table(isa).project(x, y, z, padded_points, focal_x, focal_y, nearest, u, v);
}

double semalign_dense_term(
    int32_t isa, const float *sample_u, const float *sample_v, size_t sample_count, const float *log_likelihood,
    const float *bias, const float *u, const float *v, size_t padded_points, float inverse_two_variance, float scale,
    float *gradient_u, float *gradient_v) {
    return kernel_table(isa).dense_term(
        sample_u, sample_v, sample_count, log_likelihood, bias, u, v, padded_points, inverse_two_variance, scale,
        gradient_u, gradient_v);
}

double semalign_sparse_term(
    int32_t isa, const float *sample_u, const float *sample_v, size_t sample_count, const float *log_likelihood,
    const float *bias, const float *u, const float *v, size_t padded_points, size_t point_count,
    float inverse_two_variance, float scale, float *gradient_u, float *gradient_v) {
    return kernel_table(isa).sparse_term(
        sample_u, sample_v, sample_count, log_likelihood, bias, u, v, padded_points, point_count,
        inverse_two_variance, scale, gradient_u, gradient_v);
}

double semalign_pull_back(
    int32_t isa, const float *map, size_t keypoint_count, size_t padded_points, const float *x, const float *y,
    const float *z, float focal_x, float focal_y, float nearest, const float *gradient_u, const float *gradient_v,
    float *point_gradient_x, float *point_gradient_y, float *point_gradient_z, double *keypoint_gradient) {
    return kernel_table(isa).pull_back(
        map, keypoint_count, padded_points, x, y, z, focal_x, focal_y, nearest, gradient_u, gradient_v,
        point_gradient_x, point_gradient_y, point_gradient_z, keypoint_gradient);
}

void semalign_match_grid(
    int32_t isa, float *similarities, size_t patch_count, size_t stride, size_t point_count,
    const int32_t *cell_of_patch, size_t cell_count, float sharpness, float limit, float *scratch, float *match) {
    kernel_table(isa).match_grid(
        similarities, patch_count, stride, point_count, cell_of_patch, cell_count, sharpness, limit, scratch, match);
}

void semalign_packed_products(
    int32_t isa, const float *rows, size_t row_count, size_t channels, const float *packed, size_t padded_points,
    float *out) {
    kernel_table(isa).packed_products(rows, row_count, channels, packed, padded_points, out);
}
