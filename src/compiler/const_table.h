// The constants of one code object, in co_consts order, without duplicates.
//
// Sameness is constEquals(). All code objects of one compilation share a ConstCache, so that equal constants
// are one object everywhere.
#pragma once

#include <unordered_map>
#include <vector>

#include "core/result.h"
#include "types/code_const.h"

namespace krait::compiler {

class ConstCache {
 public:
  ConstCache() = default;
  ConstCache(const ConstCache&) = delete;
  ~ConstCache();
  // The one object equal to `object`; inside a tuple or frozenset the items are shared too.
  Result<Ref<>> merge(Ref<> object);
  // The same without looking into tuples: for parts of code objects that are no constants of the source.
  Result<Ref<>> mergeWhole(Ref<> object);

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
