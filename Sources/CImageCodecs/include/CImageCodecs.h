// SPDX-License-Identifier: Apache-2.0
//
// PNG by libpng and JPEG by libjpeg, in memory, as C functions that return 0 or one of the codes below. Both
// libraries report errors by longjmp, which must not pass through Swift or C++: it stays in here.
//
// OpenCV's imgcodecs does the same by the same libraries, but brings GDAL and a hundred others along, for which
// every command would start 60 ms later.
//
// Images are tightly packed and row-major; colour is RGB; 16-bit values are in the machine's byte order.
#ifndef SEMALIGN_CIMAGECODECS_H
#define SEMALIGN_CIMAGECODECS_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

enum {
  SEMALIGN_CODEC_OK = 0,
  SEMALIGN_CODEC_UNREADABLE = 1,  ///< the library gave up on the bytes, or on encoding; it says why
  SEMALIGN_CODEC_OTHER_TYPE = 2,  ///< width, height or pixel type are not what the caller expected
};

/// Bytes of the text in which a library says why; always ended by 0.
enum { SEMALIGN_CODEC_REASON = 200 };

/// Pixel types of 3, 1 and 2 bytes.
enum {
  SEMALIGN_CODEC_RGB8 = 0,
  SEMALIGN_CODEC_GRAY8 = 1,
  SEMALIGN_CODEC_GRAY16 = 2,
};

/// Decodes a PNG of known width and height into `out` (width x height pixels of `type`).
///
/// GRAY8 and GRAY16 need a file of that very type. RGB8 converts: tables are looked up, opacity is dropped, of
/// 16 bits the upper half is kept. Checksums of chunks are not compared, gamma and profiles not applied.
int semalign_png_decode(const uint8_t *data, size_t size, int type, int width, int height, void *out,
                        char reason[SEMALIGN_CODEC_REASON]);

/// Decodes a JPEG of known width and height as RGB8; grey and CMYK are converted, orientation tags not applied.
///
/// What libjpeg only warns of, such as bytes between two markers, is passed over, as cameras write it.
int semalign_jpeg_decode(const uint8_t *data, size_t size, int width, int height, void *out,
                         char reason[SEMALIGN_CODEC_REASON]);

/// Encodes as PNG; *out is to be released with semalign_codec_free.
int semalign_png_encode(const void *pixels, int type, int width, int height, uint8_t **out, size_t *out_size,
                        char reason[SEMALIGN_CODEC_REASON]);

/// Encodes RGB8 as JPEG of `quality` 1-100; *out is to be released with semalign_codec_free.
int semalign_jpeg_encode(const void *pixels, int width, int height, int quality, uint8_t **out, size_t *out_size,
                         char reason[SEMALIGN_CODEC_REASON]);

/// Releases what was encoded; NULL is fine.
void semalign_codec_free(uint8_t *bytes);

#ifdef __cplusplus
}
#endif
#endif
