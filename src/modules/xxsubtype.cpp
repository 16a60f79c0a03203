// xxsubtype: subclasses of list and dict with C state, which the test suite derives from.
#include <ctime>

#include "core/call.h"
#include "core/gc.h"
#include "core/native.h"
#include "modules/c_args.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/module.h"
#include "types/type.h"

namespace krait::modules {

extern PyTypeObject kSpamListType, kSpamDictType;

namespace {

struct SpamList : ListObject {
  int state;
};
struct SpamDict : DictObject {
  int state;
};

int listGetState(SpamList* self) { return self->state; }

Status listSetState(SpamList* self, int state) { return self->state = state, Status(); }
int dictGetState(SpamDict* self) { return self->state; }
Status dictSetState(SpamDict* self, int state) { return self->state = state, Status(); }

Result<Ref<>> callShown(PyObject* self, CallArgs args) {
  auto positional = TRY(tupleFromItems(args.values, args.count));
  Ref<> keywords = none();
  if (args.names) {
    auto dict = TRY(dictNew());
    for (Py_ssize_t i = 0; i < args.names->size(); i++) {
      TRY(dictSet(dict.get(), args.names->at(i), args.values[args.count + i]));
    }
    keywords = std::move(dict);
  }
  return tupleOf<PyObject, PyObject, PyObject>(self, positional.get(), keywords.get());
}

PyObject* listStateGet(PyObject* self, void*) { return toPython(static_cast<SpamList*>(self)->state); }

Status listInit(PyObject* self, PyObject* args, PyObject* kwargs) {
  TRY(Status::fromC(PyList_Type.tp_init(self, args, kwargs)));
  static_cast<SpamList*>(self)->state = 0;
  return {};
}
Status dictInit(PyObject* self, PyObject* args, PyObject* kwargs) {
  TRY(Status::fromC(PyDict_Type.tp_init(self, args, kwargs)));
  static_cast<SpamDict*>(self)->state = 0;
  return {};
}

constinit PyMethodDef kListMethods[] = {
    method<"!getstate($self, /)", listGetState, "getstate() -> state">,
    method<"!%%setstate($self, state, /)", listSetState, "setstate(state)">,
    classMethod<"!classmeth($type, *args, **kw)", callShown, "classmeth(*args, **kw)">,
    {"staticmeth", {}, 0, nullptr},
    {},
};
constinit PyMethodDef kDictMethods[] = {
    method<"!getstate($self, /)", dictGetState, "getstate() -> state">,
    method<"!%%setstate($self, state, /)", dictSetState, "setstate(state)">,
    {},
};
constinit PyGetSetDef kListGetSet[] = {
    {"state", listStateGet, nullptr, "an int variable for demonstration purposes", nullptr}, {}};
constinit PyMemberDef kDictMembers[] = {
    {"state", T_INT, offsetof(SpamDict, state), READONLY, "an int variable for demonstration purposes"}, {}};

PyObject* staticCall(PyObject* self, PyObject* const* args, Py_ssize_t count, PyObject* names) {
  return toPython(callShown(self ? self : Py_None, {args, count, static_cast<TupleObject*>(names)}));
}

// How long `times` attribute lookups of the object take: the answer is None, the caller measures.
// Processor time of looking an attribute up that many times.
Result<double> bench(CallArgs args) {
  if (args.count < 2 || args.count > 3)
    return raise(PyExc_TypeError, "function takes at %s arguments (%zd given)",
                 args.count < 2 ? "least 2" : "most 3", args.count);
  PyObject* name = args.values[1];
  if (!isStr(name))
    return raise(PyExc_TypeError, "argument 2 must be str, not %.50s",
                 name == Py_None ? "None" : typeName(name));
  int times = args.count == 3 ? TRY(asCInt(args.values[2])) : 1000;
  std::clock_t start = std::clock();
  while (times-- > 0) TRY(attrGet(args.values[0], cast<StrObject>(name)));
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}
constinit PyMethodDef kFunctions[] = {function<"!%bench(*args)", bench>, {}};

Status exec(PyObject* module) {
  kListMethods[3] = {"staticmeth",
                     {.fast_keywords = staticCall},
                     METH_STATIC | METH_FASTCALL | METH_KEYWORDS,
                     "staticmeth(*args, **kw)"};
  kSpamListType.tp_base = &PyList_Type;
  kSpamDictType.tp_base = &PyDict_Type;
  TRY(moduleAddType(module, &kSpamListType));
  return moduleAddType(module, &kSpamDictType);
}

constinit PyModuleDef kModule =
    moduleDef<"xxsubtype", exec>(kFunctions, "Types derived from built-in types in C.");

}  // namespace

constinit PyTypeObject kSpamListType = {
    KR_TYPE_HEAD,
    .tp_name = "xxsubtype.spamlist",
    .tp_basicsize = sizeof(SpamList),
    .tp_flags = Py_TPFLAGS_BASETYPE,
    .tp_methods = kListMethods,
    .tp_getset = kListGetSet,
    .tp_init = slot<listInit>,
};
constinit PyTypeObject kSpamDictType = {
    KR_TYPE_HEAD,
    .tp_name = "xxsubtype.spamdict",
    .tp_basicsize = sizeof(SpamDict),
    .tp_flags = Py_TPFLAGS_BASETYPE,
    .tp_methods = kDictMethods,
    .tp_members = kDictMembers,
    .tp_init = slot<dictInit>,
};

PyObject* initXxsubtype() { return moduleDefInit(&kModule); }

}  // namespace krait::modules
