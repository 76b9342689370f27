// SPDX-License-Identifier: Apache-2.0
#include "COpenCV.h"

#include <cstdlib>
#include <cstring>
#include <limits>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace {

/// OpenCV's own threads would steal time from the frame path, and its messages belong to the caller's log.
void prepare() {
  static const bool done = [] {
    cv::setNumThreads(1);
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    return true;
  }();
  (void)done;
}

/// Runs `body` so that nothing thrown leaves the C function.
template <typename Body> int guarded(Body body) {
  try {
    prepare();
    return body();
  } catch (...) {
    return SEMALIGN_CV_FAILED;
  }
}

int matType(int type) {
  switch (type) {
  case SEMALIGN_CV_RGB8: return CV_8UC3;
  case SEMALIGN_CV_GRAY8: return CV_8UC1;
  case SEMALIGN_CV_GRAY16: return CV_16UC1;
  default: return CV_32FC1;
  }
}

/// A view of the caller's pixels; OpenCV takes no const data, and only writes where the caller asked for it.
cv::Mat view(const void *pixels, int type, int width, int height) {
  return cv::Mat(height, width, matType(type), const_cast<void *>(pixels));
}

} // namespace

int semalign_cv_decode(const uint8_t *data, size_t size, int type, int width, int height, void *out) {
  return guarded([&] {
    if (size == 0 || size > static_cast<size_t>(std::numeric_limits<int>::max()))
      return SEMALIGN_CV_UNDECODABLE;
    const cv::Mat bytes(1, static_cast<int>(size), CV_8UC1, const_cast<uint8_t *>(data));
    const int flags = type == SEMALIGN_CV_RGB8 ? cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION
                                               : cv::IMREAD_UNCHANGED;
    cv::Mat image = view(out, type, width, height);
    cv::imdecode(bytes, flags, &image);
    if (image.empty()) return SEMALIGN_CV_UNDECODABLE;
    // Another size or type made OpenCV allocate an image of its own.
    if (image.data != out) return SEMALIGN_CV_OTHER_SIZE;
    if (type == SEMALIGN_CV_RGB8) cv::cvtColor(image, image, cv::COLOR_BGR2RGB);
    return SEMALIGN_CV_OK;
  });
}

int semalign_cv_encode(const void *pixels, int type, int width, int height, const char *extension,
                       int parameter, uint8_t **out, size_t *out_size) {
  *out = nullptr;
  *out_size = 0;
  return guarded([&] {
    cv::Mat image = view(pixels, type, width, height);
    if (type == SEMALIGN_CV_RGB8) {
      cv::Mat reordered;
      cv::cvtColor(image, reordered, cv::COLOR_RGB2BGR);
      image = reordered;
    }
    const bool png = std::strcmp(extension, ".png") == 0;
    std::vector<uchar> bytes;
    const std::vector<int> parameters = {png ? cv::IMWRITE_PNG_COMPRESSION : cv::IMWRITE_JPEG_QUALITY, parameter};
    if (!cv::imencode(extension, image, bytes, parameters)) return SEMALIGN_CV_FAILED;
    auto *copy = static_cast<uint8_t *>(std::malloc(bytes.size()));
    if (copy == nullptr) return SEMALIGN_CV_FAILED;
    std::memcpy(copy, bytes.data(), bytes.size());
    *out = copy;
    *out_size = bytes.size();
    return SEMALIGN_CV_OK;
  });
}

void semalign_cv_free(uint8_t *bytes) { std::free(bytes); }
