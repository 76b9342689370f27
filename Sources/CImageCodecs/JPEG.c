// SPDX-License-Identifier: Apache-2.0
#include "CImageCodecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

/// libjpeg's error manager, with the way out and the place for its words.
typedef struct {
  struct jpeg_error_mgr manager;
  jmp_buf jump;
  char *reason;
} Errors;

static void fail(j_common_ptr codec) {
  Errors *errors = (Errors *)codec->err;
  char text[JMSG_LENGTH_MAX];
  codec->err->format_message(codec, text);
  snprintf(errors->reason, SEMALIGN_CODEC_REASON, "%s", text);
  longjmp(errors->jump, 1);
}

static void passOver(j_common_ptr codec, int level) {
  (void)codec;
  (void)level;
}

static void printNothing(j_common_ptr codec) { (void)codec; }

static struct jpeg_error_mgr *prepare(Errors *errors, char *reason) {
  reason[0] = 0;
  jpeg_std_error(&errors->manager);
  errors->manager.error_exit = fail;
  errors->manager.emit_message = passOver;
  errors->manager.output_message = printNothing;
  errors->reason = reason;
  return &errors->manager;
}

/// CMYK as Adobe's programs write it, inverted: four bytes become three, in place.
static void convertCMYK(uint8_t *row, size_t width, uint8_t *out) {
  for (size_t column = 0; column < width; column++) {
    const int key = row[4 * column + 3];
    for (size_t channel = 0; channel < 3; channel++)
      out[3 * column + channel] = (uint8_t)(key - ((255 - row[4 * column + channel]) * key >> 8));
  }
}

static int decode(struct jpeg_decompress_struct *codec, const uint8_t *data, size_t size, int width, int height,
                  uint8_t *out) {
  jpeg_create_decompress(codec);
  jpeg_mem_src(codec, data, size);
  jpeg_read_header(codec, TRUE);
  if (codec->image_width != (JDIMENSION)width || codec->image_height != (JDIMENSION)height)
    return SEMALIGN_CODEC_OTHER_TYPE;
  const int isCMYK = codec->num_components == 4;
  codec->out_color_space = isCMYK ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(codec);
  JSAMPARRAY line = NULL;
  if (isCMYK)
    line = codec->mem->alloc_sarray((j_common_ptr)codec, JPOOL_IMAGE, 4 * (JDIMENSION)width, 1);
  while (codec->output_scanline < codec->output_height) {
    JSAMPROW row = out + 3 * (size_t)width * codec->output_scanline;
    if (isCMYK) {
      jpeg_read_scanlines(codec, line, 1);
      convertCMYK(line[0], (size_t)width, row);
    } else {
      jpeg_read_scanlines(codec, &row, 1);
    }
  }
  jpeg_finish_decompress(codec);
  return SEMALIGN_CODEC_OK;
}

int semalign_jpeg_decode(const uint8_t *data, size_t size, int width, int height, void *out, char *reason) {
  Errors errors;
  struct jpeg_decompress_struct codec;
  memset(&codec, 0, sizeof codec);
  codec.err = prepare(&errors, reason);
  volatile int status = SEMALIGN_CODEC_UNREADABLE;
  if (setjmp(errors.jump) == 0) status = decode(&codec, data, size, width, height, out);
  jpeg_destroy_decompress(&codec);
  return status;
}

/// What an encoder has made so far; outside the function that setjmp returns to.
typedef struct {
  unsigned char *bytes;
  unsigned long count;
} Output;

static void encode(struct jpeg_compress_struct *codec, Output *output, const uint8_t *pixels, int width, int height,
                   int quality) {
  jpeg_create_compress(codec);
  jpeg_mem_dest(codec, &output->bytes, &output->count);
  codec->image_width = (JDIMENSION)width;
  codec->image_height = (JDIMENSION)height;
  codec->input_components = 3;
  codec->in_color_space = JCS_RGB;
  jpeg_set_defaults(codec);
  jpeg_set_quality(codec, quality, TRUE);
  jpeg_start_compress(codec, TRUE);
  while (codec->next_scanline < codec->image_height) {
    JSAMPROW row = (JSAMPROW)(pixels + 3 * (size_t)width * codec->next_scanline);
    jpeg_write_scanlines(codec, &row, 1);
  }
  jpeg_finish_compress(codec);
}

int semalign_jpeg_encode(const void *pixels, int width, int height, int quality, uint8_t **out, size_t *out_size,
                         char *reason) {
  *out = NULL;
  *out_size = 0;
  Errors errors;
  Output output = {NULL, 0};
  struct jpeg_compress_struct codec;
  memset(&codec, 0, sizeof codec);
  codec.err = prepare(&errors, reason);
  volatile int status = SEMALIGN_CODEC_UNREADABLE;
  if (setjmp(errors.jump) == 0) {
    encode(&codec, &output, pixels, width, height, quality);
    status = SEMALIGN_CODEC_OK;
  }
  jpeg_destroy_compress(&codec);
  // Memory ran out: libjpeg has moved its bytes without saying where, and what `output` names may be gone.
  if (status != SEMALIGN_CODEC_OK) return status;
  *out = output.bytes;
  *out_size = output.count;
  return SEMALIGN_CODEC_OK;
}

void semalign_codec_free(uint8_t *bytes) { free(bytes); }
