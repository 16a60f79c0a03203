// MT19937: the generator behind the random module. Seeds, states and outputs equal Matsumoto and Nishimura's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace krait {

class MersenneTwister {
 public:
  static constexpr int kWords = 624;

  void seed(uint32_t value);
  // count >= 1.
  void seedByArray(const uint32_t* key, size_t count);
  uint32_t next32();
  // 53 random bits in [0, 1).
  double nextDouble();

  // The words of the state and the next index (kWords: exhausted).
  const std::array<uint32_t, kWords>& state() const { return state_; }
  int index() const { return index_; }
  void restore(const std::array<uint32_t, kWords>& state, int index) {
    state_ = state;
    index_ = index;
  }

 private:
  void refill();

  std::array<uint32_t, kWords> state_{};
  int index_ = kWords;
};

}  // namespace krait
