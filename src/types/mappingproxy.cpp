// mappingproxy: a read-only view of a mapping.
#include "core/c_stack.h"
#include "core/call.h"
#include "core/gc.h"
#include "core/native.h"
#include "types/descr.h"
#include "types/list.h"
#include "types/misc_objects.h"
#include "types/str.h"
#include "types/tuple.h"

namespace krait {

namespace {

struct ProxyObject : PyObject {
  PyObject* mapping;
};
static_assert(sizeof(ProxyObject) == 24);

bool isProxy(PyObject* o) { return isExact(o, &PyDictProxy_Type); }

void proxyDealloc(ProxyObject* p) {
  gcUntrack(p);
  DeallocGuard guard(p);
  if (guard.deferred()) return;
  clearField(p->mapping);
  gcFree(p);
}
int proxyTraverse(ProxyObject* p, visitproc visit, void* arg) { return visitAll(visit, arg, p->mapping); }

// What an operation is passed on to. Proxies of proxies may be nested deeper than the C stack.
Result<PyObject*> mappingOf(ProxyObject* p) {
  TRY(checkCStack(" while looking through a mappingproxy"));
  return p->mapping;
}

Result<Py_ssize_t> proxyLength(ProxyObject* p) { return objectLength(TRY(mappingOf(p))); }
Result<Ref<>> proxyGetItem(ProxyObject* p, PyObject* key) { return itemGet(TRY(mappingOf(p)), key); }
Result<bool> proxyContains(ProxyObject* p, PyObject* key) { return sequenceContains(TRY(mappingOf(p)), key); }
Result<Ref<>> proxyIter(ProxyObject* p) { return getIter(TRY(mappingOf(p))); }
Result<Ref<StrObject>> proxyStr(ProxyObject* p) { return objectStr(p->mapping); }
Result<Ref<>> proxyRepr(ProxyObject* p) { return strFormat("mappingproxy(%R)", p->mapping); }
// A proxy on the other side is unwrapped when it is asked in turn.
Result<Ref<>> proxyCompare(ProxyObject* p, PyObject* other, int op) {
  return richCompare(p->mapping, other, op);
}

Result<Ref<>> proxyOr(PyObject* left, PyObject* right) {
  PyObject* a = isProxy(left) ? TRY(mappingOf(static_cast<ProxyObject*>(left))) : left;
  PyObject* b = isProxy(right) ? TRY(mappingOf(static_cast<ProxyObject*>(right))) : right;
  return numberOr(a, b);
}
Result<Ref<>> proxyInPlaceOr(ProxyObject* p, PyObject*) {
  return raise(PyExc_TypeError, "'|=' is not supported by %s; use '|' instead", typeName(p));
}

Result<Ref<>> proxyGet(ProxyObject* p, PyObject* key, PyObject* fallback) {
  return callMethod(p->mapping, name<"get">(), key, fallback);
}
Result<Ref<>> proxyKeys(ProxyObject* p) { return callMethod(p->mapping, name<"keys">()); }
Result<Ref<>> proxyValues(ProxyObject* p) { return callMethod(p->mapping, name<"values">()); }
Result<Ref<>> proxyItems(ProxyObject* p) { return callMethod(p->mapping, name<"items">()); }
Result<Ref<>> proxyCopy(ProxyObject* p) { return callMethod(p->mapping, name<"copy">()); }
Result<Ref<>> proxyReversed(ProxyObject* p) { return callMethod(p->mapping, name<"__reversed__">()); }

Result<Ref<>> proxyTypeNew(PyTypeObject*, PyObject* mapping) {
  if (!isMapping(mapping) || isList(mapping) || isTuple(mapping)) {
    return raise(PyExc_TypeError, "mappingproxy() argument must be a mapping, not %s", typeName(mapping));
  }
  return mappingProxyNew(mapping);
}

constinit PyMethodDef kMethods[] = {
    method<"!get($self, key, default=None, /)", proxyGet, "The value of the key, else the default.">,
    method<"!keys($self, /)", proxyKeys, "A view of the keys.">,
    method<"!values($self, /)", proxyValues, "A view of the values.">,
    method<"!items($self, /)", proxyItems, "A view of the (key, value) pairs.">,
    method<"!copy($self, /)", proxyCopy, "A shallow copy of the mapping.">,
    classMethod<"!__class_getitem__($type, item, /)", genericAliasNew, "Parameterise the type.">,
    method<"!__reversed__($self, /)", proxyReversed, "The keys, last to first.">,
    {},
};

PyNumberMethods kNumber = {.nb_or = slot<proxyOr>, .nb_inplace_or = slot<proxyInPlaceOr>};
PySequenceMethods kSequence = {.sq_contains = slot<proxyContains>};
PyMappingMethods kMapping = {.mp_length = slot<proxyLength>, .mp_subscript = slot<proxyGetItem>};

}  // namespace

Result<Ref<>> mappingProxyNew(PyObject* mapping) {
  auto p = TRY(objectNew<ProxyObject>(&PyDictProxy_Type));
  p->mapping = share(mapping).leak();
  gcTrack(p.get());
  return p;
}

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyDictProxy_Type = {
    KR_TYPE_HEAD,
    .tp_name = "mappingproxy",
    .tp_basicsize = sizeof(ProxyObject),
    .tp_dealloc = slot<proxyDealloc>,
    .tp_repr = slot<proxyRepr>,
    .tp_as_number = &kNumber,
    .tp_as_sequence = &kSequence,
    .tp_as_mapping = &kMapping,
    .tp_str = slot<proxyStr>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_MAPPING,
    .tp_traverse = slot<proxyTraverse>,
    .tp_richcompare = slot<proxyCompare>,
    .tp_iter = slot<proxyIter>,
    .tp_methods = kMethods,
    .tp_new = newSlot<"mappingproxy(mapping)", proxyTypeNew>,
};
