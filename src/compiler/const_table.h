// The constants of one code object, in co_consts order, without duplicates.
//
// Two constants are the same when they have the same type and value, all the way down (1, 1.0 and True differ, 0.0 and
// -0.0 differ, nan is only itself); code objects compare by ==; anything else is compared by identity. All code objects of one
// compilation share a ConstCache, so that equal constants are one object everywhere.
#pragma once

#include <unordered_map>
#include <vector>

#include "core/result.h"

namespace krait::compiler {

// Equality and hash as above. Neither runs Python code.
bool constEquals(PyObject* a, PyObject* b);
size_t constHash(PyObject* object);

struct ConstHash {
  size_t operator()(PyObject* object) const { return constHash(object); }
};
struct ConstEquals {
  bool operator()(PyObject* a, PyObject* b) const { return constEquals(a, b); }
};

class ConstCache {
 public:
  ConstCache() = default;
  ConstCache(const ConstCache&) = delete;
  ~ConstCache();
  // The one object equal to `object`; inside a tuple or frozenset the items are shared too.
  Result<Ref<>> merge(Ref<> object);

 private:
  Result<Ref<>> mergeTuple(Ref<> tuple);
  Result<Ref<>> mergeFrozenset(Ref<> set);

  std::unordered_map<PyObject*, PyObject*, ConstHash, ConstEquals> known_;  // owns one reference per entry
};

class ConstTable {
 public:
  explicit ConstTable(ConstCache& cache) : cache_(cache) {}
  ConstTable(const ConstTable&) = delete;
  ~ConstTable();

  Result<int> add(Ref<> object);
  // For the optimiser: appends unless this very object is there.
  Result<int> addByIdentity(Ref<> object);
  PyObject* at(int index) const { return items_[static_cast<size_t>(index)]; }
  int size() const { return static_cast<int>(items_.size()); }
  void truncate(int size);
  ConstCache& cache() { return cache_; }

 private:
  ConstCache& cache_;
  std::vector<PyObject*> items_;  // owned
  std::unordered_map<PyObject*, int, ConstHash, ConstEquals> index_;
};

}  // namespace krait::compiler
