// Exports of pycore_interpreteridobject.h: the id of an interpreter as an object. There is one interpreter,
// of id 0.
#include "capi/capi.h"
#include "core/call.h"
#include "core/gc.h"
#include "core/interpreter.h"
#include "core/native.h"
#include "core/thread.h"
#include "types/bool.h"
#include "types/int.h"
#include "types/str.h"

using namespace krait;

extern "C" {
extern PyTypeObject _PyInterpreterID_Type;
PyThreadState* PyInterpreterState_ThreadHead(PyInterpreterState* state);
void Py_EndInterpreter(PyThreadState* thread);
}

namespace {

struct InterpreterIdObject : PyObject {
  int64_t id;
};

bool isInterpreterId(PyObject* object) { return isInstanceOf(object, &_PyInterpreterID_Type); }
int64_t idOf(PyObject* object) { return static_cast<InterpreterIdObject*>(object)->id; }

Result<int64_t> idArgument(PyObject* object) {
  if (isInterpreterId(object)) return idOf(object);
  if (!isIndex(object))
    return raise(PyExc_TypeError, "interpreter ID must be an int, got %.100s", typeName(object));
  Ref<IntObject> number = TRY(numberIndex(object));
  long id = TRY(intAsLong(number));
  if (id < 0) return raise(PyExc_ValueError, "interpreter ID must be a non-negative int, got %R", object);
  return id;
}

Result<PyInterpreterState*> stateById(int64_t id) {
  if (Interpreter* found = interpreterById(id)) return interpreterHandle(found);
  return raise(PyExc_RuntimeError, "unrecognized interpreter ID %lld", static_cast<long long>(id));
}

Result<Ref<>> idMake(PyTypeObject* type, int64_t id) {
  Ref<InterpreterIdObject> made = TRY(typeAlloc<InterpreterIdObject>(type));
  made->id = id;
  if (Interpreter* named = interpreterById(id)) named->id_references++;
  return Ref<>(std::move(made));
}

// An interpreter may end with the last object that names it.
void releaseId(Interpreter* named) {
  if (--named->id_references > 0 || !named->ends_with_id) return;
  PyThreadState* thread = PyInterpreterState_ThreadHead(interpreterHandle(named));
  if (!thread) return;
  Thread* former = threadSwap(static_cast<Thread*>(thread));
  Py_EndInterpreter(thread);
  threadSwap(former);
}

void idDealloc(PyObject* self) {
  if (Interpreter* named = interpreterById(idOf(self))) {
    PendingSaved saved;
    releaseId(named);
  }
  objectFreeMemory(self);
}

// force: for an interpreter that does not exist too.
Result<Ref<>> idNew(PyTypeObject* type, PyObject* value, bool force) {
  int64_t id = TRY(idArgument(value));
  if (!force) TRY(stateById(id));
  return idMake(type, id);
}

Result<Ref<StrObject>> idRepr(InterpreterIdObject* self) {
  const char* full = typeName(self);
  const char* dot = __builtin_strrchr(full, '.');
  return strFormat("%s(%lld)", dot ? dot + 1 : full, static_cast<long long>(self->id));
}
Result<Ref<StrObject>> idStr(InterpreterIdObject* self) {
  return strFormat("%lld", static_cast<long long>(self->id));
}
Result<Ref<>> idInt(PyObject* self) { return TRY(intFromLong(idOf(self))); }
Py_hash_t idHash(PyObject* self) {
  auto number = intFromLong(idOf(self));
  if (number.failed()) return -1;
  return intHash(std::move(number).take().get());
}

Result<Ref<>> idCompare(PyObject* self, PyObject* other, int op) {
  if ((op != Py_EQ && op != Py_NE) || !isInterpreterId(self)) return notImplemented();
  if (isInterpreterId(other)) return Ref<>(boolRef((idOf(self) == idOf(other)) == (op == Py_EQ)));
  if (!isNumber(other)) return notImplemented();
  Ref<IntObject> number = TRY(intFromLong(idOf(self)));
  return richCompare(number, other, op);
}

constinit PyNumberMethods kIdNumber = {.nb_int = slot<idInt>, .nb_index = slot<idInt>};

}  // namespace

KR_EXPORT constinit PyTypeObject _PyInterpreterID_Type = {
    KR_TYPE_HEAD,
    .tp_name = "InterpreterID",
    .tp_basicsize = sizeof(InterpreterIdObject),
    .tp_dealloc = idDealloc,
    .tp_repr = slot<idRepr>,
    .tp_as_number = &kIdNumber,
    .tp_hash = idHash,
    .tp_str = slot<idStr>,
    .tp_flags = Py_TPFLAGS_BASETYPE,
    .tp_doc = "Names an interpreter and can be used as an int.",
    .tp_richcompare = slot<idCompare>,
    .tp_new = newSlot<"InterpreterID.__init__(id, *, force=False)", idNew>,
};

KR_EXPORT PyObject* _PyInterpreterID_New(int64_t id) { return toC(idMake(&_PyInterpreterID_Type, id)); }
KR_EXPORT PyInterpreterState* _PyInterpreterID_LookUp(PyObject* object) {
  auto id = idArgument(object);
  if (id.failed()) return nullptr;
  auto found = stateById(std::move(id).take());
  return found.failed() ? nullptr : std::move(found).take();
}
KR_EXPORT PyInterpreterState* _PyInterpreterState_LookUpID(int64_t id) {
  auto found = stateById(id);
  return found.failed() ? nullptr : std::move(found).take();
}
KR_EXPORT PyObject* _PyInterpreterState_GetIDObject(PyInterpreterState* state) {
  return _PyInterpreterID_New(interpreterOf(state)->id);
}
// Whether an interpreter ends with the last reference to its id.
KR_EXPORT int _PyInterpreterState_RequiresIDRef(PyInterpreterState* state) {
  return interpreterOf(state)->ends_with_id;
}
KR_EXPORT void _PyInterpreterState_RequireIDRef(PyInterpreterState* state, int required) {
  interpreterOf(state)->ends_with_id = required != 0;
}
KR_EXPORT int _PyInterpreterState_IDInitref(PyInterpreterState*) { return 0; }
KR_EXPORT int _PyInterpreterState_IDIncref(PyInterpreterState* state) {
  interpreterOf(state)->id_references++;
  return 0;
}
KR_EXPORT void _PyInterpreterState_IDDecref(PyInterpreterState* state) { releaseId(interpreterOf(state)); }
