// SHA-3 (FIPS 202) and BLAKE2 (RFC 7693).
#include <algorithm>
#include <bit>

#include "base/digest/digest.h"

namespace krait {
namespace {

constexpr uint64_t kRoundConstants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};
// The walk of rho and pi through the lanes.
constexpr int kTurns[24] = {1,  3,  6,  10, 15, 21, 28, 36, 45, 55, 2,  14,
                            27, 41, 56, 8,  25, 43, 62, 18, 39, 61, 20, 44};
constexpr int kLanes[24] = {10, 7,  11, 17, 18, 3, 5,  16, 8,  21, 24, 4,
                            15, 23, 19, 13, 12, 2, 20, 14, 22, 9,  6,  1};

constexpr uint8_t kSigma[10][16] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
                                    {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
                                    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4},
                                    {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
                                    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13},
                                    {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
                                    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11},
                                    {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
                                    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5},
                                    {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

constexpr uint64_t kStart[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                                0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                                0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

template <class Word>
constexpr Word start(int i) {
  return static_cast<Word>(kStart[i] >> (64 - 8 * sizeof(Word)));
}

template <class Word>
struct Blake2Form;
template <>
struct Blake2Form<uint64_t> {
  static constexpr int kRounds = 12, kTurn[4] = {32, 24, 16, 63};
};
template <>
struct Blake2Form<uint32_t> {
  static constexpr int kRounds = 10, kTurn[4] = {16, 12, 8, 7};
};

template <class Word>
void mix(Word* v, int a, int b, int c, int d, Word x, Word y) {
  constexpr auto& turn = Blake2Form<Word>::kTurn;
  v[a] += v[b] + x;
  v[d] = std::rotr(v[d] ^ v[a], turn[0]);
  v[c] += v[d];
  v[b] = std::rotr(v[b] ^ v[c], turn[1]);
  v[a] += v[b] + y;
  v[d] = std::rotr(v[d] ^ v[a], turn[2]);
  v[c] += v[d];
  v[b] = std::rotr(v[b] ^ v[c], turn[3]);
}

void storeLittle(uint8_t* out, uint64_t value, size_t bytes) {
  for (size_t i = 0; i < bytes; i++) out[i] = static_cast<uint8_t>(value >> (8 * i));
}

// The first bytes of the hash, which the state is started with.
template <class Word>
void parameterBlock(const Blake2Parameters& p, uint8_t* out) {
  constexpr bool kWide = sizeof(Word) == 8;
  uint8_t head[] = {p.digest_size, p.key_size, p.fanout, p.depth};
  std::memcpy(out, head, 4);
  storeLittle(out + 4, p.leaf_size, 4);
  storeLittle(out + 8, p.node_offset, kWide ? 8 : 6);
  out[kWide ? 16 : 14] = p.node_depth;
  out[kWide ? 17 : 15] = p.inner_size;
  constexpr size_t kSalt = sizeof(Word) * 2, kAt = sizeof(Word) * 4;
  std::memcpy(out + kAt, p.salt, kSalt);
  std::memcpy(out + kAt + kSalt, p.person, kSalt);
}

}  // namespace

void Keccak::permute() {
  for (uint64_t constant : kRoundConstants) {
    uint64_t columns[5], *s = state_;
    for (int i = 0; i < 5; i++) columns[i] = s[i] ^ s[i + 5] ^ s[i + 10] ^ s[i + 15] ^ s[i + 20];
    for (int i = 0; i < 5; i++) {
      uint64_t change = columns[(i + 4) % 5] ^ std::rotl(columns[(i + 1) % 5], 1);
      for (int j = 0; j < 25; j += 5) s[i + j] ^= change;
    }
    uint64_t moving = s[1];
    for (int i = 0; i < 24; i++) {
      uint64_t next = s[kLanes[i]];
      s[kLanes[i]] = std::rotl(moving, kTurns[i]);
      moving = next;
    }
    for (int j = 0; j < 25; j += 5) {
      uint64_t row[5];
      std::memcpy(row, s + j, sizeof row);
      for (int i = 0; i < 5; i++) s[j + i] = row[i] ^ (~row[(i + 1) % 5] & row[(i + 2) % 5]);
    }
    s[0] ^= constant;
  }
}

void Keccak::update(const uint8_t* data, size_t size) {
  auto* bytes = reinterpret_cast<uint8_t*>(state_);
  for (size_t i = 0; i < size; i++) {
    bytes[at_++] ^= data[i];
    if (at_ < rate_) continue;
    permute();
    at_ = 0;
  }
}

void Keccak::finish(uint8_t* out, size_t size) {
  auto* bytes = reinterpret_cast<uint8_t*>(state_);
  bytes[at_] ^= suffix_;
  bytes[rate_ - 1] ^= 0x80;
  while (true) {
    permute();
    size_t taken = std::min<size_t>(size, rate_);
    std::memcpy(out, state_, taken);
    out += taken, size -= taken;
    if (size == 0) return;
  }
}

template <class Word>
Blake2<Word>::Blake2(const Blake2Parameters& p) : digest_size_(p.digest_size), last_node_(p.last_node) {
  uint8_t block[sizeof(Word) * 8] = {};
  parameterBlock<Word>(p, block);
  for (int i = 0; i < 8; i++) {
    Word word;
    std::memcpy(&word, block + i * sizeof(Word), sizeof(Word));
    h_[i] = start<Word>(i) ^ word;
  }
}

template <class Word>
void Blake2<Word>::compress(const uint8_t* block, bool last) {
  Word m[16], v[16];
  std::memcpy(m, block, sizeof m);
  std::memcpy(v, h_, sizeof h_);
  for (int i = 0; i < 8; i++) v[i + 8] = start<Word>(i);
  v[12] ^= low_;
  v[13] ^= high_;
  if (last) v[14] = ~v[14];
  if (last && last_node_) v[15] = ~v[15];
  for (int round = 0; round < Blake2Form<Word>::kRounds; round++) {
    const uint8_t* s = kSigma[round % 10];
    for (int i = 0; i < 4; i++) mix(v, i, i + 4, i + 8, i + 12, m[s[2 * i]], m[s[2 * i + 1]]);
    for (int i = 0; i < 4; i++) {
      mix(v, i, (i + 1) % 4 + 4, (i + 2) % 4 + 8, (i + 3) % 4 + 12, m[s[8 + 2 * i]], m[s[9 + 2 * i]]);
    }
  }
  for (int i = 0; i < 8; i++) h_[i] ^= v[i] ^ v[i + 8];
}

template <class Word>
void Blake2<Word>::updateKey(const uint8_t* key, size_t size) {
  uint8_t block[kBlockSize] = {};
  std::memcpy(block, key, size);
  update(block, kBlockSize);
}

template <class Word>
void Blake2<Word>::update(const uint8_t* data, size_t size) {
  // A full block waits until more input shows that it is not the last one.
  while (size > 0) {
    if (filled_ == kBlockSize) {
      low_ += kBlockSize;
      high_ += low_ < kBlockSize;
      compress(pending_, false);
      filled_ = 0;
    }
    size_t taken = std::min(size, kBlockSize - filled_);
    std::memcpy(pending_ + filled_, data, taken);
    filled_ += taken, data += taken, size -= taken;
  }
}

template <class Word>
void Blake2<Word>::finish(uint8_t* out) {
  low_ += static_cast<Word>(filled_);
  high_ += low_ < filled_;
  std::memset(pending_ + filled_, 0, kBlockSize - filled_);
  compress(pending_, true);
  std::memcpy(out, h_, digest_size_);
}

template class Blake2<uint64_t>;
template class Blake2<uint32_t>;

}  // namespace krait
