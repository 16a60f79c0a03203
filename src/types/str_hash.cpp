// Hashing and comparing strings.
#include "base/hash.h"
#include "core/hash_secret.h"
#include "types/hash_bytes.h"
#include "types/str_internal.h"
#include "types/str_legacy.h"

namespace krait {

Py_hash_t hashBytes(const void* bytes, Py_ssize_t size) {
  if (size == 0) return 0;
  auto hash = static_cast<Py_hash_t>(
      siphash13(_Py_HashSecret.k0, _Py_HashSecret.k1, bytes, static_cast<size_t>(size)));
  return hash == -1 ? -2 : hash;
}

Py_hash_t strHash(StrObject* s) {
  if (s->hash != -1) return s->hash;
  if (!s->state.ready) strReadyQuietly(s);
  return s->hash = hashBytes(s->data(), s->size() * s->kind());
}

bool strEquals(const StrObject* a, const StrObject* b) {
  if (a == b) return true;
  if (a->length != b->length) return false;
  if (a->kind() != b->kind()) {
    if (a->state.ready && b->state.ready) return false;
    strReadyQuietly(const_cast<StrObject*>(a));
    strReadyQuietly(const_cast<StrObject*>(b));
    if (a->kind() != b->kind()) return false;
  }
  return std::memcmp(a->data(), b->data(), static_cast<size_t>(a->length * a->kind())) == 0;
}

bool strEqualsAscii(const StrObject* s, std::string_view ascii) {
  return s->isAscii() && s->asciiView() == ascii;
}

namespace {

template <class A, class B>
int compareUnits(const A* a, Py_ssize_t a_size, const B* b, Py_ssize_t b_size) {
  Py_ssize_t common = std::min(a_size, b_size);
  if constexpr (sizeof(A) == 1 && sizeof(B) == 1) {
    int order = std::memcmp(a, b, static_cast<size_t>(common));
    if (order) return order < 0 ? -1 : 1;
  } else {
    for (Py_ssize_t i = 0; i < common; i++)
      if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return a_size < b_size ? -1 : a_size > b_size;
}

}  // namespace

int strCompare(const StrObject* a, const StrObject* b) {
  if (a == b) return 0;
  return withChars(a, [&](auto* x, Py_ssize_t n) {
    return withChars(b, [&](auto* y, Py_ssize_t m) { return compareUnits(x, n, y, m); });
  });
}

}  // namespace krait
