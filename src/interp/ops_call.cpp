// Calls: PRECALL, CALL, CALL_FUNCTION_EX, RETURN_VALUE, RESUME.
//
// Stack of a call: [null, callable, args...] or [function, self, args...]; oparg counts the args, keyword
// values included. A Python function is entered in the same dispatch loop; its frame takes the arguments
// over.
#include <span>

#include "core/call.h"
#include "core/scratch.h"
#include "interp/call_frame.h"
#include "interp/gen_frame.h"
#include "interp/inline_cache.h"
#include "interp/jit_hooks.h"
#include "interp/trace.h"
#include "types/bool.h"
#include "types/list.h"
#include "types/method.h"
#include "types/native_call.h"
#include "types/str.h"
#include "types/type.h"

namespace krait {
namespace {

struct CallShape {
  PyObject** callable;  // its slot; the arguments follow
  PyObject** base;      // first slot of the whole call
  Py_ssize_t total;     // arguments, self included
};

KR_ALWAYS_INLINE CallShape callShape(const Stack& sp, uint32_t oparg) {
  bool bound = sp.top[-static_cast<Py_ssize_t>(oparg) - 2] != nullptr;
  Py_ssize_t total = oparg + bound;
  PyObject** callable = sp.top - total - 1;
  return {callable, bound ? callable : callable - 1, total};
}

// Turns [null, bound method, args] into [function, self, args].
KR_ALWAYS_INLINE bool unpackBoundMethod(const Stack& sp, uint32_t oparg) {
  PyObject** slot = sp.top - oparg - 2;
  if (slot[0] || !isExact(slot[1], &PyMethod_Type)) return false;
  auto* method = static_cast<MethodObject*>(slot[1]);
  slot[0] = share(method->im_func).leak();
  slot[1] = share(method->im_self).leak();
  decref(method);
  return true;
}

// Drops the whole call and puts its value there.
KR_ALWAYS_INLINE void finishCall(Stack& sp, const CallShape& shape, PyObject* value) {
  for (PyObject** operand = shape.callable; operand < sp.top; operand++) decref(*operand);
  sp.top = shape.base;
  if (value) *sp.top++ = value;
}

KR_ALWAYS_INLINE Result<Ref<>> invoke(Thread* thread, const CallShape& shape, Py_ssize_t positional,
                                      TupleObject* names) {
  size_t nargsf = static_cast<size_t>(positional) | PY_VECTORCALL_ARGUMENTS_OFFSET;
  PyObject* callable = *shape.callable;
  if (isTracing(thread)) [[unlikely]]
    return traceNativeCall(thread, callable, shape.callable + 1, nargsf, names);
  return callVector(callable, shape.callable + 1, nargsf, names);
}

KR_ALWAYS_INLINE Step callNative(Stack& sp, Thread* thread, const CallShape& shape, Py_ssize_t positional,
                                 TupleObject* names) {
  PyObject* value = invoke(thread, shape, positional, names).toC();
  finishCall(sp, shape, value);
  if (!value) [[unlikely]]
    return Step::kRaised;
  OP_CHECK_BREAKER();
  return Step::kNext;
}

// Enters a Python function with the call's own references as arguments.
KR_ALWAYS_INLINE Step callPython(const Unit*& ip, Stack& sp, Frame*& frame, Thread* thread,
                                 const CallShape& shape, Py_ssize_t positional, TupleObject* names) {
  auto* function = static_cast<FunctionObject*>(*shape.callable);
  PyObject* locals = callLocals(function);
  Frame* callee = pushCallFrame(thread, function, locals, shape.callable + 1, positional, names);
  sp.top = shape.base;
  if (!callee) [[unlikely]]
    return Step::kRaised;
  return enterFrame(ip, sp, frame, thread, callee, ip + opCacheUnits(Op::CALL));
}

// The __init__ of a plain Python class whose instances object.__new__ makes; null: call the type the long
// way.
FunctionObject* inlineInit(PyObject* callable) {
  if (!hasFlag(typeOf(callable), Py_TPFLAGS_TYPE_SUBCLASS)) return nullptr;
  auto* type = reinterpret_cast<PyTypeObject*>(callable);
  if (!hasFlag(type, Py_TPFLAGS_HEAPTYPE) || hasFlag(type, Py_TPFLAGS_IS_ABSTRACT)) return nullptr;
  if (type->tp_new != PyBaseObject_Type.tp_new || type->tp_init == PyBaseObject_Type.tp_init) return nullptr;
  if (typeOf(callable)->tp_call != PyType_Type.tp_call) return nullptr;
  Opt<> init = typeLookup(type, name<"__init__">());
  if (!init || !runsInline(init.get())) return nullptr;
  return static_cast<FunctionObject*>(init.get());
}

// Class(...): makes the instance, leaves it on the stack and enters __init__.
KR_NEVER_INLINE Frame* pushInitFrame(Thread* thread, FunctionObject* init, const CallShape& shape,
                                     Py_ssize_t positional, TupleObject* names) {
  Ref<> function = share<PyObject>(init);
  auto* type = reinterpret_cast<PyTypeObject*>(*shape.callable);
  PyObject* instance = type->tp_alloc(type, 0);
  if (!instance) return nullptr;
  PyObject* held_type = std::exchange(*shape.callable, share(instance).leak());
  PyObject* locals = callLocals(init);
  Frame* callee = pushCallFrame(thread, static_cast<FunctionObject*>(std::move(function).leak()), locals,
                                shape.callable, positional + 1, names);
  *shape.callable = nullptr;
  decref(held_type);
  if (!callee) {
    PendingSaved saved;
    decref(instance);
    *shape.base = nullptr;
    return nullptr;
  }
  callee->entry = kEntryInit;
  *shape.base = instance;
  return callee;
}

KR_ALWAYS_INLINE Step callClass(const Unit*& ip, Stack& sp, Frame*& frame, Thread* thread,
                                FunctionObject* init, const CallShape& shape, Py_ssize_t positional,
                                TupleObject* names) {
  PyObject* type = *shape.callable;
  Frame* callee = pushInitFrame(thread, init, shape, positional, names);
  if (!callee) [[unlikely]] {
    if (*shape.callable == type) finishCall(sp, shape, nullptr);  // nothing was taken over yet
    sp.top = shape.base;
    return Step::kRaised;
  }
  sp.top = shape.base + 1;
  return enterFrame(ip, sp, frame, thread, callee, ip + opCacheUnits(Op::CALL));
}

}  // namespace

OP_BODY(PRECALL) {
  unpackBoundMethod(sp, oparg);
  return Step::kNext;
}

OP_BODY(KW_NAMES) {
  callKeywords(thread) = static_cast<TupleObject*>(codeConst(frame, oparg));
  return Step::kNext;
}

OP_BODY(CALL) {
  TupleObject* names = takeCallKeywords(thread);
  CallShape shape = callShape(sp, oparg);
  Py_ssize_t positional = shape.total - (names ? names->size() : 0);
  PyObject* callable = *shape.callable;
  if (runsInline(callable)) return callPython(ip, sp, frame, thread, shape, positional, names);
  if (FunctionObject* init = inlineInit(callable)) {
    return callClass(ip, sp, frame, thread, init, shape, positional, names);
  }
  return callNative(sp, thread, shape, positional, names);
}

OP_HANDLER(CALL_ADAPTIVE) {
  if (adaptiveIsDue(ip)) {
    CallShape shape = callShape({top}, oparg);
    specializeCall(ip, *shape.callable, static_cast<int>(shape.total), callKeywords(thread) != nullptr);
    if ((*ip & 255) != static_cast<int>(Op::CALL_ADAPTIVE)) {
      [[clang::musttail]] return kHandlers[*ip & 255](ip, top, frame, thread, oparg);
    }
  }
  [[clang::musttail]] return op_CALL(ip, top, frame, thread, oparg);
}

OP_HANDLER(PRECALL_ADAPTIVE) {
  if (adaptiveIsDue(ip)) {
    CallShape shape = callShape({top}, oparg);
    specializePrecall(ip, *shape.callable, static_cast<int>(shape.total), callKeywords(thread) != nullptr,
                      shape.base == shape.callable, static_cast<int>(oparg));
    if ((*ip & 255) != static_cast<int>(Op::PRECALL_ADAPTIVE)) {
      [[clang::musttail]] return kHandlers[*ip & 255](ip, top, frame, thread, oparg);
    }
  }
  [[clang::musttail]] return op_PRECALL(ip, top, frame, thread, oparg);
}

OP_BODY(CALL_PY_EXACT_ARGS) {
  if (callKeywords(thread)) return Step::kMiss;
  CallShape shape = callShape(sp, oparg);
  auto* function = static_cast<FunctionObject*>(*shape.callable);
  if (!isFunction(function) || function->func_version != cacheRead32(cacheOf<CallCache>(ip)->func_version)) {
    return Step::kMiss;
  }
  CodeObject* code = function->code();
  if (code->co_argcount != shape.total) return Step::kMiss;
  Frame* callee = pushExactFrame(thread, function, code, shape.callable + 1, shape.total);
  if (!callee) [[unlikely]]
    return Step::kRaised;
  sp.top = shape.base;
  return enterFrame(ip, sp, frame, thread, callee, ip + opCacheUnits(Op::CALL));
}

OP_BODY(CALL_PY_WITH_DEFAULTS) {
  if (callKeywords(thread)) return Step::kMiss;
  CallShape shape = callShape(sp, oparg);
  auto* function = static_cast<FunctionObject*>(*shape.callable);
  auto* cache = cacheOf<CallCache>(ip);
  if (!isFunction(function) || function->func_version != cacheRead32(cache->func_version)) return Step::kMiss;
  CodeObject* code = function->code();
  Py_ssize_t wanted = code->co_argcount;
  if (shape.total > wanted || shape.total < cache->min_args) return Step::kMiss;
  Frame* callee = pushExactFrame(thread, function, code, shape.callable + 1, shape.total);
  if (!callee) [[unlikely]]
    return Step::kRaised;
  auto* defaults = static_cast<TupleObject*>(function->func_defaults);
  Py_ssize_t required = wanted - defaults->size();
  for (Py_ssize_t i = shape.total; i < wanted; i++)
    callee->localsplus[i] = share(defaults->at(i - required)).leak();
  sp.top = shape.base;
  return enterFrame(ip, sp, frame, thread, callee, ip + opCacheUnits(Op::CALL));
}

// A plain Python class: the version of the type in place of the function's guards its __init__.
OP_BODY(CALL_CLASS) {
  CallShape shape = callShape(sp, oparg);
  PyObject* callable = *shape.callable;
  if (callKeywords(thread) || !hasFlag(typeOf(callable), Py_TPFLAGS_TYPE_SUBCLASS)) return Step::kMiss;
  auto* type = reinterpret_cast<PyTypeObject*>(callable);
  if (type->tp_version_tag != cacheRead32(cacheOf<CallCache>(ip)->func_version)) return Step::kMiss;
  Opt<> found = typeLookup(type, name<"__init__">());
  if (!found || !runsInline(found.get())) return Step::kMiss;
  auto* init = static_cast<FunctionObject*>(found.get());
  CodeObject* code = init->code();
  Py_ssize_t count = shape.total + 1;
  if (!takesExactly(code, count) || shape.callable == shape.base) return Step::kMiss;
  Ref<> function = share<PyObject>(init);
  PyObject* instance = type->tp_alloc(type, 0);
  if (!instance) [[unlikely]]
    return Step::kRaised;
  if (init->code() != code) [[unlikely]] {  // a collection has run Python
    decref(instance);
    return Step::kMiss;
  }
  incref(instance);
  *shape.callable = instance;
  Frame* callee = pushExactFrame(thread, init, code, shape.callable, count);
  if (!callee) [[unlikely]] {
    *shape.callable = type;
    decref(instance);
    decref(instance);
    return Step::kRaised;
  }
  (void)std::move(function).leak();
  callee->entry = kEntryInit;
  *shape.base = instance;
  sp.top = shape.base + 1;
  decref(type);
  return enterFrame(ip, sp, frame, thread, callee, ip + opCacheUnits(Op::CALL));
}

void specializeCall(const Unit* ip, PyObject* callable, int nargs, bool keywords) {
  if (FunctionObject* init = keywords ? nullptr : inlineInit(callable)) {
    auto* type = reinterpret_cast<PyTypeObject*>(callable);
    if (!takesExactly(init->code(), nargs + 1) || !typeAssignVersion(type)) return specializeFailed(ip);
    cacheWrite32(cacheOf<CallCache>(ip)->func_version, type->tp_version_tag);
    return specializeTo(ip, Op::CALL_CLASS);
  }
  if (keywords || !runsInline(callable)) return specializeFailed(ip);
  auto* function = static_cast<FunctionObject*>(callable);
  CodeObject* code = function->code();
  if (!codeIsPlain(code) || !(code->co_flags & 1) || !codeIsPrepared(code)) return specializeFailed(ip);
  int defaults = function->func_defaults ? static_cast<int>(function->defaults()->size()) : 0;
  int required = code->co_argcount - defaults;
  if (nargs > code->co_argcount || nargs < required || required < 0) return specializeFailed(ip);
  uint32_t version = functionVersion(function);
  if (version == 0) return specializeFailed(ip);
  auto* cache = cacheOf<CallCache>(ip);
  cacheWrite32(cache->func_version, version);
  cache->min_args = static_cast<uint16_t>(required);
  specializeTo(ip, nargs == code->co_argcount ? Op::CALL_PY_EXACT_ARGS : Op::CALL_PY_WITH_DEFAULTS);
}

// --- CALL_FUNCTION_EX ---

namespace {

Result<Ref<TupleObject>> starArgs(PyObject* callable, PyObject* args) {
  if (isExactTuple(args)) return share(cast<TupleObject>(args));
  if (!typeOf(args)->tp_iter && !isSequence(args)) {
    Ref<StrObject> text = TRY(functionDisplayName(callable));
    return raise(PyExc_TypeError, "%U argument after * must be an iterable, not %.200s", text.get(),
                 typeName(args));
  }
  return sequenceTuple(args);
}

bool allStr(TupleObject* names) {
  for (Py_ssize_t i = 0; i < names->size(); i++) {
    if (!isStr(names->at(i))) return false;
  }
  return true;
}

// The frame of function(*args, **kwargs). A tuple that nobody else refers to gives its items away.
Frame* pushSpreadFrame(Thread* thread, FunctionObject* function, TupleObject* args, Opt<DictObject> kwargs) {
  Py_ssize_t keyword_count = kwargs ? kwargs->size() : 0;
  InlineBuffer<PyObject*, 16> owned;
  if (reserveScratch(owned, static_cast<size_t>(args->size() + keyword_count)).failed()) return nullptr;
  bool gives = args->ob_refcnt == 1;
  for (PyObject*& item : std::span(args->ob_item, static_cast<size_t>(args->size())))
    owned.append(gives ? std::exchange(item, nullptr) : share(item).leak());
  MaybeRef<TupleObject> names;
  if (keyword_count) {
    auto made = tupleNew(keyword_count);
    if (made.failed()) {
      for (PyObject* value : owned) decref(value);
      return nullptr;
    }
    names = std::move(made).take();
    Py_ssize_t position = 0, i = 0;
    PyObject *key, *value;
    while (dictNext(kwargs.get(), &position, &key, &value)) {
      names->ob_item[i++] = share(key).leak();
      owned.append(share(value).leak());
    }
    if (!allStr(names.get())) {
      (void)raise(PyExc_TypeError, "keywords must be strings");
      for (PyObject* one : owned) decref(one);
      return nullptr;
    }
  }
  incref(function);
  return pushCallFrame(thread, function, callLocals(function), owned.data(), args->size(), names.opt());
}

}  // namespace

OP_BODY(CALL_FUNCTION_EX) {
  MaybeRef<DictObject> kwargs;
  if (oparg & 1) kwargs = sp.pop().as<DictObject>();
  PyObject* callable = sp.peek(1);
  Ref<TupleObject> args = OP_TRY(starArgs(callable, sp.peek(0)));
  if (runsInline(callable)) {
    Frame* callee = pushSpreadFrame(thread, static_cast<FunctionObject*>(callable), args.get(), kwargs.opt());
    if (!callee) [[unlikely]]
      return Step::kRaised;
    sp.drop(2);
    sp.top--;
    return enterFrame(ip, sp, frame, thread, callee, ip);
  }
  Ref<> value = OP_TRY(isTracing(thread) ? traceNativeCallTuple(thread, callable, args.get(), kwargs.opt())
                                         : callTupleDict(callable, args.get(), kwargs.opt()));
  sp.drop(2);
  sp.peek(0) = std::move(value).leak();
  OP_CHECK_BREAKER();
  return Step::kNext;
}

// --- leaving a frame ---

namespace {

// Ends an inline frame that was not a generator's and continues in its caller with `value` on the stack.
KR_NEVER_INLINE Frame* leaveWatchedFrame(Thread* thread, Frame* frame) {
  Frame* caller = frame->previous;
  frameClear(frame);
  dataStackPop(thread, reinterpret_cast<PyObject**>(frame));
  return caller;
}

KR_ALWAYS_INLINE Frame* leaveFrame(Thread* thread, Frame* frame) {
  Frame* caller = frame->previous;
  thread->cframe->current_frame = caller;  // what the destructors of locals see
  if (frame->frame_obj || frame->locals || frame->stacktop >= 0) [[unlikely]]
    return leaveWatchedFrame(thread, frame);
  for (PyObject **slot = frame->localsplus, **end = slot + frame->code->co_nlocalsplus; slot < end; slot++) {
    if (PyObject* value = std::exchange(*slot, nullptr)) decref(value);
  }
  // A destructor may have asked for the frame object in the meantime.
  if (frame->frame_obj) [[unlikely]]
    return leaveWatchedFrame(thread, frame);
  decref(frame->code);
  decref(frame->func);
  auto** base = reinterpret_cast<PyObject**>(frame);
  if (base != thread->datastack_chunk->data) [[likely]]
    thread->datastack_top = base;
  else
    dataStackPop(thread, base);
  return caller;
}

// __init__ has returned: only None is allowed. The instance stands on the caller's stack already.
bool initReturned(Ref<> value) {
  if (value.get() == Py_None) return true;
  (void)raise(PyExc_TypeError, "__init__() should return None, not '%.200s'", typeName(value.get()));
  return false;
}

KR_CC PyObject* returnElsewhere(OP_PARAMETERS) {
  PyObject* value = *--top;
  FrameEntry entry = static_cast<FrameEntry>(frame->entry);
  if (entry == kEntryNative) {
    frame->stacktop = static_cast<int>(top - frame->localsplus);
    return value;
  }
  if (entry == kEntryInit) {
    frame = leaveFrame(thread, frame);
    top = frame->localsplus + frame->stacktop;
    frame->stacktop = -1;
    if (!initReturned(Ref<>::steal(value))) [[clang::musttail]]
      return unwind(frame->prev_instr, top, frame, thread, 0);
    OP_DISPATCH(frame->prev_instr + 1, top);
  }
  Frame* caller = frame->previous;
  thread->cframe->current_frame = caller;
  genFrameReturned(thread, frame);
  frame = caller;
  top = frame->localsplus + frame->stacktop;
  frame->stacktop = -1;
  PyObject* iterator = top[-1];
  if (entry == kEntryForIter) {
    top--;
    decref(value);
  } else {
    top[-1] = value;
  }
  decref(iterator);
  OP_DISPATCH(frame->prev_instr + frame->return_offset, top);
}

}  // namespace

OP_HANDLER(RETURN_VALUE) {
  frame->prev_instr = const_cast<Unit*>(ip);
  thread->recursion_remaining++;
  if (frame->entry != kEntryInline) [[unlikely]]
    [[clang::musttail]] return returnElsewhere(ip, top, frame, thread, oparg);
  PyObject* value = top[-1];
  frame = leaveFrame(thread, frame);
  top = frame->localsplus + frame->stacktop;
  frame->stacktop = -1;
  *top++ = value;
  OP_DISPATCH(frame->prev_instr + 1, top);
}

OP_BODY(RESUME) {
  if (oparg < 2) OP_CHECK_BREAKER();
  return Step::kNext;
}
OP_BODY(RESUME_QUICK) {
  if (oparg < 2 && breakRequested(thread)) [[unlikely]]
    return Step::kMiss;
  return Step::kNext;
}

}  // namespace krait
