// One run of a pattern over one string: the text, the limits, the groups found, the matcher's backtracking
// stack.
#pragma once

#include <cstring>

#include "core/buffer.h"
#include "core/memory.h"
#include "core/result.h"
#include "modules/sre/program.h"

namespace krait::sre {

// A growable array of plain values; push answers false when memory is exhausted (no exception set).
template <class T, size_t kInline>
class Stack {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  Stack() = default;
  Stack(const Stack&) = delete;
  ~Stack() {
    if (items_ != inline_) rawFree(items_);
  }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](size_t i) { return items_[i]; }
  T& top() { return items_[size_ - 1]; }
  void pop() { size_--; }
  void shrink(size_t size) { size_ = size; }
  bool push(const T& item) {
    if (size_ == capacity_ && !grow()) [[unlikely]]
      return false;
    items_[size_++] = item;
    return true;
  }

 private:
  KR_NEVER_INLINE bool grow() {
    bool is_inline = items_ == inline_;
    auto* items = static_cast<T*>(rawRealloc(is_inline ? nullptr : items_, capacity_ * 2 * sizeof(T)));
    if (!items) return false;
    if (is_inline) std::memcpy(static_cast<void*>(items), inline_, size_ * sizeof(T));
    items_ = items;
    capacity_ *= 2;
    return true;
  }

  T* items_ = inline_;
  size_t size_ = 0, capacity_ = kInline;
  T inline_[kInline];
};

// Why an entry was pushed. Undo entries only restore; the others are places to go on from, or barriers around
// groups that are matched as a whole.
enum class EntryKind : uint32_t {
  kUndoMark,
  kUndoRepeat,
  kUndoNewRepeat,
  kBranch,
  kRepeatOne,
  kMinRepeatOne,
  kTail,
  kBody,
  kAtomic,
  kAssertion,
  kNegative,
  kPossessive,
};
inline bool isUndo(EntryKind kind) { return kind <= EntryKind::kUndoNewRepeat; }

struct Entry {
  EntryKind kind;
  Code pc;
  Py_ssize_t a, b;
  int32_t repeat;   // the repeat that was active
  int32_t barrier;  // barriers: the one around
};

struct RepeatFrame {
  Code operands;  // of REPEAT: skip, least, most, body
  int32_t outer;
  Py_ssize_t count;                  // complete iterations; -1 before the first look
  Py_ssize_t last, iteration_start;  // where an optional iteration, any iteration began; -1: unknown
};

class State {
 public:
  // The text must be a str or a buffer; kind of pattern and text must agree. is_bytes < 0: either.
  Status open(Program* program, PyObject* string, int is_bytes, Py_ssize_t start, Py_ssize_t end);
  ~State();
  State() = default;
  State(const State&) = delete;

  // Match at `start`; search from `start` on. 1: found (match_start, match_end, marks), 0: not, -1: exception
  // pending.
  int match(bool whole);
  int search();
  // After a match: where and how the next search begins. An empty match may not be found twice at one place.
  void advance() {
    must_advance = match_end == match_start;
    start = match_end;
  }

  Program* program = nullptr;
  PyObject* string = nullptr;  // owned
  const void* text = nullptr;
  int kind = 1;  // bytes per character
  bool is_bytes = false, must_advance = false, match_all = false;
  Py_ssize_t length = 0, start = 0, end = 0;
  Py_ssize_t match_start = 0, match_end = 0;
  Py_ssize_t last_index = -1;
  Py_ssize_t* marks = nullptr;  // two per group, -1: unset

  Stack<Entry, 48> stack;
  Stack<RepeatFrame, 8> repeats;

 private:
  void resetGroups();
  template <class Char>
  int searchAs();

  Py_buffer view_{};
  bool has_view_ = false;
  Py_ssize_t inline_marks_[16];
};

}  // namespace krait::sre
