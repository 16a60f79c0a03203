// Loads, stores and shuffles of locals and the value stack.
#include "interp/errors.h"
#include "interp/inline_cache.h"
#include "types/cell.h"

namespace krait {

OP_BODY(NOP) { return Step::kNext; }

OP_BODY(POP_TOP) {
  sp.drop();
  return Step::kNext;
}

OP_BODY(PUSH_NULL) {
  sp.push(nullptr);
  return Step::kNext;
}

OP_BODY(COPY) {
  sp.pushShared(sp.peek(static_cast<int>(oparg) - 1));
  return Step::kNext;
}

OP_BODY(SWAP) {
  std::swap(sp.peek(0), sp.peek(static_cast<int>(oparg) - 1));
  return Step::kNext;
}

OP_BODY(LOAD_CONST) {
  sp.pushShared(codeConst(frame, oparg));
  return Step::kNext;
}

OP_BODY(LOAD_FAST) {
  PyObject* value = frame->localsplus[oparg];
  if (!value) [[unlikely]]
    return raiseUnboundLocal(frame, oparg), Step::kRaised;
  sp.pushShared(value);
  return Step::kNext;
}

OP_BODY(STORE_FAST) {
  PyObject* old = std::exchange(frame->localsplus[oparg], sp.popRaw());
  xdecref(old);
  return Step::kNext;
}

OP_BODY(DELETE_FAST) {
  PyObject* old = frame->localsplus[oparg];
  if (!old) [[unlikely]]
    return raiseUnboundLocal(frame, oparg), Step::kRaised;
  frame->localsplus[oparg] = nullptr;
  decref(old);
  return Step::kNext;
}

// Super-instructions: the second half's oparg is read from its own unit.
OP_BODY(LOAD_FAST__LOAD_FAST) {
  PyObject* first = frame->localsplus[oparg];
  if (!first) [[unlikely]]
    return raiseUnboundLocal(frame, oparg), Step::kRaised;
  sp.pushShared(first);
  uint32_t other = unitArg(ip[1]);
  PyObject* second = frame->localsplus[other];
  ip += 1;
  if (!second) [[unlikely]]
    return Step::kJump;  // LOAD_FAST itself raises
  sp.pushShared(second);
  ip += 1;
  return Step::kJump;
}

OP_BODY(LOAD_FAST__LOAD_CONST) {
  PyObject* first = frame->localsplus[oparg];
  if (!first) [[unlikely]]
    return raiseUnboundLocal(frame, oparg), Step::kRaised;
  sp.pushShared(first);
  sp.pushShared(codeConst(frame, unitArg(ip[1])));
  ip += 2;
  return Step::kJump;
}

OP_BODY(LOAD_CONST__LOAD_FAST) {
  sp.pushShared(codeConst(frame, oparg));
  PyObject* second = frame->localsplus[unitArg(ip[1])];
  ip += 1;
  if (!second) [[unlikely]]
    return Step::kJump;
  sp.pushShared(second);
  ip += 1;
  return Step::kJump;
}

OP_BODY(STORE_FAST__LOAD_FAST) {
  PyObject* old = std::exchange(frame->localsplus[oparg], sp.popRaw());
  xdecref(old);
  PyObject* value = frame->localsplus[unitArg(ip[1])];
  ip += 1;
  if (!value) [[unlikely]]
    return Step::kJump;
  sp.pushShared(value);
  ip += 1;
  return Step::kJump;
}

OP_BODY(STORE_FAST__STORE_FAST) {
  PyObject* old = std::exchange(frame->localsplus[oparg], sp.popRaw());
  xdecref(old);
  old = std::exchange(frame->localsplus[unitArg(ip[1])], sp.popRaw());
  xdecref(old);
  ip += 2;
  return Step::kJump;
}

OP_BODY(MAKE_CELL) {
  PyObject* initial = frame->localsplus[oparg];
  Ref<CellObject> cell = OP_TRY(cellNew(initial));
  frame->localsplus[oparg] = std::move(cell).leak();
  xdecref(initial);
  return Step::kNext;
}

OP_BODY(LOAD_CLOSURE) {
  PyObject* cell = frame->localsplus[oparg];
  if (!cell) [[unlikely]]
    return raiseUnboundLocal(frame, oparg), Step::kRaised;
  sp.pushShared(cell);
  return Step::kNext;
}

OP_BODY(LOAD_DEREF) {
  PyObject* value = static_cast<CellObject*>(frame->localsplus[oparg])->ob_ref;
  if (!value) [[unlikely]]
    return raiseUnboundDeref(frame, oparg), Step::kRaised;
  sp.pushShared(value);
  return Step::kNext;
}

OP_BODY(STORE_DEREF) {
  auto* cell = static_cast<CellObject*>(frame->localsplus[oparg]);
  PyObject* old = std::exchange(cell->ob_ref, sp.popRaw());
  xdecref(old);
  return Step::kNext;
}

OP_BODY(DELETE_DEREF) {
  auto* cell = static_cast<CellObject*>(frame->localsplus[oparg]);
  PyObject* old = std::exchange(cell->ob_ref, nullptr);
  if (!old) [[unlikely]]
    return raiseUnboundDeref(frame, oparg), Step::kRaised;
  decref(old);
  return Step::kNext;
}

OP_BODY(COPY_FREE_VARS) {
  auto* closure = static_cast<TupleObject*>(frame->func->func_closure);
  if (!closure || closure->size() != static_cast<Py_ssize_t>(oparg)) [[unlikely]] {
    (void)raise(PyExc_SystemError, "closure does not fit the code object");
    return Step::kRaised;
  }
  PyObject** target = frame->localsplus + frame->code->co_nlocalsplus - oparg;
  for (uint32_t i = 0; i < oparg; i++) target[i] = share(closure->at(i)).leak();
  return Step::kNext;
}

OP_HANDLER(EXTENDED_ARG) {
  const Unit* next = ip + 1;
  uint32_t whole = oparg << 8 | static_cast<uint32_t>(unitArg(*next));
  [[clang::musttail]] return kHandlers[*next & 255](next, top, frame, thread, whole);
}
OP_HANDLER(EXTENDED_ARG_QUICK) { [[clang::musttail]] return op_EXTENDED_ARG(ip, top, frame, thread, oparg); }

OP_HANDLER(CACHE) {
  (void)raise(PyExc_SystemError, "unknown opcode");
  [[clang::musttail]] return unwind(ip, top, frame, thread, oparg);
}

}  // namespace krait
