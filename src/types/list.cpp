// list: storage, growth, item and slice access. Methods and the type itself are in list_type.cpp.
//
// Every removal makes the list consistent first and drops the references afterwards, because dropping may run
// Python that looks at the list again.
#include "types/list.h"
#include "core/scratch.h"

#include "types/free_list.h"
#include "types/list_internal.h"
#include "types/slice.h"

namespace krait {

namespace {

constinit FreeList<ListObject, 80> free_lists;
constexpr Py_ssize_t kMaxItems = PY_SSIZE_T_MAX / static_cast<Py_ssize_t>(sizeof(PyObject*));

// References taken out of a list, dropped at the end of the scope.
class Released {
 public:
  Status reserve(Py_ssize_t count) { return reserveScratch(items_, static_cast<size_t>(count)); }
  void take(PyObject** items, Py_ssize_t count) { items_.append(items, static_cast<size_t>(count)); }
  void take(PyObject* item) { items_.append(item); }
  ~Released() {
    for (size_t i = items_.size(); i-- > 0;) decref(items_[i]);
  }

 private:
  InlineBuffer<PyObject*, 8> items_;
};

Status reallocate(ListObject* list, Py_ssize_t allocated) {
  if (allocated > kMaxItems) return raiseNoMemory();
  auto* items =
      static_cast<PyObject**>(memRealloc(list->ob_item, static_cast<size_t>(allocated) * sizeof(PyObject*)));
  if (!items) return raiseNoMemory();
  list->ob_item = items;
  list->allocated = allocated;
  return {};
}

Status extendFromFast(ListObject* list, PyObject* iterable) {
  Ref<> source = TRY(sequenceFast(iterable, "argument must be iterable"));
  Py_ssize_t count = fastSize(source), size = list->ob_size;
  if (count == 0) return {};
  if (size > kMaxItems - count) return raiseNoMemory();
  if (!list->ob_item) {
    TRY(listReserveExact(list, count));
    list->ob_size = count;
  } else {
    TRY(listResize(list, size + count));
  }
  PyObject** items = fastItems(source);  // read late: the source may be the list itself
  for (Py_ssize_t i = 0; i < count; i++) {
    incref(items[i]);
    list->ob_item[size + i] = items[i];
  }
  return {};
}

Status extendFromIterator(ListObject* list, PyObject* iterable) {
  Ref<> iterator = TRY(getIter(iterable));
  Py_ssize_t hint = TRY(lengthHint(iterable, 8)), size = list->ob_size;
  if (!list->ob_item) {
    TRY(listReserveExact(list, hint));
  } else if (hint <= kMaxItems - size) {
    TRY(listResize(list, size + hint));
    list->ob_size = size;
  }
  for (;;) {
    MaybeRef<> item = TRY(loopNext(iterator));
    if (!item) break;
    TRY(listAppend(list, std::move(item).take()));
  }
  if (list->ob_size < list->allocated) return listResize(list, list->ob_size);
  return {};
}

// Removes the items start, start + step, ... (count of them, step > 0) and closes the gaps.
Status deleteStrided(ListObject* list, Py_ssize_t start, Py_ssize_t step, Py_ssize_t count) {
  Released dropped;
  TRY(dropped.reserve(count));
  Py_ssize_t write = start, size = list->ob_size;
  for (Py_ssize_t i = 0; i < count; i++) {
    Py_ssize_t at = start + i * step;
    dropped.take(list->ob_item[at]);
    Py_ssize_t next = i + 1 < count ? at + step : size;
    std::memmove(list->ob_item + write, list->ob_item + at + 1,
                 static_cast<size_t>(next - at - 1) * sizeof(PyObject*));
    write += next - at - 1;
  }
  list->ob_size = size - count;
  return listResize(list, size - count);
}

Status assignStrided(ListObject* list, PyObject* value, SliceBounds bounds, Py_ssize_t count) {
  Ref<> source = value == list ? Ref<>(TRY(listSlice(list, 0, list->ob_size)))
                               : TRY(sequenceFast(value, "must assign iterable to extended slice"));
  if (fastSize(source) != count) {
    return raise(PyExc_ValueError, "attempt to assign sequence of size %zd to extended slice of size %zd",
                 fastSize(source), count);
  }
  Released dropped;
  TRY(dropped.reserve(count));
  for (Py_ssize_t i = 0, at = bounds.start; i < count; i++, at += bounds.step) {
    dropped.take(std::exchange(list->ob_item[at], share(fastItems(source)[i]).leak()));
  }
  return {};
}

Status assignSliceObject(ListObject* list, SliceObject* slice, Opt<> value) {
  SliceBounds bounds = TRY(sliceUnpack(slice));
  Py_ssize_t count = sliceAdjust(bounds, list->ob_size);
  if (bounds.step == 1) return listAssignSlice(list, bounds.start, bounds.stop, value);
  if (!value) {
    if (count <= 0) return {};
    Py_ssize_t first = bounds.step > 0 ? bounds.start : bounds.start + bounds.step * (count - 1);
    return deleteStrided(list, first, bounds.step > 0 ? bounds.step : -bounds.step, count);
  }
  if (value.get() != list) {
    // Making a sequence of the value may run Python that resizes the list: the bounds are computed again.
    Ref<> source = TRY(sequenceFast(value.get(), "must assign iterable to extended slice"));
    bounds = TRY(sliceUnpack(slice));
    count = sliceAdjust(bounds, list->ob_size);
    return assignStrided(list, source, bounds, count);
  }
  return assignStrided(list, value.get(), bounds, count);
}

Status replaceAt(ListObject* list, Py_ssize_t index, Opt<> value) {
  if (!value) return listAssignSlice(list, index, index + 1, nullptr);
  PyObject* old = std::exchange(list->ob_item[index], share(value.get()).leak());
  decref(old);
  return {};
}

}  // namespace

void listPrintFreeList(FILE* out) { free_lists.print(out, "PyListObject"); }

Status listResize(ListObject* list, Py_ssize_t size) {
  Py_ssize_t allocated = list->allocated;
  if (allocated >= size && size >= (allocated >> 1)) {
    list->ob_size = size;
    return {};
  }
  auto wanted = static_cast<size_t>(size);
  size_t room = (wanted + (wanted >> 3) + 6) & ~size_t{3};
  if (size - list->ob_size > static_cast<Py_ssize_t>(room - wanted)) room = (wanted + 3) & ~size_t{3};
  if (size == 0) {
    memFree(std::exchange(list->ob_item, nullptr));
    list->allocated = 0;
  } else {
    TRY(reallocate(list, static_cast<Py_ssize_t>(room)));
  }
  list->ob_size = size;
  return {};
}

Status listReserveExact(ListObject* list, Py_ssize_t size) {
  KR_ASSERT(!list->ob_item, "the list owns no storage");
  if (size == 0) return {};
  return reallocate(list, size < kMaxItems ? (size + 1) & ~Py_ssize_t{1} : size);
}

Result<Ref<ListObject>> listNew(Py_ssize_t size) {
  if (size < 0) return raiseBadInternalCall();
  ListObject* list = free_lists.pop();
  if (list)
    list->ob_refcnt = 1;
  else
    list = TRY(objectNew<ListObject>(&PyList_Type)).leak();
  list->ob_item = nullptr;
  list->ob_size = 0;
  list->allocated = 0;
  auto made = Ref<ListObject>::steal(list);
  if (size > 0) {
    if (size > kMaxItems) return raiseNoMemory();
    list->ob_item = static_cast<PyObject**>(memCalloc(static_cast<size_t>(size), sizeof(PyObject*)));
    if (!list->ob_item) return raiseNoMemory();
    list->allocated = list->ob_size = size;
  }
  gcTrack(list);
  return made;
}

Result<Ref<ListObject>> listFromItems(PyObject* const* items, Py_ssize_t size) {
  Ref<ListObject> list = TRY(listNew(size));
  for (Py_ssize_t i = 0; i < size; i++) list->ob_item[i] = share(items[i]).leak();
  return list;
}

Result<Ref<ListObject>> listWithRoom(Py_ssize_t capacity) {
  Ref<ListObject> list = TRY(listNew());
  TRY(reallocate(list.get(), capacity));
  return list;
}

Status listAppend(ListObject* list, Ref<> item) {
  Py_ssize_t size = list->ob_size;
  if (size < list->allocated) [[likely]]
    list->ob_size = size + 1;
  else
    TRY(listResize(list, size + 1));
  list->ob_item[size] = std::move(item).leak();
  return {};
}

Status listAppend(ListObject* list, PyObject* item) { return listAppend(list, share(item)); }

Status listInsert(ListObject* list, Py_ssize_t index, PyObject* item) {
  Py_ssize_t size = list->ob_size;
  TRY(listResize(list, size + 1));
  if (index < 0) index = index + size < 0 ? 0 : index + size;
  if (index > size) index = size;
  PyObject** at = list->ob_item + index;
  std::memmove(at + 1, at, static_cast<size_t>(size - index) * sizeof(PyObject*));
  *at = share(item).leak();
  return {};
}

Status listExtend(ListObject* list, PyObject* iterable) {
  if (isExactList(iterable) || isExactTuple(iterable) || iterable == list)
    return extendFromFast(list, iterable);
  return extendFromIterator(list, iterable);
}

Status listSetItem(ListObject* list, Py_ssize_t index, Ref<> item) {
  if (static_cast<size_t>(index) >= static_cast<size_t>(list->ob_size)) {
    return raise(PyExc_IndexError, "list assignment index out of range");
  }
  PyObject* old = std::exchange(list->ob_item[index], std::move(item).leak());
  xdecref(old);
  return {};
}

Result<Ref<>> listGetItem(ListObject* list, Py_ssize_t index) {
  if (index < 0) index += list->ob_size;
  if (static_cast<size_t>(index) >= static_cast<size_t>(list->ob_size)) {
    return raise(PyExc_IndexError, "list index out of range");
  }
  return share(list->at(index));
}

Result<Ref<ListObject>> listSlice(ListObject* list, Py_ssize_t start, Py_ssize_t stop) {
  Py_ssize_t size = list->ob_size;
  start = start < 0 ? 0 : start > size ? size : start;
  stop = stop < start ? start : stop > size ? size : stop;
  Ref<ListObject> result = TRY(listNew());
  stop = stop < list->ob_size ? stop : list->ob_size;
  if (stop <= start) return result;
  TRY(reallocate(result, stop - start));
  for (Py_ssize_t i = start; i < stop; i++) result->ob_item[i - start] = share(list->at(i)).leak();
  result->ob_size = stop - start;
  return result;
}

Status listSetSlice(ListObject* list, Py_ssize_t start, Py_ssize_t stop, Opt<> iterable) {
  return listAssignSlice(list, start, stop, iterable);
}

Status listAssignSlice(ListObject* list, Py_ssize_t start, Py_ssize_t stop, Opt<> value) {
  MaybeRef<> source;
  if (value) {
    source = value.get() == list ? Ref<>(TRY(listSlice(list, 0, list->ob_size)))
                                 : TRY(sequenceFast(value.get(), "can only assign an iterable"));
  }
  Py_ssize_t size = list->ob_size, count = source ? fastSize(source.get()) : 0;
  start = start < 0 ? 0 : start > size ? size : start;
  stop = stop < start ? start : stop > size ? size : stop;
  Py_ssize_t removed = stop - start, growth = count - removed;
  if (size + growth == 0) {
    listClear(list);
    return {};
  }
  Released dropped;
  TRY(dropped.reserve(removed));
  if (growth > 0) TRY(listResize(list, size + growth));  // nothing is taken out when it fails
  if (removed > 0) dropped.take(list->ob_item + start, removed);
  if (growth != 0)
    std::memmove(list->ob_item + stop + growth, list->ob_item + stop,
                 static_cast<size_t>(size - stop) * sizeof(PyObject*));
  for (Py_ssize_t i = 0; i < count; i++) list->ob_item[start + i] = share(fastItems(source.get())[i]).leak();
  list->ob_size = size + growth;
  return growth < 0 ? listResize(list, list->ob_size) : Status{};
}

Result<Ref<>> listSubscript(ListObject* list, PyObject* key) {
  if (isIndex(key)) return listGetItem(list, TRY(asSsize(key, PyExc_IndexError)));
  if (!isSlice(key)) {
    return raise(PyExc_TypeError, "list indices must be integers or slices, not %.200s", typeName(key));
  }
  SliceBounds given = TRY(sliceUnpack(cast<SliceObject>(key))), bounds = given;
  Py_ssize_t count = sliceAdjust(bounds, list->ob_size);
  if (count <= 0) return TRY(listNew());
  if (bounds.step == 1) return TRY(listSlice(list, bounds.start, bounds.stop));
  Ref<ListObject> result = TRY(listNew());
  TRY(reallocate(result, count));
  bounds = given;  // the allocation may have run Python
  Py_ssize_t now = sliceAdjust(bounds, list->ob_size);
  if (now < count) count = now;
  for (Py_ssize_t i = 0, at = bounds.start; i < count; i++, at += bounds.step) {
    result->ob_item[i] = share(list->at(at)).leak();
  }
  result->ob_size = count;
  return result;
}

Status listAssignSubscript(ListObject* list, PyObject* key, Opt<> value) {
  if (isIndex(key)) {
    Py_ssize_t index = TRY(asSsize(key, PyExc_IndexError));
    if (index < 0) index += list->ob_size;
    if (static_cast<size_t>(index) >= static_cast<size_t>(list->ob_size)) {
      return raise(PyExc_IndexError, "list assignment index out of range");
    }
    return replaceAt(list, index, value);
  }
  if (isSlice(key)) return assignSliceObject(list, cast<SliceObject>(key), value);
  return raise(PyExc_TypeError, "list indices must be integers or slices, not %.200s", typeName(key));
}

Status listReverse(ListObject* list) {
  for (Py_ssize_t low = 0, high = list->ob_size - 1; low < high; low++, high--) {
    std::swap(list->ob_item[low], list->ob_item[high]);
  }
  return {};
}

Result<Ref<TupleObject>> listAsTuple(ListObject* list) {
  return tupleFromItems(list->ob_item, list->ob_size);
}

Result<Ref<>> listPop(ListObject* list, Py_ssize_t index) {
  Py_ssize_t size = list->ob_size;
  if (size == 0) return raise(PyExc_IndexError, "pop from empty list");
  if (index < 0) index += size;
  if (static_cast<size_t>(index) >= static_cast<size_t>(size)) {
    return raise(PyExc_IndexError, "pop index out of range");
  }
  PyObject** items = list->ob_item;
  auto item = Ref<>::steal(items[index]);
  std::memmove(items + index, items + index + 1, static_cast<size_t>(size - 1 - index) * sizeof(PyObject*));
  list->ob_size = size - 1;
  TRY(listResize(list, size - 1));
  return item;
}

void listClear(ListObject* list) {
  PyObject** items = std::exchange(list->ob_item, nullptr);
  if (!items) return;  // `allocated` stays: a list that is being sorted is marked there
  Py_ssize_t size = list->ob_size;
  list->ob_size = 0;
  list->allocated = 0;
  while (--size >= 0) xdecref(items[size]);
  memFree(items);
}

void listDealloc(PyObject* self) {
  auto* list = cast<ListObject>(self);
  gcUntrack(self);
  DeallocGuard guard(self);
  if (guard.deferred()) return;
  if (PyObject** items = list->ob_item) {
    for (Py_ssize_t i = list->ob_size; --i >= 0;) xdecref(items[i]);
    memFree(items);
  }
  if (isExactList(self) && free_lists.push(list)) return;
  objectFreeMemory(self);
}

void listClearFreeList() { free_lists.drain(gcFree); }

}  // namespace krait
