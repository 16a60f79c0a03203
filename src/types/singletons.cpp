// None, NotImplemented and Ellipsis.
#include "core/native.h"
#include "types/dict.h"
#include "types/str.h"
#include "types/tuple.h"

namespace krait {

namespace {

Result<Ref<>> singletonNew(PyObject* singleton, const char* type_name, PyObject* args, PyObject* kwargs) {
  if (cast<TupleObject>(args)->size() > 0 || (kwargs && static_cast<DictObject*>(kwargs)->size() > 0)) {
    return raise(PyExc_TypeError, "%s takes no arguments", type_name);
  }
  return share(singleton);
}

PyObject* noneNew(PyTypeObject*, PyObject* args, PyObject* kwargs) {
  return singletonNew(Py_None, "NoneType", args, kwargs).toC();
}
PyObject* notImplementedNew(PyTypeObject*, PyObject* args, PyObject* kwargs) {
  return singletonNew(Py_NotImplemented, "NotImplementedType", args, kwargs).toC();
}
PyObject* ellipsisNew(PyTypeObject*, PyObject* args, PyObject* kwargs) {
  return singletonNew(Py_Ellipsis, "EllipsisType", args, kwargs).toC();
}

Result<Ref<StrObject>> noneRepr(PyObject*) { return strLiteral("None"); }
Result<Ref<StrObject>> notImplementedRepr(PyObject*) { return strLiteral("NotImplemented"); }
Result<Ref<StrObject>> ellipsisRepr(PyObject*) { return strLiteral("Ellipsis"); }

bool noneIsTrue(PyObject*) { return false; }

Result<bool> notImplementedIsTrue(PyObject*) {
  TRY(warn(PyExc_DeprecationWarning, 1, "NotImplemented should not be used in a boolean context"));
  return true;
}

// Somebody dropped more references than they had: the object is immortal.
void revive(PyObject* self) { self->ob_refcnt = kImmortalRefcount; }

PyNumberMethods kNoneNumber = {.nb_bool = slot<noneIsTrue>};
PyNumberMethods kNotImplementedNumber = {.nb_bool = slot<notImplementedIsTrue>};

constinit PyMethodDef kNotImplementedMethods[] = {method<"!__reduce__($self, /)", notImplementedRepr>, {}};
constinit PyMethodDef kEllipsisMethods[] = {method<"!__reduce__($self, /)", ellipsisRepr>, {}};

}  // namespace

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject _PyNone_Type = {
    KR_TYPE_HEAD,         .tp_name = "NoneType",     .tp_basicsize = sizeof(PyObject),
    .tp_dealloc = revive, .tp_repr = slot<noneRepr>, .tp_as_number = &kNoneNumber,
    .tp_new = noneNew,
};
KR_EXPORT constinit PyTypeObject _PyNotImplemented_Type = {
    KR_TYPE_HEAD,
    .tp_name = "NotImplementedType",
    .tp_basicsize = sizeof(PyObject),
    .tp_dealloc = revive,
    .tp_repr = slot<notImplementedRepr>,
    .tp_as_number = &kNotImplementedNumber,
    .tp_methods = kNotImplementedMethods,
    .tp_new = notImplementedNew,
};
KR_EXPORT constinit PyTypeObject PyEllipsis_Type = {
    KR_TYPE_HEAD,
    .tp_name = "ellipsis",
    .tp_basicsize = sizeof(PyObject),
    .tp_dealloc = revive,
    .tp_repr = slot<ellipsisRepr>,
    .tp_getattro = slot<static_cast<Result<Ref<>> (*)(PyObject*, PyObject*)>(genericGetAttr)>,
    .tp_methods = kEllipsisMethods,
    .tp_new = ellipsisNew,
};
KR_EXPORT constinit PyObject _Py_NoneStruct = {kImmortalRefcount, &_PyNone_Type};
KR_EXPORT constinit PyObject _Py_NotImplementedStruct = {kImmortalRefcount, &_PyNotImplemented_Type};
KR_EXPORT constinit PyObject _Py_EllipsisObject = {kImmortalRefcount, &PyEllipsis_Type};
