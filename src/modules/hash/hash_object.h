// What the hash modules share: reading input and answering digests.
#pragma once

#include <span>

#include "core/native.h"
#include "types/str.h"

namespace krait::modules {

// The bytes of an argument: str and objects without a buffer are refused with the hash modules' messages.
Result<Buffer> hashInput(PyObject* data);
Result<Ref<>> digestBytes(std::span<const uint8_t> digest);
Result<Ref<>> digestHex(std::span<const uint8_t> digest);

// Feeds optional initial data.
template <class Hash>
Status hashUpdate(Hash& hash, Opt<> data) {
  if (!data) return {};
  Buffer buffer = TRY(hashInput(data.get()));
  hash.update(buffer.data(), static_cast<size_t>(buffer.size()));
  return {};
}

}  // namespace krait::modules
