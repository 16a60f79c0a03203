// The memos: objects seen while pickling with their numbers, and objects by number while unpickling.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "core/ref.h"
#include "core/scratch.h"

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
  Status set(PyObject* key, Py_ssize_t index) {
    Entry* entry = &table_[slotOf(key)];
    if (entry->key) {
      entry->index = index;
      return {};
    }
    if ((used_ + 1) * 3 >= static_cast<Py_ssize_t>(table_.size()) * 2) {
      TRY(grow());
      entry = &table_[slotOf(key)];
    }
    incref(key);
    *entry = {key, index};
    used_++;
    return {};
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
  Status grow() {
    size_t size = table_.size() * (used_ > 50000 ? 2 : 4);
    TRY(askForRoom(size * sizeof(Entry)));
    std::vector<Entry> old(size, Entry{nullptr, 0});
    old.swap(table_);
    for (Entry& entry : old) {
      if (entry.key) table_[slotOf(entry.key)] = entry;
    }
    return {};
  }

  std::vector<Entry> table_;
  Py_ssize_t used_ = 0;
};

class UnpicklerMemo {
 public:
  UnpicklerMemo() = default;
  UnpicklerMemo(const UnpicklerMemo&) = delete;
  ~UnpicklerMemo() { clear(); }

  PyObject* get(size_t index) const { return index < capacity_ ? items_[index] : nullptr; }
  // False: no memory for an index this large (a pickle names any).
  bool set(size_t index, PyObject* value) {
    if (index >= capacity_ && !grow(index)) return false;
    incref(value);
    PyObject* old = std::exchange(items_[index], value);
    if (old)
      decref(old);
    else
      count_++;
    return true;
  }
  void clear() {
    PyObject** items = std::exchange(items_, nullptr);
    size_t capacity = std::exchange(capacity_, 0);
    count_ = 0;
    for (size_t i = 0; i < capacity; i++) xdecref(items[i]);
    std::free(items);
  }
  size_t count() const { return count_; }
  // As sys.getsizeof() is to see it: the least table counts before it is made.
  size_t capacity() const { return std::max(kLeast, capacity_); }

 private:
  static constexpr size_t kLeast = 32;

  // Zero pages cost nothing: a sparse table of any size that can be had at all is made at once.
  bool grow(size_t index) {
    if (index > SIZE_MAX / 4 / sizeof(PyObject*)) return false;
    size_t capacity = std::max(kLeast, index * 2);
    auto* fresh = static_cast<PyObject**>(std::calloc(capacity, sizeof(PyObject*)));
    if (!fresh) return false;
    if (capacity_ > 0) std::memcpy(fresh, items_, capacity_ * sizeof(PyObject*));
    std::free(std::exchange(items_, fresh));
    capacity_ = capacity;
    return true;
  }

  PyObject** items_ = nullptr;
  size_t capacity_ = 0, count_ = 0;
};

}  // namespace krait::modules
