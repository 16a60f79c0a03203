// Calling: the call functions of abstract.h and cpython/abstract.h.
#include "core/call.h"

#include <cstdarg>

#include "abi/thread_state.h"
#include "base/inline_buffer.h"
#include "capi/capi.h"
#include "capi/identifier.h"
#include "types/dict.h"
#include "types/str.h"
#include "types/tuple.h"

using namespace krait;

// modsupport.cpp
KR_EXPORT PyObject* Py_VaBuildValue(const char* format, va_list args);
KR_EXPORT PyObject* _Py_VaBuildValue_SizeT(const char* format, va_list args);

namespace {

using ArgStack = InlineBuffer<PyObject*, 10>;

// Positional arguments up to a null, behind the slot that callees may use.
void collect(ArgStack& stack, va_list args) {
  while (PyObject* next = va_arg(args, PyObject*)) stack.append(next);
}

PyObject* callStack(PyObject* callable, ArgStack& stack) {
  size_t count = stack.size() - 1;
  return toC(callVector(callable, stack.data() + 1, count | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr));
}

using BuildValue = PyObject* (*)(const char* format, va_list values);

PyObject* callWithFormat(BuildValue build, PyObject* callable, const char* format, va_list args) {
  if (!format || !*format) return toC(call(callable));
  PyObject* built = build(format, args);
  if (!built) return nullptr;
  auto held = steal(built);
  if (isTuple(built)) return toC(callTupleDict(callable, static_cast<TupleObject*>(built), nullptr));
  return toC(call(callable, built));
}

Ref<> attributeOrNull(PyObject* object, const char* attr, bool* ok) {
  auto found = attrGet(object, attr);
  *ok = !found.failed();
  return *ok ? std::move(found).take() : none();
}

PyObject* callMethodFormat(BuildValue build, PyObject* object, const char* method, const char* format,
                           va_list args) {
  if (!object || !method) {
    if (!exceptionPending()) (void)raise(PyExc_SystemError, "null argument to internal routine");
    return nullptr;
  }
  bool ok;
  auto callable = attributeOrNull(object, method, &ok);
  if (!ok) return nullptr;
  if (!isCallable(callable.get())) {
    (void)raise(PyExc_TypeError, "attribute of type '%.200s' is not callable", typeName(callable.get()));
    return nullptr;
  }
  return callWithFormat(build, callable.get(), format, args);
}

PyObject* callMethodObjects(PyObject* object, PyObject* method, va_list args) {
  ArgStack stack;
  stack.append(nullptr);
  stack.append(object);
  collect(stack, args);
  size_t count = stack.size() - 1;
  return toC(callMethodVector(static_cast<StrObject*>(method), stack.data() + 1,
                              count | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr));
}

Result<Ref<>> callWithDict(PyObject* callable, PyObject* const* args, Py_ssize_t count,
                           Opt<DictObject> kwargs) {
  auto tuple = TRY(tupleFromItems(args, count));
  return callTupleDict(callable, tuple.get(), kwargs);
}

Result<Ref<DictObject>> dictFromKeywords(PyObject* const* values, TupleObject* names) {
  auto dict = TRY(dictNew());
  for (Py_ssize_t i = 0; i < names->size(); i++) TRY(dictSet(dict.get(), names->items()[i], values[i]));
  return dict;
}

}  // namespace

KR_EXPORT PyObject* PyObject_Call(PyObject* callable, PyObject* args, PyObject* kwargs) {
  return toC(callTupleDict(callable, static_cast<TupleObject*>(args), static_cast<DictObject*>(kwargs)));
}
KR_EXPORT PyObject* PyObject_CallObject(PyObject* callable, PyObject* args) {
  if (!args) return toC(call(callable));
  if (isTuple(args)) return toC(callTupleDict(callable, static_cast<TupleObject*>(args), nullptr));
  (void)raise(PyExc_TypeError, "argument list must be a tuple");
  return nullptr;
}
KR_EXPORT PyObject* PyEval_CallObjectWithKeywords(PyObject* callable, PyObject* args, PyObject* kwargs) {
  if (args) return PyObject_Call(callable, args, kwargs);
  auto empty = emptyTuple();
  return PyObject_Call(callable, empty.get(), kwargs);
}
KR_EXPORT PyObject* PyObject_CallNoArgs(PyObject* callable) { return toC(call(callable)); }
KR_EXPORT PyObject* _PyObject_CallNoArgs(PyObject* callable) { return toC(call(callable)); }
KR_EXPORT PyObject* PyObject_CallOneArg(PyObject* callable, PyObject* arg) {
  return toC(call(callable, arg));
}

KR_EXPORT PyObject* PyObject_Vectorcall(PyObject* callable, PyObject* const* args, size_t nargsf,
                                        PyObject* names) {
  return toC(callVector(callable, args, nargsf, static_cast<TupleObject*>(names)));
}
KR_EXPORT PyObject* _PyObject_Vectorcall(PyObject* callable, PyObject* const* args, size_t nargsf,
                                         PyObject* names) {
  return PyObject_Vectorcall(callable, args, nargsf, names);
}
KR_EXPORT PyObject* PyObject_VectorcallDict(PyObject* callable, PyObject* const* args, size_t nargsf,
                                            PyObject* kwargs) {
  if (!kwargs || static_cast<DictObject*>(kwargs)->size() == 0)
    return toC(callVector(callable, args, nargsf, nullptr));
  return toC(callWithDict(callable, args, vectorcallCount(nargsf), static_cast<DictObject*>(kwargs)));
}
KR_EXPORT PyObject* PyObject_VectorcallMethod(PyObject* method, PyObject* const* args, size_t nargsf,
                                              PyObject* names) {
  return toC(
      callMethodVector(static_cast<StrObject*>(method), args, nargsf, static_cast<TupleObject*>(names)));
}
KR_EXPORT PyObject* _PyObject_FastCall(PyObject* callable, PyObject* const* args, Py_ssize_t count) {
  return toC(callVector(callable, args, static_cast<size_t>(count), nullptr));
}
KR_EXPORT PyObject* PyVectorcall_Call(PyObject* callable, PyObject* args, PyObject* kwargs) {
  return vectorcallCall(callable, args, kwargs);
}
KR_EXPORT vectorcallfunc PyVectorcall_Function(PyObject* callable) { return vectorcallOf(callable); }
KR_EXPORT PyObject* _PyObject_MakeTpCall(PyThreadState*, PyObject* callable, PyObject* const* args,
                                         Py_ssize_t count, PyObject* keywords) {
  if (keywords && isDict(keywords))
    return toC(callWithDict(callable, args, count, static_cast<DictObject*>(keywords)));
  return toC(callVector(callable, args, static_cast<size_t>(count), static_cast<TupleObject*>(keywords)));
}
KR_EXPORT PyObject* _PyObject_Call(PyThreadState*, PyObject* callable, PyObject* args, PyObject* kwargs) {
  return PyObject_Call(callable, args, kwargs);
}
KR_EXPORT PyObject* _PyObject_FastCallDictTstate(PyThreadState*, PyObject* callable, PyObject* const* args,
                                                 size_t nargsf, PyObject* kwargs) {
  return PyObject_VectorcallDict(callable, args, nargsf, kwargs);
}
KR_EXPORT PyObject* _PyObject_Call_Prepend(PyThreadState*, PyObject* callable, PyObject* first,
                                           PyObject* args, PyObject* kwargs) {
  auto* rest = static_cast<TupleObject*>(args);
  ArgStack stack;
  stack.append(first);
  for (Py_ssize_t i = 0; i < rest->size(); i++) stack.append(rest->at(i));
  return PyObject_VectorcallDict(callable, stack.data(), stack.size(), kwargs);
}
// 1: *method is to be called with the object as its first argument; 0: it is bound, or null with an
// exception.
KR_EXPORT int _PyObject_GetMethod(PyObject* object, PyObject* attr, PyObject** method) {
  auto found = methodLookup(object, static_cast<StrObject*>(attr));
  if (found.failed()) return *method = nullptr, 0;
  MethodLookup lookup = std::move(found).take();
  *method = std::move(lookup.callable).leak();
  return lookup.unbound;
}
// The values of keyword arguments, under their names: a new dict.
KR_EXPORT PyObject* _PyStack_AsDict(PyObject* const* values, PyObject* names) {
  return toC(dictFromKeywords(values, static_cast<TupleObject*>(names)));
}
KR_EXPORT PyObject* _Py_CheckFunctionResult(PyThreadState*, PyObject* callable, PyObject* result,
                                            const char* where) {
  return checkCallResult(callable, result, where);
}

KR_EXPORT PyObject* PyObject_CallFunctionObjArgs(PyObject* callable, ...) {
  ArgStack stack;
  stack.append(nullptr);
  va_list args;
  va_start(args, callable);
  collect(stack, args);
  va_end(args);
  return callStack(callable, stack);
}
KR_EXPORT PyObject* PyObject_CallMethodObjArgs(PyObject* object, PyObject* method, ...) {
  va_list args;
  va_start(args, method);
  PyObject* result = callMethodObjects(object, method, args);
  va_end(args);
  return result;
}
KR_EXPORT PyObject* _PyObject_CallMethodIdObjArgs(PyObject* object, _Py_Identifier* method, ...) {
  auto key = strInternUtf8(method->string);
  if (key.failed()) return nullptr;
  auto held = std::move(key).take();
  va_list args;
  va_start(args, method);
  PyObject* result = callMethodObjects(object, held.get(), args);
  va_end(args);
  return result;
}

#define KR_FORMAT_CALL(symbol, build)                                       \
  KR_EXPORT PyObject* symbol(PyObject* callable, const char* format, ...) { \
    va_list args;                                                           \
    va_start(args, format);                                                 \
    PyObject* result = callWithFormat(build, callable, format, args);       \
    va_end(args);                                                           \
    return result;                                                          \
  }
KR_FORMAT_CALL(PyObject_CallFunction, Py_VaBuildValue)
KR_FORMAT_CALL(PyEval_CallFunction, Py_VaBuildValue)
KR_FORMAT_CALL(_PyObject_CallFunction_SizeT, _Py_VaBuildValue_SizeT)
#undef KR_FORMAT_CALL

#define KR_FORMAT_METHOD(symbol, build)                                                       \
  KR_EXPORT PyObject* symbol(PyObject* object, const char* method, const char* format, ...) { \
    va_list args;                                                                             \
    va_start(args, format);                                                                   \
    PyObject* result = callMethodFormat(build, object, method, format, args);                 \
    va_end(args);                                                                             \
    return result;                                                                            \
  }
KR_FORMAT_METHOD(PyObject_CallMethod, Py_VaBuildValue)
KR_FORMAT_METHOD(PyEval_CallMethod, Py_VaBuildValue)
KR_FORMAT_METHOD(_PyObject_CallMethod_SizeT, _Py_VaBuildValue_SizeT)
#undef KR_FORMAT_METHOD

#define KR_FORMAT_METHOD_ID(symbol, build)                                                        \
  KR_EXPORT PyObject* symbol(PyObject* object, _Py_Identifier* method, const char* format, ...) { \
    va_list args;                                                                                 \
    va_start(args, format);                                                                       \
    PyObject* result = callMethodFormat(build, object, method->string, format, args);             \
    va_end(args);                                                                                 \
    return result;                                                                                \
  }
KR_FORMAT_METHOD_ID(_PyObject_CallMethodId, Py_VaBuildValue)
KR_FORMAT_METHOD_ID(_PyObject_CallMethodId_SizeT, _Py_VaBuildValue_SizeT)
#undef KR_FORMAT_METHOD_ID
