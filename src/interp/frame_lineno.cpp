// frame.f_lineno = n: which jumps a debugger may make, and making one.
//
// Every instruction has a picture of what kinds of value stand on the stack before it. A jump is allowed
// where the target's stack is the current one with some blocks left (values are dropped), never where blocks
// would be entered.
#include <algorithm>
#include <vector>

#include "bytecode/exception_table.h"
#include "bytecode/location_table.h"
#include "bytecode/stack_effect.h"
#include "interp/dispatch.h"
#include "interp/trace.h"
#include "types/code_iter.h"
#include "types/exceptions.h"
#include "types/int.h"

namespace krait {
namespace {

enum class Kind : uint8_t { kNull, kObject, kIterator, kExcept, kLasti };
using Picture = std::vector<Kind>;

class StackPictures {
 public:
  explicit StackPictures(CodeObject* code)
      : code_(code),
        pictures_(static_cast<size_t>(code->unitCount())),
        known_(static_cast<size_t>(code->unitCount())) {
    enter(0, {});
    do {
      while (!work_.empty()) walk();
      seedHandlers();
    } while (!work_.empty());
  }
  // Null: never reached.
  const Picture* at(int unit) const {
    return known_[static_cast<size_t>(unit)] ? &pictures_[static_cast<size_t>(unit)] : nullptr;
  }

 private:
  void enter(int unit, Picture picture) {
    if (unit < 0 || unit >= code_->unitCount() || known_[static_cast<size_t>(unit)]) return;
    known_[static_cast<size_t>(unit)] = true;
    pictures_[static_cast<size_t>(unit)] = std::move(picture);
    work_.push_back(unit);
  }
  void walk();
  void apply(Op op, int oparg, Picture& picture, bool taken) const;
  void seedHandlers();

  CodeObject* code_;
  std::vector<Picture> pictures_;
  std::vector<bool> known_;
  std::vector<int> work_;
};

void resize(Picture& picture, int change) {
  for (; change < 0 && !picture.empty(); change++) picture.pop_back();
  for (; change > 0; change--) picture.push_back(Kind::kObject);
}

void StackPictures::apply(Op op, int oparg, Picture& picture, bool taken) const {
  size_t size = picture.size();
  switch (op) {
    case Op::RETURN_GENERATOR: return picture.push_back(Kind::kObject);
    case Op::PUSH_NULL: return picture.push_back(Kind::kNull);
    case Op::LOAD_GLOBAL:
      if (oparg & 1) picture.push_back(Kind::kNull);
      return picture.push_back(Kind::kObject);
    case Op::LOAD_METHOD:
      if (size) picture.back() = Kind::kNull;
      return picture.push_back(Kind::kObject);
    case Op::GET_ITER:
    case Op::GET_AITER:
      if (size) picture.back() = Kind::kIterator;
      return;
    case Op::PUSH_EXC_INFO: return picture.push_back(Kind::kExcept);
    case Op::COPY:
      if (oparg >= 1 && static_cast<size_t>(oparg) <= size)
        picture.push_back(picture[size - static_cast<size_t>(oparg)]);
      return;
    case Op::SWAP:
      if (oparg >= 1 && static_cast<size_t>(oparg) <= size)
        std::swap(picture.back(), picture[size - static_cast<size_t>(oparg)]);
      return;
    default: return resize(picture, stackEffect(op, oparg, taken ? JumpTaken::kYes : JumpTaken::kNo));
  }
}

void StackPictures::walk() {
  int unit = work_.back();
  work_.pop_back();
  Picture before = pictures_[static_cast<size_t>(unit)];
  CodeUnit word = code_->co_code_adaptive[unit];
  int oparg = unitArg(word);
  while (unitOp(word) == Op::EXTENDED_ARG && unit + 1 < code_->unitCount()) {
    word = code_->co_code_adaptive[++unit];
    oparg = oparg << 8 | unitArg(word);
  }
  Op op = opGeneric(unitOp(word));
  int next = unit + 1 + opCacheUnits(op);
  if (opIsJump(op)) {
    Picture at_target = before;
    apply(op, oparg, at_target, true);
    enter(opHas(op, OpFlag::kBackward) ? next - oparg : next + oparg, std::move(at_target));
  }
  if (opHas(op, OpFlag::kNoFall)) return;
  apply(op, oparg, before, false);
  enter(next, std::move(before));
}

void StackPictures::seedHandlers() {
  BytesObject* table = code_->exceptionTable();
  ExceptionTableReader reader(
      {reinterpret_cast<const uint8_t*>(table->data()), static_cast<size_t>(table->size())});
  ExceptionEntry entry;
  while (reader.next(entry)) {
    if (entry.start >= code_->unitCount() || !at(entry.start)) continue;
    Picture picture = *at(entry.start);
    if (picture.size() > static_cast<size_t>(entry.depth)) picture.resize(static_cast<size_t>(entry.depth));
    if (entry.push_lasti) picture.push_back(Kind::kLasti);
    picture.push_back(Kind::kExcept);
    enter(entry.target, std::move(picture));
  }
}

bool compatible(const Picture& from, const Picture& to) {
  if (to.size() > from.size()) return false;
  for (size_t i = 0; i < to.size(); i++) {
    bool fits = to[i] == Kind::kObject ? from[i] != Kind::kNull : to[i] == Kind::kNull || from[i] == to[i];
    if (!fits) return false;
  }
  return true;
}

const char* explain(const Picture* to) {
  if (!to) return "can't jump into an exception handler, or code may be unreachable";
  if (to->empty()) return "incompatible stacks";
  switch (to->back()) {
    case Kind::kExcept: return "can't jump into an 'except' block as there's no exception";
    case Kind::kLasti: return "can't jump into a re-raising block as there's no location";
    case Kind::kIterator: return "can't jump into the body of a for loop";
    default: return "incompatible stacks";
  }
}

bool atYield(Frame* frame) { return opGeneric(unitOp(*frame->prev_instr)) == Op::YIELD_VALUE; }

const char* wrongEvent(Thread* thread, Frame* frame) {
  switch (thread->tracing_what) {
    case kTraceCall: return "can't jump from the 'call' trace event of a new frame";
    case kTraceLine: return nullptr;
    case kTraceReturn:
      if (atYield(frame)) return nullptr;
      [[fallthrough]];
    default: return "can only jump from a 'line' trace event";
  }
}

// The line at each unit where a run of one line begins; -1 elsewhere.
std::vector<int> lineStarts(CodeObject* code) {
  std::vector<int> lines(static_cast<size_t>(code->unitCount()), -1);
  LocationReader reader(codeLocations(code), code->co_firstlineno);
  int last = -1;
  while (reader.next()) {
    auto start = static_cast<size_t>(reader.start());
    int line = reader.range().line;
    if (line == last || line == -1 || start >= lines.size()) continue;
    last = lines[start] = line;
  }
  return lines;
}

// First line >= wanted that has code; -1: none.
int nextLineWithCode(const std::vector<int>& lines, int wanted) {
  int best = -1;
  for (int line : lines) {
    if (line >= wanted && (best < 0 || line < best)) best = line;
  }
  return best;
}

// The deepest-stack start of `line` that the current stack can reach; -1: none, *why tells of the first.
int findTarget(const std::vector<int>& lines, const StackPictures& pictures, int line, const Picture& current,
               const char** why) {
  int best = -1;
  size_t best_depth = 0;
  *why = nullptr;
  for (int unit = 0; unit < static_cast<int>(lines.size()); unit++) {
    if (lines[static_cast<size_t>(unit)] != line) continue;
    const Picture* target = pictures.at(unit);
    if (!target || !compatible(current, *target)) {
      if (!*why) *why = explain(target);
    } else if (best < 0 || target->size() > best_depth) {
      best = unit;
      best_depth = target->size();
    }
  }
  if (!*why) *why = "cannot find bytecode for specified line";
  return best;
}

// Leaves blocks: pops values, and the handled exception for except blocks.
void popTo(Frame* frame, Thread* thread, Picture& from, size_t depth) {
  while (from.size() > depth) {
    PyObject*& slot = frame->localsplus[--frame->stacktop];
    PyObject* value = std::exchange(slot, nullptr);
    if (from.back() == Kind::kExcept) {
      if (value == Py_None) decref(std::exchange(value, nullptr));
      xdecref(std::exchange(thread->exc_info->exc_value, value));
    } else {
      xdecref(value);
    }
    from.pop_back();
  }
}

Result<int> lineOf(PyObject* value) {
  if (!isExactInt(value)) return raise(PyExc_ValueError, "lineno must be an integer");
  int overflow;
  long line = intAsLongAndOverflow(static_cast<IntObject*>(value), &overflow);
  if (overflow || line > INT32_MAX || line < INT32_MIN) return raise(PyExc_ValueError, "lineno out of range");
  return static_cast<int>(line);
}

}  // namespace

Status frameObjectSetLine(FrameObject* object, Opt<> value) {
  if (!value) return raise(PyExc_AttributeError, "cannot delete attribute");
  if (!isExactInt(value.get())) return raise(PyExc_ValueError, "lineno must be an integer");
  Frame* frame = object->f_frame;
  CodeObject* code = frame->code;
  Thread* thread = currentThread();
  if (frame->lastUnit() < 0 || frame->owner == kFrameOwnedByFrameObject) {
    return raise(PyExc_ValueError, "can't jump from the 'call' trace event of a new frame");
  }
  if (const char* wrong = wrongEvent(thread, frame)) return raise(PyExc_ValueError, "%s", wrong);
  if (!object->f_trace) return raise(PyExc_ValueError, "f_lineno can only be set by a trace function");
  if (frame->stacktop < 0) return raise(PyExc_ValueError, "can only jump from a 'line' trace event");
  int line = TRY(lineOf(value.get()));
  if (line < code->co_firstlineno) {
    return raise(PyExc_ValueError, "line %d comes before the current code block", line);
  }
  std::vector<int> lines = lineStarts(code);
  line = nextLineWithCode(lines, line);
  if (line < 0)
    return raise(PyExc_ValueError, "line %d comes after the current code block", TRY(lineOf(value.get())));
  StackPictures pictures(code);
  const Picture* here = pictures.at(frame->lastUnit());
  if (!here) return raise(PyExc_ValueError, "can't jump from unreachable code");
  Picture current = *here;
  if (thread->tracing_what == kTraceReturn && !current.empty()) current.pop_back();
  const char* why;
  int target = findTarget(lines, pictures, line, current, &why);
  if (target < 0) return raise(PyExc_ValueError, "%s", why);
  popTo(frame, thread, current, pictures.at(target)->size());
  object->f_lineno = 0;
  frame->prev_instr = frame->firstInstr() + target;
  return {};
}

}  // namespace krait
