// The process's key for hashing str and bytes.
#pragma once

#include <cstdint>

namespace krait {

struct HashSecret {
  uint64_t k0, k1;
  uint64_t expat;  // salt that pyexpat reads at this place
};

void hashSecretRandom();                 // from the system's entropy
void hashSecretFromSeed(uint32_t seed);  // PYTHONHASHSEED; 0: all zero

}  // namespace krait

extern "C" krait::HashSecret _Py_HashSecret;
