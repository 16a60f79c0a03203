// The proxy types: every operation is passed to the object referred to; ReferenceError once it is gone.
#include "core/call.h"
#include "core/gc.h"
#include "core/native.h"
#include "core/number.h"
#include "core/object.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/weakref.h"

namespace krait {
namespace {

bool isProxy(PyObject* o) {
  return isExact(o, &_PyWeakref_ProxyType) || isExact(o, &_PyWeakref_CallableProxyType);
}

// The object itself, or what a proxy stands for.
Result<Ref<>> unwrap(PyObject* o) {
  if (!isProxy(o)) return share(o);
  MaybeRef<> object = weakRefGet(cast<WeakRefObject>(o));
  if (!object) return raise(PyExc_ReferenceError, "weakly-referenced object no longer exists");
  return std::move(object).take();
}

template <auto F>
Result<Ref<>> unary(PyObject* self) {
  Ref<> object = TRY(unwrap(self));
  Ref<> result = TRY(F(object.get()));
  return result;
}

template <auto F>
Result<Ref<>> binary(PyObject* left, PyObject* right) {
  Ref<> a = TRY(unwrap(left));
  Ref<> b = TRY(unwrap(right));
  return F(a.get(), b.get());
}

template <auto F>
Result<Ref<>> ternary(PyObject* left, PyObject* right, PyObject* modulus) {
  Ref<> a = TRY(unwrap(left));
  Ref<> b = TRY(unwrap(right));
  Ref<> c = TRY(unwrap(modulus));
  return F(a.get(), b.get(), c.get());
}

Result<Ref<StrObject>> proxyRepr(PyObject* self) {
  PyObject* object = cast<WeakRefObject>(self)->wr_object;
  return strFormat("<weakproxy at %p to %s at %p>", self, typeName(object), object);
}

Result<Ref<>> compare(PyObject* left, PyObject* right, int op) {
  Ref<> a = TRY(unwrap(left));
  Ref<> b = TRY(unwrap(right));
  return richCompare(a.get(), b.get(), op);
}

Result<bool> isTrue(PyObject* self) {
  Ref<> object = TRY(unwrap(self));
  return objectIsTrue(object.get());
}
Result<Py_ssize_t> length(PyObject* self) {
  Ref<> object = TRY(unwrap(self));
  return objectLength(object.get());
}
Result<bool> contains(PyObject* self, PyObject* item) {
  Ref<> object = TRY(unwrap(self));
  return sequenceContains(object.get(), item);
}
Result<Ref<>> getItem(PyObject* self, PyObject* key) {
  Ref<> object = TRY(unwrap(self));
  Ref<> real_key = TRY(unwrap(key));
  return itemGet(object.get(), real_key.get());
}
Status setItem(PyObject* self, PyObject* key, Opt<> value) {
  Ref<> object = TRY(unwrap(self));
  if (!value) return itemDelete(object.get(), key);
  return itemSet(object.get(), key, value.get());
}
Result<Ref<>> getAttr(PyObject* self, PyObject* attr) {
  Ref<> object = TRY(unwrap(self));
  return attrGet(object.get(), attr);
}
Status setAttr(PyObject* self, PyObject* attr, Opt<> value) {
  Ref<> object = TRY(unwrap(self));
  if (!value) return attrDelete(object.get(), attr);
  return attrSet(object.get(), attr, value.get());
}
Result<Ref<>> iter(PyObject* self) {
  Ref<> object = TRY(unwrap(self));
  return getIter(object.get());
}
PyObject* next(PyObject* self) {
  auto object = unwrap(self);
  if (object.failed()) return nullptr;
  Ref<> iterator = std::move(object).take();
  if (!isIterator(iterator.get())) {
    (void)raise(PyExc_TypeError, "Weakref proxy referenced a non-iterator '%.200s' object",
                typeName(iterator.get()));
    return nullptr;
  }
  return typeOf(iterator.get())->tp_iternext(iterator.get());
}
Result<Ref<>> proxyCall(PyObject* self, PyObject* args, Opt<> kwargs) {
  Ref<> object = TRY(unwrap(self));
  return callTupleDict(object.get(), cast<TupleObject>(args), static_cast<DictObject*>(kwargs.get()));
}
Result<Ref<>> bytesMethod(PyObject* self) {
  Ref<> object = TRY(unwrap(self));
  return callMethod(object.get(), name<"__bytes__">());
}
Result<Ref<>> reversedMethod(PyObject* self) {
  Ref<> object = TRY(unwrap(self));
  return callMethod(object.get(), name<"__reversed__">());
}

void dealloc(PyObject* self) {
  auto* ref = cast<WeakRefObject>(self);
  gcUntrack(self);
  weakRefClear(ref);
  clearField(ref->wr_callback);
  gcFree(self);
}
int traverse(PyObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, cast<WeakRefObject>(self)->wr_callback);
}
int clear(PyObject* self) {
  auto* ref = cast<WeakRefObject>(self);
  weakRefClear(ref);
  clearField(ref->wr_callback);
  return 0;
}

constinit PyNumberMethods kNumber = {.nb_add = slot<binary<numberAdd>>,
                                     .nb_subtract = slot<binary<numberSubtract>>,
                                     .nb_multiply = slot<binary<numberMultiply>>,
                                     .nb_remainder = slot<binary<numberRemainder>>,
                                     .nb_divmod = slot<binary<numberDivmod>>,
                                     .nb_power = slot<ternary<numberPower>>,
                                     .nb_negative = slot<unary<numberNegative>>,
                                     .nb_positive = slot<unary<numberPositive>>,
                                     .nb_absolute = slot<unary<numberAbsolute>>,
                                     .nb_bool = slot<isTrue>,
                                     .nb_invert = slot<unary<numberInvert>>,
                                     .nb_lshift = slot<binary<numberLshift>>,
                                     .nb_rshift = slot<binary<numberRshift>>,
                                     .nb_and = slot<binary<numberAnd>>,
                                     .nb_xor = slot<binary<numberXor>>,
                                     .nb_or = slot<binary<numberOr>>,
                                     .nb_int = slot<unary<numberInt>>,
                                     .nb_float = slot<unary<numberFloat>>,
                                     .nb_inplace_add = slot<binary<numberInPlaceAdd>>,
                                     .nb_inplace_subtract = slot<binary<numberInPlaceSubtract>>,
                                     .nb_inplace_multiply = slot<binary<numberInPlaceMultiply>>,
                                     .nb_inplace_remainder = slot<binary<numberInPlaceRemainder>>,
                                     .nb_inplace_power = slot<ternary<numberInPlacePower>>,
                                     .nb_inplace_lshift = slot<binary<numberInPlaceLshift>>,
                                     .nb_inplace_rshift = slot<binary<numberInPlaceRshift>>,
                                     .nb_inplace_and = slot<binary<numberInPlaceAnd>>,
                                     .nb_inplace_xor = slot<binary<numberInPlaceXor>>,
                                     .nb_inplace_or = slot<binary<numberInPlaceOr>>,
                                     .nb_floor_divide = slot<binary<numberFloorDivide>>,
                                     .nb_true_divide = slot<binary<numberTrueDivide>>,
                                     .nb_inplace_floor_divide = slot<binary<numberInPlaceFloorDivide>>,
                                     .nb_inplace_true_divide = slot<binary<numberInPlaceTrueDivide>>,
                                     .nb_index = slot<unary<numberIndex>>,
                                     .nb_matrix_multiply = slot<binary<numberMatrixMultiply>>,
                                     .nb_inplace_matrix_multiply = slot<binary<numberInPlaceMatrixMultiply>>};
constinit PySequenceMethods kSequence = {.sq_length = slot<length>, .sq_contains = slot<contains>};
constinit PyMappingMethods kMapping = {slot<length>, slot<getItem>, slot<setItem>};
constinit PyMethodDef kMethods[] = {
    method<"!__bytes__($self, /)", bytesMethod>, method<"!__reversed__($self, /)", reversedMethod>, {}};

}  // namespace
}  // namespace krait

using namespace krait;

#define KR_PROXY(symbol, type_name, method_table, ...)                                                  \
  KR_EXPORT constinit PyTypeObject symbol = {KR_TYPE_HEAD,                                              \
                                             .tp_name = type_name,                                      \
                                             .tp_basicsize = sizeof(WeakRefObject),                     \
                                             .tp_dealloc = dealloc,                                     \
                                             .tp_repr = slot<proxyRepr>,                                \
                                             .tp_as_number = &kNumber,                                  \
                                             .tp_as_sequence = &kSequence,                              \
                                             .tp_as_mapping = &kMapping,                                \
                                             __VA_ARGS__.tp_str = slot<unary<objectStr>>,               \
                                             .tp_getattro = slot<getAttr>,                              \
                                             .tp_setattro = slot<setAttr>,                              \
                                             .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE, \
                                             .tp_traverse = traverse,                                   \
                                             .tp_clear = clear,                                         \
                                             .tp_richcompare = slot<compare>,                           \
                                             .tp_iter = slot<iter>,                                     \
                                             .tp_iternext = next,                                       \
                                             .tp_methods = method_table,                                \
                                             .tp_free = gcFree};

KR_PROXY(_PyWeakref_ProxyType, "weakref.ProxyType", kMethods, )
KR_PROXY(_PyWeakref_CallableProxyType, "weakref.CallableProxyType", nullptr, .tp_call = slot<proxyCall>, )
