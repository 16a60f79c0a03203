// Hash functions whose values are visible to Python programs.
//
// siphash13 hashes str, bytes and memoryview under the process's key (two zero words without randomisation);
// hashDouble and hashDigits implement the numeric hash: the value modulo the prime 2**61 - 1, so that equal
// numbers of different types hash alike. -1 is never returned by them (it means "failed" at the C boundary):
// -2 stands for it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace krait {

inline constexpr int kHashBits = 61;
inline constexpr uint64_t kHashModulus = (uint64_t{1} << kHashBits) - 1;
inline constexpr int64_t kHashInf = 314159;
inline constexpr uint64_t kHashImag = 1000003;

// Keyed SipHash with one compression and three finalisation rounds; every value may be returned.
uint64_t siphash13(uint64_t k0, uint64_t k1, const void* bytes, size_t size);
// SipHash-2-4 with the same key form (source-file hashes of importlib).
uint64_t siphash24(uint64_t k0, uint64_t k1, const void* bytes, size_t size);

// Finite values and infinities; NaN hashes by identity and is the caller's business (see hashPointer).
int64_t hashDouble(double value);
// sign * sum(digits[i] * 2**(30 * i)).
int64_t hashDigits(const uint32_t* digits, size_t count, bool negative);

// Objects are 16-byte aligned: rotate the constant low bits away.
inline int64_t hashPointer(const void* pointer) {
  auto bits = reinterpret_cast<uintptr_t>(pointer);
  auto hash = static_cast<int64_t>((bits >> 4) | (bits << 60));
  return hash == -1 ? -2 : hash;
}

}  // namespace krait
