// SPDX-License-Identifier: Apache-2.0
//
// The few OpenCV calls that semalign makes, as C functions. Every function catches all exceptions and
// returns 0 on success, otherwise one of the codes below. Images are tightly packed and row-major; colour is
// RGB. OpenCV works on the calling thread only.
#ifndef SEMALIGN_COPENCV_H
#define SEMALIGN_COPENCV_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

enum {
  SEMALIGN_CV_OK = 0,
  SEMALIGN_CV_TOO_LARGE = 1,  ///< more pixels a side than OpenCV can address
  SEMALIGN_CV_FAILED = 2,     ///< OpenCV threw, or memory ran out
};

/// Pixel types: bytes per pixel are 3, 1 and 4.
enum {
  SEMALIGN_CV_RGB8 = 0,
  SEMALIGN_CV_GRAY8 = 1,
  SEMALIGN_CV_FLOAT32 = 2,
};

/// Version of the OpenCV library that is loaded, such as "4.6.0"; never fails, stays valid.
const char *semalign_cv_version(void);

enum { SEMALIGN_CV_NEAREST = 0, SEMALIGN_CV_LINEAR = 1, SEMALIGN_CV_CUBIC = 2, SEMALIGN_CV_AREA = 3 };

/// Resizes an image into `out` (out_width x out_height pixels of the same type).
int semalign_cv_resize(const void *pixels, int type, int width, int height, void *out, int out_width,
                       int out_height, int interpolation);

/// out(x, y) = pixels(map_x(x, y), map_y(x, y)), NEAREST or LINEAR; 0 where the map leaves the image.
/// The maps hold out_width x out_height pixel coordinates (integers at pixel centres).
int semalign_cv_remap(const void *pixels, int type, int width, int height, const float *map_x,
                      const float *map_y, void *out, int out_width, int out_height, int interpolation);

/// An RGB8 image to draw on; coordinates have integers at pixel centres, fractions count.
typedef struct {
  uint8_t *pixels;
  int width;
  int height;
} semalign_cv_canvas;

typedef struct {
  uint8_t red;
  uint8_t green;
  uint8_t blue;
} semalign_cv_color;

/// A line with smooth edges and round ends; thickness >= 1 [px].
int semalign_cv_line(semalign_cv_canvas canvas, double x0, double y0, double x1, double y1, int thickness,
                     semalign_cv_color color);

/// A circle with smooth edges; thickness < 0 fills it.
int semalign_cv_circle(semalign_cv_canvas canvas, double x, double y, double radius, int thickness,
                       semalign_cv_color color);

/// Fills the pixels of a rectangle, clipped to the canvas: 0 = leaves them as they are, 1 = covers them.
int semalign_cv_fill(semalign_cv_canvas canvas, int x, int y, int width, int height, double opacity,
                     semalign_cv_color color);

/// Writes ASCII text (others as '?'); (x, y) is the left end of the baseline.
int semalign_cv_text(semalign_cv_canvas canvas, const char *text, int x, int y, double scale, int thickness,
                     semalign_cv_color color);

/// Width, height above and depth below the baseline of such a text [px].
int semalign_cv_text_size(const char *text, double scale, int thickness, int *width, int *height, int *depth);

#ifdef __cplusplus
}
#endif
#endif
