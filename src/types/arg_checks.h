// Checks of hand-bound argument lists, with CPython's messages.
#pragma once

#include "core/native.h"
#include "types/tuple.h"

namespace krait {

// "f expected at most 1 argument, got 2"
Status checkPositional(const char* function, Py_ssize_t count, Py_ssize_t least, Py_ssize_t most);
// "f() takes no keyword arguments"; kwargs is a dict, names a tuple.
Status checkNoKeywords(const char* function, Opt<> kwargs);
Status checkNoKeywordNames(const char* function, Opt<TupleObject> names);
// Keywords are refused unless the type brings its own __init__ (or, for types with __init__, its own
// __new__).
inline bool sharesInit(const PyTypeObject* type, const PyTypeObject* base) {
  return type == base || type->tp_init == base->tp_init;
}
inline bool sharesNew(const PyTypeObject* type, const PyTypeObject* base) {
  return type == base || type->tp_new == base->tp_new;
}
// ** arguments: "keywords must be strings"
Status checkKeywordDict(DictObject* kwargs);

// A truth value that callers must give as an int.
struct IntFlag {
  bool value;
};
template <>
struct ArgFrom<IntFlag> {
  static Result<IntFlag> from(PyObject* o, const ArgContext&) { return IntFlag{TRY(asInt(o)) != 0}; }
  template <Text D>
  static IntFlag fallback() {
    static_assert(D.view() == "True" || D.view() == "False");
    return {D.view() == "True"};
  }
};

// tp_vectorcall of a type from F(PyTypeObject*, CallArgs) -> Result<Ref<>>.
template <auto F>
PyObject* typeVectorcall(PyObject* type, PyObject* const* args, size_t nargsf, PyObject* names) {
  return toPython(F(reinterpret_cast<PyTypeObject*>(type),
                    CallArgs{args, vectorcallCount(nargsf), reinterpret_cast<TupleObject*>(names)}));
}

}  // namespace krait
