// SPDX-License-Identifier: Apache-2.0
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
  int32_t mode_count;       ///< K shape modes, at most SEMALIGN_MODE_LIMIT.
  int32_t direction_count;  ///< D viewing directions.
  const float *points;      ///< P x 3, canonical.
  const float *modes;       ///< P x K x 3, displacement for one standard deviation of each mode, canonical.
  const float *weights;     ///< P, how much each point counts.
  const uint8_t *visibility;  ///< P x D, 0 ... 255.
  const float *directions;    ///< D x 3, unit vectors towards the camera.
} semalign_model;

/// One frame as the evidence kernels see it; all buffers are borrowed.
typedef struct {
  float focal_x, focal_y, center_x, center_y;  ///< Pinhole camera [px].
  int32_t rows, columns;                        ///< Patch grid.
  float patch_x, patch_y;                       ///< Centre of patch (0, 0) [px].
  float patch_width, patch_height;              ///< [px]
  const int32_t *patch_index;     ///< rows x columns: number of the patch among those compared, or -1.
  int32_t patch_count;            ///< S patches compared.
  const float *patch_pixels;      ///< S x 2, centres [px].
  const float *log_likelihood;    ///< P x S: log p_sem, at most 0, less the point's mean over the object.
  const uint8_t *patch_in_mask;   ///< S: 1 where the patch's centre carries the object.
  int32_t raster_width, raster_height;  ///< Raster of depth and mask.
  float raster_x, raster_y, raster_cell;  ///< Centre of cell (0, 0) and side of a cell [px].
  const float *raster_depth;      ///< Cells: measured depth, 0 = none.
  const float *raster_slope;      ///< Cells x 2: change of depth per pixel along x and y.
  const uint8_t *raster_mask;     ///< Cells: 1 where the object is, 2 outside the image, else 0.
  const float *raster_to_mask;    ///< Cells x 2: vector to the nearest cell of the object [px].
} semalign_evidence;

#define SEMALIGN_MODE_LIMIT 24

/// camera-from-class pose and shape: X = scale * R (C + sum_k modes[k] M_k) + t; R row-major.
typedef struct {
  float rotation[9];
  float translation[3];
  float scale;
  float log_focal_change;  ///< The frame's focal lengths times exp of this.
  float modes[SEMALIGN_MODE_LIMIT];
} semalign_pose;

/// How strongly each kind of evidence pulls.
typedef struct {
  float attraction_sigma;    ///< Reach of a match in the image [px].
  float depth_sigma;         ///< Spread of model minus measured depth [unit of depth].
  float mask_sigma;          ///< Spread of points outside the mask [px].
  float occlusion_margin;    ///< Measured surfaces nearer than the model by this are occluders.
  float semantic_weight, depth_weight, mask_weight, patch_weight;
  float log_scale_mean, log_scale_deviation;  ///< Prior of the scale; deviation 0 = none.
  float log_focal_deviation;                  ///< Prior of the focal length's change; 0 = focal fixed.
  int32_t free_modes;                         ///< Modes that may change: 0 ... K.
} semalign_pulls;

/// One Gauss-Newton step on pose, shape and focal length; returns the largest move of a point in the image [px].
/// `information`, if not null, receives the (8+K) x (8+K) normal matrix in the order rotation, translation,
/// log scale, log focal, modes. `points_out` (P x 3) is scratch and holds the positions before the step.
float semalign_refine_pose(const semalign_model *model, const semalign_evidence *evidence,
                           const semalign_pulls *pulls, semalign_pose *pose, float *points_out,
                           double *information);

/// How well a pose explains a frame, by part; higher is better.
typedef struct {
  float semantic, depth, mask, coverage, visible;
} semalign_support;

/// Support of `pose`, without derivatives. `points_out` as above; every `stride`-th dense point is looked at,
/// `keypoint_count` leading points always. A patch is covered by a visible point within `reach` patches of it;
/// `covered` (rows x columns bytes) is scratch.
semalign_support semalign_pose_support(const semalign_model *model, const semalign_evidence *evidence,
                                       const semalign_pulls *pulls, const semalign_pose *pose,
                                       int32_t keypoint_count, int32_t stride, int32_t reach, float *points_out,
                                       uint8_t *covered);

/// Principal modes of shape variation, one standard deviation each: modes_out is mode_count x (3 L).
/// `covariance` is 3L x 3L, `keypoints` L x 3; what a similarity transform can do is projected out first.
/// Returns the variance per coordinate that the modes leave out.
double semalign_shape_modes(const double *covariance, const double *keypoints, int32_t keypoint_count,
                            int32_t mode_count, double *modes_out);

/// Positions of all points under `pose`: P x 3.
void semalign_place_points(const semalign_model *model, const semalign_pose *pose, float *points_out);

#ifdef __cplusplus
}
#endif
#endif
