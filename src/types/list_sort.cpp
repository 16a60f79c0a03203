// list.sort: applies the key function, chooses an order that needs no Python calls when all keys are alike,
// sorts.
//
// The items are taken out of the list while it is sorted, so whatever comparisons do to the list cannot hurt;
// a change is reported afterwards. Keys with a machine representation are sorted by it: ints and floats by
// value, strings by their first eight bytes, tuples by that of their first item.
#include <algorithm>
#include <bit>

#include "core/call.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list_internal.h"
#include "types/list_merge_sort.h"

namespace krait {

namespace {

struct KeyedItem {
  PyObject *key_object, *value;
};
// A key that is its own item, and one that is not or is not needed any more.
template <class Rank>
struct RankedItem {
  Rank rank;
  PyObject* value;

  void set(PyObject*, PyObject* item) { value = item; }
  PyObject* key() const { return value; }
};
template <class Rank>
struct RankedKeyItem {
  Rank rank;
  PyObject *key_object, *value;

  void set(PyObject* key, PyObject* item) { key_object = key, value = item; }
  PyObject* key() const { return key_object; }
};

struct ObjectOrder {
  static int less(const KeyedItem& a, const KeyedItem& b) {
    Result<bool> answer = richCompareBool(a.key_object, b.key_object, Py_LT);
    return answer.failed() ? -1 : std::move(answer).take();
  }
};
struct TextOrder {
  static int less(const KeyedItem& a, const KeyedItem& b) {
    return strCompare(cast<StrObject>(a.key_object), cast<StrObject>(b.key_object)) < 0;
  }
};
struct BigIntOrder {
  static int less(const KeyedItem& a, const KeyedItem& b) {
    return intCompare(cast<IntObject>(a.key_object), cast<IntObject>(b.key_object)) < 0;
  }
};
template <class Rank>
struct ValueOrder {
  static constexpr bool kCheap = true;
  static int less(const RankedItem<Rank>& a, const RankedItem<Rank>& b) { return a.rank < b.rank; }
};
// Latin-1 strings: the first eight bytes as a number, then all of them.
struct PrefixOrder {
  template <class Item>
  static int less(const Item& a, const Item& b) {
    if (a.rank != b.rank) return a.rank < b.rank;
    return strCompare(cast<StrObject>(a.key()), cast<StrObject>(b.key())) < 0;
  }
};
struct TupleOrder {
  template <class Item>
  static int less(const Item& a, const Item& b) {
    if (a.rank != b.rank) return a.rank < b.rank;
    Result<bool> answer = richCompareBool(a.key(), b.key(), Py_LT);
    return answer.failed() ? -1 : std::move(answer).take();
  }
};

uint64_t bigEndian64(const uint8_t* at) {
  uint64_t bytes;
  std::memcpy(&bytes, at, sizeof(bytes));
  return std::endian::native == std::endian::little ? __builtin_bswap64(bytes) : bytes;
}
uint64_t bigEndian32(const uint8_t* at) {
  uint32_t bytes;
  std::memcpy(&bytes, at, sizeof(bytes));
  return std::endian::native == std::endian::little ? __builtin_bswap32(bytes) : bytes;
}
// The first eight bytes, zeros behind the end. Two reads that overlap instead of a loop over what is left.
uint64_t textPrefix(StrObject* text) {
  auto* at = static_cast<const uint8_t*>(text->data());
  auto size = static_cast<unsigned>(text->size() < 8 ? text->size() : 8);
  if (size == 8) return bigEndian64(at);
  if (size >= 4) return bigEndian32(at) << 32 | ((bigEndian32(at + size - 4) << 8 * (8 - size)) & UINT32_MAX);
  uint64_t bytes = 0;
  for (unsigned i = 0; i < size; i++) bytes |= uint64_t{at[i]} << (56 - 8 * i);
  return bytes;
}

// Machine values of keys; false: this key has none.
bool rankOf(PyObject* key, long* rank) { return isExactInt(key) && intFitsLong(cast<IntObject>(key), rank); }
bool rankOf(PyObject* key, double* rank) {
  if (!isExactFloat(key)) return false;
  *rank = cast<FloatObject>(key)->value;
  return true;
}
bool rankOf(PyObject* key, uint64_t* rank) {
  if (!isExactStr(key) || cast<StrObject>(key)->kind() != 1) return false;
  *rank = textPrefix(cast<StrObject>(key));
  return true;
}
// A NaN is not equal to itself but identical: such tuples take the general way.
bool firstRankOf(PyObject* key, double* rank) { return rankOf(key, rank) && *rank == *rank; }
template <class Rank>
bool firstRankOf(PyObject* key, Rank* rank) {
  return rankOf(key, rank);
}

enum class Outcome { kSorted, kFailed, kOther };  // kOther: the keys are not of this sort

struct Sequence {
  PyObject **keys, **values;
  Py_ssize_t count;
  bool reversed;

  Py_ssize_t place(Py_ssize_t i) const { return reversed ? count - 1 - i : i; }
};

// Keys are let go of in their new order.
template <class Item>
void writeKeysBack(const Item* items, const Sequence& s) {
  if (s.keys == s.values) return;
  for (Py_ssize_t i = 0; i < s.count; i++) {
    if constexpr (requires { items->key_object; }) s.keys[i] = items[i].key_object;
  }
}

template <class Item, class Order>
Outcome sortItems(Item* items, const Sequence& s) {
  bool sorted = MergeSort<Item, Order>(items, s.count).run();
  for (Py_ssize_t i = 0; i < s.count; i++) s.values[s.place(i)] = items[i].value;
  writeKeysBack(items, s);
  return sorted ? Outcome::kSorted : Outcome::kFailed;
}

template <class Item>
Item* allocateItems(Py_ssize_t count) {
  auto* items = static_cast<Item*>(memAlloc(static_cast<size_t>(count) * sizeof(Item)));
  if (!items) (void)raiseNoMemory();
  return items;
}

template <class Order>
Outcome sortObjects(const Sequence& s) {
  auto* items = allocateItems<KeyedItem>(s.count);
  if (!items) return Outcome::kFailed;
  for (Py_ssize_t i = 0; i < s.count; i++) items[i] = {s.keys[s.place(i)], s.values[s.place(i)]};
  Outcome outcome = sortItems<KeyedItem, Order>(items, s);
  memFree(items);
  return outcome;
}

template <class Item, class Order, class RankFunction>
Outcome sortRanked(const Sequence& s, RankFunction rank_of) {
  auto* items = allocateItems<Item>(s.count);
  if (!items) return Outcome::kFailed;
  Outcome outcome = Outcome::kOther;
  Py_ssize_t i = 0;
  for (; i < s.count; i++) {
    PyObject* key = s.keys[s.place(i)];
    if (!rank_of(key, &items[i].rank)) break;
    items[i].set(key, s.values[s.place(i)]);
  }
  if (i == s.count) outcome = sortItems<Item, Order>(items, s);
  memFree(items);
  return outcome;
}

template <class Rank>
Outcome sortValues(const Sequence& s) {
  return sortRanked<RankedItem<Rank>, ValueOrder<Rank>>(
      s, [](PyObject* key, Rank* rank) { return rankOf(key, rank); });
}

// For orders that have to look at the keys themselves where ranks are equal.
template <class Rank, class Order, class RankFunction>
Outcome sortRankedKeys(const Sequence& s, RankFunction rank_of) {
  if (s.keys == s.values) return sortRanked<RankedItem<Rank>, Order>(s, rank_of);
  return sortRanked<RankedKeyItem<Rank>, Order>(s, rank_of);
}

template <class Rank>
Outcome sortTuples(const Sequence& s) {
  return sortRankedKeys<Rank, TupleOrder>(s, [](PyObject* key, Rank* rank) {
    return isExactTuple(key) && cast<TupleObject>(key)->size() > 0 &&
           firstRankOf(cast<TupleObject>(key)->at(0), rank);
  });
}

Outcome sortSpecialised(const Sequence& s) {
  PyObject* first = s.keys[0];
  if (isExactInt(first)) return sortValues<long>(s);
  if (isExactFloat(first)) return sortValues<double>(s);
  if (isExactStr(first)) {
    return sortRankedKeys<uint64_t, PrefixOrder>(
        s, [](PyObject* key, uint64_t* rank) { return rankOf(key, rank); });
  }
  if (!isExactTuple(first) || cast<TupleObject>(first)->size() == 0) return Outcome::kOther;
  PyObject* leading = cast<TupleObject>(first)->at(0);
  if (isExactInt(leading)) return sortTuples<long>(s);
  if (isExactFloat(leading)) return sortTuples<double>(s);
  if (isExactStr(leading)) return sortTuples<uint64_t>(s);
  return Outcome::kOther;
}

Status sortSequence(const Sequence& s) {
  if (s.count < 2) return {};
  Outcome outcome = sortSpecialised(s);
  if (outcome == Outcome::kOther) {
    PyTypeObject* type = typeOf(s.keys[0]);
    bool alike = std::all_of(s.keys, s.keys + s.count, [type](PyObject* key) { return typeOf(key) == type; });
    if (alike && type == &PyUnicode_Type)
      outcome = sortObjects<TextOrder>(s);
    else if (alike && type == &PyLong_Type)
      outcome = sortObjects<BigIntOrder>(s);
    else
      outcome = sortObjects<ObjectOrder>(s);
  }
  if (outcome == Outcome::kFailed) return Raised{};
  return {};
}

// The keys of the items, owned.
class Keys {
 public:
  ~Keys() {
    for (Py_ssize_t i = 0; i < count_; i++) decref(keys_[i]);
    memFree(keys_);
  }
  Status compute(PyObject* function, PyObject** values, Py_ssize_t count) {
    keys_ = allocateItems<PyObject*>(count > 0 ? count : 1);
    if (!keys_) return Raised{};
    for (; count_ < count; count_++) keys_[count_] = TRY(call(function, values[count_])).leak();
    return {};
  }
  PyObject** get() { return keys_; }

 private:
  PyObject** keys_ = nullptr;
  Py_ssize_t count_ = 0;
};

Status sortTaken(PyObject** values, Py_ssize_t count, Opt<> key, bool reverse) {
  if (!key) return sortSequence({values, values, count, reverse});
  Keys keys;
  TRY(keys.compute(key.get(), values, count));
  return sortSequence({keys.get(), values, count, reverse});
}

}  // namespace

Status listSort(ListObject* list, Opt<> key, bool reverse) {
  PyObject** items = std::exchange(list->ob_item, nullptr);
  Py_ssize_t count = std::exchange(list->ob_size, 0);
  Py_ssize_t allocated = std::exchange(list->allocated, -1);  // any growth of the list overwrites this mark
  Status status = sortTaken(items, count, key, reverse);
  if (list->allocated != -1 && !status.failed())
    status = raise(PyExc_ValueError, "list modified during sort");
  PyObject** late_items = std::exchange(list->ob_item, items);
  Py_ssize_t late_count = std::exchange(list->ob_size, count);
  list->allocated = allocated;
  if (late_items) {
    while (--late_count >= 0) xdecref(late_items[late_count]);
    memFree(late_items);
  }
  return status;
}

Status listSortMethod(ListObject* list, PyObject* key, IntFlag reverse) {
  return listSort(list, key == Py_None ? nullptr : Opt<>(key), reverse.value);
}

}  // namespace krait
