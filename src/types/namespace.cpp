// types.SimpleNamespace
#include "core/gc.h"
#include "core/native.h"
#include "core/thread.h"
#include "types/misc_objects.h"
#include "types/str.h"
#include "types/str_builder.h"
#include "types/tuple.h"

namespace krait {

namespace {

struct NamespaceObject : PyObject {
  PyObject* dict;
};

void namespaceDealloc(NamespaceObject* n) {
  gcUntrack(n);
  DeallocGuard guard(n);
  if (guard.deferred()) return;
  clearField(n->dict);
  objectFreeMemory(n);
}
int namespaceTraverse(NamespaceObject* n, visitproc visit, void* arg) {
  return visitAll(visit, arg, n->dict);
}
int namespaceClear(NamespaceObject* n) {
  clearField(n->dict);
  return 0;
}

Result<Ref<NamespaceObject>> allocate(PyTypeObject* type) {
  auto n = TRY(typeAlloc<NamespaceObject>(type));
  n->dict = TRY(dictNew()).leak();
  return n;
}
PyObject* namespaceTypeNew(PyTypeObject* type, PyObject*, PyObject*) {
  return Result<Ref<NamespaceObject>>(allocate(type)).toC();
}

Status namespaceInit(NamespaceObject* n, PyObject* args, Opt<> kwargs) {
  if (cast<TupleObject>(args)->size() != 0) return raise(PyExc_TypeError, "no positional arguments expected");
  if (!kwargs) return {};
  Py_ssize_t position = 0;
  PyObject *key, *value;
  while (dictNext(static_cast<DictObject*>(kwargs.get()), &position, &key, &value)) {
    if (!isStr(key)) return raise(PyExc_TypeError, "keywords must be strings");
  }
  return dictUpdate(static_cast<DictObject*>(n->dict), kwargs.get());
}

Result<Ref<StrObject>> namespaceRepr(NamespaceObject* n) {
  const char* shown = isExact(n, &_PyNamespace_Type) ? "namespace" : typeName(n);
  auto guard = TRY(ReprGuard::enter(n));
  if (guard.isRecursive()) return strFormat("%s(...)", shown);
  auto items = TRY(dictCopy(static_cast<DictObject*>(n->dict)));  // reprs may change the namespace
  StrBuilder out;
  auto head = TRY(strFromUtf8(shown));
  out.append(head);
  out.append('(');
  bool first = true;
  Py_ssize_t position = 0;
  PyObject *key, *value;
  while (dictNext(items.get(), &position, &key, &value)) {
    if (!isStr(key) || cast<StrObject>(key)->size() == 0) continue;
    if (!first) out.append(", ");
    first = false;
    out.append(cast<StrObject>(key));
    out.append('=');
    out.append(TRY(objectRepr(value)));
  }
  return out.finish(')');
}

Result<Ref<>> namespaceCompare(PyObject* left, PyObject* right, int op) {
  if (!isInstanceOf(left, &_PyNamespace_Type) || !isInstanceOf(right, &_PyNamespace_Type))
    return notImplemented();
  return richCompare(static_cast<NamespaceObject*>(left)->dict, static_cast<NamespaceObject*>(right)->dict,
                     op);
}

Result<Ref<>> namespaceReduce(NamespaceObject* n) {
  auto no_args = emptyTuple();
  return tupleOf<PyObject, PyObject, PyObject>(typeOf(n), no_args.get(), n->dict);
}

constinit PyMemberDef kMembers[] = {
    {"__dict__", T_OBJECT, offsetof(NamespaceObject, dict), READONLY, nullptr}, {}};
constinit PyMethodDef kMethods[] = {
    method<"!__reduce__($self, /)", namespaceReduce, "Pickled as a call with the attributes.">, {}};

}  // namespace

Result<Ref<>> namespaceNew(Opt<DictObject> attributes) {
  auto n = TRY(allocate(&_PyNamespace_Type));
  if (attributes) TRY(dictUpdate(static_cast<DictObject*>(n->dict), attributes.get()));
  return n;
}

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject _PyNamespace_Type = {
    KR_TYPE_HEAD,
    .tp_name = "types.SimpleNamespace",
    .tp_basicsize = sizeof(NamespaceObject),
    .tp_dealloc = slot<namespaceDealloc>,
    .tp_repr = slot<namespaceRepr>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_setattro = slot<genericSetAttr>,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "A simple attribute-based namespace.\n\nSimpleNamespace(**kwargs)",
    .tp_traverse = slot<namespaceTraverse>,
    .tp_clear = slot<namespaceClear>,
    .tp_richcompare = slot<namespaceCompare>,
    .tp_methods = kMethods,
    .tp_members = kMembers,
    .tp_dictoffset = offsetof(NamespaceObject, dict),
    .tp_init = slot<namespaceInit>,
    .tp_alloc = genericAlloc,
    .tp_new = namespaceTypeNew,
    .tp_free = gcFree,
};
