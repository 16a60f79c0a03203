// Entering and leaving the evaluator, unwinding, and the hooks that core asks.
#include "interp/eval.h"

#include "bytecode/code_flags.h"
#include "bytecode/exception_table.h"
#include "core/gc.h"
#include "core/interpreter.h"
#include "interp/call_frame.h"
#include "interp/gen.h"
#include "interp/gen_frame.h"
#include "interp/trace.h"
#include "types/exceptions.h"
#include "types/int.h"
#include "types/traceback.h"

namespace krait {
namespace {

std::span<const uint8_t> exceptionTableOf(CodeObject* code) {
  BytesObject* table = code->exceptionTable();
  return {reinterpret_cast<const uint8_t*>(table->data()), static_cast<size_t>(table->size())};
}

// Called with an exception pending in a frame that can be seen.
KR_NEVER_INLINE void recordTraceback(Thread* thread, Frame* frame) {
  if (!frame->frame_obj) {
    PendingSaved saved;
    auto made = frameObjectOf(frame);
    if (made.failed()) clearPending();
  }
  if (frame->frame_obj) (void)tracebackAddHere(frame->frame_obj).failed();
  if (thread->c_tracefunc && isTracing(thread)) traceException(thread, frame);
}

// Pushes what a handler finds on its stack.
PyObject** pushHandled(PyObject** top, Frame* frame, const ExceptionEntry& entry) {
  if (entry.push_lasti) {
    PendingSaved saved;
    auto unit = intFromLong(frame->lastUnit());
    if (unit.failed())
      *top++ = none().leak();
    else
      *top++ = std::move(unit).toC();
  }
  *top++ = takePending().take().leak();
  return top;
}

// The running frame ends with an exception: back to its caller. Null: the evaluator is left.
Frame* leaveRaised(Thread* thread, Frame* frame) {
  thread->recursion_remaining++;
  if (frame->entry == kEntryNative) return nullptr;
  Frame* caller = frame->previous;
  thread->cframe->current_frame = caller;
  if (frame->owner == kFrameOwnedByGenerator) {
    genFrameRaised(thread, frame);
  } else {
    PendingSaved saved;
    frameClear(frame);
    dataStackPop(thread, reinterpret_cast<PyObject**>(frame));
  }
  return caller;
}

}  // namespace

KR_CC PyObject* unwind(OP_PARAMETERS) {
  frame->prev_instr = const_cast<Unit*>(ip);
  if (!frameIsIncomplete(frame)) recordTraceback(thread, frame);
  [[clang::musttail]] return unwindAgain(ip, top, frame, thread, oparg);
}

namespace {

struct UnwindTarget {
  const Unit* ip;
  PyObject** top;
  Frame* frame;
  bool handled;
};

KR_NEVER_INLINE UnwindTarget findHandler(const Unit* ip, PyObject** top, Frame* frame, Thread* thread) {
  callKeywords(thread) = nullptr;
  PyObject** base = frame->stackBase();
  auto entry = exceptionEntryFind(exceptionTableOf(frame->code), static_cast<int>(ip - frame->firstInstr()));
  PyObject** cut = entry ? base + entry->depth : base;
  if (top > cut) {
    PendingSaved saved;
    while (top > cut) xdecref(*--top);
  }
  if (entry) return {frame->firstInstr() + entry->target, pushHandled(top, frame, *entry), frame, true};
  if (isTracing(thread)) traceUnwind(thread, frame);
  Frame* caller = leaveRaised(thread, frame);
  if (!caller) return {nullptr, nullptr, nullptr, false};
  top = caller->localsplus + caller->stacktop;
  caller->stacktop = -1;
  return {caller->prev_instr, top, caller, false};
}

}  // namespace

KR_CC PyObject* unwindAgain(OP_PARAMETERS) {
  UnwindTarget target = findHandler(ip, top, frame, thread);
  frame = target.frame;
  if (!frame) return nullptr;
  if (!target.handled) [[clang::musttail]]
    return unwind(target.ip, target.top, frame, thread, 0);
  OP_DISPATCH(target.ip, target.top);
}

Raised raiseFrameRecursion(Thread* thread) {
  thread->recursion_remaining++;
  thread->recursion_headroom++;
  (void)raise(PyExc_RecursionError, "maximum recursion depth exceeded");
  thread->recursion_headroom--;
  return Raised{};
}

Step enterFrameFailed(Thread* thread, Frame* caller, Frame* callee) {
  (void)raiseFrameRecursion(thread);
  PendingSaved saved;
  popFrame(thread, callee);
  return Step::kRaised;
}

namespace {

KR_NEVER_INLINE PyObject* enterDispatch(Thread* thread, Frame* frame, bool raising) {
  PyObject** top = frame->localsplus + frame->stacktop;
  const Unit* ip = frame->prev_instr + 1;
  frame->stacktop = -1;
  if (raising && isTracing(thread) && !traceEnterThrown(thread, frame)) {
    thread->recursion_remaining++;
    return nullptr;
  }
  if (raising) return unwind(frame->prev_instr, top, frame, thread, 0);
  return dispatch_table[*ip & 255](ip, top, frame, thread, *ip >> 8);
}

bool stackIsExhausted(Thread* thread) {
  return static_cast<char*>(__builtin_frame_address(0)) < thread->c_stack_limit;
}

}  // namespace

PyObject* evalFrame(Thread* thread, Frame* frame, bool raising) {
  bool used_up = thread->recursion_remaining-- <= 0 && !recursionExtend(thread);
  if (used_up || stackIsExhausted(thread)) [[unlikely]] {
    (void)raiseFrameRecursion(thread);
    return nullptr;
  }
  _PyCFrame* outer = thread->cframe;
  _PyCFrame own;
  own.use_tracing = outer->use_tracing;
  own.previous = outer;
  own.current_frame = frame;
  frame->previous = outer->current_frame;
  frame->entry = kEntryNative;
  thread->cframe = &own;
  PyObject* result = enterDispatch(thread, frame, raising);
  thread->cframe = own.previous;
  thread->cframe->use_tracing = own.use_tracing;
  return result;
}

namespace {

Result<Ref<>> runCall(Thread* thread, FunctionObject* function, PyObject* locals, PyObject** args,
                      Py_ssize_t count, Opt<TupleObject> names) {
  incref(function);
  Frame* frame = pushCallFrame(thread, function, locals, args, count, names);
  if (!frame) return Raised{};
  PyObject* result = evalFrame(thread, frame, false);
  if (result) {
    popFrame(thread, frame);
  } else {
    PendingSaved saved;
    popFrame(thread, frame);
  }
  return Result<Ref<>>::fromC(result);
}

constexpr Py_ssize_t kInlineArgs = 8;

Result<Ref<>> runCallShared(FunctionObject* function, PyObject* locals, PyObject* const* args,
                            Py_ssize_t count, Opt<TupleObject> names) {
  Thread* thread = currentThread();
  Py_ssize_t all = count + (names ? names->size() : 0);
  PyObject* few[kInlineArgs];
  PyObject** owned = all <= kInlineArgs
                         ? few
                         : static_cast<PyObject**>(malloc(sizeof(PyObject*) * static_cast<size_t>(all)));
  if (!owned) {
    xdecref(locals);
    return raiseNoMemory();
  }
  for (Py_ssize_t i = 0; i < all; i++) owned[i] = share(args[i]).leak();
  auto result = runCall(thread, function, locals, owned, count, names);
  if (owned != few) free(owned);
  return result;
}

}  // namespace

PyObject* functionVectorcall(PyObject* callable, PyObject* const* args, size_t nargsf,
                             PyObject* keyword_names) {
  auto* function = static_cast<FunctionObject*>(callable);
  Opt<TupleObject> names = static_cast<TupleObject*>(keyword_names);
  return runCallShared(function, callLocals(function), args, vectorcallCount(nargsf), names).toC();
}

Result<Ref<>> evalFunctionIn(FunctionObject* function, PyObject* locals) {
  incref(locals);
  return runCallShared(function, locals, nullptr, 0, nullptr);
}

Result<Ref<>> evalCodeClosure(CodeObject* code, PyObject* globals, PyObject* locals,
                              Opt<TupleObject> closure) {
  Ref<FunctionObject> function = TRY(functionForCode(code, globals));
  if (closure) setField(function->func_closure, share<PyObject>(closure.get()));
  incref(locals);
  return runCallShared(function.get(), locals, nullptr, 0, nullptr);
}

Result<Ref<>> evalCode(CodeObject* code, PyObject* globals, PyObject* locals) {
  return evalCodeClosure(code, globals, locals, nullptr);
}

Result<Ref<>> evalCodeEx(CodeObject* code, PyObject* globals, Opt<> locals, PyObject* const* args,
                         Py_ssize_t arg_count, PyObject* const* kwargs, Py_ssize_t kw_count,
                         PyObject* const* defaults, Py_ssize_t default_count, Opt<DictObject> kw_defaults,
                         Opt<TupleObject> closure) {
  Ref<FunctionObject> function = TRY(functionForCode(code, globals));
  if (default_count > 0) {
    setField(function->func_defaults, TRY(tupleFromItems(defaults, default_count)));
  }
  if (kw_defaults) setField(function->func_kwdefaults, share<PyObject>(kw_defaults.get()));
  if (closure) setField(function->func_closure, share<PyObject>(closure.get()));
  Ref<TupleObject> names = TRY(tupleNew(kw_count));
  Ref<TupleObject> all = TRY(tupleNew(arg_count + kw_count));
  for (Py_ssize_t i = 0; i < arg_count; i++) all->ob_item[i] = share(args[i]).leak();
  for (Py_ssize_t i = 0; i < kw_count; i++) {
    names->ob_item[i] = share(kwargs[2 * i]).leak();
    all->ob_item[arg_count + i] = share(kwargs[2 * i + 1]).leak();
  }
  PyObject* space = locals.get();
  xincref(space);
  if (!space) space = callLocals(function.get());
  Opt<TupleObject> name_tuple = kw_count ? names.get() : nullptr;
  return runCallShared(function.get(), space, all->items(), arg_count, name_tuple);
}

Opt<> currentGlobals() {
  Frame* frame = currentFrame(currentThread());
  return frame ? frame->globals : nullptr;
}

Opt<> currentBuiltins() {
  Frame* frame = currentFrame(currentThread());
  return frame ? frame->builtins : static_cast<PyObject*>(interpreter().builtins);
}

Result<MaybeRef<>> currentLocals() {
  Frame* frame = currentFrame(currentThread());
  if (!frame) return MaybeRef<>();
  return MaybeRef<>(TRY(frameLocals(frame)));
}

bool mergeCompilerFlags(int* flags) {
  Frame* frame = currentFrame(currentThread());
  if (frame) *flags |= frame->code->co_flags & kFutureMask;
  return *flags != 0;
}

namespace {

MaybeRef<> frameObjectOrNone(Frame* frame) {
  if (!frame) return {};
  PendingSaved saved;
  auto made = frameObjectOf(frame);
  if (made.failed()) {
    clearPending();
    return {};
  }
  return std::move(made).take();
}

FrameObject* asFrame(PyObject* object) { return static_cast<FrameObject*>(object); }

MaybeRef<> frameBack(PyObject* object) {
  FrameObject* frame = asFrame(object);
  if (frame->f_back) return MaybeRef<>::share(frame->f_back);
  return frameObjectOrNone(completeFrame(frame->f_frame->previous));
}

int frameObjectLine(PyObject* object) {
  FrameObject* frame = asFrame(object);
  return frame->f_lineno ? frame->f_lineno : frameLine(frame->f_frame);
}

void walkFrames(Thread* thread, bool (*visit)(CodeObject* code, int line, void* arg), void* arg) {
  if (!thread->cframe) return;
  for (Frame* frame = thread->cframe->current_frame; frame; frame = frame->previous) {
    if (frameIsIncomplete(frame)) continue;
    if (!visit(frame->code, frameLine(frame), arg)) return;
  }
}

}  // namespace

void interpInit() {
  threadHooks.cleared = traceThreadDeleted;
  threadHooks.deleted = dataStackFree;
  installFrameHooks({
      .current = [](Thread* thread) { return frameObjectOrNone(currentFrame(thread)); },
      .back = frameBack,
      .code = [](PyObject* frame) { return asFrame(frame)->f_frame->code; },
      .line = frameObjectLine,
      .lasti = [](PyObject* frame) { return asFrame(frame)->f_frame->lasti(); },
      .globals = [](PyObject* frame) { return asFrame(frame)->f_frame->globals; },
      .builtins = [](PyObject* frame) { return asFrame(frame)->f_frame->builtins; },
      .locals = [](PyObject* frame) { return frameObjectLocals(asFrame(frame)); },
      .walk = walkFrames,
  });
}

}  // namespace krait
