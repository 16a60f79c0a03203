// Substring search over 1-, 2- and 4-byte units; linear in the worst case, vectorised where the C library is.
//
// All functions answer the offset of the match or -1. Needles are not empty.
#pragma once

#include <sys/types.h>
#include <cstdint>
#include <cstring>
#include <cwchar>

namespace krait::text {

// needle_size >= 2, not larger than size.
ssize_t findBytes(const uint8_t* text, ssize_t size, const uint8_t* needle, ssize_t needle_size);
ssize_t findUnit16(const uint16_t* text, ssize_t size, uint16_t unit);
ssize_t rfindUnit16(const uint16_t* text, ssize_t size, uint16_t unit);

template <class C>
ssize_t findUnit(const C* text, ssize_t size, C unit) {
  if (size <= 0) return -1;
  if constexpr (sizeof(C) == 1) {
    auto* found = static_cast<const C*>(std::memchr(text, unit, static_cast<size_t>(size)));
    return found ? found - text : -1;
  } else if constexpr (sizeof(C) == 4) {
    auto* wide = reinterpret_cast<const wchar_t*>(text);
    auto* found = std::wmemchr(wide, static_cast<wchar_t>(unit), static_cast<size_t>(size));
    return found ? found - wide : -1;
  } else {
    return findUnit16(reinterpret_cast<const uint16_t*>(text), size, static_cast<uint16_t>(unit));
  }
}

template <class C>
ssize_t rfindUnit(const C* text, ssize_t size, C unit) {
  if constexpr (sizeof(C) == 1) {
    if (size <= 0) return -1;
    auto* found = static_cast<const C*>(memrchr(text, unit, static_cast<size_t>(size)));
    return found ? found - text : -1;
  } else if constexpr (sizeof(C) == 2) {
    return rfindUnit16(reinterpret_cast<const uint16_t*>(text), size, static_cast<uint16_t>(unit));
  } else {
    for (ssize_t i = size; i-- > 0;)
      if (text[i] == unit) return i;
    return -1;
  }
}

// Walks a sequence of units forwards or backwards, so that one algorithm serves find and rfind.
template <class C, bool kReverse>
struct Walk {
  const C* data;
  ssize_t size;
  C operator[](ssize_t i) const { return kReverse ? data[size - 1 - i] : data[i]; }
};

// Crochemore and Perrin's two-way matching: linear time, constant space.
template <class C, bool kReverse>
class TwoWay {
  using Units = Walk<C, kReverse>;

 public:
  explicit TwoWay(Units needle) : needle_(needle) {
    ssize_t period_less, period_greater;
    ssize_t less = maximalSuffix(false, &period_less), greater = maximalSuffix(true, &period_greater);
    cut_ = less > greater ? less : greater;
    period_ = less > greater ? period_less : period_greater;
    periodic_ = isPeriodic();
    if (!periodic_) period_ = (cut_ > needle_.size - cut_ ? cut_ : needle_.size - cut_) + 1;
  }

  ssize_t find(Units text) const {
    ssize_t at = 0, memory = 0;
    while (at <= text.size - needle_.size) {
      ssize_t i = cut_ > memory ? cut_ : memory;
      while (i < needle_.size && needle_[i] == text[at + i]) i++;
      if (i < needle_.size) {
        at += i - cut_ + 1;
        memory = 0;
        continue;
      }
      i = cut_ - 1;
      while (i >= memory && needle_[i] == text[at + i]) i--;
      if (i < memory) return at;
      at += period_;
      memory = periodic_ ? needle_.size - period_ : 0;
    }
    return -1;
  }

 private:
  // Start of the lexicographically maximal suffix (under the reversed alphabet when asked) and its period.
  ssize_t maximalSuffix(bool reversed, ssize_t* period) const {
    ssize_t suffix = 0, candidate = 1, length = 0;
    *period = 1;
    while (candidate + length < needle_.size) {
      C a = needle_[candidate + length], b = needle_[suffix + length];
      if (a == b) {
        if (++length == *period) candidate += length, length = 0;
      } else if ((a < b) != reversed) {
        candidate += length + 1;
        length = 0;
        *period = candidate - suffix;
      } else {
        suffix = candidate++;
        length = 0;
        *period = 1;
      }
    }
    return suffix;
  }

  bool isPeriodic() const {
    if (cut_ + period_ > needle_.size) return false;
    for (ssize_t i = 0; i < cut_; i++)
      if (needle_[i] != needle_[i + period_]) return false;
    return true;
  }

  Units needle_;
  ssize_t cut_, period_;
  bool periodic_;
};

// Forward search: scans for the last unit of the needle while that stays cheap, then turns to two-way
// matching.
template <class C>
ssize_t find(const C* text, ssize_t size, const C* needle, ssize_t needle_size) {
  if (needle_size > size) return -1;
  if (needle_size == 1) return findUnit(text, size, needle[0]);
  if constexpr (sizeof(C) == 1)
    return findBytes(reinterpret_cast<const uint8_t*>(text), size, reinterpret_cast<const uint8_t*>(needle),
                     needle_size);
  ssize_t last = size - needle_size, at = 0, wasted = 0;
  while (at <= last) {
    ssize_t step = findUnit(text + at, last - at + 1, needle[0]);
    if (step < 0) return -1;
    at += step;
    ssize_t i = 1;
    while (i < needle_size && text[at + i] == needle[i]) i++;
    if (i == needle_size) return at;
    at++;
    if ((wasted += i + 2) > 4 * at + 64) {
      ssize_t found = TwoWay<C, false>({needle, needle_size}).find({text + at, size - at});
      return found < 0 ? -1 : at + found;
    }
  }
  return -1;
}

template <class C>
ssize_t rfind(const C* text, ssize_t size, const C* needle, ssize_t needle_size) {
  if (needle_size > size) return -1;
  if (needle_size == 1) return rfindUnit(text, size, needle[0]);
  ssize_t at = size - needle_size, wasted = 0;
  while (at >= 0) {
    at = rfindUnit(text, at + 1, needle[0]);
    if (at < 0) return -1;
    ssize_t i = 1;
    while (i < needle_size && text[at + i] == needle[i]) i++;
    if (i == needle_size) return at;
    if ((wasted += i + 2) > 4 * (size - at) + 64) {
      ssize_t end = at + needle_size - 1;  // matches may only start before `at`
      ssize_t found = TwoWay<C, true>({needle, needle_size}).find({text, end});
      return found < 0 ? -1 : end - found - needle_size;
    }
    at--;
  }
  return -1;
}

// Non-overlapping occurrences, at most `limit`.
template <class C>
ssize_t count(const C* text, ssize_t size, const C* needle, ssize_t needle_size, ssize_t limit) {
  ssize_t found = 0;
  for (ssize_t at = 0; found < limit; found++) {
    ssize_t step = find(text + at, size - at, needle, needle_size);
    if (step < 0) break;
    at += step + needle_size;
  }
  return found;
}

// Units below 128 at the start.
ssize_t asciiPrefix(const uint8_t* text, ssize_t size);

// The bitwise or of all units: classifies a string's widest character.
template <class C>
uint32_t unionOf(const C* text, ssize_t size) {
  C all = 0;
  for (ssize_t i = 0; i < size; i++) all |= text[i];
  return all;
}

template <class To, class From>
void convert(To* out, const From* in, ssize_t size) {
  if constexpr (sizeof(To) == sizeof(From))
    std::memcpy(out, in, static_cast<size_t>(size) * sizeof(To));
  else
    for (ssize_t i = 0; i < size; i++) out[i] = static_cast<To>(in[i]);
}

}  // namespace krait::text
