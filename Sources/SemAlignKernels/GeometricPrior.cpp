// SPDX-License-Identifier: Apache-2.0
// Equation 10 with the authors' logarithm: Beta log densities of angles, length ratios and tetrahedra.
// In double precision: few operations per feature, dominated by divisions and scattered writes.
#include "SemAlignKernels.h"
#include <cmath>

namespace {

const double floor_value = 1e-6;  // features are clamped to [1e-6, 1 - 1e-6], as they were for the fit

struct Vector {
    double x, y, z;
};
inline Vector operator+(Vector a, Vector b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
inline Vector operator-(Vector a, Vector b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
inline Vector operator*(double s, Vector a) { return {s * a.x, s * a.y, s * a.z}; }
inline double dot(Vector a, Vector b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
inline Vector cross(Vector a, Vector b) {
    return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline double norm(Vector a) { return std::fmax(std::sqrt(dot(a, a)), 1e-12); }
inline Vector load(const double *p, int32_t i) { return {p[3 * i], p[3 * i + 1], p[3 * i + 2]}; }
inline void add(double *p, int32_t i, Vector v) {
    p[3 * i] += v.x;
    p[3 * i + 1] += v.y;
    p[3 * i + 2] += v.z;
}
// Gradient with respect to v of a function of unit = v / length, from the gradient with respect to unit.
inline Vector through_unit(Vector gradient, Vector unit, double length) {
    return (1 / length) * (gradient - dot(gradient, unit) * unit);
}

// Derivative of the Beta log density at t; zero where t is clamped. Adds the log density to `sum` if asked.
inline double beta_slope(double t, double alpha, double beta, double constant, double *sum) {
    const double low = std::fmin(std::fmax(t, floor_value), 1 - floor_value);
    if (sum) *sum += alpha * std::log(low) + beta * std::log(1 - low) + constant;
    return low == t ? (alpha * (1 - t) - beta * t) / (t * (1 - t)) : 0;
}

}  // namespace

void semalign_edge_pairs(
    const semalign_edge_pair *pairs, size_t count, semalign_edge *edges, double scale, int32_t wants_sums,
    double *log_sums) {
    if (!wants_sums) log_sums = nullptr;
    for (size_t n = 0; n < count; ++n) {
        const semalign_edge_pair &pair = pairs[n];
        semalign_edge &p = edges[pair.first], &q = edges[pair.second];
        const double cosine = p.x * q.x + p.y * q.y + p.z * q.z;
        const double total = 1 / (p.length + q.length);
        const double angle = scale * 0.5
            * beta_slope(0.5 * (cosine + 1), pair.angle_alpha, pair.angle_beta, pair.angle_constant, log_sums);
        const double ratio = scale * total * total
            * beta_slope(
                p.length * total, pair.ratio_alpha, pair.ratio_beta, pair.ratio_constant,
                log_sums ? log_sums + 1 : nullptr);
        // d cos / d p = (q - cos p) / |p| and d R / d|p| = |q| / (|p| + |q|)^2, and the other way round.
        const double ap = angle / p.length, aq = angle / q.length;
        const double rp = ratio * q.length - ap * cosine, rq = -ratio * p.length - aq * cosine;
        const Vector gp = {ap * q.x + rp * p.x, ap * q.y + rp * p.y, ap * q.z + rp * p.z};
        const Vector gq = {aq * p.x + rq * q.x, aq * p.y + rq * q.y, aq * p.z + rq * q.z};
        p.gx += gp.x;
        p.gy += gp.y;
        p.gz += gp.z;
        q.gx += gq.x;
        q.gy += gq.y;
        q.gz += gq.z;
    }
}

void semalign_tetrahedra(
    const semalign_tetrahedron *tetrahedra, size_t count, const double *keypoints, double scale,
    double *keypoint_gradient, int32_t wants_sums, double *log_sums) {
    if (!wants_sums) log_sums = nullptr;
    for (size_t n = 0; n < count; ++n) {
        const semalign_tetrahedron &t = tetrahedra[n];
        const Vector a = load(keypoints, t.a);
        const Vector ab = load(keypoints, t.b) - a, ac = load(keypoints, t.c) - a, ad = load(keypoints, t.d) - a;
        const double length_ab = norm(ab), length_ad = norm(ad);
        const Vector x = (1 / length_ab) * ab;
        const Vector normal = cross(x, ac);
        const double length_normal = norm(normal);
        const Vector z = (1 / length_normal) * normal;
        const Vector y = cross(z, x);
        const Vector direction = (1 / length_ad) * ad;
        double slope[3];
        const double cosines[3] = {dot(direction, x), dot(direction, y), dot(direction, z)};
        for (int k = 0; k < 3; ++k)
            slope[k] = scale * 0.5
                * beta_slope(
                    0.5 * (cosines[k] + 1), t.alpha[k], t.beta[k], t.constant[k], log_sums ? log_sums + k : nullptr);
        // Back through y = z x x, z = n / |n|, n = x x ac and the unit vectors.
        const Vector on_direction = slope[0] * x + slope[1] * y + slope[2] * z;
        const Vector on_y = slope[1] * direction;
        const Vector on_z = slope[2] * direction + cross(x, on_y);
        const Vector on_normal = through_unit(on_z, z, length_normal);
        const Vector on_x = slope[0] * direction + cross(on_y, z) + cross(ac, on_normal);
        const Vector gb = through_unit(on_x, x, length_ab);
        const Vector gc = cross(on_normal, x);
        const Vector gd = through_unit(on_direction, direction, length_ad);
        add(keypoint_gradient, t.b, gb);
        add(keypoint_gradient, t.c, gc);
        add(keypoint_gradient, t.d, gd);
        add(keypoint_gradient, t.a, -1 * (gb + gc + gd));
    }
}
