// MD5 (RFC 1321), SHA-1 and SHA-2 (FIPS 180-4).
#include <bit>

#include "base/digest/digest.h"

namespace krait {
namespace {

template <class Word>
Word loadBig(const uint8_t* at) {
  Word word;
  std::memcpy(&word, at, sizeof word);
  if constexpr (sizeof(Word) == 4)
    return __builtin_bswap32(word);
  else
    return __builtin_bswap64(word);
}

template <class Word>
void storeBig(uint8_t* out, const Word* words, size_t bytes) {
  for (size_t i = 0; i < bytes; i++) {
    out[i] = static_cast<uint8_t>(words[i / sizeof(Word)] >> (8 * (sizeof(Word) - 1 - i % sizeof(Word))));
  }
}

// --- MD5 ---

constexpr uint32_t kMd5Sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};
constexpr int kMd5Turns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

uint32_t md5Mix(int round, uint32_t b, uint32_t c, uint32_t d) {
  switch (round) {
    case 0: return (b & c) | (~b & d);
    case 1: return (b & d) | (c & ~d);
    case 2: return b ^ c ^ d;
    default: return c ^ (b | ~d);
  }
}

constexpr int kMd5Stride[4] = {1, 5, 3, 7}, kMd5Start[4] = {0, 1, 5, 0};

// --- SHA-2 constants: the fractional parts of cube roots of the first primes, and of square roots ---

constexpr uint64_t kSha512Rounds[80] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc, 0x3956c25bf348b538,
    0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242, 0x12835b0145706fbe,
    0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2, 0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235,
    0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5, 0x983e5152ee66dfab,
    0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
    0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed,
    0x53380d139d95b3df, 0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218,
    0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8, 0x19a4c116b8d2d0c8, 0x1e376c085141ab53,
    0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373,
    0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b, 0xca273eceea26619c,
    0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba, 0x0a637dc5a2c898a6,
    0x113f9804bef90dae, 0x1b710b35131c471b, 0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc,
    0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817};

constexpr uint64_t kSha512Start[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                                      0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                                      0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
constexpr uint64_t kSha384Start[8] = {0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17,
                                      0x152fecd8f70e5939, 0x67332667ffc00b31, 0x8eb44a8768581511,
                                      0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4};
constexpr uint32_t kSha224Start[8] = {0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939,
                                      0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4};

struct Sha256Form {
  static constexpr int kRounds = 64, kBig[6] = {6, 11, 25, 2, 13, 22}, kSmall[6] = {7, 18, 3, 17, 19, 10};
  static uint32_t constant(int i) { return static_cast<uint32_t>(kSha512Rounds[i] >> 32); }
};
struct Sha512Form {
  static constexpr int kRounds = 80, kBig[6] = {14, 18, 41, 28, 34, 39}, kSmall[6] = {1, 8, 7, 19, 61, 6};
  static uint64_t constant(int i) { return kSha512Rounds[i]; }
};

template <class Word, class Form>
void sha2Compress(Word* h, const uint8_t* block) {
  Word w[Form::kRounds];
  for (int i = 0; i < 16; i++) w[i] = loadBig<Word>(block + i * sizeof(Word));
  constexpr auto& s = Form::kSmall;
  for (int i = 16; i < Form::kRounds; i++) {
    Word x = w[i - 15], y = w[i - 2];
    w[i] = w[i - 16] + w[i - 7] + (std::rotr(x, s[0]) ^ std::rotr(x, s[1]) ^ x >> s[2]) +
           (std::rotr(y, s[3]) ^ std::rotr(y, s[4]) ^ y >> s[5]);
  }
  Word v[8];
  std::memcpy(v, h, sizeof v);
  constexpr auto& b = Form::kBig;
  for (int i = 0; i < Form::kRounds; i++) {
    Word e = v[4], a = v[0];
    Word first = v[7] + (std::rotr(e, b[0]) ^ std::rotr(e, b[1]) ^ std::rotr(e, b[2])) +
                 ((e & v[5]) ^ (~e & v[6])) + Form::constant(i) + w[i];
    Word second = (std::rotr(a, b[3]) ^ std::rotr(a, b[4]) ^ std::rotr(a, b[5])) +
                  ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));
    std::memmove(v + 1, v, 7 * sizeof(Word));
    v[4] += first;
    v[0] = first + second;
  }
  for (int i = 0; i < 8; i++) h[i] += v[i];
}

}  // namespace

void Md5Core::compress(const uint8_t* block) {
  uint32_t words[16], a = h[0], b = h[1], c = h[2], d = h[3];
  std::memcpy(words, block, sizeof words);
  for (int i = 0; i < 64; i++) {
    int round = i / 16;
    uint32_t sum = a + md5Mix(round, b, c, d) + kMd5Sines[i] +
                   words[(kMd5Start[round] + i % 16 * kMd5Stride[round]) % 16];
    a = d, d = c, c = b;
    b += std::rotl(sum, kMd5Turns[round][i % 4]);
  }
  h[0] += a, h[1] += b, h[2] += c, h[3] += d;
}

void Md5::finish(uint8_t* out) {
  pad(8, false);
  std::memcpy(out, h, kDigestSize);
}

void Sha1Core::compress(const uint8_t* block) {
  uint32_t w[80];
  for (int i = 0; i < 16; i++) w[i] = loadBig<uint32_t>(block + 4 * i);
  for (int i = 16; i < 80; i++) w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
  uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
  auto step = [&](uint32_t mixed, uint32_t constant, uint32_t word) {
    uint32_t next = std::rotl(a, 5) + mixed + e + constant + word;
    e = d, d = c, c = std::rotl(b, 30), b = a, a = next;
  };
  for (int i = 0; i < 20; i++) step((b & c) | (~b & d), 0x5a827999, w[i]);
  for (int i = 20; i < 40; i++) step(b ^ c ^ d, 0x6ed9eba1, w[i]);
  for (int i = 40; i < 60; i++) step((b & c) | (b & d) | (c & d), 0x8f1bbcdc, w[i]);
  for (int i = 60; i < 80; i++) step(b ^ c ^ d, 0xca62c1d6, w[i]);
  h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
}

void Sha1::finish(uint8_t* out) {
  pad(8, true);
  storeBig(out, h, kDigestSize);
}

Sha256Core::Sha256Core(uint32_t size) : digest_size(size) {
  for (int i = 0; i < 8; i++)
    h[i] = size == 28 ? kSha224Start[i] : static_cast<uint32_t>(kSha512Start[i] >> 32);
}
void Sha256Core::compress(const uint8_t* block) { sha2Compress<uint32_t, Sha256Form>(h, block); }
void Sha256::finish(uint8_t* out) {
  pad(8, true);
  storeBig(out, h, digest_size);
}

Sha512Core::Sha512Core(uint32_t size) : digest_size(size) {
  std::memcpy(h, size == 48 ? kSha384Start : kSha512Start, sizeof h);
}
void Sha512Core::compress(const uint8_t* block) { sha2Compress<uint64_t, Sha512Form>(h, block); }
void Sha512::finish(uint8_t* out) {
  pad(16, true);
  storeBig(out, h, digest_size);
}

}  // namespace krait
