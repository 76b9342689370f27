// SPDX-License-Identifier: Apache-2.0
// What every kernel gives for the same made-up input, one line each: its name and its values. Built for two processors
// (launch/check-aarch64), the lines differ by rounding alone. The argument is the instruction set (SEMALIGN_ISA_...), or
// "best" for the number of this processor's best.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "SemAlignKernels.h"

namespace {
using Floats = std::vector<float>;

// Whole-number arithmetic, so that every processor draws the same.
struct Generator {
    uint64_t state;
    float operator()(float low, float high) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return low + (high - low) * static_cast<float>(state >> 40) / 16777216.0f;
    }
    Floats many(size_t count, float low, float high) {
        Floats values(count);
        for (float &value : values) value = (*this)(low, high);
        return values;
    }
};

template <typename Values> void print(const char *name, const Values &values) {
    std::printf("%s", name);
    for (auto value : values) std::printf(" %.9g", static_cast<double>(value));
    std::printf("\n");
}

Floats flat(const semalign_support &support) {
    return {support.semantic, support.depth, support.mask, support.coverage, support.visible};
}

// The bit pattern of a positive normal half float.
uint16_t half(float value) {
    int exponent;
    float fraction = std::frexp(value, &exponent);
    return static_cast<uint16_t>(((exponent + 14) << 10) | (static_cast<int>(fraction * 2048.0f) & 1023));
}

// A map of features, class vectors packed in blocks of 16, and what the energy makes of their similarities.
void energy(int32_t isa, Generator draw) {
    const size_t patches = 40, channels = 64, points = 45, padded = 48, keypoints = 9, samples = 21;
    std::vector<uint16_t> features(patches * channels);
    for (uint16_t &value : features) value = half(draw(0.01f, 1.0f)) | (draw(0, 1) < 0.5f ? 0x8000 : 0);
    std::vector<int32_t> rows(patches);
    for (size_t i = 0; i < patches; i++) rows[i] = static_cast<int32_t>((i * 7) % patches);
    Floats packed = draw.many(padded * channels, -0.2f, 0.2f), scratch(6 * channels), similarities(patches * padded);
    semalign_similarities(
        isa, features.data(), rows.data(), patches, channels, packed.data(), padded, scratch.data(), similarities.data());
    print("similarities", similarities);
    Floats dense = draw.many(5 * channels, -1, 1), products(5 * padded);
    semalign_packed_products(isa, dense.data(), 5, channels, packed.data(), padded, products.data());
    print("packed_products", products);

    const int32_t corners[4] = {1, 2, 11, 12};
    const float weights[4] = {0.1f, 0.2f, 0.3f, 0.4f};
    Floats mean = draw.many(padded, 0, 0.3f), deviation = draw.many(padded, 2, 8), likelihood(samples * padded);
    Floats largest;
    for (size_t i = 0; i < samples; i++)
        largest.push_back(semalign_log_semantic(
            isa, similarities.data() + i * padded % (20 * padded), padded, corners, weights, mean.data(),
            deviation.data(), points, padded, i % 2, likelihood.data() + i * padded));
    print("log_semantic", largest);
    for (size_t i = 0; i < samples; i++) print("log_semantic", Floats(&likelihood[i * padded], &likelihood[i * padded] + points));

    Floats map = draw.many(keypoints * padded, -0.5f, 1);
    std::vector<double> places;
    for (size_t i = 0; i < keypoints * 3; i++) places.push_back(draw(-0.3f, 0.3f) + (i % 3 == 2 ? 1.5 : 0));
    Floats x(padded), y(padded), z(padded), u(padded), v(padded);
    semalign_place_points(isa, map.data(), keypoints, padded, places.data(), x.data(), y.data(), z.data());
    print("place_points", x), print("place_points", z);
    semalign_project(isa, x.data(), y.data(), z.data(), padded, 1.1f, 1.2f, 0.3f, u.data(), v.data());
    print("project", u), print("project", v);

    Floats sample_u = draw.many(samples, -1, 1), sample_v = draw.many(samples, -1, 1), bias = draw.many(padded, -1, 0);
    Floats gradient_u(padded), gradient_v(padded);
    print("dense_term", std::vector<double>{semalign_dense_term(
        isa, sample_u.data(), sample_v.data(), samples, likelihood.data(), bias.data(), u.data(), v.data(), padded,
        3.0f, 0.7f, gradient_u.data(), gradient_v.data())});
    print("dense_term", Floats(gradient_u.begin(), gradient_u.begin() + points));
    print("sparse_term", std::vector<double>{semalign_sparse_term(
        isa, sample_u.data(), sample_v.data(), samples, likelihood.data(), bias.data(), u.data(), v.data(), padded,
        points, 3.0f, 0.7f, gradient_u.data(), gradient_v.data())});
    print("sparse_term", Floats(gradient_v.begin(), gradient_v.begin() + points));
    Floats back_x(padded), back_y(padded), back_z(padded);
    std::vector<double> keypoint_gradient(keypoints * 3);
    double focal = semalign_pull_back(
        isa, map.data(), keypoints, padded, x.data(), y.data(), z.data(), 1.1f, 1.2f, 0.3f, gradient_u.data(),
        gradient_v.data(), back_x.data(), back_y.data(), back_z.data(), keypoint_gradient.data());
    print("pull_back", keypoint_gradient), print("pull_back", std::vector<double>{focal});

    std::vector<int32_t> cells(patches);
    for (size_t i = 0; i < patches; i++) cells[i] = static_cast<int32_t>(i + i / 8);
    Floats match(points * 50), match_scratch(2 * padded + patches);
    semalign_match_grid(
        isa, similarities.data(), patches, padded, points, cells.data(), 50, 1.5f, 6.0f, match_scratch.data(), match.data());
    print("match_grid", match);
}

// A class of points on an ellipsoid before a camera, and the evidence kernels on it.
void pose(int32_t isa, Generator draw) {
    const int32_t points = 120, modes = 4, directions = 32, columns = 12, rows = 10, width = 48, height = 40;
    Floats place(points * 3), direction(directions * 3);
    auto onto_sphere = [&](Floats &values) {
        for (size_t i = 0; i + 2 < values.size(); i += 3) {
            float x = draw(-1, 1), y = draw(-1, 1), z = draw(-1, 1), norm = std::sqrt(x * x + y * y + z * z) + 1e-6f;
            values[i] = x / norm, values[i + 1] = y / norm, values[i + 2] = z / norm;
        }
    };
    onto_sphere(place), onto_sphere(direction);
    for (int32_t i = 0; i < points; i++) place[3 * i] *= 0.5f, place[3 * i + 1] *= 0.4f, place[3 * i + 2] *= 0.3f;
    Floats shapes = draw.many(points * modes * 3, -0.02f, 0.02f), weights = draw.many(points, 0.5f, 1.5f);
    std::vector<uint8_t> visibility(points * directions);
    for (uint8_t &value : visibility) value = static_cast<uint8_t>(draw(0, 255.9f));
    semalign_model model = {
        points, 14, modes, directions, place.data(), shapes.data(), weights.data(), visibility.data(), direction.data()};

    Floats match = draw.many(points * columns * rows, 0, 2), count = draw.many(columns * rows, 0, 1);
    for (float &value : count) value = value < 0.3f ? 0 : 1;
    Floats depth = draw.many(columns * rows, 1.6f, 2.2f), raster_depth(width * height);
    std::vector<uint8_t> mask(width * height);
    for (int32_t i = 0; i < width * height; i++) {
        int32_t x = i % width - width / 2, y = i / width - height / 2;
        mask[i] = x * x + y * y < 250;
        // A bent surface with a step.
        if (mask[i]) raster_depth[i] = 1.8f + 0.0004f * static_cast<float>(x * x) + (y > 8 ? 0.3f : 0) + draw(0, 0.01f);
    }
    Floats slope(width * height * 2), way(width * height * 2), without_edges = raster_depth;
    semalign_drop_depth_edges(width, height, 0.05f, mask.data(), raster_depth.data(), without_edges.data());
    print("drop_depth_edges", without_edges);
    semalign_depth_slopes(width, height, 4, 0.5f, mask.data(), raster_depth.data(), slope.data());
    print("depth_slopes", slope);
    semalign_ways_to_mask(width, height, 4, mask.data(), way.data());
    print("ways_to_mask", way);
    semalign_evidence evidence = {
        200, 210, 96, 80,
        {columns, rows, 8, 8, 16, 16, 84, 1, match.data(), count.data(), depth.data()},
        width, height, 2, 2, 4, raster_depth.data(), slope.data(), mask.data(), way.data()};
    Floats half_match(points * 30), half_count(30), half_depth(30);
    semalign_halve_grid(&evidence.grid, points, half_match.data(), half_count.data(), half_depth.data());
    print("halve_grid", half_match), print("halve_grid", half_depth);

    semalign_pulls pulls = {12, 0.05f, 6, 0.2f, 60, 1, 20, 0.5f, 0, 0.3f, 0.1f, 1, modes, 1, 1};
    for (float angle : {0.0f, 0.6f, 2.5f}) {
        semalign_pose start = {};
        float c = std::cos(angle), s = std::sin(angle);
        const float rotation[9] = {c, 0, s, 0, 1, 0, -s, 0, c};
        for (int i = 0; i < 9; i++) start.rotation[i] = rotation[i];
        start.translation[0] = 0.02f, start.translation[1] = -0.03f, start.translation[2] = 2.0f, start.scale = 0.9f;
        Floats seen(points * 3), scratch(SEMALIGN_POINT_SCRATCH * points + columns * rows);
        std::vector<uint8_t> covered(columns * rows);
        print("pose_support", flat(semalign_pose_support(
            isa, &model, &evidence, &pulls, &start, seen.data(), scratch.data())));
        print("quick_support", flat(semalign_quick_support(isa, &model, &evidence, &pulls, &start, 1, covered.data())));
        semalign_place_class(&model, &start, seen.data());
        print("place_class", seen);
        std::vector<double> information((SEMALIGN_POSE_SIZE + modes) * (SEMALIGN_POSE_SIZE + modes));
        for (int step = 0; step < 4; step++)
            semalign_refine_pose(
                isa, &model, &evidence, &pulls, &start, seen.data(), scratch.data(), information.data());
        print("refine_pose", Floats(start.rotation, start.rotation + 9));
        print("refine_pose", Floats{start.translation[0], start.translation[1], start.translation[2], start.scale});
        print("refine_pose_information", information);
        Floats vote = {0, 0, 1.9f}, offsets(points * 3), matched = seen;
        semalign_vote_translation(
            matched.data(), place.data(), weights.data(), points, start.rotation, start.scale, 0.2f, 0, vote.data(),
            offsets.data());
        print("vote_translation", vote);
    }
}

// Small dense algebra and the geometric prior.
void algebra(Generator draw) {
    const int32_t size = 15;
    std::vector<double> matrix(size * size, 0), factor;
    for (int32_t i = 0; i < size * size; i++) factor.push_back(draw(-1, 1));
    for (int32_t i = 0; i < size; i++)
        for (int32_t j = 0; j < size; j++)
            for (int32_t k = 0; k < size; k++) matrix[i * size + j] += factor[i * size + k] * factor[j * size + k];
    std::vector<double> keypoints, modes(2 * size);
    for (int32_t i = 0; i < size; i++) keypoints.push_back(draw(-1, 1));
    print("shape_modes", std::vector<double>{semalign_shape_modes(matrix.data(), keypoints.data(), 5, 2, modes.data())});
    semalign_invert_curvature(matrix.data(), size, 0.05);
    print("invert_curvature", matrix);
    Floats vectors = draw.many(30 * 16, -1, 1), basis(4 * 16);
    print("principal_basis", std::vector<double>{semalign_principal_basis(vectors.data(), 30, 16, 4, basis.data())});
    Floats values = draw.many(101, -1, 1);
    std::vector<double> keys(values.begin(), values.end());
    std::vector<int32_t> order(keys.size());
    semalign_order_descending(keys.data(), static_cast<int32_t>(keys.size()), order.data());
    print("order_descending", order), print("median", Floats{semalign_median(values.data(), 101)});

    std::vector<semalign_edge> edges;
    for (int i = 0; i < 6; i++) {
        double x = draw(-1, 1), y = draw(-1, 1), z = draw(0.1f, 1), length = std::sqrt(x * x + y * y + z * z);
        edges.push_back({x / length, y / length, z / length, length, 0, 0, 0});
    }
    std::vector<semalign_edge_pair> pairs;
    for (int32_t i = 0; i < 5; i++)
        pairs.push_back({i, i + 1, draw(1, 3), draw(1, 3), draw(0, 1), draw(1, 3), draw(1, 3), draw(0, 1)});
    std::vector<double> sums(3, 0), places, gradient(15, 0);
    semalign_edge_pairs(pairs.data(), pairs.size(), edges.data(), 0.5, 1, sums.data());
    print("edge_pairs", sums);
    for (const semalign_edge &edge : edges) print("edge_pairs", std::vector<double>{edge.gx, edge.gy, edge.gz});
    for (int i = 0; i < 15; i++) places.push_back(draw(-1, 1));
    semalign_tetrahedron corners = {0, 1, 2, 3, {2, 2, 2}, {1.5f, 2, 1}, {0, 0.1f, 0.2f}};
    std::vector<double> corner_sums(3, 0);
    semalign_tetrahedra(&corners, 1, places.data(), 0.5, gradient.data(), 1, corner_sums.data());
    print("tetrahedra", corner_sums), print("tetrahedra", gradient);
}
}  // namespace

int main(int count, char **arguments) {
    const int32_t isa = count > 1 ? std::atoi(arguments[1]) : semalign_best_isa();
    if (count > 1 && std::strcmp(arguments[1], "best") == 0) {
        std::printf("%d\n", semalign_best_isa());
        return 0;
    }
    for (uint64_t seed : {1, 2, 3}) energy(isa, {seed}), pose(isa, {seed}), algebra({seed});
}
