// zip, map and filter.
#include "base/inline_buffer.h"
#include "core/call.h"
#include "core/gc.h"
#include "core/native.h"
#include "core/scratch.h"
#include "types/arg_checks.h"
#include "types/bool.h"
#include "types/dict.h"
#include "types/iter_support.h"

namespace krait {

namespace {

struct ZipObject : PyObject {
  Py_ssize_t count;
  TupleObject *iterators, *result;  // result: reused while nobody else refers to it
  int strict;
};
static_assert(sizeof(ZipObject) == 48);
struct MapObject : PyObject {
  TupleObject* iterators;
  PyObject* function;
};
static_assert(sizeof(MapObject) == 32);
struct FilterObject : PyObject {
  PyObject *function, *iterator;
};
static_assert(sizeof(FilterObject) == 32);

Result<Ref<TupleObject>> iteratorsOf(PyObject* const* iterables, Py_ssize_t count) {
  Ref<TupleObject> iterators = TRY(tupleNew(count));
  for (Py_ssize_t i = 0; i < count; i++) iterators->ob_item[i] = TRY(getIter(iterables[i])).leak();
  return iterators;
}

// --- zip ---

Result<bool> strictArgument(Opt<> kwargs) {
  if (!kwargs) return false;
  auto* dict = cast<DictObject>(kwargs.get());
  if (dict->size() > 1) {
    return raise(PyExc_TypeError, "zip() takes at most 1 keyword argument (%zd given)", dict->size());
  }
  Py_ssize_t position = 0;
  PyObject *key, *value;
  if (!dictNext(dict, &position, &key, &value)) return false;
  if (!isStr(key)) return raise(PyExc_TypeError, "keywords must be strings");
  if (!strEqualsAscii(cast<StrObject>(key), "strict")) {
    return raise(PyExc_TypeError, "'%S' is an invalid keyword argument for zip()", key);
  }
  return objectIsTrue(value);
}

Result<Ref<>> zipNew(PyTypeObject* type, TupleObject* args, Opt<> kwargs) {
  bool strict = TRY(strictArgument(kwargs));
  Py_ssize_t count = args->size();
  Ref<TupleObject> iterators = TRY(iteratorsOf(args->items(), count));
  Ref<TupleObject> result = TRY(tupleNew(count));
  for (Py_ssize_t i = 0; i < count; i++) result->ob_item[i] = none().leak();
  Ref<ZipObject> zip = TRY(typeAlloc<ZipObject>(type));
  zip->count = count;
  zip->iterators = std::move(iterators).leak();
  zip->result = std::move(result).leak();
  zip->strict = strict;
  return zip;
}

void zipDealloc(PyObject* self) {
  auto* zip = cast<ZipObject>(self);
  gcUntrack(self);
  DeallocGuard guard(self);
  if (guard.deferred()) return;
  xdecref(zip->iterators);
  xdecref(zip->result);
  objectFreeMemory(self);
}
int zipTraverse(PyObject* self, visitproc visit, void* arg) {
  auto* zip = cast<ZipObject>(self);
  return visitAll(visit, arg, zip->iterators, zip->result);
}

// Iterator `ended` is exhausted: with strict, all others must be too.
Result<MaybeRef<>> zipEnd(ZipObject* zip, Py_ssize_t ended) {
  if (!zip->strict) return MaybeRef<>();
  if (ended > 0) {
    return raise(PyExc_ValueError, "zip() argument %d is shorter than argument%s%d",
                 static_cast<int>(ended + 1), ended == 1 ? " " : "s 1-", static_cast<int>(ended));
  }
  for (Py_ssize_t i = 1; i < zip->count; i++) {
    MaybeRef<> item = TRY(iterNext(zip->iterators->at(i)));
    if (!item) continue;
    return raise(PyExc_ValueError, "zip() argument %d is longer than argument%s%d", static_cast<int>(i + 1),
                 i == 1 ? " " : "s 1-", static_cast<int>(i));
  }
  return MaybeRef<>();
}

Result<MaybeRef<>> zipNext(ZipObject* zip) {
  Py_ssize_t count = zip->count;
  if (count == 0) return MaybeRef<>();
  bool reuse = zip->result->ob_refcnt == 1;
  Ref<TupleObject> result = reuse ? share(zip->result) : TRY(tupleNew(count));
  for (Py_ssize_t i = 0; i < count; i++) {
    MaybeRef<> item = TRY(iterNext(zip->iterators->at(i)));
    if (!item) return zipEnd(zip, i);
    PyObject* old = std::exchange(result->ob_item[i], std::move(item).leak());
    xdecref(old);
  }
  if (reuse && !gcIsTracked(result)) gcTrack(result);
  return MaybeRef<>(std::move(result));
}

Result<Ref<>> zipReduce(ZipObject* zip) {
  if (zip->strict) return reduceTo(typeObject(zip), zip->iterators, Py_True);
  return reduceTo(typeObject(zip), zip->iterators);
}
Status zipSetState(ZipObject* zip, PyObject* state) {
  zip->strict = TRY(objectIsTrue(state));
  return {};
}

// --- map ---

Result<Ref<>> mapMake(PyTypeObject* type, PyObject* const* args, Py_ssize_t count) {
  if (count < 2) return raise(PyExc_TypeError, "map() must have at least two arguments.");
  Ref<TupleObject> iterators = TRY(iteratorsOf(args + 1, count - 1));
  Ref<MapObject> map = TRY(typeAlloc<MapObject>(type));
  map->iterators = std::move(iterators).leak();
  map->function = share(args[0]).leak();
  return map;
}
Result<Ref<>> mapNew(PyTypeObject* type, TupleObject* args, Opt<> kwargs) {
  if (sharesInit(type, &PyMap_Type)) TRY(checkNoKeywords("map", kwargs));
  return mapMake(type, args->items(), args->size());
}
Result<Ref<>> mapVectorcall(PyTypeObject* type, CallArgs args) {
  TRY(checkNoKeywordNames("map", args.names));
  return mapMake(type, args.values, args.count);
}

void mapDealloc(PyObject* self) {
  auto* map = cast<MapObject>(self);
  gcUntrack(self);
  DeallocGuard guard(self);
  if (guard.deferred()) return;
  xdecref(map->iterators);
  xdecref(map->function);
  objectFreeMemory(self);
}
int mapTraverse(PyObject* self, visitproc visit, void* arg) {
  auto* map = cast<MapObject>(self);
  return visitAll(visit, arg, map->iterators, map->function);
}

// Owned argument values behind one free place for vectorcall.
class ArgumentList {
 public:
  ArgumentList() { values_.append(nullptr); }
  ~ArgumentList() {
    for (size_t i = values_.size(); i-- > 1;) decref(values_[i]);
  }
  Status reserve(Py_ssize_t count) { return reserveScratch(values_, static_cast<size_t>(count) + 1); }
  void append(Ref<> value) { values_.append(std::move(value).leak()); }
  Result<Ref<>> passTo(PyObject* function) {
    return callVector(function, values_.data() + 1, (values_.size() - 1) | PY_VECTORCALL_ARGUMENTS_OFFSET,
                      nullptr);
  }

 private:
  InlineBuffer<PyObject*, 6> values_;
};

Result<MaybeRef<>> mapNext(MapObject* map) {
  ArgumentList args;
  TRY(args.reserve(map->iterators->size()));
  for (Py_ssize_t i = 0; i < map->iterators->size(); i++) {
    MaybeRef<> item = TRY(iterNext(map->iterators->at(i)));
    if (!item) return MaybeRef<>();
    args.append(std::move(item).take());
  }
  auto function = share(map->function);
  return MaybeRef<>(TRY(args.passTo(function)));
}

Result<Ref<>> mapReduce(MapObject* map) {
  Py_ssize_t count = map->iterators->size();
  Ref<TupleObject> args = TRY(tupleNew(count + 1));
  args->ob_item[0] = share(map->function).leak();
  for (Py_ssize_t i = 0; i < count; i++) args->ob_item[i + 1] = share(map->iterators->at(i)).leak();
  return reduceTo(typeObject(map), args);
}

// --- filter ---

Result<Ref<>> filterMake(PyTypeObject* type, PyObject* function, PyObject* iterable) {
  Ref<> iterator = TRY(getIter(iterable));
  Ref<FilterObject> filter = TRY(typeAlloc<FilterObject>(type));
  filter->function = share(function).leak();
  filter->iterator = std::move(iterator).leak();
  return filter;
}
Result<Ref<>> filterNew(PyTypeObject* type, TupleObject* args, Opt<> kwargs) {
  if (sharesInit(type, &PyFilter_Type)) TRY(checkNoKeywords("filter", kwargs));
  TRY(checkPositional("filter", args->size(), 2, 2));
  return filterMake(type, args->at(0), args->at(1));
}
Result<Ref<>> filterVectorcall(PyTypeObject* type, CallArgs args) {
  TRY(checkNoKeywordNames("filter", args.names));
  TRY(checkPositional("filter", args.count, 2, 2));
  return filterMake(type, args.values[0], args.values[1]);
}

void filterDealloc(PyObject* self) {
  auto* filter = cast<FilterObject>(self);
  gcUntrack(self);
  DeallocGuard guard(self);
  if (guard.deferred()) return;
  xdecref(filter->function);
  xdecref(filter->iterator);
  objectFreeMemory(self);
}
int filterTraverse(PyObject* self, visitproc visit, void* arg) {
  auto* filter = cast<FilterObject>(self);
  return visitAll(visit, arg, filter->function, filter->iterator);
}

Result<MaybeRef<>> filterNext(FilterObject* filter) {
  bool by_truth =
      filter->function == Py_None || filter->function == reinterpret_cast<PyObject*>(&PyBool_Type);
  for (;;) {
    MaybeRef<> item = TRY(iterNext(filter->iterator));
    if (!item) return MaybeRef<>();
    bool wanted;
    if (by_truth) {
      wanted = TRY(objectIsTrue(item.get()));
    } else {
      Ref<> answer = TRY(call(filter->function, item.get()));
      wanted = TRY(objectIsTrue(answer));
    }
    if (wanted) return item;
  }
}

Result<Ref<>> filterReduce(FilterObject* filter) {
  Ref<TupleObject> args = TRY(tupleOf(filter->function, filter->iterator));
  return reduceTo(typeObject(filter), args);
}

constinit PyMethodDef kZipMethods[] = {method<"!__reduce__($self, /)", zipReduce, kReduceDoc>,
                                       method<"!__setstate__($self, state, /)", zipSetState, kSetStateDoc>,
                                       {}};
constinit PyMethodDef kMapMethods[] = {method<"!__reduce__($self, /)", mapReduce, kReduceDoc>, {}};
constinit PyMethodDef kFilterMethods[] = {method<"!__reduce__($self, /)", filterReduce, kReduceDoc>, {}};

constexpr PyTypeObject iterType(const char* name, const char* doc, Py_ssize_t size, PyMethodDef* methods) {
  return {KR_TYPE_HEAD,
          .tp_name = name,
          .tp_basicsize = size,
          .tp_getattro = slot<genericGetAttr>,
          .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE,
          .tp_doc = doc,
          .tp_iter = slot<objectSelfIter>,
          .tp_methods = methods,
          .tp_alloc = genericAlloc,
          .tp_free = gcFree};
}

}  // namespace
}  // namespace krait

using namespace krait;
KR_EXPORT constinit PyTypeObject PyZip_Type = [] {
  PyTypeObject type =
      iterType("zip",
               "zip(*iterables, strict=False) --> tuples of the first, second ... items of each\n\n"
               "Ends with the shortest iterable; with strict, different lengths raise ValueError.\n\n"
               ">>> list(zip('xyz', (10, 20, 30)))\n"
               "[('x', 10), ('y', 20), ('z', 30)]",
               sizeof(ZipObject), kZipMethods);
  type.tp_dealloc = zipDealloc;
  type.tp_traverse = zipTraverse;
  type.tp_iternext = slot<zipNext>;
  type.tp_new = slot<zipNew>;
  return type;
}();
KR_EXPORT constinit PyTypeObject PyMap_Type = [] {
  PyTypeObject type = iterType("map",
                               "map(func, *iterables) --> map object\n\n"
                               "Calls func with one item of each iterable, until the shortest ends.",
                               sizeof(MapObject), kMapMethods);
  type.tp_dealloc = mapDealloc;
  type.tp_traverse = mapTraverse;
  type.tp_iternext = slot<mapNext>;
  type.tp_new = slot<mapNew>;
  type.tp_vectorcall = typeVectorcall<mapVectorcall>;
  return type;
}();
KR_EXPORT constinit PyTypeObject PyFilter_Type = [] {
  PyTypeObject type = iterType("filter",
                               "filter(function or None, iterable) --> filter object\n\n"
                               "The items for which function answers true; None: the items that are true.",
                               sizeof(FilterObject), kFilterMethods);
  type.tp_dealloc = filterDealloc;
  type.tp_traverse = filterTraverse;
  type.tp_iternext = slot<filterNext>;
  type.tp_new = slot<filterNew>;
  type.tp_vectorcall = typeVectorcall<filterVectorcall>;
  return type;
}();
