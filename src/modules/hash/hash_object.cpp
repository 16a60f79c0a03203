#include "modules/hash/hash_object.h"

#include "core/errors.h"
#include "core/scratch.h"
#include "types/bytes.h"

namespace krait::modules {

Result<Buffer> hashInput(PyObject* data) {
  if (isStr(data)) return raise(PyExc_TypeError, "Strings must be encoded before hashing");
  if (!hasBuffer(data)) return raise(PyExc_TypeError, "object supporting the buffer API required");
  return Buffer::acquire(data);
}

Result<Ref<>> digestBytes(std::span<const uint8_t> digest) {
  return bytesFrom({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

Result<Ref<>> digestHex(std::span<const uint8_t> digest) {
  static constexpr char kHex[] = "0123456789abcdef";
  InlineBuffer<char, 256> text;
  TRY(resizeScratch(text, digest.size() * 2));
  for (size_t i = 0; i < digest.size(); i++) {
    text[2 * i] = kHex[digest[i] >> 4];
    text[2 * i + 1] = kHex[digest[i] & 15];
  }
  return strFromAscii({text.data(), text.size()});
}

}  // namespace krait::modules
