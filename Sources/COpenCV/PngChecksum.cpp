// SPDX-License-Identifier: Apache-2.0
#include "COpenCV.h"

namespace {

/// entries[k][b]: the effect of byte b with k zero bytes after it, so that eight bytes are taken in one step.
struct Table {
  uint32_t entries[8][256];

  constexpr Table() : entries() {
    for (uint32_t byte = 0; byte < 256; ++byte) {
      uint32_t value = byte;
      for (int bit = 0; bit < 8; ++bit) value = (value & 1) ? 0xEDB88320u ^ (value >> 1) : value >> 1;
      entries[0][byte] = value;
    }
    for (int k = 1; k < 8; ++k)
      for (int byte = 0; byte < 256; ++byte)
        entries[k][byte] = entries[0][entries[k - 1][byte] & 0xFF] ^ (entries[k - 1][byte] >> 8);
  }
};

constexpr Table table;

} // namespace

uint32_t semalign_png_checksum(const uint8_t *bytes, size_t size) {
  uint32_t value = 0xFFFFFFFFu;
  for (; size >= 8; bytes += 8, size -= 8) {
    uint32_t next = 0;
    for (int k = 0; k < 4; ++k) next ^= table.entries[7 - k][((value >> (8 * k)) ^ bytes[k]) & 0xFF];
    for (int k = 4; k < 8; ++k) next ^= table.entries[7 - k][bytes[k]];
    value = next;
  }
  for (; size > 0; ++bytes, --size) value = table.entries[0][(value ^ *bytes) & 0xFF] ^ (value >> 8);
  return ~value;
}
