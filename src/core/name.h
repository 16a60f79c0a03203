// Interned identifiers: `name<"__init__">()` is the interned str, made on first use and kept for ever (one
// static pointer per distinct text). No central list.
#pragma once

#include "core/ref.h"
#include "core/text.h"

namespace krait {

struct StrObject;
StrObject* internForever(const char* utf8,
                         size_t size);  // immortal; aborts when out of memory. types/str_intern.cpp

template <Text S>
struct NameHolder {
  static inline StrObject* value = nullptr;
};

template <Text S>
KR_ALWAYS_INLINE StrObject* name() {
  StrObject* cached = NameHolder<S>::value;
  if (!cached) [[unlikely]]
    cached = NameHolder<S>::value = internForever(S.chars, S.size());
  return cached;
}

}  // namespace krait
