// SPDX-License-Identifier: Apache-2.0
// The few hot loops of the alignment, over flat buffers that the caller owns. Nothing here allocates, throws or
// keeps state. "Padded" counts are multiples of 16; the caller fills the padding as each function says.
#ifndef SEMALIGN_KERNELS_H
#define SEMALIGN_KERNELS_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/// The class as the evidence kernels see it; all buffers are borrowed.
typedef struct {
  int32_t point_count;      ///< P: keypoints first, then dense points.
  int32_t keypoint_count;   ///< L.
  int32_t mode_count;       ///< K shape modes, at most SEMALIGN_MODE_LIMIT.
  int32_t direction_count;  ///< D viewing directions.
  const float *points;      ///< P x 3, canonical.
  const float *modes;       ///< P x K x 3, displacement for one standard deviation of each mode, canonical.
  const float *weights;     ///< P, how much each point counts.
  const uint8_t *visibility;  ///< P x D, 0 ... 255.
  const float *directions;    ///< D x 3, unit vectors towards the camera.
} semalign_model;

/// How well each point of the class matches each cell of a grid over the object; all buffers are borrowed.
///
/// A cell is a patch, or a square of 2^n x 2^n patches.
typedef struct {
  int32_t columns, rows;
  float x, y;               ///< Centre of cell (0, 0) [px].
  float width, height;      ///< Of a cell [px].
  float patch_count;        ///< Patches on the object.
  float patches_per_cell;   ///< 4^n.
  const float *match;       ///< P x rows x columns: square root of the likelihood over chance; 0 off the object.
  const float *count;       ///< Cells: patches on the object, 0 ... 4^n.
  const float *depth;       ///< Cells: depth, 0 = none.
} semalign_grid;

/// One frame as the evidence kernels see it; all buffers are borrowed.
typedef struct {
  float focal_x, focal_y, center_x, center_y;  ///< Pinhole camera [px].
  semalign_grid grid;
  int32_t raster_width, raster_height;  ///< Raster of depth and mask.
  float raster_x, raster_y, raster_cell;  ///< Centre of cell (0, 0) and side of a cell [px].
  const float *raster_depth;      ///< Cells: measured depth, 0 = none.
  const float *raster_slope;      ///< Cells x 2: change of depth per pixel along x and y.
  const uint8_t *raster_mask;     ///< Cells: 1 where the object is, 2 outside the image, else 0.
  const float *raster_to_mask;    ///< Cells x 2: vector to the nearest cell of the object [px].
} semalign_evidence;

#define SEMALIGN_MODE_LIMIT 24
/// Unknowns before the modes: rotation 3, translation 3, log scale, log focal.
#define SEMALIGN_POSE_SIZE 8
#define SEMALIGN_UNKNOWN_LIMIT (SEMALIGN_POSE_SIZE + SEMALIGN_MODE_LIMIT)
/// Most cells along an axis that a point reaches.
#define SEMALIGN_WINDOW_LIMIT 24
/// Floats of scratch that a pose needs for each point, beside one for each cell of the grid.
#define SEMALIGN_POINT_SCRATCH 24

/// camera-from-class pose and shape: X = scale * R (C + sum_k modes[k] M_k) + t; R row-major.
typedef struct {
  float rotation[9];
  float translation[3];
  float scale;
  float log_focal_change;  ///< The frame's focal lengths times exp of this.
  float modes[SEMALIGN_MODE_LIMIT];
} semalign_pose;

/// How a frame is read: how far matches reach, and how strongly each kind of evidence pulls.
typedef struct {
  float attraction_sigma;    ///< Reach of a match in the image [px].
  float depth_sigma;         ///< Spread of model minus measured depth [unit of depth].
  float mask_sigma;          ///< Spread of points outside the mask [px].
  float occlusion_margin;    ///< Measured surfaces nearer than the model by this are occluders.
  float semantic_weight;     ///< Observations that all patches together count for.
  float depth_weight;        ///< Of each point's depth, times the point's own weight.
  float mask_weight;         ///< Observations that the mask counts for with all points outside it.
  float chance;              ///< Share of an even spread of points that chance explains of each patch.
  float log_scale_mean, log_scale_deviation;  ///< Prior of the scale; deviation 0 = none.
  float log_focal_deviation;                  ///< Prior of the focal length's change; 0 = focal fixed.
  float focal_scale;                          ///< Set by the entry points.
  int32_t free_modes;                         ///< Modes that may change: 0 ... K.
  int32_t stride;                             ///< Every stride-th dense point is looked at.
  int32_t has_depth;                          ///< 1 where the frame has any depth.
} semalign_pulls;

/// One Gauss-Newton step on pose, shape and focal length.
///
/// The matches are those of an expectation-maximisation step: each patch is shared out among the visible points near
/// it by their match, and pulls them. `information`, if not null, receives the (8+K) x (8+K) normal matrix in the
/// order rotation, translation, log scale, log focal, modes. `points_out` (P x 3) holds the positions before the step,
/// of the points looked at. `scratch`: SEMALIGN_POINT_SCRATCH floats a point and one a cell.
void semalign_refine_pose(int32_t isa, const semalign_model *model, const semalign_evidence *evidence,
                          const semalign_pulls *pulls, semalign_pose *pose, float *points_out, float *scratch,
                          double *information);

/// The energy that steps of `semalign_refine_pose` go down, at `pose`: negative logs of the mixture and of the priors,
/// and robust squares of depth and mask. The looked-up raster and what is in view are held to be constant in it.
///
/// `gradient` receives its 8+K derivatives in the order of `information`. Buffers as there.
double semalign_pose_energy(int32_t isa, const semalign_model *model, const semalign_evidence *evidence,
                            const semalign_pulls *pulls, const semalign_pose *pose, float *points_out, float *scratch,
                            double *gradient);

/// How well a pose explains a frame, by part; higher is better.
typedef struct {
  float semantic;  ///< Mean over the object's patches of log((explained + chance) / (1 + chance)).
  float depth;     ///< Penalty for visible points in front of what is measured.
  float mask;      ///< Penalty for points beside the object.
  float coverage;  ///< Share of the object's patches that visible points explain.
  float visible;   ///< Points that could be seen.
} semalign_support;

/// Support of `pose`: the log of a mixture like that of `semalign_refine_pose`, and what contradicts it.
///
/// Other than there a match counts by its square and only at its depth, and depth speaks against points in front alone.
semalign_support semalign_pose_support(int32_t isa, const semalign_model *model, const semalign_evidence *evidence,
                                       const semalign_pulls *pulls, const semalign_pose *pose, float *points_out,
                                       float *scratch);

/// A cheap look at a pose: means over the visible points of log match, depth and mask at their nearest cells.
///
/// A cell is covered by a visible point within `reach` cells of it; `covered` (one byte a cell) is scratch.
semalign_support semalign_quick_support(int32_t isa, const semalign_model *model, const semalign_evidence *evidence,
                                        const semalign_pulls *pulls, const semalign_pose *pose, int32_t reach,
                                        uint8_t *covered);

/// Principal modes of shape variation, one standard deviation each: modes_out is mode_count x (3 L).
/// `covariance` is 3L x 3L, `keypoints` L x 3; what a similarity transform can do is projected out first.
/// Returns the variance per coordinate that the modes leave out.
double semalign_shape_modes(const double *covariance, const double *keypoints, int32_t keypoint_count,
                            int32_t mode_count, double *modes_out);

/// Puts the inverse in place of a size x size matrix, of which the symmetric part counts; eigenvalues below `least`,
/// which is positive, are taken for it: where a curvature says nothing the spread stays bounded.
void semalign_invert_curvature(double *matrix, int32_t size, double least);

/// Orthonormal directions that hold most of the class vectors' energy: basis_out is basis_count x channels.
///
/// vectors: count x channels; basis_count at most channels. Returns the share of the energy held, 0 ... 1.
double semalign_principal_basis(const float *vectors, int32_t count, int32_t channels, int32_t basis_count,
                                float *basis_out);

/// Dot products of `row_count` rows of `channels` floats with packed vectors (see `semalign_similarities`):
/// out is row_count x padded_points.
void semalign_packed_products(int32_t isa, const float *rows, size_t row_count, size_t channels, const float *packed,
                              size_t padded_points, float *out);

/// Matches from similarities: exp(sharpness z), z = (similarity - means of patch and point) / deviation, clamped.
///
/// Means and deviation are the frame's own, over the object's patches: some patches resemble every point, and some
/// points every patch. similarities: patch_count x stride, becomes less the means of its patches; cell_of_patch: where
/// each patch lies in the grid; scratch: 2 stride + patch_count floats, the last being the means of the patches; match: point_count x cell_count, 0 where no patch lies.
void semalign_match_grid(int32_t isa, float *similarities, size_t patch_count, size_t stride, size_t point_count,
                         const int32_t *cell_of_patch, size_t cell_count, float sharpness, float limit, float *scratch,
                         float *match);

/// Takes out depth at an edge between two surfaces of the object, which is neither's: cells behind a neighbour by more
/// than the share `edge`. `before` is a copy of `depth`; mask: 1 where the object is.
void semalign_drop_depth_edges(int32_t width, int32_t height, float edge, const uint8_t *mask, const float *before,
                               float *depth);

/// Change of depth per pixel along x and y on the object, from neighbours two cells away on the same surface:
/// width x height x 2.
void semalign_depth_slopes(int32_t width, int32_t height, float cell, float edge, const uint8_t *mask,
                           const float *depth, float *slope);

/// Vectors from every cell to the nearest one of the object [px], width x height x 2, by sweeps over the neighbours'.
void semalign_ways_to_mask(int32_t width, int32_t height, float cell, const uint8_t *mask, float *way);

/// A grid of half the resolution: means over the object's patches; `coarse` has (columns+1)/2 x (rows+1)/2 cells.
void semalign_halve_grid(const semalign_grid *fine, size_t point_count, float *match, float *count, float *depth);

/// The middle one of `count` numbers, the upper of two; reorders them. 0 where there is none.
///
/// Precondition: none is NaN.
float semalign_median(float *values, int32_t count);

/// Indices of `count` keys, the largest key first, the first of equals first, NaN last.
void semalign_order_descending(const double *keys, int32_t count, int32_t *order);

/// Where most matches agree that the class is: robust mean of position_i - scale * R c_i over matches i.
/// `positions` and `canonical` are match_count x 3, `place` holds the start and receives the answer, `flat`
/// (bool) ignores z. Four rounds of re-weighting with kernels of width 2 spread, 2 spread, spread, spread.
void semalign_vote_translation(const float *positions, const float *canonical, const float *weights,
                               int32_t match_count, const float *rotation, float scale, float spread,
                               int32_t flat, float *place, float *offset_scratch);

/// Positions of all points under `pose`: P x 3.
void semalign_place_class(const semalign_model *model, const semalign_pose *pose, float *points_out);
// Which copy of a kernel runs. Values are also the order of preference.
enum { SEMALIGN_ISA_BASE = 0, SEMALIGN_ISA_V3 = 1 };

// The best copy that this processor can run.
int32_t semalign_best_isa(void);

// Cosine similarities between `patch_count` patches of a feature map and all packed class vectors.
// features: half floats (bit patterns), rows of `channels`; patches: row numbers.
// packed: [padded_points / 16][channels][16]; scratch: 6 * channels floats.
// out: [patch_count][padded_points]; patches of zero norm give 0.
void semalign_similarities(
    int32_t isa, const uint16_t *features, const int32_t *patches, size_t patch_count, size_t channels,
    const float *packed, size_t padded_points, float *scratch, float *out);

// Equation 4 at one place of the image: log p_sem of the first `point_count` points, -1e30 in the padding; returns the
// largest. The similarity is the sum of four rows of `similarities` ([.][stride]) with weights.
// one_sided: a similarity above the mean counts as the mean.
float semalign_log_semantic(
    int32_t isa, const float *similarities, size_t stride, const int32_t *rows, const float *weights,
    const float *mean, const float *inverse_deviation, size_t point_count, size_t padded_points, int32_t one_sided,
    float *out);

// Points of the object for the keypoints: c_i = sum_j B_ij k_j.
// map: B transposed, [keypoint_count][padded_points]; keypoints: [keypoint_count][3].
void semalign_place_points(
    int32_t isa, const float *map, size_t keypoint_count, size_t padded_points, const double *keypoints,
    float *x, float *y, float *z);

// Pinhole projection u = focal_x x / z, v = focal_y y / z in normalised coordinates; z is held at `nearest` from below.
void semalign_project(
    int32_t isa, const float *x, const float *y, const float *z, size_t padded_points, float focal_x,
    float focal_y, float nearest, float *u, float *v);

// Equations 6 to 8. Returns (1/S) sum over samples x of max over points i of p_sem(x, i) p_spatial(x, i), and adds
// `scale` times its gradient with respect to the projections to gradient_u, gradient_v.
// log_likelihood: [sample_count][padded_points], padding hugely negative; bias: added for each point (log weight).
double semalign_dense_term(
    int32_t isa, const float *sample_u, const float *sample_v, size_t sample_count, const float *log_likelihood,
    const float *bias, const float *u, const float *v, size_t padded_points, float inverse_two_variance,
    float scale, float *gradient_u, float *gradient_v);

// The transposed maximum: (1/L) sum over the first `point_count` points of max over samples; else as above.
double semalign_sparse_term(
    int32_t isa, const float *sample_u, const float *sample_v, size_t sample_count, const float *log_likelihood,
    const float *bias, const float *u, const float *v, size_t padded_points, size_t point_count,
    float inverse_two_variance, float scale, float *gradient_u, float *gradient_v);

// Chain rule back through projection and B. point_gradient_*: gradient with respect to the points so far (overwritten);
// adds to keypoint_gradient [keypoint_count][3]; returns the derivative with respect to log focal length.
double semalign_pull_back(
    int32_t isa, const float *map, size_t keypoint_count, size_t padded_points, const float *x, const float *y,
    const float *z, float focal_x, float focal_y, float nearest, const float *gradient_u, const float *gradient_v,
    float *point_gradient_x, float *point_gradient_y, float *point_gradient_z, double *keypoint_gradient);

// One edge of the keypoint graph with its length, for the geometric prior.
typedef struct {
    double x, y, z;         // unit direction
    double length;          // > 0
    double gx, gy, gz;      // gradient with respect to the edge vector
} semalign_edge;

// Angle and ratio of two edges; each Beta log density is (alpha - 1) log t + (beta - 1) log (1 - t) + constant.
typedef struct {
    int32_t first, second;
    float angle_alpha, angle_beta, angle_constant;  // alpha - 1, beta - 1
    float ratio_alpha, ratio_beta, ratio_constant;
} semalign_edge_pair;

// Three cosines of a fourth corner in the axes of a triangle, x y z.
typedef struct {
    int32_t a, b, c, d;
    float alpha[3], beta[3], constant[3];
} semalign_tetrahedron;

// Equation 10 for `count` edge pairs: adds `scale` times the gradient of the sum of log densities to the edges'
// gradients. Where wants_sums is not 0, adds the sums themselves to log_sums (angle, ratio), at the cost of logarithms.
void semalign_edge_pairs(
    const semalign_edge_pair *pairs, size_t count, semalign_edge *edges, double scale, int32_t wants_sums,
    double *log_sums);

// The same for tetrahedra: gradient onto keypoint_gradient [.][3], sums to log_sums (x, y, z).
void semalign_tetrahedra(
    const semalign_tetrahedron *tetrahedra, size_t count, const double *keypoints, double scale,
    double *keypoint_gradient, int32_t wants_sums, double *log_sums);

#ifdef __cplusplus
}
#endif
#endif
