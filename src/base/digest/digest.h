// MD5, SHA-1, SHA-2, SHA-3 and BLAKE2 as plain values: update() any number of times, finish() on a copy for
// the digest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace krait {

// Cuts the input into blocks. Core::compress(const uint8_t*) takes one block.
template <class Core, size_t kBlock>
class BlockHash : public Core {
 public:
  static constexpr size_t kBlockSize = kBlock;
  using Core::Core;

  void update(const uint8_t* data, size_t size) {
    total_ += size;
    if (filled_ > 0) {
      size_t taken = size < kBlock - filled_ ? size : kBlock - filled_;
      std::memcpy(pending_ + filled_, data, taken);
      filled_ += static_cast<uint32_t>(taken), data += taken, size -= taken;
      if (filled_ < kBlock) return;
      this->compress(pending_);
      filled_ = 0;
    }
    for (; size >= kBlock; data += kBlock, size -= kBlock) this->compress(data);
    if (size > 0) std::memcpy(pending_, data, size);
    filled_ = static_cast<uint32_t>(size);
  }

 protected:
  // Appends 0x80, zeros and the bit length in `length_size` bytes.
  void pad(size_t length_size, bool big_endian) {
    uint64_t bits = total_ * 8;
    uint8_t tail[2 * kBlock] = {0x80};
    size_t zeros = (2 * kBlock - length_size - 1 - filled_) % kBlock;
    uint8_t* length = tail + 1 + zeros;
    for (size_t i = 0; i < 8; i++)
      length[big_endian ? length_size - 1 - i : i] = static_cast<uint8_t>(bits >> (8 * i));
    update(tail, 1 + zeros + length_size);
  }

 private:
  uint32_t filled_ = 0;  // before total_: sha1's object is as large as CPython's then
  uint64_t total_ = 0;
  uint8_t pending_[kBlock];
};

struct Md5Core {
  uint32_t h[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  void compress(const uint8_t* block);
};
struct Md5 : BlockHash<Md5Core, 64> {
  static constexpr size_t kDigestSize = 16;
  void finish(uint8_t* out);
};

struct Sha1Core {
  uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  void compress(const uint8_t* block);
};
struct Sha1 : BlockHash<Sha1Core, 64> {
  static constexpr size_t kDigestSize = 20;
  void finish(uint8_t* out);
};

struct Sha256Core {
  uint32_t h[8];
  uint32_t digest_size;
  explicit Sha256Core(uint32_t size);  // 28 or 32
  void compress(const uint8_t* block);
};
struct Sha256 : BlockHash<Sha256Core, 64> {
  static constexpr size_t kDigestSizeOffset = offsetof(Sha256Core, digest_size);
  using BlockHash::BlockHash;
  void finish(uint8_t* out);
};

struct Sha512Core {
  uint64_t h[8];
  uint32_t digest_size;
  explicit Sha512Core(uint32_t size);  // 48 or 64
  void compress(const uint8_t* block);
};
struct Sha512 : BlockHash<Sha512Core, 128> {
  static constexpr size_t kDigestSizeOffset = offsetof(Sha512Core, digest_size);
  using BlockHash::BlockHash;
  void finish(uint8_t* out);
};

// The Keccak sponge with SHA-3's (0x06) or SHAKE's (0x1f) suffix.
class Keccak {
 public:
  Keccak(uint8_t rate, uint8_t suffix) : rate_(rate), suffix_(suffix) {}
  size_t rate() const { return rate_; }
  void update(const uint8_t* data, size_t size);
  void finish(uint8_t* out, size_t size);

 private:
  void permute();
  uint64_t state_[25] = {};
  uint8_t rate_, at_ = 0;  // bytes, at most 168
  uint8_t suffix_;
};

// The parameter block of BLAKE2, with the sizes of the b and s variants.
struct Blake2Parameters {
  uint8_t digest_size, key_size = 0, fanout = 1, depth = 1;
  uint32_t leaf_size = 0;
  uint64_t node_offset = 0;
  uint8_t node_depth = 0, inner_size = 0;
  uint8_t salt[16] = {}, person[16] = {};
  bool last_node = false;
};

template <class Word>
class Blake2 {
 public:
  static constexpr size_t kBlockSize = sizeof(Word) * 16, kMaxDigest = sizeof(Word) * 8,
                          kSaltSize = sizeof(Word) * 2;
  explicit Blake2(const Blake2Parameters& parameters);
  void updateKey(const uint8_t* key, size_t size);  // first, as one padded block
  void update(const uint8_t* data, size_t size);
  void finish(uint8_t* out);
  size_t digestSize() const { return digest_size_; }

 private:
  void compress(const uint8_t* block, bool last);
  Word h_[8];
  Word low_ = 0, high_ = 0;
  size_t filled_ = 0, digest_size_;
  bool last_node_;
  uint8_t pending_[kBlockSize] = {};
};
using Blake2b = Blake2<uint64_t>;
using Blake2s = Blake2<uint32_t>;

}  // namespace krait
