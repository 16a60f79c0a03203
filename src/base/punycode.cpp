#include "base/punycode.h"

#include <cstdint>
#include <vector>

namespace krait {
namespace {

constexpr uint32_t kBase = 36, kMin = 1, kMax = 26, kSkew = 38, kDamp = 700, kFirstBias = 72,
                   kFirstCode = 128;

uint32_t adapt(uint32_t delta, uint32_t points, bool first) {
  delta = first ? delta / kDamp : delta / 2;
  delta += delta / points;
  uint32_t k = 0;
  for (; delta > (kBase - kMin) * kMax / 2; k += kBase) delta /= kBase - kMin;
  return k + (kBase - kMin + 1) * delta / (delta + kSkew);
}

std::vector<uint32_t> codePoints(std::string_view utf8) {
  std::vector<uint32_t> points;
  for (size_t i = 0; i < utf8.size();) {
    auto lead = static_cast<uint8_t>(utf8[i]);
    int length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    uint32_t point = length == 1 ? lead : lead & (0xffu >> (length + 1));
    for (int k = 1; k < length; k++) point = point << 6 | (static_cast<uint8_t>(utf8[i + k]) & 0x3f);
    points.push_back(point);
    i += length;
  }
  return points;
}

void appendVariableLength(std::string& out, uint32_t value, uint32_t bias) {
  for (uint32_t k = kBase;; k += kBase) {
    uint32_t threshold = k <= bias ? kMin : k >= bias + kMax ? kMax : k - bias;
    bool last = value < threshold;
    uint32_t digit = last ? value : threshold + (value - threshold) % (kBase - threshold);
    out += static_cast<char>(digit < 26 ? 'a' + digit : '0' + (digit - 26));
    if (last) return;
    value = (value - threshold) / (kBase - threshold);
  }
}

}  // namespace

std::string punycodeEncode(std::string_view utf8) {
  std::vector<uint32_t> points = codePoints(utf8);
  std::string out;
  for (uint32_t p : points) {
    if (p < 128) out += static_cast<char>(p);
  }
  uint32_t basic = static_cast<uint32_t>(out.size()), handled = basic, code = kFirstCode, delta = 0,
           bias = kFirstBias;
  if (basic) out += '-';
  while (handled < points.size()) {
    uint32_t next = UINT32_MAX;
    for (uint32_t p : points) {
      if (p >= code && p < next) next = p;
    }
    delta += (next - code) * (handled + 1);
    code = next;
    for (uint32_t p : points) {
      if (p < code) delta++;
      if (p != code) continue;
      appendVariableLength(out, delta, bias);
      bias = adapt(delta, handled + 1, handled == basic);
      delta = 0;
      handled++;
    }
    delta++;
    code++;
  }
  return out;
}

}  // namespace krait
