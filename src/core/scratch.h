// Scratch space as large as a program wants it: MemoryError when there is none.
#pragma once

#include "base/inline_buffer.h"
#include "core/errors.h"

namespace krait {

template <class T, size_t kInline>
Status reserveScratch(InlineBuffer<T, kInline>& buffer, size_t size) {
  if (buffer.tryReserve(size)) return {};
  return raiseNoMemory();
}
template <class T, size_t kInline>
Status resizeScratch(InlineBuffer<T, kInline>& buffer, size_t size) {
  TRY(reserveScratch(buffer, size));
  buffer.resize(size);
  return {};
}

}  // namespace krait
