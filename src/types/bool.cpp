// bool: construction, text and the logical operators.
#include "types/bool.h"

#include "core/errors.h"
#include "core/native.h"
#include "types/tuple.h"

namespace krait {
namespace {

Result<Ref<>> repr(IntObject* v) { return share(v == Py_True ? name<"True">() : name<"False">()); }

template <Result<Ref<>> (*kIntOp)(IntObject*, IntObject*), class Op>
Result<Ref<>> logical(PyObject* left, PyObject* right) {
  if (isBool(left) && isBool(right)) return boolRef(Op()(left == Py_True, right == Py_True));
  if (!isInt(left) || !isInt(right)) return notImplemented();
  return kIntOp(cast<IntObject>(left), cast<IntObject>(right));
}

Result<Ref<>> construct(PyTypeObject*, PyObject* args, Opt<> kwargs) {
  if (kwargs && TRY(objectLength(kwargs.get())) > 0) {
    return raise(PyExc_TypeError, "bool() takes no keyword arguments");
  }
  auto* values = cast<TupleObject>(args);
  if (values->size() > 1)
    return raise(PyExc_TypeError, "bool expected at most 1 argument, got %zd", values->size());
  return boolRef(values->size() == 1 && TRY(objectIsTrue(values->at(0))));
}

PyObject* boolVectorcall(PyObject*, PyObject* const* args, size_t nargsf, PyObject* names) {
  Py_ssize_t count = vectorcallCount(nargsf);
  if (names && static_cast<TupleObject*>(names)->size() > 0) {
    return toPython(Result<Ref<>>(raise(PyExc_TypeError, "bool() takes no keyword arguments")));
  }
  if (count > 1) {
    return toPython(
        Result<Ref<>>(raise(PyExc_TypeError, "bool expected at most 1 argument, got %zd", count)));
  }
  if (count == 0) return boolRef(false).leak();
  return toPython(objectIsTrue(args[0]));
}

// The two objects are immortal; a destructor only restores the count that a careless extension took.
void boolDealloc(IntObject* v) { v->ob_refcnt = kImmortalRefcount; }

constinit PyNumberMethods kBoolNumber = {
    .nb_and = slot<logical<intAnd, std::bit_and<bool>>>,
    .nb_xor = slot<logical<intXor, std::bit_xor<bool>>>,
    .nb_or = slot<logical<intOr, std::bit_or<bool>>>,
};

}  // namespace
}  // namespace krait

using namespace krait;

KR_EXPORT constinit IntObject _Py_FalseStruct = {{{kImmortalRefcount, &PyBool_Type}, 0}, {0}};
KR_EXPORT constinit IntObject _Py_TrueStruct = {{{kImmortalRefcount, &PyBool_Type}, 1}, {1}};

KR_EXPORT constinit PyTypeObject PyBool_Type = {
    KR_TYPE_HEAD,
    .tp_name = "bool",
    .tp_basicsize = 32,
    .tp_itemsize = sizeof(Digit),
    .tp_dealloc = slot<boolDealloc>,
    .tp_repr = slot<repr>,
    .tp_as_number = &kBoolNumber,
    .tp_flags = Py_TPFLAGS_LONG_SUBCLASS | Py_TPFLAGS_MATCH_SELF,
    .tp_doc = "bool(x) -> bool\n\nThe truth of x. True and False are the only instances of the type.",
    .tp_base = &PyLong_Type,
    .tp_new = slot<construct>,
    .tp_vectorcall = boolVectorcall,
};
