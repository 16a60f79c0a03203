// What the files of the exception types share: construction, field walking and type rows.
#pragma once

#include "core/gc.h"
#include "core/native.h"
#include "types/dict.h"
#include "types/exceptions.h"

namespace krait::exceptions {

constexpr unsigned long kFlags =
    Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_BASE_EXC_SUBCLASS;

// The slots of BaseException, reused by what derives from it.
Result<Ref<>> baseNew(PyTypeObject* type, PyObject* args, Opt<> kwargs);
Status baseInit(ExceptionObject* self, PyObject* args, Opt<> kwargs);
Result<Ref<StrObject>> baseStr(ExceptionObject* self);
Result<Ref<>> baseReduce(ExceptionObject* self);
int baseTraverse(ExceptionObject* self, visitproc visit, void* arg);
void baseClear(ExceptionObject* self);
// The rest of a tp_dealloc whose object is untracked, guarded and cleared.
void baseFree(ExceptionObject* self);

Status refuseKeywords(PyObject* self_or_type_name, Opt<> kwargs);  // "X() takes no keyword arguments"
// "NAME() got ..." checks of keyword-only fields; writes the values found (borrowed) to out[i].
Status keywordFields(const char* function, Opt<> kwargs, const char* const* names, int count, PyObject** out);

inline TupleObject* argsOf(ExceptionObject* self) { return cast<TupleObject>(self->args); }

// Types whose own owned fields are kCount object pointers right behind the base.
template <int kCount>
struct Fields {
  static PyObject** of(PyObject* self) {
    return reinterpret_cast<PyObject**>(static_cast<ExceptionObject*>(self) + 1);
  }
  static int traverse(PyObject* self, visitproc visit, void* arg) {
    for (int i = 0; i < kCount; i++)
      if (PyObject* field = of(self)[i])
        if (int status = visit(field, arg)) return status;
    return baseTraverse(static_cast<ExceptionObject*>(self), visit, arg);
  }
  static int clear(PyObject* self) {
    for (int i = 0; i < kCount; i++) clearField(of(self)[i]);
    baseClear(static_cast<ExceptionObject*>(self));
    return 0;
  }
  static void dealloc(PyObject* self) {
    gcUntrack(self);
    DeallocGuard guard(self);
    if (guard.deferred()) return;
    clear(self);
    baseFree(static_cast<ExceptionObject*>(self));
  }
};

#define KR_MEMBER(Struct, member, kind, flags) \
  {#member, kind, offsetof(Struct, member), flags, "The " #member " of the exception."}

}  // namespace krait::exceptions

// A static exception type and the pointer that C code names it by. Further slots follow as designated
// initialisers.
#define KR_EXCEPTION_TYPE(Name, Base, Struct, ...)                                                \
  extern "C" PyTypeObject _PyExc_##Name;                                                          \
  KR_EXPORT constinit PyTypeObject _PyExc_##Name = {KR_TYPE_HEAD, .tp_name = #Name,               \
                                                    .tp_basicsize = sizeof(Struct), __VA_ARGS__}; \
  KR_EXPORT constinit PyObject* PyExc_##Name = &_PyExc_##Name;
