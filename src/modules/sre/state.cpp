// Opening a text, matching and searching. Searching uses what the pattern's INFO block tells of its
// beginning.
#include "modules/sre/state.h"

#include "modules/sre/matcher.h"
#include "types/bytes.h"
#include "types/str.h"

namespace krait::sre {

Status State::open(Program* the_program, PyObject* the_string, int pattern_is_bytes, Py_ssize_t from,
                   Py_ssize_t to) {
  if (isStr(the_string)) {
    auto* str = cast<StrObject>(the_string);
    text = str->data();
    length = str->size();
    kind = str->kind();
  } else {
    if (bufferGet(the_string, &view_, PyBUF_SIMPLE).failed()) {
      return raise(PyExc_TypeError, "expected string or bytes-like object, got '%.200s'",
                   typeName(the_string));
    }
    has_view_ = true;
    is_bytes = true;
    text = view_.buf;
    length = view_.len;
    if (!text) return raise(PyExc_ValueError, "Buffer is NULL");
  }
  if (is_bytes && pattern_is_bytes == 0) {
    return raise(PyExc_TypeError, "cannot use a string pattern on a bytes-like object");
  }
  if (!is_bytes && pattern_is_bytes > 0) {
    return raise(PyExc_TypeError, "cannot use a bytes pattern on a string-like object");
  }
  string = share(the_string).leak();
  program = the_program;
  start = from < 0 ? 0 : from > length ? length : from;
  end = to < 0 ? 0 : to > length ? length : to;
  auto count = static_cast<size_t>(program->groups) * 2;
  marks = inline_marks_;
  if (count > std::size(inline_marks_)) {
    marks = static_cast<Py_ssize_t*>(memAlloc(count * sizeof(Py_ssize_t)));
    if (!marks) return raiseNoMemory();
  }
  resetGroups();
  return {};
}

State::~State() {
  if (marks != inline_marks_) memFree(marks);
  if (has_view_) bufferRelease(&view_);
  if (string) decref(string);
}

void State::resetGroups() {
  last_index = -1;
  for (long i = 0; i < 2 * program->groups; i++) marks[i] = -1;
}

int State::match(bool whole) {
  resetGroups();
  match_all = whole;
  match_start = start;
  if (kind == 1) return Matcher<uint8_t>(*this).run(0, start);
  if (kind == 2) return Matcher<uint16_t>(*this).run(0, start);
  return Matcher<uint32_t>(*this).run(0, start);
}

namespace {

// What the INFO block says about the beginning of a match.
struct Beginning {
  const Code* prefix = nullptr;  // the characters; null: none known
  const Code* overlap = nullptr;
  Code prefix_size = 0, skip = 0, charset = 0, least = 0;
  bool literal = false;

  explicit Beginning(const Program& program) {
    const Code* code = program.code;
    if (code[0] != kInfo) {
      if (code[0] == kLiteral) prefix = code + 1, prefix_size = 1, least = 1;
      return;
    }
    least = code[3];
    if (code[2] & kInfoPrefix) {
      prefix_size = code[5];
      skip = code[6];
      prefix = code + 7;
      overlap = prefix + prefix_size;
      literal = code[2] & kInfoLiteral;
    } else if (code[2] & kInfoCharset) {
      charset = 5;
    } else if (code[program.start] == kLiteral) {
      prefix = code + program.start + 1;
      prefix_size = 1;
    }
  }
};

// The next occurrence of the prefix in text[at, end); -1: none.
template <class Char>
Py_ssize_t findPrefix(const Char* text, Py_ssize_t at, Py_ssize_t end, const Beginning& beginning) {
  Code first = beginning.prefix[0];
  if (first > static_cast<Char>(-1) || at >= end) return -1;
  if (beginning.prefix_size == 1) {
    if constexpr (sizeof(Char) == 1) {
      auto* found = std::memchr(text + at, static_cast<int>(first), static_cast<size_t>(end - at));
      return found ? static_cast<const Char*>(found) - text : -1;
    }
    while (at < end && text[at] != first) at++;
    return at < end ? at : -1;
  }
  Code matched = 0;
  for (; at < end; at++) {
    if constexpr (sizeof(Char) == 1) {
      if (matched == 0) {
        auto* found = std::memchr(text + at, static_cast<int>(first), static_cast<size_t>(end - at));
        if (!found) return -1;
        at = static_cast<const Char*>(found) - text;
      }
    }
    while (matched > 0 && text[at] != beginning.prefix[matched]) matched = beginning.overlap[matched - 1];
    if (text[at] == beginning.prefix[matched]) matched++;
    if (matched == beginning.prefix_size) return at - static_cast<Py_ssize_t>(matched) + 1;
  }
  return -1;
}

// The one-character instruction that every match begins with; 0: not known.
Code firstUnit(const Code* code, Code pc) {
  for (;;) {
    if (isUnit(code[pc])) return pc;
    switch (code[pc]) {
      case kMark:
      case kAt:
      case kAtomicGroup: pc += 2; break;
      case kRepeatOne:
      case kMinRepeatOne:
      case kPossessiveRepeatOne:
      case kPossessiveRepeat:
      case kRepeat:
        if (code[pc + 2] == 0) return 0;
        pc += 4;
        break;
      default: return 0;
    }
  }
}

}  // namespace

template <class Char>
int State::searchAs() {
  Beginning beginning(*program);
  Matcher<Char> matcher(*this);
  const Char* chars = static_cast<const Char*>(text);
  Py_ssize_t at = start, last = end;
  match_all = false;
  if (at > end) return 0;
  if (beginning.least > 1) last = end - (static_cast<Py_ssize_t>(beginning.least) - 1);
  if (beginning.prefix && beginning.least > 0) {
    // The prefix may reach beyond the last possible beginning.
    for (; (at = findPrefix(chars, at, end, beginning)) >= 0; at++) {
      resetGroups();
      match_start = at;
      if (beginning.literal) {
        match_end = at + beginning.prefix_size;
        return 1;
      }
      int found = matcher.run(program->start + 2 * beginning.skip, at + beginning.skip);
      if (found != 0) return found;
    }
    return 0;
  }
  if (beginning.charset && beginning.least > 0) {
    for (;; at++) {
      while (at < last && !matcher.inSetAt(beginning.charset, chars[at])) at++;
      if (at >= last) return 0;
      resetGroups();
      match_start = at;
      if (int found = matcher.run(program->start, at)) return found;
    }
  }
  bool anchored =
      program->code[program->start] == kAt && (program->code[program->start + 1] == kAtBeginning ||
                                               program->code[program->start + 1] == kAtBeginningString);
  Code first = anchored ? 0 : firstUnit(program->code, program->start);
  for (;; at++) {
    if (first != 0) {
      while (at < end && !matcher.unitMatches(first, chars[at])) at++;
      if (at >= end) return 0;
    }
    resetGroups();
    match_start = at;
    if (int found = matcher.run(program->start, at)) return found;
    must_advance = false;
    if (anchored || at >= last) return 0;
  }
}

int State::search() {
  if (kind == 1) return searchAs<uint8_t>();
  if (kind == 2) return searchAs<uint16_t>();
  return searchAs<uint32_t>();
}

}  // namespace krait::sre
