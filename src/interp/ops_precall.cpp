// Specialised PRECALLs: known native callables run at once, skipping the CALL behind.
#include "core/call.h"
#include "core/number.h"
#include "interp/call_frame.h"
#include "interp/eval.h"
#include "interp/inline_cache.h"
#include "interp/trace.h"
#include "types/bool.h"
#include "types/descr.h"
#include "types/int.h"
#include "types/list.h"
#include "types/method.h"
#include "types/str.h"

namespace krait {
namespace {

constexpr int kBehindCall = 1 + opCacheUnits(Op::PRECALL) + 1 + opCacheUnits(Op::CALL);

struct NativeShape {
  PyObject** callable;
  PyObject** base;
  Py_ssize_t total;
};
KR_ALWAYS_INLINE NativeShape nativeShape(const Stack& sp, uint32_t oparg) {
  bool bound = sp.top[-static_cast<Py_ssize_t>(oparg) - 2] != nullptr;
  Py_ssize_t total = oparg + bound;
  PyObject** callable = sp.top - total - 1;
  return {callable, bound ? callable : callable - 1, total};
}

// Releases the call's operands, the callable last, pushes its value and continues behind CALL.
KR_ALWAYS_INLINE Step finish(const Unit*& ip, Stack& sp, Thread* thread, const NativeShape& shape,
                             PyObject* value) {
  for (PyObject** arg = shape.callable + 1; arg < sp.top; arg++) decref(*arg);
  decref(*shape.callable);
  sp.top = shape.base;
  if (!value) [[unlikely]]
    return Step::kRaised;
  *sp.top++ = value;
  OP_CHECK_BREAKER();
  ip += kBehindCall;
  return Step::kJump;
}

KR_ALWAYS_INLINE bool busy(Thread* thread) { return callKeywords(thread) || isTracing(thread); }

// The bits of ml_flags that say how to call.
constexpr int kConvention = ~(METH_CLASS | METH_STATIC | METH_COEXIST | METH_KR_PACKED);

KR_ALWAYS_INLINE PyMethodDef* functionWithFlags(PyObject* callable, int flags) {
  if (!isExact(callable, &PyCFunction_Type)) return nullptr;
  PyMethodDef* def = static_cast<CFunctionObject*>(callable)->m_ml;
  return (def->ml_flags & kConvention) == flags ? def : nullptr;
}
KR_ALWAYS_INLINE PyObject* selfOf(PyObject* callable) {
  auto* function = static_cast<CFunctionObject*>(callable);
  return function->m_ml->ml_flags & METH_STATIC ? nullptr : function->m_self;
}
KR_ALWAYS_INLINE PyMethodDef* methodWithFlags(PyObject* callable, PyObject* self, int flags) {
  if (!isExact(callable, &PyMethodDescr_Type)) return nullptr;
  auto* descr = static_cast<MethodDescrObject*>(callable);
  if ((descr->d_method->ml_flags & ~METH_KR_PACKED) != flags || !isInstanceOf(self, descr->d_type))
    return nullptr;
  return descr->d_method;
}
// Native functions count against the recursion limit like other calls.
KR_ALWAYS_INLINE bool enterNative(Thread* thread) {
  if (thread->recursion_remaining <= 0) [[unlikely]]
    return false;
  thread->recursion_remaining--;
  return true;
}

}  // namespace

OP_BODY(PRECALL_BOUND_METHOD) {
  PyObject** slot = sp.top - oparg - 2;
  if (slot[0] || !isExact(slot[1], &PyMethod_Type)) return Step::kMiss;
  auto* method = static_cast<MethodObject*>(slot[1]);
  slot[0] = share(method->im_func).leak();
  slot[1] = share(method->im_self).leak();
  decref(method);
  return Step::kNext;
}

OP_BODY(PRECALL_PYFUNC) {
  NativeShape shape = nativeShape(sp, oparg);
  if (!isFunction(*shape.callable)) return Step::kMiss;
  return Step::kNext;
}

OP_BODY(PRECALL_NO_KW_BUILTIN_O) {
  NativeShape shape = nativeShape(sp, oparg);
  PyMethodDef* def = functionWithFlags(*shape.callable, METH_O);
  if (busy(thread) || shape.total != 1 || !def || !enterNative(thread)) return Step::kMiss;
  PyObject* value = def->ml_meth.plain(selfOf(*shape.callable), shape.callable[1]);
  thread->recursion_remaining++;
  return finish(ip, sp, thread, shape, value);
}

OP_BODY(PRECALL_NO_KW_BUILTIN_FAST) {
  NativeShape shape = nativeShape(sp, oparg);
  PyMethodDef* def = functionWithFlags(*shape.callable, METH_FASTCALL);
  if (busy(thread) || !def || !enterNative(thread)) return Step::kMiss;
  PyObject* value = def->ml_meth.fast(selfOf(*shape.callable), shape.callable + 1, shape.total);
  thread->recursion_remaining++;
  return finish(ip, sp, thread, shape, value);
}

OP_BODY(PRECALL_BUILTIN_FAST_WITH_KEYWORDS) {
  NativeShape shape = nativeShape(sp, oparg);
  PyMethodDef* def = functionWithFlags(*shape.callable, METH_FASTCALL | METH_KEYWORDS);
  if (!def || isTracing(thread) || !enterNative(thread)) return Step::kMiss;
  TupleObject* names = takeCallKeywords(thread);
  Py_ssize_t positional = shape.total - (names ? names->size() : 0);
  PyObject* value =
      def->ml_meth.fast_keywords(selfOf(*shape.callable), shape.callable + 1, positional, names);
  thread->recursion_remaining++;
  return finish(ip, sp, thread, shape, value);
}

OP_BODY(PRECALL_NO_KW_METHOD_DESCRIPTOR_O) {
  NativeShape shape = nativeShape(sp, oparg);
  if (busy(thread) || shape.total != 2) return Step::kMiss;
  PyMethodDef* def = methodWithFlags(*shape.callable, shape.callable[1], METH_O);
  if (!def || !enterNative(thread)) return Step::kMiss;
  PyObject* value = def->ml_meth.plain(shape.callable[1], shape.callable[2]);
  thread->recursion_remaining++;
  return finish(ip, sp, thread, shape, value);
}

OP_BODY(PRECALL_NO_KW_METHOD_DESCRIPTOR_NOARGS) {
  NativeShape shape = nativeShape(sp, oparg);
  if (busy(thread) || shape.total != 1) return Step::kMiss;
  PyMethodDef* def = methodWithFlags(*shape.callable, shape.callable[1], METH_NOARGS);
  if (!def || !enterNative(thread)) return Step::kMiss;
  PyObject* value = def->ml_meth.plain(shape.callable[1], nullptr);
  thread->recursion_remaining++;
  return finish(ip, sp, thread, shape, value);
}

OP_BODY(PRECALL_NO_KW_METHOD_DESCRIPTOR_FAST) {
  NativeShape shape = nativeShape(sp, oparg);
  if (busy(thread) || shape.total < 1) return Step::kMiss;
  PyMethodDef* def = methodWithFlags(*shape.callable, shape.callable[1], METH_FASTCALL);
  if (!def || !enterNative(thread)) return Step::kMiss;
  PyObject* value = def->ml_meth.fast(shape.callable[1], shape.callable + 2, shape.total - 1);
  thread->recursion_remaining++;
  return finish(ip, sp, thread, shape, value);
}

OP_BODY(PRECALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS) {
  NativeShape shape = nativeShape(sp, oparg);
  if (shape.total < 1 || isTracing(thread)) return Step::kMiss;
  PyMethodDef* def = methodWithFlags(*shape.callable, shape.callable[1], METH_FASTCALL | METH_KEYWORDS);
  if (!def) return Step::kMiss;
  if (TupleObject* pending = callKeywords(thread); pending && shape.total - pending->size() < 1)
    return Step::kMiss;
  if (!enterNative(thread)) return Step::kMiss;
  TupleObject* names = takeCallKeywords(thread);
  Py_ssize_t positional = shape.total - 1 - (names ? names->size() : 0);
  PyObject* value = def->ml_meth.fast_keywords(shape.callable[1], shape.callable + 2, positional, names);
  thread->recursion_remaining++;
  return finish(ip, sp, thread, shape, value);
}

OP_BODY(PRECALL_BUILTIN_CLASS) {
  NativeShape shape = nativeShape(sp, oparg);
  PyObject* callable = *shape.callable;
  if (isTracing(thread) || !hasFlag(typeOf(callable), Py_TPFLAGS_TYPE_SUBCLASS)) return Step::kMiss;
  vectorcallfunc entry = reinterpret_cast<PyTypeObject*>(callable)->tp_vectorcall;
  if (!entry) return Step::kMiss;
  TupleObject* names = takeCallKeywords(thread);
  Py_ssize_t positional = shape.total - (names ? names->size() : 0);
  PyObject* value = entry(callable, shape.callable + 1, static_cast<size_t>(positional), names);
  return finish(ip, sp, thread, shape, value);
}

OP_BODY(PRECALL_NO_KW_TYPE_1) {
  NativeShape shape = nativeShape(sp, oparg);
  if (callKeywords(thread) || shape.total != 1 ||
      *shape.callable != reinterpret_cast<PyObject*>(&PyType_Type)) {
    return Step::kMiss;
  }
  return finish(ip, sp, thread, shape, share<PyObject>(typeOf(shape.callable[1])).leak());
}

OP_BODY(PRECALL_NO_KW_STR_1) {
  NativeShape shape = nativeShape(sp, oparg);
  if (callKeywords(thread) || shape.total != 1 ||
      *shape.callable != reinterpret_cast<PyObject*>(&PyUnicode_Type)) {
    return Step::kMiss;
  }
  return finish(ip, sp, thread, shape, objectStr(shape.callable[1]).toC());
}

OP_BODY(PRECALL_NO_KW_TUPLE_1) {
  NativeShape shape = nativeShape(sp, oparg);
  if (callKeywords(thread) || shape.total != 1 ||
      *shape.callable != reinterpret_cast<PyObject*>(&PyTuple_Type)) {
    return Step::kMiss;
  }
  return finish(ip, sp, thread, shape, sequenceTuple(shape.callable[1]).toC());
}

// len, isinstance and list.append are recognised by the native code behind them.
PyObject *builtin_len_entry, *builtin_isinstance_entry;
static PyObject* list_append_entry;

OP_BODY(PRECALL_NO_KW_LEN) {
  NativeShape shape = nativeShape(sp, oparg);
  if (busy(thread) || shape.total != 1 || *shape.callable != builtin_len_entry) return Step::kMiss;
  auto length = objectLength(shape.callable[1]);
  PyObject* value = length.failed() ? nullptr : intFromLong(std::move(length).take()).toC();
  return finish(ip, sp, thread, shape, value);
}

OP_BODY(PRECALL_NO_KW_ISINSTANCE) {
  NativeShape shape = nativeShape(sp, oparg);
  if (busy(thread) || shape.total != 2 || *shape.callable != builtin_isinstance_entry) return Step::kMiss;
  auto truth = isInstance(shape.callable[1], shape.callable[2]);
  PyObject* value = truth.failed() ? nullptr : boolRef(std::move(truth).take()).leak();
  return finish(ip, sp, thread, shape, value);
}

// The value None is dropped right away by the POP_TOP that the specialiser saw behind the call.
OP_BODY(PRECALL_NO_KW_LIST_APPEND) {
  NativeShape shape = nativeShape(sp, oparg);
  if (busy(thread) || shape.total != 2 || *shape.callable != list_append_entry) return Step::kMiss;
  PyObject* list = shape.callable[1];
  if (!isExactList(list)) return Step::kMiss;
  PyObject* item = shape.callable[2];
  auto* target = cast<ListObject>(list);
  if (target->ob_size < target->allocated) {
    target->ob_item[target->ob_size++] = item;
  } else {
    OP_TRY(listAppend(target, item));
    decref(item);
  }
  PyObject* callable = *shape.callable;
  sp.top = shape.base;
  decref(list);
  decref(callable);
  ip += kBehindCall + 1;
  return Step::kJump;
}

namespace {

void specializeNativeFunction(const Unit* ip, PyObject* callable, int nargs, bool keywords) {
  int flags = static_cast<CFunctionObject*>(callable)->m_ml->ml_flags & kConvention;
  if (flags == (METH_FASTCALL | METH_KEYWORDS))
    return specializeTo(ip, Op::PRECALL_BUILTIN_FAST_WITH_KEYWORDS);
  if (keywords) return specializeFailed(ip);
  if (flags == METH_O && nargs == 1) {
    if (callable == builtin_len_entry) return specializeTo(ip, Op::PRECALL_NO_KW_LEN);
    return specializeTo(ip, Op::PRECALL_NO_KW_BUILTIN_O);
  }
  if (flags == METH_FASTCALL) {
    if (callable == builtin_isinstance_entry && nargs == 2)
      return specializeTo(ip, Op::PRECALL_NO_KW_ISINSTANCE);
    return specializeTo(ip, Op::PRECALL_NO_KW_BUILTIN_FAST);
  }
  specializeFailed(ip);
}

void specializeMethodDescr(const Unit* ip, PyObject* callable, int nargs, bool keywords, int oparg) {
  int flags = static_cast<MethodDescrObject*>(callable)->d_method->ml_flags & ~METH_KR_PACKED;
  if (flags == (METH_FASTCALL | METH_KEYWORDS)) {
    return specializeTo(ip, Op::PRECALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS);
  }
  if (keywords) return specializeFailed(ip);
  if (flags == METH_NOARGS && nargs == 1) return specializeTo(ip, Op::PRECALL_NO_KW_METHOD_DESCRIPTOR_NOARGS);
  if (flags == METH_O && nargs == 2) {
    if (!list_append_entry && static_cast<DescrObject*>(callable)->d_type == &PyList_Type) {
      Opt<> append = typeLookup(&PyList_Type, name<"append">());
      list_append_entry = append.get();
    }
    bool pops = opGeneric(unitOp(ip[kBehindCall])) == Op::POP_TOP;
    if (callable == list_append_entry && oparg == 1 && pops)
      return specializeTo(ip, Op::PRECALL_NO_KW_LIST_APPEND);
    return specializeTo(ip, Op::PRECALL_NO_KW_METHOD_DESCRIPTOR_O);
  }
  if (flags == METH_FASTCALL) return specializeTo(ip, Op::PRECALL_NO_KW_METHOD_DESCRIPTOR_FAST);
  specializeFailed(ip);
}

void specializeClass(const Unit* ip, PyObject* callable, int nargs, bool keywords) {
  auto* type = reinterpret_cast<PyTypeObject*>(callable);
  if (nargs == 1 && !keywords) {
    if (type == &PyUnicode_Type) return specializeTo(ip, Op::PRECALL_NO_KW_STR_1);
    if (type == &PyType_Type) return specializeTo(ip, Op::PRECALL_NO_KW_TYPE_1);
    if (type == &PyTuple_Type) return specializeTo(ip, Op::PRECALL_NO_KW_TUPLE_1);
  }
  if (type->tp_vectorcall && typeOf(callable) == &PyType_Type)
    return specializeTo(ip, Op::PRECALL_BUILTIN_CLASS);
  specializeFailed(ip);
}

}  // namespace

void specializePrecall(const Unit* ip, PyObject* callable, int nargs, bool keywords, bool method_form,
                       int oparg) {
  if (isExact(callable, &PyCFunction_Type)) return specializeNativeFunction(ip, callable, nargs, keywords);
  if (isFunction(callable)) return specializeTo(ip, Op::PRECALL_PYFUNC);
  if (hasFlag(typeOf(callable), Py_TPFLAGS_TYPE_SUBCLASS))
    return specializeClass(ip, callable, nargs, keywords);
  if (isExact(callable, &PyMethodDescr_Type))
    return specializeMethodDescr(ip, callable, nargs, keywords, oparg);
  if (!method_form && isExact(callable, &PyMethod_Type)) return specializeTo(ip, Op::PRECALL_BOUND_METHOD);
  specializeFailed(ip);
}

}  // namespace krait
