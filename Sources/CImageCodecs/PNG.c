// SPDX-License-Identifier: Apache-2.0
#include "CImageCodecs.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void fail(png_structp png, png_const_charp message) {
  snprintf(png_get_error_ptr(png), SEMALIGN_CODEC_REASON, "%s", message);
  longjmp(*png_set_longjmp_fn(png, longjmp, sizeof(jmp_buf)), 1);
}

static void passOver(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

/// What remains to be read.
typedef struct {
  const uint8_t *next;
  size_t left;
} Source;

static void readBytes(png_structp png, png_bytep out, size_t count) {
  Source *source = png_get_io_ptr(png);
  if (count > source->left) png_error(png, "its bytes end within the picture");
  memcpy(out, source->next, count);
  source->next += count;
  source->left -= count;
}

/// Sets the transformations that lead from the file's pixels to `type`; false where none may.
static int transform(png_structp png, png_infop info, int type) {
  const int depth = png_get_bit_depth(png, info);
  if (type != SEMALIGN_CODEC_RGB8) {
    if (png_get_color_type(png, info) != PNG_COLOR_TYPE_GRAY) return 0;
    if (depth != (type == SEMALIGN_CODEC_GRAY8 ? 8 : 16)) return 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (depth == 16) png_set_swap(png);
#endif
    return 1;
  }
  png_set_expand(png);
  png_set_strip_16(png);
  png_set_gray_to_rgb(png);
  png_set_strip_alpha(png);
  return 1;
}

static int decode(png_structp png, png_infop info, Source *source, int type, int width, int height, uint8_t *out) {
  png_set_read_fn(png, source, readBytes);
  // The caller has compared the checksums already, and texts and profiles could be bombs of their own.
  png_set_crc_action(png, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_read_info(png, info);
  if (png_get_image_width(png, info) != (png_uint_32)width || png_get_image_height(png, info) != (png_uint_32)height ||
      !transform(png, info, type))
    return SEMALIGN_CODEC_OTHER_TYPE;
  const int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  const size_t stride = png_get_rowbytes(png, info);
  const size_t pixelSize = type == SEMALIGN_CODEC_RGB8 ? 3 : type == SEMALIGN_CODEC_GRAY8 ? 1 : 2;
  if (stride != pixelSize * (size_t)width) return SEMALIGN_CODEC_OTHER_TYPE;
  for (int pass = 0; pass < passes; pass++)
    for (int row = 0; row < height; row++) png_read_row(png, out + (size_t)row * stride, NULL);
  png_read_end(png, NULL);
  return SEMALIGN_CODEC_OK;
}

int semalign_png_decode(const uint8_t *data, size_t size, int type, int width, int height, void *out, char *reason) {
  reason[0] = 0;
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reason, fail, passOver);
  png_infop info = png == NULL ? NULL : png_create_info_struct(png);
  int status = SEMALIGN_CODEC_UNREADABLE;
  if (info == NULL) {
    snprintf(reason, SEMALIGN_CODEC_REASON, "no memory");
  } else if (setjmp(png_jmpbuf(png)) == 0) {
    Source source = {data, size};
    status = decode(png, info, &source, type, width, height, out);
  } else {
    status = SEMALIGN_CODEC_UNREADABLE;
  }
  png_destroy_read_struct(&png, &info, NULL);
  return status;
}

/// Bytes that grow; on the heap, so that their place is still known after a longjmp.
typedef struct {
  uint8_t *bytes;
  size_t count;
  size_t capacity;
} Sink;

static void writeBytes(png_structp png, png_bytep data, size_t count) {
  Sink *sink = png_get_io_ptr(png);
  if (count > sink->capacity - sink->count) {
    const size_t capacity = 2 * sink->capacity > sink->count + count ? 2 * sink->capacity : sink->count + count;
    uint8_t *larger = realloc(sink->bytes, capacity);
    if (larger == NULL) png_error(png, "no memory");
    sink->bytes = larger;
    sink->capacity = capacity;
  }
  memcpy(sink->bytes + sink->count, data, count);
  sink->count += count;
}

static void flush(png_structp png) { (void)png; }

static void encode(png_structp png, png_infop info, Sink *sink, const uint8_t *pixels, int type, int width,
                   int height) {
  const int depth = type == SEMALIGN_CODEC_GRAY16 ? 16 : 8;
  const size_t pixelSize = type == SEMALIGN_CODEC_RGB8 ? 3 : (size_t)depth / 8;
  png_set_write_fn(png, sink, writeBytes, flush);
  // For speed, as OpenCV has it: a higher level takes three times as long for an eighth less.
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_SUB);
  png_set_compression_level(png, Z_BEST_SPEED);
  png_set_compression_strategy(png, Z_RLE);
  png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, depth,
               type == SEMALIGN_CODEC_RGB8 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (depth == 16) png_set_swap(png);
#endif
  for (int row = 0; row < height; row++) png_write_row(png, pixels + (size_t)row * (size_t)width * pixelSize);
  png_write_end(png, info);
}

int semalign_png_encode(const void *pixels, int type, int width, int height, uint8_t **out, size_t *out_size,
                        char *reason) {
  *out = NULL;
  *out_size = 0;
  reason[0] = 0;
  Sink *sink = calloc(1, sizeof *sink);
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, reason, fail, passOver);
  png_infop info = png == NULL ? NULL : png_create_info_struct(png);
  int status = SEMALIGN_CODEC_UNREADABLE;
  if (sink == NULL || info == NULL) {
    snprintf(reason, SEMALIGN_CODEC_REASON, "no memory");
  } else if (setjmp(png_jmpbuf(png)) == 0) {
    encode(png, info, sink, pixels, type, width, height);
    *out = sink->bytes;
    *out_size = sink->count;
    sink->bytes = NULL;
    status = SEMALIGN_CODEC_OK;
  } else {
    status = SEMALIGN_CODEC_UNREADABLE;
  }
  png_destroy_write_struct(&png, &info);
  if (sink != NULL) free(sink->bytes);
  free(sink);
  return status;
}
