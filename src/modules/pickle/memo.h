// The memos: objects seen while pickling with their numbers, and objects by number while unpickling.
#pragma once

#include <vector>

#include "core/ref.h"

namespace krait::modules {

// Open addressing by identity; keys are owned, so that an address stays unique.
class PicklerMemo {
 public:
  struct Entry {
    PyObject* key;
    Py_ssize_t index;
  };
  PicklerMemo() : table_(kLeast, Entry{nullptr, 0}) {}
  PicklerMemo(const PicklerMemo&) = delete;
  ~PicklerMemo() { clear(); }

  Py_ssize_t size() const { return used_; }
  size_t capacity() const { return table_.size(); }
  const std::vector<Entry>& entries() const { return table_; }

  const Py_ssize_t* find(const PyObject* key) const {
    const Entry& entry = table_[slotOf(key)];
    return entry.key ? &entry.index : nullptr;
  }
  void set(PyObject* key, Py_ssize_t index) {
    Entry* entry = &table_[slotOf(key)];
    if (entry->key) {
      entry->index = index;
      return;
    }
    incref(key);
    *entry = {key, index};
    if (++used_ * 3 >= static_cast<Py_ssize_t>(table_.size()) * 2) grow();
  }
  void clear() {
    std::vector<Entry> old(kLeast, Entry{nullptr, 0});
    old.swap(table_);
    used_ = 0;
    for (Entry& entry : old) xdecref(entry.key);
  }

 private:
  static constexpr size_t kLeast = 8;

  size_t slotOf(const PyObject* key) const {
    size_t mask = table_.size() - 1, at = (reinterpret_cast<size_t>(key) >> 3) & mask;
    for (size_t perturb = reinterpret_cast<size_t>(key) >> 3; table_[at].key && table_[at].key != key;
         perturb >>= 5) {
      at = (at * 5 + perturb + 1) & mask;
    }
    return at;
  }
  void grow() {
    std::vector<Entry> old(table_.size() * (used_ > 50000 ? 2 : 4), Entry{nullptr, 0});
    old.swap(table_);
    for (Entry& entry : old) {
      if (entry.key) table_[slotOf(entry.key)] = entry;
    }
  }

  std::vector<Entry> table_;
  Py_ssize_t used_ = 0;
};

class UnpicklerMemo {
 public:
  UnpicklerMemo() : items_(32, nullptr) {}
  UnpicklerMemo(const UnpicklerMemo&) = delete;
  ~UnpicklerMemo() { clear(); }

  PyObject* get(size_t index) const { return index < items_.size() ? items_[index] : nullptr; }
  void set(size_t index, PyObject* value) {
    if (index >= items_.size()) items_.resize(index * 2 < 32 ? 32 : index * 2, nullptr);
    incref(value);
    PyObject* old = items_[index];
    items_[index] = value;
    if (old)
      decref(old);
    else
      count_++;
  }
  void clear() {
    std::vector<PyObject*> old(32, nullptr);
    old.swap(items_);
    count_ = 0;
    for (PyObject* item : old) xdecref(item);
  }
  size_t count() const { return count_; }
  size_t capacity() const { return items_.size(); }

 private:
  std::vector<PyObject*> items_;
  size_t count_ = 0;
};

}  // namespace krait::modules
