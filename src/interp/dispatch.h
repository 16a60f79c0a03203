// How opcode handlers look and reach each other.
//
// One `preserve_none` function per opcode; ip, sp, frame and thread stay in registers; a handler ends by
// tail-calling the next one through `dispatch_table`. clang refuses `musttail` while an object with a
// destructor is alive, hence the split: OP_BODY is ordinary code (RAII, early return) inlined into the
// handler and answers with a Step. `dispatch_table` equals kHandlers unless some thread traces: then every
// entry leads to trace.cpp first.
#pragma once

#include "bytecode/opcode.h"
#include "core/eval_breaker.h"
#include "interp/frame.h"
#include "interp/function.h"

namespace krait {

using Unit = CodeUnit;

#define KR_CC __attribute__((preserve_none))
#define KR_HIDDEN __attribute__((visibility("hidden")))
#define OP_PARAMETERS const Unit *ip, PyObject **top, Frame *frame, Thread *thread, uint32_t oparg
typedef KR_CC PyObject* Handler(OP_PARAMETERS);

extern KR_HIDDEN Handler* const kHandlers[256];
extern KR_HIDDEN Handler* dispatch_table[256];

// Raise at `ip`: adds a traceback entry, looks for a handler here and in the callers.
KR_HIDDEN Handler unwind;
// The same without a new traceback entry (RERAISE).
KR_HIDDEN Handler unwindAgain;
// The generic opcode after a missed guard: counts the miss, may give the specialisation up.
KR_HIDDEN Handler missed;

#define OP(NAME, ...) KR_HIDDEN Handler op_##NAME;
#define SPEC(NAME, ...) KR_HIDDEN Handler op_##NAME;
#include "bytecode/opcodes.def"

enum class Step {
  kNext,    // the following instruction
  kJump,    // the instruction at `ip`, which the body has set (frame and stack may be other ones)
  kRaised,  // an exception is pending
  kMiss,    // a guard of a specialised form failed: nothing has happened yet
};

struct Stack {
  PyObject** top;

  PyObject*& peek(int depth) const { return top[-1 - depth]; }
  void push(PyObject* owned) { *top++ = owned; }
  template <class T>
  void push(Ref<T> value) {
    *top++ = std::move(value).leak();
  }
  void pushShared(PyObject* borrowed) {
    incref(borrowed);
    *top++ = borrowed;
  }
  Ref<> pop() { return Ref<>::steal(*--top); }
  PyObject* popRaw() { return *--top; }
  void drop() { decref(*--top); }
  void drop(int count) {
    for (; count > 0; count--) decref(*--top);
  }
  void replaceTop(Ref<> value) {
    PyObject* old = top[-1];
    top[-1] = std::move(value).leak();
    decref(old);
  }
  void pop2Push(Ref<> value) {
    PyObject *right = top[-1], *left = top[-2];
    top[-2] = std::move(value).leak();
    --top;
    decref(left);
    decref(right);
  }
};

// Instructions that neither call out nor release anything leave prev_instr alone; unwinding sets it.
constexpr bool opSavesInstruction(Op op) {
  if (op == Op::LOAD_FAST || op == Op::LOAD_DEREF || op == Op::RETURN_VALUE) return false;
  return opHas(op, OpFlag::kRaises | OpFlag::kRunsPython);
}
constexpr bool opSaves(Op op, Op generic) {
  if (generic == Op::PRECALL)
    return op > Op::PRECALL_BOUND_METHOD && op != Op::PRECALL_PYFUNC && op != generic;  // natives
  return opSavesInstruction(generic) && op != Op::LOAD_FAST__LOAD_FAST && op != Op::LOAD_FAST__LOAD_CONST;
}

#define OP_DISPATCH(next_ip, next_top)                                                                    \
  do {                                                                                                    \
    const Unit* next_ = (next_ip);                                                                        \
    [[clang::musttail]] return dispatch_table[*next_ & 255](next_, next_top, frame, thread, *next_ >> 8); \
  } while (0)

#define OP_HANDLER(NAME) KR_CC PyObject* op_##NAME(OP_PARAMETERS)

#define OP_BODY(NAME)                                                                                 \
  KR_ALWAYS_INLINE static Step body_##NAME(const Unit*& ip, Stack& sp, Frame*& frame, Thread* thread, \
                                           uint32_t oparg);                                           \
  KR_CC PyObject* op_##NAME(OP_PARAMETERS) {                                                          \
    constexpr Op kOp = Op::NAME;                                                                      \
    if constexpr (opSaves(kOp, opGeneric(kOp))) frame->prev_instr = const_cast<Unit*>(ip);            \
    Stack sp{top};                                                                                    \
    const Unit* target = ip;                                                                          \
    Step step = body_##NAME(target, sp, frame, thread, oparg);                                        \
    if (step == Step::kRaised) [[unlikely]]                                                           \
      [[clang::musttail]] return unwind(ip, sp.top, frame, thread, oparg);                            \
    if (step == Step::kMiss) [[unlikely]]                                                             \
      [[clang::musttail]] return missed(ip, sp.top, frame, thread, oparg);                            \
    if (step == Step::kJump) OP_DISPATCH(target, sp.top);                                             \
    OP_DISPATCH(ip + 1 + opCacheUnits(kOp), sp.top);                                                  \
  }                                                                                                   \
  Step body_##NAME(const Unit*& ip, Stack& sp, Frame*& frame, Thread* thread, uint32_t oparg)

#define OP_TRY(...)                    \
  ({                                   \
    auto kr_try_ = (__VA_ARGS__);      \
    if (kr_try_.failed()) [[unlikely]] \
      return Step::kRaised;            \
    std::move(kr_try_).take();         \
  })

// The names and constants an instruction refers to, borrowed from the code.
KR_ALWAYS_INLINE StrObject* codeName(Frame* frame, uint32_t index) {
  return static_cast<StrObject*>(static_cast<TupleObject*>(frame->code->co_names)->ob_item[index]);
}
KR_ALWAYS_INLINE PyObject* codeConst(Frame* frame, uint32_t index) {
  return static_cast<TupleObject*>(frame->code->co_consts)->ob_item[index];
}

// The keyword names that KW_NAMES left for the CALL behind it; borrowed from the constants.
KR_ALWAYS_INLINE TupleObject*& callKeywords(Thread* thread) {
  return reinterpret_cast<TupleObject*&>(thread->trace_info.opaque[0]);
}
KR_ALWAYS_INLINE TupleObject* takeCallKeywords(Thread* thread) {
  TupleObject* names = callKeywords(thread);
  if (names) [[unlikely]]
    callKeywords(thread) = nullptr;
  return names;
}

KR_ALWAYS_INLINE bool breakRequested(Thread* thread) {
  return thread->eval_breaker.load(std::memory_order_relaxed) != 0;
}
#define OP_CHECK_BREAKER()                   \
  do {                                       \
    if (breakRequested(thread)) [[unlikely]] \
      OP_TRY(evalBreak(thread));             \
  } while (0)

// Raised when frames nest too deeply; fails after restoring the count.
[[gnu::cold]] Raised raiseFrameRecursion(Thread* thread);

// Makes `callee` the running frame, called from `frame` whose next instruction is behind `last_unit`. The
// caller's stack pointer is saved. Fails (nothing entered; the callee is cleared and popped) when frames nest
// too deeply.
KR_ALWAYS_INLINE Step enterFrame(const Unit*& ip, Stack& sp, Frame*& frame, Thread* thread, Frame* callee,
                                 const Unit* last_unit);
[[gnu::cold]] Step enterFrameFailed(Thread* thread, Frame* caller, Frame* callee);

Step enterFrame(const Unit*& ip, Stack& sp, Frame*& frame, Thread* thread, Frame* callee,
                const Unit* last_unit) {
  frame->prev_instr = const_cast<Unit*>(last_unit);
  if (thread->recursion_remaining-- <= 0 && !recursionExtend(thread)) [[unlikely]]
    return enterFrameFailed(thread, frame, callee);
  frame->stacktop = static_cast<int>(sp.top - frame->localsplus);
  callee->previous = frame;
  thread->cframe->current_frame = callee;
  frame = callee;
  ip = callee->code->co_code_adaptive;
  sp.top = callee->localsplus + callee->stacktop;
  callee->stacktop = -1;
  return Step::kJump;
}

KR_ALWAYS_INLINE PyObject** dataStackTake(Thread* thread, size_t words) {
  PyObject** base = thread->datastack_top;
  if (base && words < static_cast<size_t>(thread->datastack_limit - base)) [[likely]] {
    thread->datastack_top = base + words;
    return base;
  }
  return dataStackPushSlow(thread, words);
}

// Fills a record on the data stack for a call of `function` (reference taken over); locals are not set yet.
KR_ALWAYS_INLINE void frameInit(Frame* frame, FunctionObject* function, CodeObject* code, PyObject* locals) {
  incref(code);
  frame->func = function;
  frame->globals = function->func_globals;
  frame->builtins = function->func_builtins;
  frame->locals = locals;
  frame->code = code;
  frame->frame_obj = nullptr;
  frame->previous = nullptr;
  frame->prev_instr = code->co_code_adaptive - 1;
  frame->stacktop = code->co_nlocalsplus;
  frame->entry = kEntryInline;
  frame->owner = kFrameOwnedByThread;
  frame->return_offset = 0;
}

}  // namespace krait
