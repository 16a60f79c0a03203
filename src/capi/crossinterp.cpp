// Exports of cpython/pystate.h about data that goes from one interpreter to another (channels).
#include <unordered_map>

#include "capi/capi.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/str.h"

using namespace krait;

struct _PyCrossInterpreterData {
  void* data;
  PyObject* obj;   // owned; keeps what `data` points into alive
  int64_t interp;  // where it comes from
  PyObject* (*new_object)(_PyCrossInterpreterData*);
  void (*free)(void*);
};
static_assert(sizeof(_PyCrossInterpreterData) == 40);

using CrossData = _PyCrossInterpreterData;
using GetCrossData = int (*)(PyObject*, CrossData*);

namespace {

int noneData(PyObject*, CrossData* out) {
  out->new_object = [](CrossData*) { return none().leak(); };
  return 0;
}

int intData(PyObject* object, CrossData* out) {
  auto value = intAsLong(static_cast<IntObject*>(object));
  if (value.failed()) {
    if (pendingMatches(PyExc_OverflowError)) {
      clearPending();
      (void)raise(PyExc_OverflowError, "try sending as bytes");
    }
    return -1;
  }
  out->data = reinterpret_cast<void*>(std::move(value).take());
  out->new_object = [](CrossData* data) { return toC(intFromLong(reinterpret_cast<long>(data->data))); };
  return 0;
}

int bytesData(PyObject* object, CrossData* out) {
  out->obj = share(object).leak();
  out->new_object = [](CrossData* data) {
    return toC(bytesFrom(static_cast<BytesObject*>(data->obj)->view()));
  };
  return 0;
}

int strData(PyObject* object, CrossData* out) {
  out->obj = share(object).leak();
  out->new_object = [](CrossData* data) {
    auto* text = static_cast<StrObject*>(data->obj);
    return toC(strFromKind(text->kind(), text->data(), text->size()));
  };
  return 0;
}

// By exact class.
std::unordered_map<PyTypeObject*, GetCrossData>& registry() {
  static auto* table = new std::unordered_map<PyTypeObject*, GetCrossData>{{&_PyNone_Type, noneData},
                                                                           {&PyLong_Type, intData},
                                                                           {&PyBytes_Type, bytesData},
                                                                           {&PyUnicode_Type, strData}};
  return *table;
}

GetCrossData lookUp(PyObject* object) {
  auto found = registry().find(typeOf(object));
  return found == registry().end() ? nullptr : found->second;
}

GetCrossData required(PyObject* object) {
  GetCrossData get = lookUp(object);
  if (!get && !exceptionPending()) {
    (void)raise(PyExc_ValueError, "%S does not support cross-interpreter data", object);
  }
  return get;
}

}  // namespace

KR_EXPORT int _PyCrossInterpreterData_RegisterClass(PyTypeObject* type, GetCrossData get) {
  if (!hasFlag(type, Py_TPFLAGS_READY)) {
    return (void)raise(PyExc_ValueError, "only classes may be registered"), -1;
  }
  if (!get) return (void)raiseBadInternalCall(), -1;
  incref(type);
  registry()[type] = get;
  return 0;
}
KR_EXPORT GetCrossData _PyCrossInterpreterData_Lookup(PyObject* object) { return lookUp(object); }
KR_EXPORT int _PyObject_CheckCrossInterpreterData(PyObject* object) { return required(object) ? 0 : -1; }
KR_EXPORT int _PyObject_GetCrossInterpreterData(PyObject* object, CrossData* out) {
  *out = CrossData{};
  Ref<> held = share(object);
  GetCrossData get = required(object);
  if (!get || get(object, out) != 0) return -1;
  out->interp = 0;
  if (out->new_object) return 0;
  (void)raise(PyExc_SystemError, "missing new_object func");
  return -1;
}
KR_EXPORT PyObject* _PyCrossInterpreterData_NewObject(CrossData* data) { return data->new_object(data); }
KR_EXPORT void _PyCrossInterpreterData_Release(CrossData* data) {
  if (data->data && data->free) data->free(data->data);
  PyObject* object = std::exchange(data->obj, nullptr);
  data->data = nullptr;
  xdecref(object);
}
