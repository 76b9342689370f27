// SPDX-License-Identifier: Apache-2.0
#include "COpenCV.h"

#include <cstdio>

#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
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
  default: return CV_32FC1;
  }
}

/// A view of the caller's pixels; OpenCV takes no const data, and only writes where the caller asked for it.
cv::Mat view(const void *pixels, int type, int width, int height) {
  return cv::Mat(height, width, matType(type), const_cast<void *>(pixels));
}

cv::Mat view(const semalign_cv_canvas &canvas) {
  return cv::Mat(canvas.height, canvas.width, CV_8UC3, canvas.pixels);
}

/// The canvas is RGB, so the order stays.
cv::Scalar scalar(semalign_cv_color color) { return {double(color.red), double(color.green), double(color.blue)}; }

int interpolationFlag(int interpolation) {
  switch (interpolation) {
  case SEMALIGN_CV_NEAREST: return cv::INTER_NEAREST;
  case SEMALIGN_CV_CUBIC: return cv::INTER_CUBIC;
  case SEMALIGN_CV_AREA: return cv::INTER_AREA;
  default: return cv::INTER_LINEAR;
  }
}

/// Drawing takes integers with this many fractional bits; what is far outside is clamped, so that it fits.
constexpr int fractionBits = 4;
int fixedPoint(double value) {
  const double limit = 1e6;
  const double clamped = value > limit ? limit : value > -limit ? value : -limit;
  return cvRound(clamped * (1 << fractionBits));
}

constexpr int font = cv::FONT_HERSHEY_DUPLEX;

} // namespace

const char *semalign_cv_version(void) {
  static char text[32];
  static const bool done = [] {
    std::snprintf(text, sizeof text, "%d.%d.%d", cv::getVersionMajor(), cv::getVersionMinor(),
                  cv::getVersionRevision());
    return true;
  }();
  (void)done;
  return text;
}

int semalign_cv_resize(const void *pixels, int type, int width, int height, void *out, int out_width,
                       int out_height, int interpolation) {
  return guarded([&] {
    cv::Mat result = view(out, type, out_width, out_height);
    cv::resize(view(pixels, type, width, height), result, result.size(), 0, 0, interpolationFlag(interpolation));
    return SEMALIGN_CV_OK;
  });
}

int semalign_cv_remap(const void *pixels, int type, int width, int height, const float *map_x,
                      const float *map_y, void *out, int out_width, int out_height, int interpolation) {
  return guarded([&] {
    // OpenCV keeps coordinates of remapped images in 16 bits.
    if (width > 32767 || height > 32767) return SEMALIGN_CV_TOO_LARGE;
    cv::Mat result = view(out, type, out_width, out_height);
    cv::remap(view(pixels, type, width, height), result, view(map_x, SEMALIGN_CV_FLOAT32, out_width, out_height),
              view(map_y, SEMALIGN_CV_FLOAT32, out_width, out_height), interpolationFlag(interpolation),
              cv::BORDER_CONSTANT, cv::Scalar::all(0));
    return SEMALIGN_CV_OK;
  });
}

int semalign_cv_line(semalign_cv_canvas canvas, double x0, double y0, double x1, double y1, int thickness,
                     semalign_cv_color color) {
  return guarded([&] {
    cv::Mat image = view(canvas);
    cv::line(image, {fixedPoint(x0), fixedPoint(y0)}, {fixedPoint(x1), fixedPoint(y1)}, scalar(color), thickness,
             cv::LINE_AA, fractionBits);
    return SEMALIGN_CV_OK;
  });
}

int semalign_cv_circle(semalign_cv_canvas canvas, double x, double y, double radius, int thickness,
                       semalign_cv_color color) {
  return guarded([&] {
    cv::Mat image = view(canvas);
    cv::circle(image, {fixedPoint(x), fixedPoint(y)}, fixedPoint(radius), scalar(color), thickness, cv::LINE_AA,
               fractionBits);
    return SEMALIGN_CV_OK;
  });
}

int semalign_cv_fill(semalign_cv_canvas canvas, int x, int y, int width, int height, double opacity,
                     semalign_cv_color color) {
  return guarded([&] {
    cv::Mat image = view(canvas);
    const cv::Rect area = cv::Rect(x, y, width, height) & cv::Rect(0, 0, canvas.width, canvas.height);
    if (area.empty()) return SEMALIGN_CV_OK;
    cv::Mat part = image(area);
    const cv::Mat paint(part.size(), CV_8UC3, scalar(color));
    cv::addWeighted(paint, opacity, part, 1 - opacity, 0, part);
    return SEMALIGN_CV_OK;
  });
}

int semalign_cv_text(semalign_cv_canvas canvas, const char *text, int x, int y, double scale, int thickness,
                     semalign_cv_color color) {
  return guarded([&] {
    cv::Mat image = view(canvas);
    cv::putText(image, text, {x, y}, font, scale, scalar(color), thickness, cv::LINE_AA);
    return SEMALIGN_CV_OK;
  });
}

int semalign_cv_text_size(const char *text, double scale, int thickness, int *width, int *height, int *depth) {
  return guarded([&] {
    const cv::Size size = cv::getTextSize(text, font, scale, thickness, depth);
    *width = size.width;
    *height = size.height;
    return SEMALIGN_CV_OK;
  });
}
