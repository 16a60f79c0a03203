// What the files of the itertools module share.
#pragma once

#include "core/call.h"
#include "core/gc.h"
#include "core/native.h"
#include "types/arg_checks.h"
#include "types/int.h"
#include "types/iter_support.h"
#include "types/list.h"
#include "types/misc_objects.h"
#include "types/module.h"

namespace krait::modules {

extern PyTypeObject chain_type, islice_type, accumulate_type;

Status addEndless(PyObject* module);  // count, repeat, cycle, chain, zip_longest
// Accumulate, compress, dropwhile, takewhile, filterfalse, starmap, islice, pairwise
Status addFilters(PyObject* module);
Status addCombinatorics(
    PyObject* module);            // product, combinations, combinations_with_replacement, permutations
Status addTee(PyObject* module);  // tee, groupby
Result<Ref<>> teeSplit(PyObject* iterable, Py_ssize_t count);

// tp_dealloc and tp_traverse of a type whose owned references are the given members.
template <class T, class F>
T* ownerOf(PyObject* object, F T::*) {
  return static_cast<T*>(object);
}
template <auto... kFields>
void fieldsDealloc(PyObject* self) {
  gcUntrack(self);
  DeallocGuard guard(self);
  if (guard.deferred()) return;
  (xdecref(ownerOf(self, kFields)->*kFields), ...);
  objectFreeMemory(self);
}
template <auto... kFields>
int fieldsTraverse(PyObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, ownerOf(self, kFields)->*kFields...);
}

struct IteratorSpec {
  const char* name;
  const char* doc;
  Py_ssize_t size;
  destructor dealloc;
  traverseproc traverse;
  iternextfunc next;
  newfunc make;
  PyMethodDef* methods = nullptr;
  bool final_type = false;  // cannot be subclassed
};
constexpr PyTypeObject iteratorType(const IteratorSpec& spec) {
  return {
      KR_TYPE_HEAD,
      .tp_name = spec.name,
      .tp_basicsize = spec.size,
      .tp_dealloc = spec.dealloc,
      .tp_getattro = slot<genericGetAttr>,
      .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | (spec.final_type ? 0 : Py_TPFLAGS_BASETYPE),
      .tp_doc = spec.doc,
      .tp_traverse = spec.traverse,
      .tp_iter = slot<objectSelfIter>,
      .tp_iternext = spec.next,
      .tp_methods = spec.methods,
      .tp_alloc = genericAlloc,
      .tp_new = spec.make,
      .tp_free = gcFree};
}

// The argument of __setstate__: "state is not a tuple", "function takes exactly 2 arguments (1 given)".
inline Result<TupleObject*> stateTuple(PyObject* state, Py_ssize_t least, Py_ssize_t most) {
  if (!isTuple(state)) return raise(PyExc_TypeError, "state is not a tuple");
  Py_ssize_t size = cast<TupleObject>(state)->size(), bound = size < least ? least : most;
  if (size < least || size > most) {
    return raise(PyExc_TypeError, "function takes %s %zd argument%s (%zd given)",
                 least == most  ? "exactly"
                 : size < least ? "at least"
                                : "at most",
                 bound, bound == 1 ? "" : "s", size);
  }
  return cast<TupleObject>(state);
}

// tp_new of iterators without keywords of their own: subclasses with another __init__ may take some.
inline Status checkIteratorArgs(PyTypeObject* type, const PyTypeObject& base, const char* name,
                                TupleObject* args, Opt<> kwargs, Py_ssize_t least, Py_ssize_t most) {
  if (sharesInit(type, &base)) TRY(checkNoKeywords(name, kwargs));
  return checkPositional(name, args->size(), least, most);
}

}  // namespace krait::modules
