// Making functions and classes; what class bodies and the interactive prompt need.
#include "core/call.h"
#include "core/interpreter.h"
#include "interp/errors.h"
#include "interp/inline_cache.h"
#include "types/cell.h"

namespace krait {

namespace {

bool isClosureFor(PyObject* closure, CodeObject* code) {
  if (!isExactTuple(closure) || cast<TupleObject>(closure)->size() != code->co_nfreevars) return false;
  for (Py_ssize_t i = 0; i < code->co_nfreevars; i++) {
    if (!isExact(cast<TupleObject>(closure)->at(i), &PyCell_Type)) return false;
  }
  return true;
}

// What byte code that no compiler made could get wrong.
bool functionPartsFit(const Stack& sp, uint32_t oparg) {
  if (!isCode(sp.peek(0))) return false;
  auto* code = static_cast<CodeObject*>(sp.peek(0));
  int part = 1;
  if (oparg & kMakeClosure ? !isClosureFor(sp.peek(part++), code) : code->co_nfreevars != 0) return false;
  if (oparg & kMakeAnnotations && !isExactTuple(sp.peek(part++))) return false;
  if (oparg & kMakeKwDefaults && !isExactDict(sp.peek(part++))) return false;
  return !(oparg & kMakeDefaults) || isExactTuple(sp.peek(part));
}

}  // namespace

OP_BODY(MAKE_FUNCTION) {
  if (!functionPartsFit(sp, oparg)) [[unlikely]] {
    (void)raise(PyExc_SystemError, "MAKE_FUNCTION without its code object, closure or defaults");
    return Step::kRaised;
  }
  PyObject* code = sp.peek(0);
  Ref<FunctionObject> function = OP_TRY(functionNew(static_cast<CodeObject*>(code), frame->globals));
  sp.drop();
  if (oparg & kMakeClosure) function->func_closure = sp.popRaw();
  if (oparg & kMakeAnnotations) function->func_annotations = sp.popRaw();
  if (oparg & kMakeKwDefaults) function->func_kwdefaults = sp.popRaw();
  if (oparg & kMakeDefaults) function->func_defaults = sp.popRaw();
  sp.push(std::move(function));
  return Step::kNext;
}

namespace {

Result<Ref<>> builtinItem(Frame* frame, StrObject* key, PyObject* missing, const char* message) {
  if (isExactDict(frame->builtins)) {
    Opt<> found = TRY(dictGet(cast<DictObject>(frame->builtins), key));
    if (found) return share(found.get());
    return raise(missing, "%s", message);
  }
  auto found = itemGet(frame->builtins, key);
  if (found.failed() && pendingMatches(PyExc_KeyError)) return raise(missing, "%s", message);
  return found;
}

Status setupAnnotations(Frame* frame) {
  if (!frame->locals) return raise(PyExc_SystemError, "no locals found when setting up annotations");
  StrObject* key = name<"__annotations__">();
  if (isExactDict(frame->locals)) {
    auto* locals = cast<DictObject>(frame->locals);
    if (TRY(dictGet(locals, key))) return {};
    Ref<DictObject> made = TRY(dictNew());
    return dictSet(locals, key, made.get());
  }
  auto found = itemGet(frame->locals, key);
  if (!found.failed()) return {};
  if (!pendingMatches(PyExc_KeyError)) return Raised{};
  clearPending();
  Ref<DictObject> made = TRY(dictNew());
  return itemSet(frame->locals, key, made.get());
}

// A free variable inside a class body: the class namespace first.
Result<Ref<>> loadClassDeref(Frame* frame, uint32_t index) {
  PyObject* key = static_cast<TupleObject*>(frame->code->co_localsplusnames)->at(index);
  if (!frame->locals) return raise(PyExc_SystemError, "no locals when loading %R", key);
  if (isExactDict(frame->locals)) {
    Opt<> found = TRY(dictGet(cast<DictObject>(frame->locals), key));
    if (found) return share(found.get());
  } else {
    auto found = itemGet(frame->locals, key);
    if (!found.failed()) return found;
    if (!pendingMatches(PyExc_KeyError)) return Raised{};
    clearPending();
  }
  PyObject* value = static_cast<CellObject*>(frame->localsplus[index])->ob_ref;
  if (value) return share(value);
  raiseUnboundDeref(frame, index);
  return Raised{};
}

Status printExpression(PyObject* value) {
  Opt<> hook = sysGet("displayhook");
  if (!hook) return raise(PyExc_RuntimeError, "lost sys.displayhook");
  Ref<> held = share(hook.get());
  TRY(call(held.get(), value));
  return {};
}

}  // namespace

OP_BODY(LOAD_BUILD_CLASS) {
  sp.push(
      OP_TRY(builtinItem(frame, name<"__build_class__">(), PyExc_NameError, "__build_class__ not found")));
  return Step::kNext;
}

OP_BODY(SETUP_ANNOTATIONS) {
  OP_TRY(setupAnnotations(frame));
  return Step::kNext;
}

OP_BODY(LOAD_CLASSDEREF) {
  sp.push(OP_TRY(loadClassDeref(frame, oparg)));
  return Step::kNext;
}

OP_BODY(PRINT_EXPR) {
  Ref<> value = sp.pop();
  OP_TRY(printExpression(value.get()));
  return Step::kNext;
}

}  // namespace krait
