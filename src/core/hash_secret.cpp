#include "core/hash_secret.h"

#include <sys/random.h>

#include "base/macros.h"

extern "C" {
__attribute__((visibility("default"))) krait::HashSecret _Py_HashSecret;
}

namespace krait {

void hashSecretRandom() {
  ssize_t got = getrandom(&_Py_HashSecret, sizeof _Py_HashSecret, GRND_NONBLOCK);
  if (got == sizeof _Py_HashSecret) return;
  // Entropy is not ready this early after boot: addresses and the clock have to do.
  _Py_HashSecret.k0 = reinterpret_cast<uintptr_t>(&got) * 0x9e3779b97f4a7c15u;
  _Py_HashSecret.k1 = __builtin_ia32_rdtsc();
}

void hashSecretFromSeed(uint32_t seed) {
  _Py_HashSecret = {};
  if (seed == 0) return;
  auto* bytes = reinterpret_cast<uint8_t*>(&_Py_HashSecret);
  uint32_t x = seed;
  for (size_t i = 0; i < sizeof _Py_HashSecret; i++) {
    x = x * 214013 + 2531011;
    bytes[i] = static_cast<uint8_t>(x >> 16);
  }
}

}  // namespace krait
