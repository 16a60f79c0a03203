// The matcher: executes pattern code over text of one character width, by backtracking, without recursion.
//
// State is the code position, the text position, the active repeat, the innermost barrier, groups and repeat
// counters. Whatever is changed while there is something to come back to is noted on the stack; failing
// unwinds the stack to the latest alternative. A barrier surrounds a group that is matched as a whole
// (assertions, atomic groups, iterations of possessive repeats): when its SUCCESS is reached, the
// alternatives inside are forgotten, the notes are kept.
#pragma once

#include "core/errors.h"
#include "modules/sre/chars.h"
#include "modules/sre/state.h"

namespace krait::sre {

template <class Char>
class Matcher {
 public:
  explicit Matcher(State& state)
      : s_(state),
        code_(state.program->run),
        sets_(state.program->code),
        bitmaps_(state.program->bitmaps),
        text_(static_cast<const Char*>(state.text)),
        end_(state.end) {}

  // Runs from the code and text position. 1, 0, or -1 with an exception pending.
  int run(Code pc, Py_ssize_t at);

  // Does the one-character instruction match the character?
  bool unitMatches(Code pc, Code ch) const;

  bool inSetAt(Code set, Code ch) const {
    Code number = code_[set];
    if (ch < 256 && number != kNoBitmap) [[likely]]
      return bitmaps_[number].has(ch);
    return inSet(sets_ + set, ch);
  }

 private:
  enum class Go { kOn, kFail, kDone, kError };

  Py_ssize_t countUnits(Code pc, Py_ssize_t at, Code most) const;
  bool atPosition(Code where, Py_ssize_t at) const;
  bool isBoundary(Py_ssize_t at, bool (*is_word)(Code)) const;
  bool groupMatches(Code op, Code group, Py_ssize_t* at) const;
  Code plausibleBranch(Code alternative, Py_ssize_t at) const;

  bool push(EntryKind kind, Code pc, Py_ssize_t a, Py_ssize_t b) {
    return s_.stack.push({kind, pc, a, b, repeat_, barrier_});
  }
  bool pushBarrier(EntryKind kind, Code pc, Py_ssize_t a, Py_ssize_t b) {
    if (!push(kind, pc, a, b)) return false;
    barrier_ = static_cast<int32_t>(s_.stack.size() - 1);
    return true;
  }
  bool setMark(Code mark, Py_ssize_t at);
  bool noteRepeat(int32_t index);
  void undo(const Entry& entry);
  void cut(size_t barrier);

  Go branch(Code* pc, Py_ssize_t at);
  Go repeatOne(Code* pc, Py_ssize_t* at);
  Go minRepeatOne(Code* pc, Py_ssize_t* at);
  Go possessiveOne(Code* pc, Py_ssize_t* at);
  Go enterRepeat(Code* pc);
  Go untilMax(Code* pc, Py_ssize_t at);
  Go untilMin(Code* pc, Py_ssize_t at);
  Go iterate(int32_t index, Py_ssize_t count, Py_ssize_t last, Py_ssize_t at, Code* pc);
  // So many iterations that the latest, empty one will only be repeated: (?:){4000000000} must not take for
  // ever.
  static bool isSettled(const RepeatFrame& frame, Py_ssize_t count, Py_ssize_t at) {
    return count > 1000 && at == frame.iteration_start;
  }
  Go enterPossessive(Code* pc, Py_ssize_t* at);
  Go assertion(Code* pc, Py_ssize_t* at);
  Go success(Code* pc, Py_ssize_t* at);
  Go possessiveIteration(const Entry& entry, Code* pc, Py_ssize_t at);
  Go backtrack(Code* pc, Py_ssize_t* at);
  Go resume(Entry& entry, Code* pc, Py_ssize_t* at);
  Go resumeRepeatOne(Entry& entry, Code* pc, Py_ssize_t* at);
  Go resumeMinRepeatOne(Entry& entry, Code* pc, Py_ssize_t* at);
  Go resumeBody(Entry entry, Code* pc, Py_ssize_t* at);

  State& s_;
  const Code* code_;
  const Code* sets_;
  const CharBitmap* bitmaps_;
  const Char* text_;
  Py_ssize_t end_;
  int32_t repeat_ = -1, barrier_ = -1;
  uint32_t steps_ = 0;
};

// --- single characters -------------------------------------------------------------------------------------

template <class Char>
bool Matcher<Char>::unitMatches(Code pc, Code ch) const {
  Code arg = code_[pc + 1];
  switch (code_[pc]) {
    case kAny: return ch != '\n';
    case kAnyAll: return true;
    case kLiteral: return ch == arg;
    case kNotLiteral: return ch != arg;
    case kIn: return inSetAt(pc + 2, ch);
    case kLiteralIgnore: return lowerAscii(ch) == arg;
    case kNotLiteralIgnore: return lowerAscii(ch) != arg;
    case kInIgnore: return inSetAt(pc + 2, lowerAscii(ch));
    case kLiteralUniIgnore: return lowerUnicode(ch) == arg;
    case kNotLiteralUniIgnore: return lowerUnicode(ch) != arg;
    case kInUniIgnore: return inSetAt(pc + 2, lowerUnicode(ch));
    case kLiteralLocIgnore: return equalsLocIgnore(arg, ch);
    case kNotLiteralLocIgnore: return !equalsLocIgnore(arg, ch);
    case kInLocIgnore: return inSetLocIgnore(sets_ + pc + 2, ch);
    default: return false;
  }
}

// How many characters from `at` on match the one-character item, at most `most`.
template <class Char>
Py_ssize_t Matcher<Char>::countUnits(Code pc, Py_ssize_t at, Code most) const {
  Py_ssize_t limit = end_ - at;
  if (limit <= 0) return 0;
  if (most != kMaxRepeat && static_cast<Py_ssize_t>(most) < limit) limit = most;
  const Char *from = text_ + at, *to = from + limit, *p = from;
  Code arg = code_[pc + 1];
  switch (code_[pc]) {
    case kAnyAll: return limit;
    case kAny:
      if constexpr (sizeof(Char) == 1) {
        auto* found = static_cast<const Char*>(std::memchr(from, '\n', static_cast<size_t>(limit)));
        return found ? found - from : limit;
      }
      while (p < to && *p != '\n') p++;
      break;
    case kLiteral:
      while (p < to && *p == arg) p++;
      break;
    case kNotLiteral:
      if constexpr (sizeof(Char) == 1) {
        if (arg > 255) return limit;
        auto* found =
            static_cast<const Char*>(std::memchr(from, static_cast<int>(arg), static_cast<size_t>(limit)));
        return found ? found - from : limit;
      }
      while (p < to && *p != arg) p++;
      break;
    case kIn:
      while (p < to && inSetAt(pc + 2, *p)) p++;
      break;
    default:
      while (p < to && unitMatches(pc, *p)) p++;
  }
  return p - from;
}

template <class Char>
bool Matcher<Char>::isBoundary(Py_ssize_t at, bool (*is_word)(Code)) const {
  bool before = at > 0 && is_word(text_[at - 1]);
  bool behind = at < end_ && is_word(text_[at]);
  return before != behind;
}

template <class Char>
bool Matcher<Char>::atPosition(Code where, Py_ssize_t at) const {
  switch (where) {
    case kAtBeginning:
    case kAtBeginningString: return at == 0;
    case kAtBeginningLine: return at == 0 || text_[at - 1] == '\n';
    case kAtEnd: return at == end_ || (end_ - at == 1 && text_[at] == '\n');
    case kAtEndLine: return at == end_ || (at < end_ && text_[at] == '\n');
    case kAtEndString: return at == end_;
    case kAtBoundary: return end_ != 0 && isBoundary(at, isWordAscii);
    case kAtNonBoundary: return end_ != 0 && !isBoundary(at, isWordAscii);
    case kAtLocBoundary: return end_ != 0 && isBoundary(at, isWordLocale);
    case kAtLocNonBoundary: return end_ != 0 && !isBoundary(at, isWordLocale);
    case kAtUniBoundary: return end_ != 0 && isBoundary(at, isWordUnicode);
    case kAtUniNonBoundary: return end_ != 0 && !isBoundary(at, isWordUnicode);
    default: return false;
  }
}

template <class Char>
bool Matcher<Char>::groupMatches(Code op, Code group, Py_ssize_t* at) const {
  Py_ssize_t from = s_.marks[2 * group], to = s_.marks[2 * group + 1];
  if (from < 0 || to < from || end_ - *at < to - from) return false;
  for (Py_ssize_t i = 0; i < to - from; i++) {
    Code a = text_[*at + i], b = text_[from + i];
    if (a == b) continue;
    if (op == kGroupRefIgnore && lowerAscii(a) == lowerAscii(b)) continue;
    if (op == kGroupRefUniIgnore && lowerUnicode(a) == lowerUnicode(b)) continue;
    if (op == kGroupRefLocIgnore && lowerLocale(a) == lowerLocale(b)) continue;
    return false;
  }
  *at += to - from;
  return true;
}

// --- notes and barriers ------------------------------------------------------------------------------------

template <class Char>
bool Matcher<Char>::setMark(Code mark, Py_ssize_t at) {
  if (!s_.stack.empty() && !push(EntryKind::kUndoMark, mark, s_.marks[mark], s_.last_index)) return false;
  if (mark & 1) s_.last_index = mark / 2 + 1;
  s_.marks[mark] = at;
  return true;
}

template <class Char>
bool Matcher<Char>::noteRepeat(int32_t index) {
  if (s_.stack.empty()) return true;
  RepeatFrame& frame = s_.repeats[static_cast<size_t>(index)];
  return push(EntryKind::kUndoRepeat, static_cast<Code>(index), frame.count, frame.last);
}

template <class Char>
void Matcher<Char>::undo(const Entry& entry) {
  if (entry.kind == EntryKind::kUndoMark) {
    s_.marks[entry.pc] = entry.a;
    s_.last_index = entry.b;
  } else if (entry.kind == EntryKind::kUndoRepeat) {
    RepeatFrame& frame = s_.repeats[entry.pc];
    frame.count = entry.a;
    frame.last = entry.b;
    frame.iteration_start = -1;
  } else {
    s_.repeats.shrink(static_cast<size_t>(entry.a));
  }
}

// Forgets the alternatives from the barrier on; what must be undone later stays.
template <class Char>
void Matcher<Char>::cut(size_t barrier) {
  size_t kept = barrier;
  for (size_t i = barrier + 1; i < s_.stack.size(); i++) {
    if (isUndo(s_.stack[i].kind)) s_.stack[kept++] = s_.stack[i];
  }
  s_.stack.shrink(kept);
}

// --- alternatives ------------------------------------------------------------------------------------------

// The next alternative, from the one whose skip stands at `alternative` on, whose first character fits; its
// skip is 0 when there is none.
template <class Char>
Code Matcher<Char>::plausibleBranch(Code alternative, Py_ssize_t at) const {
  for (; code_[alternative] != 0; alternative += code_[alternative]) {
    Code op = code_[alternative + 1];
    if (op == kLiteral && (at >= end_ || text_[at] != code_[alternative + 2])) continue;
    if (op == kIn && (at >= end_ || !inSetAt(alternative + 3, text_[at]))) continue;
    break;
  }
  return alternative;
}

template <class Char>
auto Matcher<Char>::branch(Code* pc, Py_ssize_t at) -> Go {
  Code chosen = plausibleBranch(*pc + 1, at);
  if (code_[chosen] == 0) return Go::kFail;
  Code next = plausibleBranch(chosen + code_[chosen], at);
  if (code_[next] != 0 && !push(EntryKind::kBranch, next, at, 0)) return Go::kError;
  *pc = chosen + 1;
  return Go::kOn;
}

template <class Char>
auto Matcher<Char>::repeatOne(Code* pc, Py_ssize_t* at) -> Go {
  Code op = *pc;
  Py_ssize_t least = code_[op + 2];
  if (end_ - *at < least) return Go::kFail;
  Py_ssize_t count = countUnits(op + 4, *at, code_[op + 3]);
  if (count < least) return Go::kFail;
  if (count == least) {
    *at += count;
    *pc = op + 1 + code_[op + 1];
    return Go::kOn;
  }
  if (!push(EntryKind::kRepeatOne, op, *at, count)) return Go::kError;
  Go go = resumeRepeatOne(s_.stack.top(), pc, at);
  return go;
}

// b is the largest number of repetitions still to be tried; a tail that begins with a literal rules out most.
template <class Char>
auto Matcher<Char>::resumeRepeatOne(Entry& entry, Code* pc, Py_ssize_t* at) -> Go {
  Code op = entry.pc, tail = op + 1 + code_[op + 1];
  Py_ssize_t least = code_[op + 2], count = entry.b;
  if (code_[tail] == kLiteral) {
    Code wanted = code_[tail + 1];
    while (count >= least && (entry.a + count >= end_ || text_[entry.a + count] != wanted)) count--;
  }
  repeat_ = entry.repeat;
  if (count < least) {
    s_.stack.pop();
    return Go::kFail;
  }
  *at = entry.a + count;
  *pc = tail;
  entry.b = count - 1;
  if (count == least) s_.stack.pop();
  return Go::kOn;
}

template <class Char>
auto Matcher<Char>::minRepeatOne(Code* pc, Py_ssize_t* at) -> Go {
  Code op = *pc;
  Py_ssize_t least = code_[op + 2];
  if (end_ - *at < least) return Go::kFail;
  if (least > 0 && countUnits(op + 4, *at, code_[op + 2]) < least) return Go::kFail;
  *at += least;
  *pc = op + 1 + code_[op + 1];
  if (least == static_cast<Py_ssize_t>(code_[op + 3])) return Go::kOn;
  return push(EntryKind::kMinRepeatOne, op, *at, least) ? Go::kOn : Go::kError;
}

// One repetition more: a is the position behind b of them.
template <class Char>
auto Matcher<Char>::resumeMinRepeatOne(Entry& entry, Code* pc, Py_ssize_t* at) -> Go {
  Code op = entry.pc, tail = op + 1 + code_[op + 1], most = code_[op + 3];
  bool literal_tail = code_[tail] == kLiteral;
  repeat_ = entry.repeat;
  for (;;) {
    bool more = (most == kMaxRepeat || entry.b < static_cast<Py_ssize_t>(most)) && entry.a < end_ &&
                unitMatches(op + 4, text_[entry.a]);
    if (!more) {
      s_.stack.pop();
      return Go::kFail;
    }
    entry.a++;
    entry.b++;
    if (!literal_tail || (entry.a < end_ && text_[entry.a] == code_[tail + 1])) break;
  }
  *at = entry.a;
  *pc = tail;
  return Go::kOn;
}

template <class Char>
auto Matcher<Char>::possessiveOne(Code* pc, Py_ssize_t* at) -> Go {
  Py_ssize_t least = code_[*pc + 2];
  if (end_ - *at < least) return Go::kFail;
  Py_ssize_t count = countUnits(*pc + 4, *at, code_[*pc + 3]);
  if (count < least) return Go::kFail;
  *at += count;
  *pc += 1 + code_[*pc + 1];
  return Go::kOn;
}

// --- repeats of blocks -------------------------------------------------------------------------------------

template <class Char>
auto Matcher<Char>::enterRepeat(Code* pc) -> Go {
  size_t index = s_.repeats.size();
  if (!s_.stack.empty() && !push(EntryKind::kUndoNewRepeat, 0, static_cast<Py_ssize_t>(index), 0))
    return Go::kError;
  if (index >= INT32_MAX || !s_.repeats.push({*pc + 1, repeat_, -1, -1, -1})) return Go::kError;
  repeat_ = static_cast<int32_t>(index);
  *pc += 1 + code_[*pc + 1];
  return Go::kOn;
}

// Begins another iteration of the active repeat. The old counters are noted.
template <class Char>
auto Matcher<Char>::iterate(int32_t index, Py_ssize_t count, Py_ssize_t last, Py_ssize_t at, Code* pc) -> Go {
  if (!noteRepeat(index)) return Go::kError;
  RepeatFrame& frame = s_.repeats[static_cast<size_t>(index)];
  frame.count = count;
  frame.last = last;
  frame.iteration_start = at;
  *pc = frame.operands + 3;
  return Go::kOn;
}

template <class Char>
auto Matcher<Char>::untilMax(Code* pc, Py_ssize_t at) -> Go {
  int32_t index = repeat_;
  const RepeatFrame* frame = &s_.repeats[static_cast<size_t>(index)];
  Py_ssize_t least = code_[frame->operands + 1], most = code_[frame->operands + 2], count = frame->count + 1;
  if (count < least && isSettled(*frame, count, at)) count = least;
  if (count < least) return iterate(index, count, frame->last, at, pc);
  bool may_go_on = code_[frame->operands + 2] == kMaxRepeat || count < most;
  if (may_go_on && at != frame->last) {
    if (!push(EntryKind::kTail, *pc + 1, at, index)) return Go::kError;
    return iterate(index, count, at, at, pc);
  }
  repeat_ = frame->outer;
  *pc += 1;
  return Go::kOn;
}

template <class Char>
auto Matcher<Char>::untilMin(Code* pc, Py_ssize_t at) -> Go {
  int32_t index = repeat_;
  const RepeatFrame* frame = &s_.repeats[static_cast<size_t>(index)];
  Py_ssize_t least = code_[frame->operands + 1], count = frame->count + 1;
  if (count < least && isSettled(*frame, count, at)) count = least;
  if (count < least) return iterate(index, count, frame->last, at, pc);
  if (!push(EntryKind::kBody, *pc, at, count)) return Go::kError;
  repeat_ = frame->outer;
  *pc += 1;
  return Go::kOn;
}

// The tail of a lazy repeat has failed: another iteration.
template <class Char>
auto Matcher<Char>::resumeBody(Entry entry, Code* pc, Py_ssize_t* at) -> Go {
  s_.stack.pop();
  repeat_ = entry.repeat;
  const RepeatFrame& frame = s_.repeats[static_cast<size_t>(repeat_)];
  Code most = code_[frame.operands + 2];
  if ((most != kMaxRepeat && entry.b >= static_cast<Py_ssize_t>(most)) || entry.a == frame.last)
    return Go::kFail;
  *at = entry.a;
  return iterate(repeat_, entry.b, entry.a, entry.a, pc);
}

template <class Char>
auto Matcher<Char>::enterPossessive(Code* pc, Py_ssize_t* at) -> Go {
  if (code_[*pc + 3] == 0) {
    *pc += 2 + code_[*pc + 1];
    return Go::kOn;
  }
  if (!pushBarrier(EntryKind::kPossessive, *pc, *at, 0)) return Go::kError;
  *pc += 4;
  return Go::kOn;
}

// An iteration is complete, its barrier already cut; b of them were before.
template <class Char>
auto Matcher<Char>::possessiveIteration(const Entry& entry, Code* pc, Py_ssize_t at) -> Go {
  Code op = entry.pc, most = code_[op + 3];
  Py_ssize_t count = entry.b + 1;
  bool moved = at != entry.a;
  if (moved && (most == kMaxRepeat || count < static_cast<Py_ssize_t>(most))) {
    if (!pushBarrier(EntryKind::kPossessive, op, at, count)) return Go::kError;
    *pc = op + 4;
  } else {
    *pc = op + 2 + code_[op + 1];
  }
  return Go::kOn;
}

// --- groups matched as a whole -----------------------------------------------------------------------------

template <class Char>
auto Matcher<Char>::assertion(Code* pc, Py_ssize_t* at) -> Go {
  bool negative = code_[*pc] == kAssertNot;
  Py_ssize_t back = code_[*pc + 2];
  if (*at < back) {
    if (!negative) return Go::kFail;
    *pc += 1 + code_[*pc + 1];
    return Go::kOn;
  }
  if (!pushBarrier(negative ? EntryKind::kNegative : EntryKind::kAssertion, *pc, *at, 0)) return Go::kError;
  *at -= back;
  *pc += 3;
  return Go::kOn;
}

template <class Char>
auto Matcher<Char>::success(Code* pc, Py_ssize_t* at) -> Go {
  if (barrier_ < 0) {
    if (s_.match_all && *at != end_) return Go::kFail;
    if (s_.must_advance && *at == s_.match_start) return Go::kFail;
    return Go::kDone;
  }
  auto index = static_cast<size_t>(barrier_);
  Entry entry = s_.stack[index];
  if (entry.kind == EntryKind::kNegative) {
    while (s_.stack.size() > index) {
      if (isUndo(s_.stack.top().kind)) undo(s_.stack.top());
      s_.stack.pop();
    }
    barrier_ = entry.barrier;
    repeat_ = entry.repeat;
    return Go::kFail;
  }
  cut(index);
  barrier_ = entry.barrier;
  repeat_ = entry.repeat;
  if (entry.kind == EntryKind::kPossessive) return possessiveIteration(entry, pc, *at);
  if (entry.kind == EntryKind::kAssertion) *at = entry.a;
  *pc = entry.pc + 1 + code_[entry.pc + 1];
  return Go::kOn;
}

// --- failing -----------------------------------------------------------------------------------------------

// Goes on from the entry on top, or removes it and fails.
template <class Char>
auto Matcher<Char>::resume(Entry& entry, Code* pc, Py_ssize_t* at) -> Go {
  switch (entry.kind) {
    case EntryKind::kBranch: {
      *at = entry.a;
      *pc = entry.pc + 1;
      repeat_ = entry.repeat;
      Code next = plausibleBranch(entry.pc + code_[entry.pc], entry.a);
      if (code_[next] != 0)
        entry.pc = next;
      else
        s_.stack.pop();
      return Go::kOn;
    }
    case EntryKind::kRepeatOne: return resumeRepeatOne(entry, pc, at);
    case EntryKind::kMinRepeatOne: return resumeMinRepeatOne(entry, pc, at);
    case EntryKind::kBody: return resumeBody(entry, pc, at);
    case EntryKind::kTail:
      *at = entry.a;
      *pc = entry.pc;
      repeat_ = s_.repeats[static_cast<size_t>(entry.b)].outer;
      s_.stack.pop();
      return Go::kOn;
    default: break;
  }
  Entry barrier = entry;
  s_.stack.pop();
  barrier_ = barrier.barrier;
  repeat_ = barrier.repeat;
  *at = barrier.a;
  Code behind = barrier.pc + 1 + code_[barrier.pc + 1];
  if (barrier.kind == EntryKind::kNegative) {
    *pc = behind;
    return Go::kOn;
  }
  if (barrier.kind != EntryKind::kPossessive) return Go::kFail;
  *pc = behind + 1;
  return barrier.b >= static_cast<Py_ssize_t>(code_[barrier.pc + 2]) ? Go::kOn : Go::kFail;
}

template <class Char>
auto Matcher<Char>::backtrack(Code* pc, Py_ssize_t* at) -> Go {
  if ((++steps_ & 0xfff) == 0 && checkSignals().failed()) return Go::kDone;
  while (!s_.stack.empty()) {
    Entry& entry = s_.stack.top();
    if (isUndo(entry.kind)) {
      undo(entry);
      s_.stack.pop();
      continue;
    }
    Go go = resume(entry, pc, at);
    if (go != Go::kFail) return go;
  }
  return Go::kFail;
}

// Long because it is the dispatch over all instructions.
template <class Char>
int Matcher<Char>::run(Code pc, Py_ssize_t at) {
  const Code* code = code_;
  s_.stack.shrink(0);
  s_.repeats.shrink(0);
  repeat_ = barrier_ = -1;
  for (;;) {
    Go go = Go::kFail;
    switch (code[pc]) {
      case kLiteral:
        if (at >= end_ || text_[at] != code[pc + 1]) break;
        at++;
        pc += 2;
        continue;
      case kNotLiteral:
        if (at >= end_ || text_[at] == code[pc + 1]) break;
        at++;
        pc += 2;
        continue;
      case kIn:
        if (at >= end_ || !inSetAt(pc + 2, text_[at])) break;
        at++;
        pc += 1 + code[pc + 1];
        continue;
      case kAny:
        if (at >= end_ || text_[at] == '\n') break;
        at++;
        pc++;
        continue;
      case kAnyAll:
        if (at >= end_) break;
        at++;
        pc++;
        continue;
      case kMark:
        if (!setMark(code[pc + 1], at)) return (void)raiseNoMemory(), -1;
        pc += 2;
        continue;
      case kAt:
        if (!atPosition(code[pc + 1], at)) break;
        pc += 2;
        continue;
      case kCategory:
        if (at >= end_ || !inCategory(code[pc + 1], text_[at])) break;
        at++;
        pc += 2;
        continue;
      case kLiteralIgnore:
      case kNotLiteralIgnore:
      case kLiteralUniIgnore:
      case kNotLiteralUniIgnore:
      case kLiteralLocIgnore:
      case kNotLiteralLocIgnore:
        if (at >= end_ || !unitMatches(pc, text_[at])) break;
        at++;
        pc += 2;
        continue;
      case kInIgnore:
      case kInUniIgnore:
      case kInLocIgnore:
        if (at >= end_ || !unitMatches(pc, text_[at])) break;
        at++;
        pc += 1 + code[pc + 1];
        continue;
      case kGroupRef:
      case kGroupRefIgnore:
      case kGroupRefUniIgnore:
      case kGroupRefLocIgnore:
        if (!groupMatches(code[pc], code[pc + 1], &at)) break;
        pc += 2;
        continue;
      case kGroupRefExists: {
        Code group = code[pc + 1];
        bool matched = s_.marks[2 * group] >= 0 && s_.marks[2 * group + 1] >= s_.marks[2 * group];
        pc += matched ? 3 : 1 + code[pc + 2];
        continue;
      }
      case kJump: pc += 1 + code[pc + 1]; continue;
      case kInfo:
        if (code[pc + 3] > 0 && end_ - at < static_cast<Py_ssize_t>(code[pc + 3])) break;
        pc += 1 + code[pc + 1];
        continue;
      case kBranch: go = branch(&pc, at); break;
      case kRepeatOne: go = repeatOne(&pc, &at); break;
      case kMinRepeatOne: go = minRepeatOne(&pc, &at); break;
      case kPossessiveRepeatOne: go = possessiveOne(&pc, &at); break;
      case kRepeat: go = enterRepeat(&pc); break;
      case kMaxUntil:
      case kMinUntil:
        if (repeat_ < 0)
          return (void)raise(PyExc_RuntimeError, "internal error in regular expression engine"), -1;
        if ((++steps_ & 0xfff) == 0 && checkSignals().failed()) return -1;
        go = code[pc] == kMaxUntil ? untilMax(&pc, at) : untilMin(&pc, at);
        break;
      case kPossessiveRepeat: go = enterPossessive(&pc, &at); break;
      case kAtomicGroup:
        go = pushBarrier(EntryKind::kAtomic, pc, at, 0) ? Go::kOn : Go::kError;
        pc += 2;
        break;
      case kAssert:
      case kAssertNot: go = assertion(&pc, &at); break;
      case kSuccess:
        go = success(&pc, &at);
        if (go == Go::kDone) return s_.match_end = at, 1;
        break;
      default: break;
    }
    if (go == Go::kOn) continue;
    if (go == Go::kError) return (void)raiseNoMemory(), -1;
    go = backtrack(&pc, &at);
    if (go == Go::kFail) return 0;
    if (go == Go::kDone) return -1;
    if (go == Go::kError) return (void)raiseNoMemory(), -1;
  }
}

}  // namespace krait::sre
