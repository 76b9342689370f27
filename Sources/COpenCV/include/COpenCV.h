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
  SEMALIGN_CV_UNDECODABLE = 1,  ///< the decoder gave up on the bytes
  SEMALIGN_CV_OTHER_SIZE = 2,   ///< width, height or pixel type are not what the caller expected
  SEMALIGN_CV_FAILED = 3,       ///< OpenCV threw, or memory ran out
};

/// Pixel types: bytes per pixel are 3, 1, 2 and 4.
enum {
  SEMALIGN_CV_RGB8 = 0,
  SEMALIGN_CV_GRAY8 = 1,
  SEMALIGN_CV_GRAY16 = 2,
  SEMALIGN_CV_FLOAT32 = 3,
};

/// Decodes a JPEG or PNG of known width and height into `out` (width x height pixels of `type`, not FLOAT32).
/// GRAY8 and GRAY16 need a file of that very type; RGB8 converts. Orientation tags are not applied.
int semalign_cv_decode(const uint8_t *data, size_t size, int type, int width, int height, void *out);

/// Encodes as ".png" (parameter: compression 0-9) or ".jpg" (parameter: quality 0-100).
/// *out is to be released with semalign_cv_free.
int semalign_cv_encode(const void *pixels, int type, int width, int height, const char *extension,
                       int parameter, uint8_t **out, size_t *out_size);

/// Releases what semalign_cv_encode returned; NULL is fine.
void semalign_cv_free(uint8_t *bytes);

#ifdef __cplusplus
}
#endif
#endif
