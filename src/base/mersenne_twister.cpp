#include "base/mersenne_twister.h"

#include <algorithm>

namespace krait {
namespace {

constexpr int kMiddle = 397;

constexpr uint32_t twist(uint32_t upper, uint32_t lower) {
  uint32_t mixed = (upper & 0x80000000u) | (lower & 0x7fffffffu);
  return mixed >> 1 ^ ((lower & 1) != 0 ? 0x9908b0dfu : 0);
}

}  // namespace

void MersenneTwister::seed(uint32_t value) {
  state_[0] = value;
  for (uint32_t i = 1; i < kWords; i++) state_[i] = 1812433253u * (state_[i - 1] ^ state_[i - 1] >> 30) + i;
  index_ = kWords;
}

void MersenneTwister::seedByArray(const uint32_t* key, size_t count) {
  seed(19650218u);
  size_t i = 1, j = 0;
  auto step = [&] {
    if (++i == kWords) {
      state_[0] = state_[kWords - 1];
      i = 1;
    }
  };
  for (size_t k = std::max<size_t>(kWords, count); k > 0; k--) {
    uint32_t previous = state_[i - 1];
    state_[i] = (state_[i] ^ (previous ^ previous >> 30) * 1664525u) + key[j] + static_cast<uint32_t>(j);
    step();
    if (++j == count) j = 0;
  }
  for (int k = kWords - 1; k > 0; k--) {
    uint32_t previous = state_[i - 1];
    state_[i] = (state_[i] ^ (previous ^ previous >> 30) * 1566083941u) - static_cast<uint32_t>(i);
    step();
  }
  state_[0] = 0x80000000u;
}

void MersenneTwister::refill() {
  for (int i = 0; i < kWords - kMiddle; i++)
    state_[i] = state_[i + kMiddle] ^ twist(state_[i], state_[i + 1]);
  for (int i = kWords - kMiddle; i < kWords - 1; i++) {
    state_[i] = state_[i + kMiddle - kWords] ^ twist(state_[i], state_[i + 1]);
  }
  state_[kWords - 1] = state_[kMiddle - 1] ^ twist(state_[kWords - 1], state_[0]);
  index_ = 0;
}

uint32_t MersenneTwister::next32() {
  if (index_ >= kWords) refill();
  uint32_t y = state_[index_++];
  y ^= y >> 11;
  y ^= y << 7 & 0x9d2c5680u;
  y ^= y << 15 & 0xefc60000u;
  return y ^ y >> 18;
}

double MersenneTwister::nextDouble() {
  uint32_t high = next32() >> 5, low = next32() >> 6;
  return (high * 67108864.0 + low) * (1.0 / 9007199254740992.0);
}

}  // namespace krait
