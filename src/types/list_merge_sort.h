// A stable, adaptive merge sort: natural runs, binary insertion for short ones, galloping merges, merge order
// by run power. The comparisons are those of CPython's list sort, so inconsistent orders give the same
// result.
//
// Order::less(a, b) answers 1, 0, or -1 (failed, an exception is pending). After a failure the array still
// holds a permutation of the items. Items are plain data; ownership is the caller's.
#pragma once

#include <algorithm>
#include <cstring>

#include "base/macros.h"
#include "core/memory.h"

namespace krait {

template <class Item, class Order>
class MergeSort {
  static_assert(std::is_trivially_copyable_v<Item>);

 public:
  MergeSort(Item* items, Py_ssize_t count) : base_(items), count_(count) {}
  ~MergeSort() { memFree(temp_); }
  MergeSort(const MergeSort&) = delete;

  // False: failed with an exception pending.
  bool run() {
    if (count_ < 2) return true;
    Py_ssize_t min_run = minimumRun(count_), left = count_;
    for (Item* low = base_; left > 0;) {
      bool descending = false;
      Py_ssize_t length = countRun(low, low + left, &descending);
      if (length < 0) return false;
      if (descending) std::reverse(low, low + length);
      if (length < min_run) {
        Py_ssize_t forced = left < min_run ? left : min_run;
        if (!insertionSort(low, low + forced, low + length)) return false;
        length = forced;
      }
      if (!pushRun(low, length)) return false;
      low += length;
      left -= length;
    }
    return collapse();
  }

 private:
  static constexpr int kMinGallop = 7, kMaxPending = 85;
  static constexpr bool kCheap = requires { Order::kCheap; };  // compares machine values, cannot fail
  struct Run {
    Item* base;
    Py_ssize_t length;
    int power;
  };
  // How a merge goes on: all of one side placed, one item of the copied side left, or a failed comparison.
  enum class Next { kDone, kLastOne, kSwitch, kFailed };
  struct Merge {
    Item *dest, *a, *b, *a_base, *b_base;
    Py_ssize_t na, nb;
  };

  static int less(const Item& a, const Item& b) { return Order::less(a, b); }
  static void copy(Item* to, const Item* from, Py_ssize_t n) {
    std::memmove(static_cast<void*>(to), from, static_cast<size_t>(n) * sizeof(Item));
  }
  static Py_ssize_t minimumRun(Py_ssize_t n) {
    Py_ssize_t odd = 0;
    for (; n >= 64; n >>= 1) odd |= n & 1;
    return n + odd;
  }

  static Py_ssize_t countRun(Item* low, Item* high, bool* descending) {
    if (high - low < 2) return high - low;
    int first = less(low[1], low[0]);
    if (first < 0) return -1;
    *descending = first == 1;
    Item* at = low + 2;
    for (; at < high; at++) {
      int order = less(at[0], at[-1]);
      if (order < 0) return -1;
      if (order != first) break;
    }
    return at - low;
  }

  // [low, start) is sorted already.
  static bool insertionSort(Item* low, Item* high, Item* start) {
    if (start == low) start++;
    for (; start < high; start++) {
      Item pivot = *start;
      Item *left = low, *right = start;
      while (left < right) {
        Item* middle = left + ((right - left) >> 1);
        int order = less(pivot, *middle);
        if constexpr (kCheap) {  // moves instead of a branch that nobody can predict
          left = __builtin_unpredictable(order != 0) ? left : middle + 1;
          right = __builtin_unpredictable(order != 0) ? middle : right;
          continue;
        }
        if (order < 0) return false;
        if (order)
          right = middle;
        else
          left = middle + 1;
      }
      copy(left + 1, left, start - left);
      *left = pivot;
    }
    return true;
  }

  // Depth of the boundary between two neighbouring runs in a nearly optimal merge tree.
  int boundaryPower(Py_ssize_t start, Py_ssize_t n1, Py_ssize_t n2) const {
    Py_ssize_t a = 2 * start + n1, b = a + n1 + n2;
    for (int power = 1;; power++) {
      if (a >= count_)
        a -= count_, b -= count_;
      else if (b >= count_)
        return power;
      a <<= 1;
      b <<= 1;
    }
  }

  bool pushRun(Item* base, Py_ssize_t length) {
    if (pending_count_ > 0) {
      Run& last = pending_[pending_count_ - 1];
      int power = boundaryPower(last.base - base_, last.length, length);
      while (pending_count_ > 1 && pending_[pending_count_ - 2].power > power) {
        if (!mergeAt(pending_count_ - 2)) return false;
      }
      pending_[pending_count_ - 1].power = power;
    }
    KR_ASSERT(pending_count_ < kMaxPending, "runs are bounded by the word size");
    pending_[pending_count_++] = {base, length, 0};
    return true;
  }

  bool collapse() {
    while (pending_count_ > 1) {
      int at = pending_count_ - 2;
      if (at > 0 && pending_[at - 1].length < pending_[at + 1].length) at--;
      if (!mergeAt(at)) return false;
    }
    return true;
  }

  bool mergeAt(int at) {
    Item *a = pending_[at].base, *b = pending_[at + 1].base;
    Py_ssize_t na = pending_[at].length, nb = pending_[at + 1].length;
    pending_[at].length = na + nb;
    if (at == pending_count_ - 3) pending_[at + 1] = pending_[at + 2];
    pending_count_--;
    Py_ssize_t placed = gallop<true>(*b, a, na, 0);  // leading items of a that are in place already
    if (placed < 0) return false;
    a += placed;
    na -= placed;
    if (na == 0) return true;
    nb = gallop<false>(a[na - 1], b, nb, nb - 1);  // trailing items of b that are in place already
    if (nb <= 0) return nb == 0;
    return na <= nb ? mergeLow(a, na, b, nb) : mergeHigh(a, na, b, nb);
  }

  bool reserve(Py_ssize_t n) {
    if (n <= temp_size_) return true;
    memFree(temp_);
    temp_size_ = 0;
    temp_ = static_cast<Item*>(memAlloc(static_cast<size_t>(n) * sizeof(Item)));
    if (!temp_) {
      (void)raiseNoMemory();
      return false;
    }
    temp_size_ = n;
    return true;
  }

  // Does an item of the run belong before the key? kRight: equal ones do too.
  template <bool kRight>
  static int before(const Item& item, const Item& key) {
    if constexpr (!kRight) return less(item, key);
    int order = less(key, item);
    return order < 0 ? order : !order;
  }

  // Where the key goes in a[0..n): exponential search from the hint, then binary search. -1: failed.
  template <bool kRight>
  static Py_ssize_t gallop(const Item& key, const Item* a, Py_ssize_t n, Py_ssize_t hint) {
    Py_ssize_t low = 0, high = 1;
    int order = before<kRight>(a[hint], key);
    if (order < 0) return -1;
    bool up = order == 1;
    Py_ssize_t limit = up ? n - hint : hint + 1;
    while (high < limit) {
      order = before<kRight>(a[up ? hint + high : hint - high], key);
      if (order < 0) return -1;
      if ((order == 1) != up) break;
      low = high;
      high = (high << 1) + 1;
    }
    if (high > limit) high = limit;
    if (up) {
      low += hint;
      high += hint;
    } else {
      Py_ssize_t nearer = low;
      low = hint - high;
      high = hint - nearer;
    }
    for (low++; low < high;) {
      Py_ssize_t middle = low + ((high - low) >> 1);
      order = before<kRight>(a[middle], key);
      if (order < 0) return -1;
      if (order)
        low = middle + 1;
      else
        high = middle;
    }
    return high;
  }

  // --- merging upwards, the left run in temp ---

  bool mergeLow(Item* a, Py_ssize_t na, Item* b, Py_ssize_t nb) {
    if (!reserve(na)) return false;
    copy(temp_, a, na);
    Merge m{a, temp_, b, temp_, b, na, nb};
    *m.dest++ = *m.b++;
    Next next = --m.nb == 0 ? Next::kDone : m.na == 1 ? Next::kLastOne : Next::kSwitch;
    while (next == Next::kSwitch) {
      next = lowOneByOne(m);
      if (next == Next::kSwitch) next = lowGalloping(m);
    }
    if (next == Next::kLastOne) {
      copy(m.dest, m.b, m.nb);
      m.dest[m.nb] = *m.a;
    } else if (m.na > 0) {
      copy(m.dest, m.a, m.na);
    }
    return next != Next::kFailed;
  }

  Next lowOneByOne(Merge& m) {
    for (Py_ssize_t a_wins = 0, b_wins = 0;;) {
      int order = less(*m.b, *m.a);
      if (order < 0) return Next::kFailed;
      if (order) {
        *m.dest++ = *m.b++;
        b_wins++, a_wins = 0;
        if (--m.nb == 0) return Next::kDone;
        if (b_wins >= min_gallop_) return Next::kSwitch;
      } else {
        *m.dest++ = *m.a++;
        a_wins++, b_wins = 0;
        if (--m.na == 1) return Next::kLastOne;
        if (a_wins >= min_gallop_) return Next::kSwitch;
      }
    }
  }

  Next lowGalloping(Merge& m) {
    min_gallop_++;
    for (;;) {
      min_gallop_ -= min_gallop_ > 1;
      Py_ssize_t from_a = gallop<true>(*m.b, m.a, m.na, 0);
      if (from_a < 0) return Next::kFailed;
      copy(m.dest, m.a, from_a);
      m.dest += from_a, m.a += from_a, m.na -= from_a;
      if (from_a > 0 && m.na <= 1) return m.na == 1 ? Next::kLastOne : Next::kDone;
      *m.dest++ = *m.b++;
      if (--m.nb == 0) return Next::kDone;
      Py_ssize_t from_b = gallop<false>(*m.a, m.b, m.nb, 0);
      if (from_b < 0) return Next::kFailed;
      copy(m.dest, m.b, from_b);
      m.dest += from_b, m.b += from_b, m.nb -= from_b;
      if (from_b > 0 && m.nb == 0) return Next::kDone;
      *m.dest++ = *m.a++;
      if (--m.na == 1) return Next::kLastOne;
      if (from_a < kMinGallop && from_b < kMinGallop) break;
    }
    min_gallop_++;
    return Next::kSwitch;
  }

  // --- merging downwards, the right run in temp ---

  bool mergeHigh(Item* a, Py_ssize_t na, Item* b, Py_ssize_t nb) {
    if (!reserve(nb)) return false;
    copy(temp_, b, nb);
    Merge m{b + nb - 1, a + na - 1, temp_ + nb - 1, a, temp_, na, nb};
    *m.dest-- = *m.a--;
    Next next = --m.na == 0 ? Next::kDone : m.nb == 1 ? Next::kLastOne : Next::kSwitch;
    while (next == Next::kSwitch) {
      next = highOneByOne(m);
      if (next == Next::kSwitch) next = highGalloping(m);
    }
    if (next == Next::kLastOne) {
      copy(m.dest - m.na + 1, m.a - m.na + 1, m.na);
      m.dest[-m.na] = *m.b;
    } else if (m.nb > 0) {
      copy(m.dest - (m.nb - 1), m.b_base, m.nb);
    }
    return next != Next::kFailed;
  }

  Next highOneByOne(Merge& m) {
    for (Py_ssize_t a_wins = 0, b_wins = 0;;) {
      int order = less(*m.b, *m.a);
      if (order < 0) return Next::kFailed;
      if (order) {
        *m.dest-- = *m.a--;
        a_wins++, b_wins = 0;
        if (--m.na == 0) return Next::kDone;
        if (a_wins >= min_gallop_) return Next::kSwitch;
      } else {
        *m.dest-- = *m.b--;
        b_wins++, a_wins = 0;
        if (--m.nb == 1) return Next::kLastOne;
        if (b_wins >= min_gallop_) return Next::kSwitch;
      }
    }
  }

  Next highGalloping(Merge& m) {
    min_gallop_++;
    for (;;) {
      min_gallop_ -= min_gallop_ > 1;
      Py_ssize_t kept = gallop<true>(*m.b, m.a_base, m.na, m.na - 1);
      if (kept < 0) return Next::kFailed;
      Py_ssize_t from_a = m.na - kept;
      m.dest -= from_a, m.a -= from_a, m.na = kept;
      copy(m.dest + 1, m.a + 1, from_a);
      if (from_a > 0 && m.na == 0) return Next::kDone;
      *m.dest-- = *m.b--;
      if (--m.nb == 1) return Next::kLastOne;
      kept = gallop<false>(*m.a, m.b_base, m.nb, m.nb - 1);
      if (kept < 0) return Next::kFailed;
      Py_ssize_t from_b = m.nb - kept;
      m.dest -= from_b, m.b -= from_b, m.nb = kept;
      copy(m.dest + 1, m.b + 1, from_b);
      if (from_b > 0 && m.nb <= 1) return m.nb == 1 ? Next::kLastOne : Next::kDone;
      *m.dest-- = *m.a--;
      if (--m.na == 0) return Next::kDone;
      if (from_a < kMinGallop && from_b < kMinGallop) break;
    }
    min_gallop_++;
    return Next::kSwitch;
  }

  Item* base_;
  Py_ssize_t count_;
  Item* temp_ = nullptr;
  Py_ssize_t temp_size_ = 0;
  Py_ssize_t min_gallop_ = kMinGallop;
  int pending_count_ = 0;
  Run pending_[kMaxPending];
};

}  // namespace krait
