// The allocation fast path of one-digit ints, for the files of int and for the evaluator.
//
// One-digit ints are made and dropped all the time: freed ones are kept in a list linked through ob_type.
#pragma once

#include "core/gc.h"
#include "types/int.h"

namespace krait {

struct IntFreeList {
  IntObject* first;
  int count;
};
extern IntFreeList int_free_list;

// Uninitialised but for the header; null: raised.
KR_ALWAYS_INLINE IntObject* intAllocOneDigit() {
  if (IntObject* v = int_free_list.first) [[likely]] {
    int_free_list.first = reinterpret_cast<IntObject*>(v->ob_type);
    int_free_list.count--;
    v->ob_refcnt = 1;
    v->ob_type = &PyLong_Type;
    return v;
  }
  Result<Ref<>> made = objectNewRaw(&PyLong_Type, sizeof(IntObject));
  return static_cast<IntObject*>(std::move(made).toC());
}

// |value| < 2**60: two such values may be added in a long.
KR_ALWAYS_INLINE bool intFitsWord(const IntObject* v) { return static_cast<size_t>(v->ob_size + 2) <= 4; }
KR_ALWAYS_INLINE long intWord(const IntObject* v) {
  if (v->isCompact()) return v->compactValue();
  long value = static_cast<long>(v->digits[1]) << kDigitBits | static_cast<long>(v->digits[0]);
  return v->ob_size < 0 ? -value : value;
}

KR_ALWAYS_INLINE bool isSmallInt(long value) {
  return static_cast<unsigned long>(value - kSmallIntMin) < kSmallIntCount;
}
// Whether one digit holds `value`.
KR_ALWAYS_INLINE bool fitsOneDigit(long value) {
  return static_cast<unsigned long>(value + static_cast<long>(kDigitMask)) <= 2ul * kDigitMask;
}

// `value` is not a shared small int and fits one digit.
KR_ALWAYS_INLINE void intSetCompact(IntObject* v, long value) {
  v->ob_size = value < 0 ? -1 : 1;
  v->digits[0] = static_cast<Digit>(value < 0 ? -value : value);
}

// Owned; null: raised.
KR_ALWAYS_INLINE PyObject* intMake(long value) {
  if (isSmallInt(value)) {
    PyObject* shared = smallInt(static_cast<int>(value));
    incref(shared);
    return shared;
  }
  if (!fitsOneDigit(value)) return intFromLong(value).toC();
  IntObject* v = intAllocOneDigit();
  if (v) [[likely]]
    intSetCompact(v, value);
  return v;
}

// An exact one-digit int that only its holder knows: its value may be replaced.
KR_ALWAYS_INLINE bool intIsReusable(PyObject* object) {
  return object->ob_refcnt == 1 && isExactInt(object) && cast<IntObject>(object)->isCompact();
}

}  // namespace krait
