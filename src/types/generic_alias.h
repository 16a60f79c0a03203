// types.GenericAlias, and what types.UnionType shares with it.
#pragma once

#include "core/result.h"
#include "types/misc_objects.h"
#include "types/str_builder.h"
#include "types/tuple.h"

namespace krait {

struct GenericAliasObject : PyObject {
  PyObject *origin, *args, *parameters;  // parameters: null until asked for
  PyObject* weakreflist;
  bool starred;
  vectorcallfunc vectorcall;
};
static_assert(sizeof(GenericAliasObject) == 64);

inline bool isGenericAlias(const PyObject* o) { return isInstanceOf(o, &Py_GenericAliasType); }
// The type variables among the arguments, each once, in order.
Result<Ref<TupleObject>> typeParameters(TupleObject* args);
// The arguments with `item` put in place of the parameters.
Result<Ref<TupleObject>> substituteParameters(PyObject* self, TupleObject* args, TupleObject* parameters,
                                              PyObject* item);
// An argument as it shows in list[...] and X | Y.
Status appendTypeArgument(StrBuilder& out, PyObject* argument);
inline bool isUnion(const PyObject* o) { return isExact(o, &_PyUnion_Type); }
TupleObject* unionArgs(PyObject* a_union);

}  // namespace krait
