#include "types/code_const.h"

#include <bit>
#include <unordered_map>

#include "core/c_stack.h"
#include "core/scratch.h"
#include "types/code.h"
#include "types/complex.h"
#include "types/float.h"
#include "types/int.h"
#include "types/set.h"

namespace krait {
namespace {

bool sameDouble(double a, double b) {
  return a == b && std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}

Result<bool> sameTuple(TupleObject* a, TupleObject* b) {
  if (a->size() != b->size()) return false;
  for (Py_ssize_t i = 0; i < a->size(); i++) {
    if (!TRY(constCompare(a->at(i), b->at(i)))) return false;
  }
  return true;
}

template <class F>
void forEachItem(SetObject* set, F visit) {
  Py_ssize_t position = 0;
  PyObject* key;
  Py_hash_t hash;
  while (setNext(set, &position, &key, &hash)) visit(key);
}

using ItemsByHash = std::unordered_multimap<size_t, PyObject*>;

Result<bool> holds(const ItemsByHash& items, size_t hash, PyObject* wanted) {
  auto [at, end] = items.equal_range(hash);
  for (; at != end; ++at) {
    if (TRY(constCompare(at->second, wanted))) return true;
  }
  return false;
}

Result<bool> sameSet(SetObject* a, SetObject* b) {
  if (a->size() != b->size()) return false;
  TRY(askForRoom(static_cast<size_t>(a->size()) * 128));
  ItemsByHash items, others;
  forEachItem(a, [&](PyObject* key) { items.emplace(constHash(key), key); });
  forEachItem(b, [&](PyObject* key) { others.emplace(constHash(key), key); });
  for (auto [hash, key] : others) {
    if (!TRY(holds(items, hash, key))) return false;
  }
  return true;
}

size_t mix(size_t seed, size_t value) {
  seed ^= value + 0x9e3779b97f4a7c15u + (seed << 6) + (seed >> 2);
  return seed * 0xff51afd7ed558ccdu;
}

size_t hashBytes(const char* data, size_t size) { return std::hash<std::string_view>()({data, size}); }

// Sets *too_deep when constants are nested deeper than the C stack.
size_t hashTo(PyObject* object, bool* too_deep);

size_t hashTuple(TupleObject* tuple, bool* too_deep) {
  size_t hash = 0x345678;
  for (Py_ssize_t i = 0; i < tuple->size(); i++) hash = mix(hash, hashTo(tuple->at(i), too_deep));
  return hash;
}

size_t hashSet(SetObject* set, bool* too_deep) {
  size_t hash = 1927868237;
  forEachItem(set, [&](PyObject* key) { hash ^= mix(0, hashTo(key, too_deep)); });
  return hash;
}

size_t hashCode(CodeObject* code, bool* too_deep) {
  size_t hash = mix(hashTo(code->co_name, too_deep), static_cast<size_t>(code->co_firstlineno));
  hash = mix(hash, static_cast<size_t>(code->ob_size));
  return mix(hash, hashTo(code->co_consts, too_deep));
}

bool sameKindOfObject(PyObject* a, PyObject* b, PyTypeObject* type) {
  return isExact(a, type) && isExact(b, type);
}

size_t hashTo(PyObject* o, bool* too_deep) {
  size_t type = reinterpret_cast<size_t>(typeOf(o)) >> 4;
  if (isExactStr(o)) {
    auto* s = static_cast<StrObject*>(o);
    return mix(type,
               hashBytes(static_cast<const char*>(s->data()), static_cast<size_t>(s->size()) * s->kind()));
  }
  if (isExactInt(o)) {
    auto* v = static_cast<IntObject*>(o);
    return mix(type, mix(static_cast<size_t>(v->ob_size), v->isZero() ? 0 : v->digits[0]));
  }
  if (isExactBytes(o)) {
    auto* b = static_cast<BytesObject*>(o);
    return mix(type, hashBytes(b->data(), static_cast<size_t>(b->size())));
  }
  if (cStackIsLow()) {
    *too_deep = true;
    return type;
  }
  if (isExactTuple(o)) return mix(type, hashTuple(static_cast<TupleObject*>(o), too_deep));
  if (isExactFloat(o)) return mix(type, std::bit_cast<uint64_t>(static_cast<FloatObject*>(o)->value));
  if (isExact(o, &PyComplex_Type)) {
    auto* c = static_cast<ComplexObject*>(o);
    return mix(type, mix(std::bit_cast<uint64_t>(c->real), std::bit_cast<uint64_t>(c->imag)));
  }
  if (isExact(o, &PyFrozenSet_Type)) return mix(type, hashSet(static_cast<SetObject*>(o), too_deep));
  if (isCode(o)) return mix(type, hashCode(static_cast<CodeObject*>(o), too_deep));
  return reinterpret_cast<size_t>(o) >> 4;
}

}  // namespace

Result<bool> constCompare(PyObject* a, PyObject* b) {
  if (a == b) return true;
  if (typeOf(a) != typeOf(b)) return false;
  TRY(checkCStack(" in comparison"));
  if (isExactStr(a)) return strEquals(static_cast<StrObject*>(a), static_cast<StrObject*>(b));
  if (isExactInt(a)) return intCompare(static_cast<IntObject*>(a), static_cast<IntObject*>(b)) == 0;
  if (isExactBytes(a)) return static_cast<BytesObject*>(a)->view() == static_cast<BytesObject*>(b)->view();
  if (isExactTuple(a)) return sameTuple(static_cast<TupleObject*>(a), static_cast<TupleObject*>(b));
  if (isExactFloat(a))
    return sameDouble(static_cast<FloatObject*>(a)->value, static_cast<FloatObject*>(b)->value);
  if (sameKindOfObject(a, b, &PyComplex_Type)) {
    auto *x = static_cast<ComplexObject*>(a), *y = static_cast<ComplexObject*>(b);
    return sameDouble(x->real, y->real) && sameDouble(x->imag, y->imag);
  }
  if (sameKindOfObject(a, b, &PyFrozenSet_Type))
    return sameSet(static_cast<SetObject*>(a), static_cast<SetObject*>(b));
  if (isCode(a)) return codeEquals(static_cast<CodeObject*>(a), static_cast<CodeObject*>(b));
  return false;
}

bool constEquals(PyObject* a, PyObject* b) {
  PendingSaved saved;
  Result<bool> same = constCompare(a, b);
  if (!same.failed()) return std::move(same).take();
  clearPending();
  return false;
}

size_t constHash(PyObject* object) {
  bool too_deep = false;
  return hashTo(object, &too_deep);
}

Result<Py_hash_t> codeHash(CodeObject* code) {
  bool too_deep = false;
  auto hash = static_cast<Py_hash_t>(hashTo(code, &too_deep));
  if (too_deep) return raise(PyExc_RecursionError, "maximum recursion depth exceeded while hashing code");
  return hash == -1 ? -2 : hash;
}

}  // namespace krait
