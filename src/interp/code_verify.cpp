// Verifying byte code: what is accepted cannot make the interpreter leave its arrays, take a null for an
// object or one built-in type for another.
//
// The code is walked block by block with the kinds of all values on the stack. Where ways meet (jump targets,
// exception handlers) the kinds are merged, and the block is walked again when that made one of them more
// general. What depends on values and not on the code (is this an iterator?) is checked by the instruction
// itself when it runs.
#include <algorithm>
#include <array>
#include <climits>
#include <vector>

#include "bytecode/code_flags.h"
#include "bytecode/exception_table.h"
#include "bytecode/stack_effect.h"
#include "interp/code_prepare.h"
#include "interp/code_verify_traits.h"
#include "interp/inline_cache.h"

namespace krait {
namespace {

constexpr bool maybeNull(Kind kind) { return kind == Kind::kNull || kind == Kind::kMaybeNull; }

Kind merged(Kind a, Kind b) {
  if (a == b) return a;
  if (maybeNull(a) || maybeNull(b)) return Kind::kMaybeNull;
  auto handled = [](Kind kind) { return kind == Kind::kException || kind == Kind::kHandled; };
  return handled(a) && handled(b) ? Kind::kHandled : Kind::kObject;
}

struct Instruction {
  int unit;  // of the opcode itself, behind its EXTENDED_ARGs
  Op op;
  int oparg;
  int next;  // first unit behind its caches
};

// What begins at a unit: the index of a join, or one of these.
enum Place : int { kNothing = -1, kInstruction = -2 };

// The stack on entry to a unit where ways meet.
struct Join {
  int unit;
  int depth;     // -1: not reached yet
  size_t kinds;  // where they begin in kinds
  bool queued;
};

constexpr int kMaxDepth = 1 << 24;

int jumpTarget(const Instruction& in) {
  return traitsOf(in.op).backward ? in.next - in.oparg : in.next + in.oparg;
}

class Verifier {
 public:
  // The answer: null, or what is wrong.
  const char* run(CodeObject* code);

 private:
  bool decode(int unit, Instruction& in) const;
  bool decodeExtended(int unit, Instruction& in) const;
  Place& place(int unit) { return places_[static_cast<size_t>(unit)]; }
  const char* scan();
  const char* scanHandlers();
  const char* checkPrologue();
  bool addJoin(int unit);

  int localKind(int index) const {
    return static_cast<uint8_t>(static_cast<BytesObject*>(code_->co_localspluskinds)->data()[index]);
  }
  const char* checkIndex(const Instruction& in, const Traits& traits) const;
  const char* checkOperand(const Instruction& in) const;
  const char* checkCallShape(const Instruction& in) const;

  const char* walk(int join);
  const char* stepPlain(const Instruction& in, const Traits& traits);
  const char* step(const Instruction& in, const Traits& traits);
  const char* checkKinds(const Instruction& in) const;
  Kind top(int below) const { return now_[static_cast<size_t>(depth_ - 1 - below)]; }
  bool topIs(int below, Kind kind) const { return top(below) == kind; }
  const char* apply(const Instruction& in, JumpTaken jump);
  void applyTyped(const Instruction& in);
  void reserve(int depth);
  const char* enter(int unit, const Kind* kinds, int depth);

  void findHandler(int unit);
  const char* protect(const Instruction& in, const Traits& traits, int taken);
  const char* enterHandler();

  void start(CodeObject* code);
  void forget();
  const char* verify();

  CodeObject* code_ = nullptr;
  int units_ = 0;
  std::array<int, kBeyond.size()> limits_{};  // per Operand
  std::vector<Instruction> notable_;
  std::vector<Place> places_;  // per unit
  std::vector<Join> joins_;
  std::vector<Kind> kinds_;
  std::vector<ExceptionEntry> handlers_;
  std::vector<int> work_;
  std::vector<bool> made_;         // per local: it is a cell that the start makes
  std::vector<Kind> now_, other_;  // the stack while walking, and on another way
  int depth_ = 0;

  // The handler of the units [protected_from_, protected_to_), if there is one. It need not be entered again
  // while nothing it can see has changed.
  int protected_from_ = 0, protected_to_ = 0;
  const ExceptionEntry* handler_ = nullptr;
  bool handler_entered_ = false;
};

void Verifier::start(CodeObject* code) {
  code_ = code;
  units_ = static_cast<int>(code->unitCount());
  auto limit = [](Py_ssize_t size) { return static_cast<int>(std::min<Py_ssize_t>(size, INT_MAX)); };
  limits_[kAnything] = INT_MAX;
  limits_[kConstIndex] = limit(code->consts()->size());
  limits_[kNameIndex] = limit(code->names()->size());
  limits_[kGlobalNameIndex] = limit(2 * code->names()->size());  // its lowest bit asks for a null
  limits_[kLocalIndex] = code->co_nlocalsplus;
  limits_[kCompareOp] = Py_GE + 1;
  limits_[kBinaryOp] = kBinaryOpCount;
}

bool Verifier::decodeExtended(int unit, Instruction& in) const {
  int oparg = 0;
  for (int i = 0; i < 4; i++, unit++) {
    if (unit >= units_) return false;
    CodeUnit word = code_->co_code_adaptive[unit];
    oparg = oparg << 8 | unitArg(word);
    Op op = unitOp(word);
    if (op == Op::EXTENDED_ARG) continue;
    const Traits& traits = traitsOf(op);
    in = {unit, op, oparg, unit + 1 + traits.cache_units};
    return traits.valid && in.next <= units_ && oparg >= 0;
  }
  return false;
}

// False: no instruction can begin there.
[[gnu::always_inline]] inline bool Verifier::decode(int unit, Instruction& in) const {
  CodeUnit word = unit < units_ ? code_->co_code_adaptive[unit] : CodeUnit{};
  Op op = unitOp(word);
  if (op == Op::EXTENDED_ARG) [[unlikely]]
    return decodeExtended(unit, in);
  const Traits& traits = traitsOf(op);
  in = {unit, op, unitArg(word), unit + 1 + traits.cache_units};
  return traits.valid && in.next <= units_;
}

bool Verifier::addJoin(int unit) {
  if (unit < 0 || unit >= units_ || place(unit) == kNothing) return false;
  if (place(unit) == kInstruction) {
    place(unit) = static_cast<Place>(joins_.size());
    joins_.push_back({unit, -1, 0, false});
  }
  return true;
}

// Finds the instructions and the places where ways meet. Jumps may lead behind the EXTENDED_ARGs of an
// instruction.
const char* Verifier::scan() {
  places_.resize(static_cast<size_t>(units_), kNothing);
  Instruction in;
  for (int unit = 0; unit < units_; unit = in.next) {
    if (!decode(unit, in)) return "bad instruction";
    for (int i = unit; i <= in.unit; i++) place(i) = kInstruction;
    if (traitsOf(in.op).notable) notable_.push_back(in);
  }
  addJoin(0);
  for (const Instruction& jump : notable_) {
    if (traitsOf(jump.op).jumps && !addJoin(jumpTarget(jump))) return "jump out of the code";
  }
  return scanHandlers();
}

const char* Verifier::scanHandlers() {
  BytesObject* table = code_->exceptionTable();
  ExceptionTableReader reader(
      {reinterpret_cast<const uint8_t*>(table->data()), static_cast<size_t>(table->size())});
  int last = 0;
  for (ExceptionEntry entry; reader.next(entry);) {
    if (entry.start < last || entry.end < entry.start) return "exception table out of order";
    if (!addJoin(entry.target)) return "handler out of the code";
    if (entry.depth + entry.push_lasti + 1 > code_->co_stacksize) return "stack depth out of range";
    last = entry.end;
    handlers_.push_back(entry);
  }
  return nullptr;
}

// At the start every cell is made and every free variable copied, and there alone; then a generator is made
// when, and only when, the flags say so.
const char* Verifier::checkPrologue() {
  int cells = 0, body = 0;
  bool copies_frees = false;
  Instruction in{};
  bool more = decode(0, in);
  auto advance = [&] {
    body = in.next;
    more = decode(body, in);
  };
  for (; more && (in.op == Op::MAKE_CELL || in.op == Op::COPY_FREE_VARS); advance()) {
    if (in.op == Op::COPY_FREE_VARS) {
      if (in.oparg != code_->co_nfreevars || copies_frees) return "free variables are not copied at once";
      copies_frees = true;
      continue;
    }
    if (in.oparg >= code_->co_nlocalsplus || !(localKind(in.oparg) & kLocalKindCell))
      return "a cell for a plain local";
    made_.resize(static_cast<size_t>(code_->co_nlocalsplus), false);
    if (made_[static_cast<size_t>(in.oparg)]) return "a cell is made twice";
    made_[static_cast<size_t>(in.oparg)] = true;
    cells++;
  }
  if (cells != code_->co_ncellvars || copies_frees != (code_->co_nfreevars > 0))
    return "cells are not made at the start";
  constexpr int kGeneratorLike = kCoGenerator | kCoCoroutine | kCoAsyncGenerator;
  bool makes_generator = more && in.op == Op::RETURN_GENERATOR;
  if (makes_generator != ((code_->co_flags & kGeneratorLike) != 0))
    return "flags do not fit RETURN_GENERATOR";
  if (makes_generator) advance();
  for (const Join& join : joins_) {
    if (join.unit < body && join.unit != 0) return "jump into the start of the code";
  }
  for (const Instruction& notable : notable_) {
    Op op = notable.op;
    bool starts = op == Op::MAKE_CELL || op == Op::COPY_FREE_VARS || op == Op::RETURN_GENERATOR;
    if (starts && notable.unit >= body) return "the start of a function inside of it";
    if (!makes_generator && (op == Op::YIELD_VALUE || op == Op::ASYNC_GEN_WRAP))
      return "yield outside of a generator";
  }
  return nullptr;
}

const char* Verifier::checkIndex(const Instruction& in, const Traits& traits) const {
  if (in.oparg >= limits_[traits.operand]) return kBeyond[traits.operand];
  if (traits.cell_rule == kCellOrNot) return nullptr;
  bool cell = (localKind(in.oparg) & (kLocalKindCell | kLocalKindFree)) != 0;
  if (cell == (traits.cell_rule == kCell)) return nullptr;
  return cell ? "a cell is overwritten" : "a cell operation on a plain local";
}

const char* Verifier::checkOperand(const Instruction& in) const {
  switch (in.op) {
    case Op::COPY:
    case Op::SWAP: return in.oparg < 1 ? "COPY or SWAP of nothing" : nullptr;
    case Op::LIST_APPEND:
    case Op::LIST_EXTEND:
    case Op::SET_ADD:
    case Op::SET_UPDATE:
    case Op::MAP_ADD:
    case Op::DICT_UPDATE:
    case Op::DICT_MERGE: return in.oparg < 1 ? "adding to nothing" : nullptr;
    case Op::RAISE_VARARGS: return in.oparg > 2 ? "bad RAISE_VARARGS oparg" : nullptr;
    case Op::BUILD_SLICE: return in.oparg != 2 && in.oparg != 3 ? "bad BUILD_SLICE oparg" : nullptr;
    case Op::KW_NAMES: return checkCallShape(in);
    default: return nullptr;
  }
}

// KW_NAMES is followed by PRECALL and CALL with at least that many arguments.
const char* Verifier::checkCallShape(const Instruction& in) const {
  PyObject* names = code_->consts()->at(in.oparg);
  Instruction precall, call;
  if (!isExactTuple(names)) return "KW_NAMES needs a tuple";
  for (Py_ssize_t i = 0; i < cast<TupleObject>(names)->size(); i++) {
    if (!isExactStr(cast<TupleObject>(names)->at(i))) return "KW_NAMES needs strings";
  }
  if (!decode(in.next, precall) || precall.op != Op::PRECALL) return "KW_NAMES without PRECALL";
  if (!decode(precall.next, call) || call.op != Op::CALL) return "PRECALL without CALL";
  if (cast<TupleObject>(names)->size() > precall.oparg || precall.oparg != call.oparg)
    return "more keywords than arguments";
  return nullptr;
}

// Values that an instruction takes off the stack or replaces, as far as they do not depend on more than
// oparg; those it only looks at stay below them.
int takenBy(const Instruction& in) {
  switch (in.op) {
    case Op::COPY:
    case Op::PRECALL:
    case Op::GET_LEN:
    case Op::MATCH_MAPPING:
    case Op::MATCH_SEQUENCE:
    case Op::MATCH_KEYS:
    case Op::WITH_EXCEPT_START:
    case Op::GET_ANEXT: return 0;
    case Op::SWAP:
    case Op::BUILD_TUPLE:
    case Op::BUILD_LIST:
    case Op::BUILD_SET:
    case Op::BUILD_STRING:
    case Op::BUILD_SLICE:
    case Op::RAISE_VARARGS: return in.oparg;
    case Op::BUILD_MAP: return 2 * in.oparg;
    case Op::CALL: return in.oparg + 2;
    case Op::BUILD_CONST_KEY_MAP: return in.oparg + 1;
    case Op::CHECK_EXC_MATCH:
    case Op::SEND:
    case Op::RERAISE:
    case Op::LIST_APPEND:
    case Op::SET_ADD:
    case Op::LIST_EXTEND:
    case Op::SET_UPDATE:
    case Op::DICT_UPDATE:
    case Op::DICT_MERGE: return 1;
    case Op::MAP_ADD: return 2;
    case Op::CALL_FUNCTION_EX: return 3 + (in.oparg & 1);
    case Op::FORMAT_VALUE: return 1 + ((in.oparg & kFvsHaveSpec) != 0);
    case Op::MAKE_FUNCTION: return 1 + __builtin_popcount(static_cast<unsigned>(in.oparg & 15));
    default: return std::max(0, static_cast<int>(opInfo(in.op).pops));
  }
}

// Values below the taken ones, down to the lowest that the instruction looks at.
int lookedAt(const Instruction& in) {
  switch (in.op) {
    case Op::COPY:
    case Op::LIST_APPEND:
    case Op::SET_ADD:
    case Op::LIST_EXTEND:
    case Op::SET_UPDATE:
    case Op::DICT_UPDATE:
    case Op::MAP_ADD:
    case Op::RERAISE: return in.oparg;
    case Op::DICT_MERGE: return in.oparg + 2;
    case Op::PRECALL: return in.oparg + 2;
    case Op::MATCH_KEYS: return 2;
    case Op::WITH_EXCEPT_START: return 4;
    case Op::GET_LEN:
    case Op::MATCH_MAPPING:
    case Op::MATCH_SEQUENCE:
    case Op::GET_ANEXT:
    case Op::CHECK_EXC_MATCH:
    case Op::SEND: return 1;
    default: return 0;
  }
}

// Unlike stack_effect(), PRECALL leaves the arguments to CALL, and a new generator finds a first sent value.
int effectOf(const Instruction& in, JumpTaken jump) {
  if (in.op == Op::PRECALL) return 0;
  if (in.op == Op::CALL) return -in.oparg - 1;
  if (in.op == Op::RETURN_GENERATOR) return 1;
  return stackEffect(in.op, in.oparg, jump);
}

const char* Verifier::checkKinds(const Instruction& in) const {
  int taken = takenBy(in), looked = lookedAt(in);
  if (taken + looked > depth_) return "stack underflow";
  if (looked && maybeNull(top(taken + looked - 1))) return "a null for an object";
  bool call = in.op == Op::CALL || in.op == Op::CALL_FUNCTION_EX;
  if (in.op != Op::SWAP) {
    for (int i = 0; i < taken - (call ? 1 : 0); i++) {
      if (maybeNull(top(i))) return "a null for an object";
    }
  }
  auto unless = [](bool fine, const char* wrong) { return fine ? nullptr : wrong; };
  switch (in.op) {
    case Op::LIST_APPEND:
    case Op::LIST_EXTEND: return unless(topIs(in.oparg, Kind::kList), "appending to what is no list");
    case Op::SET_ADD:
    case Op::SET_UPDATE: return unless(topIs(in.oparg, Kind::kSet), "adding to what is no set");
    case Op::DICT_UPDATE:
    case Op::DICT_MERGE: return unless(topIs(in.oparg, Kind::kDict), "updating what is no dict");
    case Op::CALL_FUNCTION_EX:
      return unless(!(in.oparg & 1) || topIs(0, Kind::kDict), "keyword arguments are no dict");
    case Op::MAP_ADD: return unless(topIs(in.oparg + 1, Kind::kDict), "adding to what is no dict");
    case Op::LIST_TO_TUPLE: return unless(topIs(0, Kind::kList), "LIST_TO_TUPLE needs a list");
    case Op::MATCH_KEYS:
    case Op::MATCH_CLASS: return unless(topIs(0, Kind::kTuple), "a pattern without its tuple");
    case Op::BUILD_STRING:
      for (int i = 0; i < in.oparg; i++) {
        if (!topIs(i, Kind::kStr)) return "BUILD_STRING needs strings";
      }
      return nullptr;
    case Op::PUSH_EXC_INFO:
    case Op::END_ASYNC_FOR:
    case Op::WITH_EXCEPT_START: return unless(topIs(0, Kind::kException), "a handler without an exception");
    case Op::CHECK_EXC_MATCH: return unless(topIs(1, Kind::kException), "a handler without an exception");
    case Op::PREP_RERAISE_STAR:
      return unless(topIs(0, Kind::kList) && topIs(1, Kind::kException), "a handler without an exception");
    case Op::POP_EXCEPT:
      return unless(topIs(0, Kind::kHandled) || topIs(0, Kind::kException),
                    "POP_EXCEPT without PUSH_EXC_INFO");
    default: return nullptr;
  }
}

// What more is known of what was pushed.
void Verifier::applyTyped(const Instruction& in) {
  Kind* top = now_.data() + depth_ - 1;
  if (in.op == Op::LOAD_GLOBAL) {
    if (in.oparg & 1) top[-1] = Kind::kNull;
  } else if (in.op == Op::LOAD_METHOD) {
    top[-1] = Kind::kMaybeNull;
  } else if (in.op == Op::LOAD_CONST) {
    PyObject* value = code_->consts()->at(in.oparg);
    if (isExactTuple(value)) *top = Kind::kTuple;
    if (isExactStr(value)) *top = Kind::kStr;
  } else {
    top[-1] = Kind::kHandled;  // PUSH_EXC_INFO
  }
}

void Verifier::reserve(int depth) {
  auto size = static_cast<size_t>(depth) + 2;  // a handler finds up to two more
  if (now_.size() >= size) [[likely]]
    return;
  now_.resize(2 * size);
  other_.resize(2 * size);
}

// The stack behind the instruction.
const char* Verifier::apply(const Instruction& in, JumpTaken jump) {
  int after = depth_ + effectOf(in, jump);
  if (after < 0 || after > code_->co_stacksize || after > kMaxDepth) return "stack depth out of range";
  reserve(after);
  Kind* top = now_.data() + depth_ - 1;
  if (in.op == Op::SWAP) {
    std::swap(*top, top[1 - in.oparg]);
    handler_entered_ = false;
  } else if (in.op == Op::COPY) {
    now_[static_cast<size_t>(depth_)] = top[1 - in.oparg];
  } else {
    int bottom = std::max(0, depth_ - takenBy(in));
    if (handler_ && bottom < handler_->depth) handler_entered_ = false;
    for (int i = bottom; i < after; i++) now_[static_cast<size_t>(i)] = Kind::kObject;
    if (after > bottom) now_[static_cast<size_t>(after - 1)] = traitsOf(in.op).result;
  }
  depth_ = after;
  if (traitsOf(in.op).typed) applyTyped(in);
  return nullptr;
}

const char* Verifier::enter(int unit, const Kind* kinds, int depth) {
  int index = place(unit);
  Join& join = joins_[static_cast<size_t>(index)];
  bool changed = join.depth < 0;
  if (changed) {
    join.depth = depth;
    join.kinds = kinds_.size();
    kinds_.insert(kinds_.end(), kinds, kinds + depth);
  } else if (join.depth != depth) {
    return "stack depth differs between ways to an instruction";
  } else {
    Kind* known = kinds_.data() + join.kinds;
    for (int i = 0; i < depth; i++) {
      if (known[i] == kinds[i]) continue;
      Kind both = merged(known[i], kinds[i]);
      changed |= both != known[i];
      known[i] = both;
    }
  }
  if (changed && !join.queued) {
    join.queued = true;
    work_.push_back(index);
  }
  return nullptr;
}

void Verifier::findHandler(int unit) {
  auto after = std::upper_bound(handlers_.begin(), handlers_.end(), unit,
                                [](int at, const ExceptionEntry& entry) { return at < entry.start; });
  protected_from_ = 0;
  protected_to_ = after == handlers_.end() ? INT_MAX : after->start;
  handler_ = nullptr;
  handler_entered_ = false;
  if (after == handlers_.begin()) return;
  const ExceptionEntry& entry = *--after;
  if (unit >= entry.end) {
    protected_from_ = entry.end;
    return;
  }
  protected_from_ = entry.start;
  protected_to_ = entry.end;
  handler_ = &entry;
}

// What the handler of an instruction that takes so many values finds.
inline const char* Verifier::protect(const Instruction& in, const Traits& traits, int taken) {
  if (in.unit < protected_from_ || in.unit >= protected_to_) findHandler(in.unit);
  if (!handler_) return nullptr;
  int left = depth_ - (traits.raises ? taken : 0);
  if (handler_->depth > left) return "handler deeper than the protected code";
  return handler_entered_ ? nullptr : enterHandler();
}

// The handler finds the stack cut to its depth, the place, and the exception.
const char* Verifier::enterHandler() {
  int depth = handler_->depth;
  std::copy_n(now_.data(), depth, other_.data());
  if (handler_->push_lasti) other_[static_cast<size_t>(depth++)] = Kind::kObject;
  other_[static_cast<size_t>(depth++)] = Kind::kException;
  handler_entered_ = true;
  return enter(handler_->target, other_.data(), depth);
}

const char* Verifier::stepPlain(const Instruction& in, const Traits& traits) {
  const Shape& shape = traits.shape;
  int64_t pops = shape.pops + int64_t{shape.pops_per_arg} * in.oparg;
  int64_t bottom = depth_ - pops, after = bottom + shape.pushes + (in.oparg & shape.pushes_mask);
  if (bottom < 0) return "stack underflow";
  for (int64_t i = bottom + traits.takes_null; i < depth_; i++) {
    if (maybeNull(now_[static_cast<size_t>(i)])) return "a null for an object";
  }
  if (const char* wrong = protect(in, traits, static_cast<int>(pops))) return wrong;
  if (after > code_->co_stacksize || after > kMaxDepth) return "stack depth out of range";
  reserve(static_cast<int>(after));
  if (handler_ && bottom < handler_->depth) handler_entered_ = false;
  for (int64_t i = bottom; i < after; i++) now_[static_cast<size_t>(i)] = Kind::kObject;
  if (after > bottom) now_[static_cast<size_t>(after - 1)] = traits.result;
  depth_ = static_cast<int>(after);
  if (traits.typed) applyTyped(in);
  return traits.jumps ? enter(jumpTarget(in), now_.data(), depth_) : nullptr;
}

const char* Verifier::step(const Instruction& in, const Traits& traits) {
  if (in.op == Op::PRECALL)  // only looks at what CALL will take
    return in.oparg + 2 > depth_ ? "stack underflow" : protect(in, traits, 0);
  if (const char* wrong = checkOperand(in)) return wrong;
  if (const char* wrong = checkKinds(in)) return wrong;
  if (const char* wrong = protect(in, traits, takenBy(in))) return wrong;
  if (traits.jumps) {
    int before = depth_;
    std::copy_n(now_.data(), before, other_.data());
    if (const char* wrong = apply(in, JumpTaken::kYes)) return wrong;
    if (const char* wrong = enter(jumpTarget(in), now_.data(), depth_)) return wrong;
    std::copy_n(other_.data(), before, now_.data());
    depth_ = before;
  }
  return traits.falls ? apply(in, JumpTaken::kNo) : nullptr;
}

const char* Verifier::walk(int index) {
  Join& join = joins_[static_cast<size_t>(index)];
  join.queued = false;
  depth_ = join.depth;
  std::copy_n(kinds_.data() + join.kinds, depth_, now_.data());
  handler_entered_ = false;
  Instruction in;
  for (int unit = join.unit;;) {
    decode(unit, in);
    const Traits& traits = traitsOf(in.op);
    if (const char* wrong = checkIndex(in, traits)) return wrong;
    if (const char* wrong = traits.plain ? stepPlain(in, traits) : step(in, traits)) return wrong;
    if (!traits.falls) return nullptr;
    unit = in.next;
    if (unit >= units_) return "the code ends without a return";
    if (place(unit) >= 0) return enter(unit, now_.data(), depth_);
  }
}

// The buffers stay for the next code object, unless this one was unusual.
void Verifier::forget() {
  constexpr size_t kUsual = 1 << 14;
  if (std::max({places_.capacity(), kinds_.capacity(), now_.capacity()}) > kUsual) {
    *this = Verifier();
    return;
  }
  notable_.clear();
  places_.clear();
  joins_.clear();
  kinds_.clear();
  handlers_.clear();
  work_.clear();
  made_.clear();
  depth_ = protected_from_ = protected_to_ = 0;
  handler_ = nullptr;
}

const char* Verifier::run(CodeObject* code) {
  start(code);
  const char* wrong = verify();
  forget();
  return wrong;
}

const char* Verifier::verify() {
  if (units_ == 0) return "no instructions";
  if (const char* wrong = scan()) return wrong;
  if (const char* wrong = checkPrologue()) return wrong;
  reserve(16);
  if (const char* wrong = enter(0, now_.data(), 0)) return wrong;
  while (!work_.empty()) {
    int join = work_.back();
    work_.pop_back();
    if (const char* wrong = walk(join)) return wrong;
  }
  return nullptr;
}

}  // namespace

const char* codeVerify(CodeObject* code) {
  static Verifier verifier;  // nothing that it does lets another thread run
  return verifier.run(code);
}

}  // namespace krait
