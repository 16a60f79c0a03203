// Elements: life, children, attributes, copying, pickling, indexing.
#include "modules/elementtree/element.h"

#include <algorithm>
#include <vector>

#include "core/call.h"
#include "core/gc.h"
#include "core/import.h"
#include "core/memory.h"
#include "core/native_order.h"
#include "core/scratch.h"
#include "core/thread.h"
#include "types/int.h"
#include "types/slice.h"
#include "types/tuple.h"
#include "types/type.h"
#include "types/weakref.h"

namespace krait::modules::elementtree {

Raised raiseNotElement(PyObject* given) {
  return raise(PyExc_TypeError, "expected an Element, not \"%.200s\"", typeName(given));
}

namespace {

// --- storage -----------------------------------------------------------------------------------------------

Status ensureExtra(ElementObject* self) {
  if (self->extra) return {};
  auto* extra = static_cast<ElementExtra*>(memCalloc(1, sizeof(ElementExtra)));
  if (!extra) return raiseNoMemory();
  extra->allocated = kInlineChildren;
  extra->children = extra->inline_children;
  self->extra = extra;
  return {};
}

// Takes the storage off the element first: dropping references may run Python.
void dropExtra(ElementObject* self) {
  ElementExtra* extra = std::exchange(self->extra, nullptr);
  if (!extra) return;
  xdecref(extra->attrib);
  for (Py_ssize_t i = 0; i < extra->length; i++) decref(extra->children[i]);
  if (extra->children != extra->inline_children) memFree(extra->children);
  memFree(extra);
}

// Room for `more` children.
Status reserve(ElementObject* self, Py_ssize_t more) {
  TRY(ensureExtra(self));
  ElementExtra* extra = self->extra;
  Py_ssize_t size = extra->length + more;
  if (size <= extra->allocated) return {};
  size += (size >> 3) + (size < 9 ? 3 : 6);
  if (size > PY_SSIZE_T_MAX / Py_ssize_t{sizeof(PyObject*)}) return raiseNoMemory();
  bool was_inline = extra->children == extra->inline_children;
  auto* moved = static_cast<PyObject**>(
      memRealloc(was_inline ? nullptr : extra->children, static_cast<size_t>(size) * sizeof(PyObject*)));
  if (!moved) return raiseNoMemory();
  if (was_inline) std::copy_n(extra->inline_children, extra->length, moved);
  extra->children = moved;
  extra->allocated = size;
  return {};
}

Status insertChild(ElementObject* self, Py_ssize_t index, PyObject* child) {
  TRY(reserve(self, 1));
  PyObject** items = self->extra->children;
  std::copy_backward(items + index, items + self->extra->length, items + self->extra->length + 1);
  items[index] = share(child).leak();
  self->extra->length++;
  return {};
}

MaybeRef<> removeAt(ElementObject* self, Py_ssize_t index) {
  PyObject** items = self->extra->children;
  auto removed = MaybeRef<>::steal(items[index]);
  self->extra->length--;
  std::copy(items + index + 1, items + self->extra->length + 1, items + index);
  return removed;
}

Result<DictObject*> attributes(ElementObject* self) {
  TRY(ensureExtra(self));
  if (!self->extra->attrib) self->extra->attrib = TRY(dictNew()).leak();
  return cast<DictObject>(self->extra->attrib);
}

}  // namespace

Status elementAppend(ElementObject* self, PyObject* child) { return insertChild(self, self->size(), child); }

Result<MaybeRef<DictObject>> attributesFromCall(Opt<> attrib, Opt<DictObject> kwargs) {
  Ref<DictObject> keywords = kwargs ? TRY(dictCopy(kwargs.get())) : TRY(dictNew());
  Ref<StrObject> key = TRY(strLiteral("attrib"));
  MaybeRef<> named;
  if (!attrib && keywords->size()) named = TRY(dictPop(keywords, key));
  if (named && !isDict(named.get()))
    return raise(PyExc_TypeError, "attrib must be dict, not %.100s", typeName(named.get()));
  Opt<> base = attrib ? attrib : named.opt();
  if (!base) return keywords->size() ? MaybeRef<DictObject>(std::move(keywords)) : MaybeRef<DictObject>();
  Ref<DictObject> out = TRY(dictCopy(cast<DictObject>(base.get())));
  if (keywords->size()) TRY(dictUpdate(out, keywords));
  return MaybeRef<DictObject>(std::move(out));
}

namespace {

// --- life --------------------------------------------------------------------------------------------------

Result<Ref<>> elementAlloc(PyTypeObject* type, PyObject*, Opt<>) {
  Ref<ElementObject> self = TRY(typeAlloc<ElementObject>(type));
  self->tag = none().leak(), self->text = none().leak(), self->tail = none().leak();
  return self;
}

Status elementInit(ElementObject* self, PyObject* args_object, Opt<> kwargs) {
  auto* args = cast<TupleObject>(args_object);
  if (args->size() < 1) return raise(PyExc_TypeError, "Element() takes at least 1 argument (0 given)");
  if (args->size() > 2)
    return raise(PyExc_TypeError, "Element() takes at most 2 arguments (%zd given)", args->size());
  Opt<> attrib;
  if (args->size() == 2) attrib = args->at(1);
  if (attrib && !isDict(attrib.get()))
    return raise(PyExc_TypeError, "Element() argument 2 must be dict, not %.50s",
                 attrib.get() == Py_None ? "None" : typeName(attrib.get()));
  MaybeRef<DictObject> made =
      TRY(attributesFromCall(attrib, kwargs ? cast<DictObject>(kwargs.get()) : nullptr));
  dropExtra(self);
  if (made) {
    TRY(ensureExtra(self));
    self->extra->attrib = std::move(made).leak();
  }
  setField(self->tag, share(args->at(0)));
  setField(self->text, none());
  setField(self->tail, none());
  return {};
}

int elementTraverse(ElementObject* self, visitproc visit, void* arg) {
  if (int status = visitAll(visit, arg, self->tag, self->text, self->tail)) return status;
  if (!self->extra) return 0;
  if (int status = visitAll(visit, arg, self->extra->attrib)) return status;
  for (Py_ssize_t i = 0; i < self->extra->length; i++) {
    if (int status = visitAll(visit, arg, self->extra->children[i])) return status;
  }
  return 0;
}
int elementGcClear(ElementObject* self) {
  clearField(self->tag);
  setField(self->text, none());
  setField(self->tail, none());
  dropExtra(self);
  return 0;
}
void elementDealloc(ElementObject* self) {
  gcUntrack(self);
  DeallocGuard guard(self);
  if (guard.deferred()) return;
  if (self->weakrefs) clearWeakRefs(self);
  clearField(self->tag);
  clearField(self->text);
  clearField(self->tail);
  dropExtra(self);
  typeOf(self)->tp_free(self);
}

Result<Ref<StrObject>> elementRepr(ElementObject* self) {
  if (!self->tag) return strFormat("<Element at %p>", self);
  auto guard = TRY(ReprGuard::enter(self));
  if (guard.isRecursive())
    return raise(PyExc_RuntimeError, "reentrant call inside %s.__repr__", typeName(self));
  Ref<> tag = share(self->tag);
  return strFormat("<Element %R at %p>", tag.get(), self);
}

// --- attributes --------------------------------------------------------------------------------------------

template <PyObject* ElementObject::* Field>
Result<Ref<>> fieldGet(ElementObject* self) {
  return share(self->*Field ? self->*Field : Py_None);
}
template <PyObject* ElementObject::* Field>
Status fieldSet(ElementObject* self, Opt<> value) {
  if (!value) return raise(PyExc_AttributeError, "can't delete element attribute");
  setField(self->*Field, share(value.get()));
  return {};
}
Result<Ref<>> attribGet(ElementObject* self) { return share<PyObject>(TRY(attributes(self))); }
Status attribSet(ElementObject* self, Opt<> value) {
  if (!value) return raise(PyExc_AttributeError, "can't delete element attribute");
  if (!isDict(value.get()))
    return raise(PyExc_TypeError, "attrib must be dict, not %.200s", typeName(value.get()));
  TRY(ensureExtra(self));
  setField(self->extra->attrib, share(value.get()));
  return {};
}

Result<Ref<>> elementGet(ElementObject* self, PyObject* key, PyObject* fallback) {
  if (!self->extra || !self->extra->attrib) return share(fallback);
  Ref<DictObject> attrib = share(cast<DictObject>(self->extra->attrib));
  Opt<> value = TRY(dictGet(attrib, key));
  return share(value.orElse(fallback));
}
Status elementSet(ElementObject* self, PyObject* key, PyObject* value) {
  Ref<DictObject> attrib = share(TRY(attributes(self)));
  return dictSet(attrib, key, value);
}
Result<Ref<>> elementKeys(ElementObject* self) {
  if (!self->extra || !self->extra->attrib) return Ref<>(TRY(listNew()));
  return Ref<>(TRY(dictKeys(cast<DictObject>(self->extra->attrib))));
}
Result<Ref<>> elementItems(ElementObject* self) {
  if (!self->extra || !self->extra->attrib) return Ref<>(TRY(listNew()));
  return Ref<>(TRY(dictItems(cast<DictObject>(self->extra->attrib))));
}

// --- children ----------------------------------------------------------------------------------------------

Status elementAppendMethod(ElementObject* self, ElementObject* child) { return elementAppend(self, child); }
Status elementInsert(ElementObject* self, Py_ssize_t index, ElementObject* child) {
  if (index < 0) index = std::max<Py_ssize_t>(index + self->size(), 0);
  return insertChild(self, std::min(index, self->size()), child);
}
Result<Ref<>> elementSequence(PyObject* elements) {
  Result<Ref<>> items = sequenceFast(elements, "");
  if (!items.failed()) return items;
  clearPending();
  return raise(PyExc_TypeError, "expected sequence, not \"%.200s\"", typeName(elements));
}
Status elementExtend(ElementObject* self, PyObject* elements) {
  Ref<> items = TRY(elementSequence(elements));
  for (Py_ssize_t i = 0; i < fastSize(items); i++) {
    Ref<> item = share(fastItems(items)[i]);
    if (!isElement(item)) return raiseNotElement(item);
    TRY(elementAppend(self, item));
  }
  return {};
}
Status elementRemove(ElementObject* self, ElementObject* child) {
  for (Py_ssize_t i = 0; i < self->size(); i++) {
    if (self->child(i) == child) return removeAt(self, i), Status();
  }
  for (Py_ssize_t i = 0; i < self->size(); i++) {
    Ref<> item = share(self->child(i));
    if (!TRY(objectEquals(item, child))) continue;
    if (i < self->size() && self->child(i) == item.get()) removeAt(self, i);
    return {};
  }
  return raise(PyExc_ValueError, "list.remove(x): x not in list");
}
Status elementClear(ElementObject* self) {
  dropExtra(self);
  setField(self->text, none());
  setField(self->tail, none());
  return {};
}
Result<Ref<>> elementMake(ElementObject*, PyObject* tag, DictObject* attrib) {
  Ref<DictObject> copy = TRY(dictCopy(attrib));
  return Ref<>(TRY(elementNew(tag, copy.get())));
}

// --- copying and pickling ----------------------------------------------------------------------------------

Result<Ref<>> elementCopy(ElementObject* self) {
  Ref<ElementObject> copy = TRY(elementNew(self->tag, self->extra ? Opt<>(self->extra->attrib) : Opt<>()));
  setField(copy->text, share(self->text));
  setField(copy->tail, share(self->tail));
  for (Py_ssize_t i = 0; i < self->size(); i++) TRY(elementAppend(copy, self->child(i)));
  return copy;
}

Result<Ref<>> elementDeepCopy(ElementObject* self, DictObject* memo);
Result<Ref<>> deepCopy(PyObject* object, DictObject* memo) {
  if (object == Py_None || isExactStr(object)) return share(object);
  if (isExactElement(object) && typeOf(object)->tp_name == krait_element_type.tp_name) {
    return elementDeepCopy(static_cast<ElementObject*>(object), memo);
  }
  Ref<> copy = TRY(importAttr("copy", "deepcopy"));
  return call(copy.get(), object, memo);
}
Result<Ref<>> elementDeepCopy(ElementObject* self, DictObject* memo) {
  auto recursion = TRY(RecursionGuard::enter(" while copying an Element"));
  Ref<> old_tag = share(self->tag), old_text = share(self->text), old_tail = share(self->tail);
  Ref<> tag = TRY(deepCopy(old_tag, memo));
  MaybeRef<> attrib;
  if (self->extra && self->extra->attrib) {
    Ref<> old_attrib = share(self->extra->attrib);
    attrib = TRY(deepCopy(old_attrib, memo));
    if (!isDict(attrib.get()))
      return raise(PyExc_TypeError, "attrib must be dict, not %.200s", typeName(attrib.get()));
  }
  Ref<ElementObject> copy = TRY(elementNew(tag, attrib.opt()));
  setField(copy->text, TRY(deepCopy(old_text, memo)));
  setField(copy->tail, TRY(deepCopy(old_tail, memo)));
  for (Py_ssize_t i = 0; i < self->size(); i++) {
    Ref<> old_child = share(self->child(i)), child = TRY(deepCopy(old_child, memo));
    if (!isElement(child)) return raiseNotElement(child);
    TRY(elementAppend(copy, child));
  }
  Ref<IntObject> id = TRY(intFromUnsignedLong(reinterpret_cast<uintptr_t>(self)));
  TRY(dictSet(memo, id, copy));
  return copy;
}

long elementSizeof(ElementObject* self) {
  long size = typeOf(self)->tp_basicsize;
  if (!self->extra) return size;
  size += sizeof(ElementExtra);
  if (self->extra->children != self->extra->inline_children)
    size += static_cast<long>(sizeof(PyObject*)) * self->extra->allocated;
  return size;
}

Result<Ref<>> elementGetState(ElementObject* self) {
  Ref<ListObject> children = TRY(listNew());
  for (Py_ssize_t i = 0; i < self->size(); i++) TRY(listAppend(children, self->child(i)));
  Ref<DictObject> state = TRY(dictNew());
  Ref<> attrib = self->extra && self->extra->attrib ? share(self->extra->attrib) : Ref<>(TRY(dictNew()));
  TRY(dictSet(state, "tag", self->tag));
  TRY(dictSet(state, "_children", children.get()));
  TRY(dictSet(state, "attrib", attrib.get()));
  TRY(dictSet(state, "text", self->text));
  TRY(dictSet(state, "tail", self->tail));
  return state;
}

Result<MaybeRef<>> stateField(DictObject* state, const char* key) {
  Ref<StrObject> key_text = TRY(strLiteral(key));
  Opt<> value = TRY(dictGet(state, key_text));
  return MaybeRef<>::share(value.get());
}
Status checkStateKeys(DictObject* state) {
  PyObject *key, *value;
  for (Py_ssize_t at = 0; dictNext(state, &at, &key, &value);) {
    bool known = false;
    for (const char* field : {"tag", "_children", "attrib", "text", "tail"})
      known |= isStr(key) && strEqualsAscii(cast<StrObject>(key), field);
    if (!known) return raise(PyExc_TypeError, "'%S' is an invalid keyword argument for this function", key);
  }
  return {};
}
Status elementSetState(ElementObject* self, PyObject* given) {
  if (!isExactDict(given))
    return raise(PyExc_TypeError, "Don't know how to unpickle \"%.200R\" as an Element", given);
  auto* state = cast<DictObject>(given);
  TRY(checkStateKeys(state));
  MaybeRef<> tag = TRY(stateField(state, "tag")), attrib = TRY(stateField(state, "attrib")),
             text = TRY(stateField(state, "text")), tail = TRY(stateField(state, "tail")),
             children = TRY(stateField(state, "_children"));
  if (!tag) return raise(PyExc_TypeError, "tag may not be NULL");
  if (children && !isList(children.get())) return raise(PyExc_TypeError, "'_children' is not a list");
  dropExtra(self);
  setField(self->tag, std::move(tag).take());
  setField(self->text, text ? std::move(text).take() : none());
  setField(self->tail, tail ? std::move(tail).take() : none());
  if (children) {
    auto* list = cast<ListObject>(children.get());
    for (Py_ssize_t i = 0; i < list->size(); i++) {
      if (!isElement(list->at(i))) return raiseNotElement(list->at(i));
      TRY(elementAppend(self, list->at(i)));
    }
  }
  if (!attrib || !isDict(attrib.get())) return {};
  TRY(ensureExtra(self));
  setField(self->extra->attrib, std::move(attrib).take());
  return {};
}

// --- indexing ----------------------------------------------------------------------------------------------

Py_ssize_t elementLength(ElementObject* self) { return self->size(); }
Result<Ref<>> elementAt(ElementObject* self, Py_ssize_t index) {
  if (index < 0 || index >= self->size()) return raise(PyExc_IndexError, "child index out of range");
  return share(self->child(index));
}
Status elementAssignAt(ElementObject* self, Py_ssize_t index, Opt<> value) {
  if (index < 0 || index >= self->size())
    return raise(PyExc_IndexError, "child assignment index out of range");
  if (!value) return removeAt(self, index), Status();
  if (!isElement(value.get())) return raiseNotElement(value.get());
  setField(self->extra->children[index], share(value.get()));
  return {};
}

Result<Py_ssize_t> childIndex(ElementObject* self, PyObject* index) {
  Py_ssize_t i = TRY(asSsize(index, PyExc_IndexError));
  return i < 0 ? i + self->size() : i;
}

Result<Ref<>> elementSubscript(ElementObject* self, PyObject* index) {
  if (isIndex(index)) return elementAt(self, TRY(childIndex(self, index)));
  if (!isSlice(index)) return raise(PyExc_TypeError, "element indices must be integers");
  SliceBounds bounds = TRY(sliceUnpack(cast<SliceObject>(index)));
  Py_ssize_t count = sliceAdjust(bounds, self->size());
  Ref<ListObject> out = TRY(listNew());
  for (Py_ssize_t i = 0, at = bounds.start; i < count; i++, at += bounds.step)
    TRY(listAppend(out, self->child(at)));
  return out;
}

// Replaces the chosen children; a step other than 1 needs equally many.
Status replaceSlice(ElementObject* self, SliceBounds bounds, Py_ssize_t count, PyObject* fresh) {
  Py_ssize_t given = fresh ? fastSize(fresh) : 0;
  if (bounds.step != 1 && fresh && given != count) {
    return raise(PyExc_ValueError, "attempt to assign sequence of size %zd to extended slice of size %zd",
                 given, count);
  }
  for (Py_ssize_t i = 0; i < given; i++) {
    if (!isElement(fastItems(fresh)[i])) return raiseNotElement(fastItems(fresh)[i]);
  }
  Py_ssize_t size = self->size();
  TRY(reserve(self, std::max<Py_ssize_t>(given - count, 0)));
  std::vector<PyObject*> kept, dropped;
  TRY(reserveMore(kept, static_cast<size_t>(size + given)));
  TRY(reserveMore(dropped, static_cast<size_t>(count)));
  bool inserted = false;
  auto insert_all = [&] {
    for (Py_ssize_t i = 0; i < given; i++) kept.push_back(share(fastItems(fresh)[i]).leak());
    inserted = true;
  };
  Py_ssize_t low = bounds.step > 0 ? bounds.start : bounds.start + (count - 1) * bounds.step;
  Py_ssize_t stride = bounds.step > 0 ? bounds.step : -bounds.step;
  for (Py_ssize_t i = 0; i < size; i++) {
    if (bounds.step == 1 && i == low && !inserted) insert_all();
    bool chosen = count > 0 && i >= low && (i - low) % stride == 0 && (i - low) / stride < count;
    if (!chosen) {
      kept.push_back(self->child(i));
      continue;
    }
    dropped.push_back(self->child(i));
    if (bounds.step == 1 || !fresh) continue;
    Py_ssize_t nth = (i - low) / stride;
    kept.push_back(share(fastItems(fresh)[bounds.step > 0 ? nth : count - 1 - nth]).leak());
  }
  if (bounds.step == 1 && !inserted) insert_all();
  std::copy(kept.begin(), kept.end(), self->extra->children);
  self->extra->length = static_cast<Py_ssize_t>(kept.size());
  for (PyObject* child : dropped) decref(child);
  return {};
}

Status elementAssignSubscript(ElementObject* self, PyObject* index, Opt<> value) {
  if (isIndex(index)) return elementAssignAt(self, TRY(childIndex(self, index)), value);
  if (!isSlice(index)) return raise(PyExc_TypeError, "element indices must be integers");
  TRY(ensureExtra(self));
  SliceBounds bounds = TRY(sliceUnpack(cast<SliceObject>(index)));
  if (!value) {
    Py_ssize_t count = sliceAdjust(bounds, self->size());
    return count > 0 ? replaceSlice(self, bounds, count, nullptr) : Status();
  }
  Ref<> fresh = TRY(elementSequence(value.get()));
  TRY(ensureExtra(self));
  Py_ssize_t count = sliceAdjust(bounds, self->size());
  return replaceSlice(self, bounds, count, fresh);
}

PyMethodDef kElementMethods[] = {method<"clear($self, /)", elementClear>,
                                 method<"get($self, /, key, default=None)", elementGet>,
                                 method<"set($self, key, value, /)", elementSet>,
                                 method<"append($self, subelement, /)", elementAppendMethod>,
                                 method<"extend($self, elements, /)", elementExtend>,
                                 method<"insert($self, index, subelement, /)", elementInsert>,
                                 method<"remove($self, subelement, /)", elementRemove>,
                                 method<"makeelement($self, tag, attrib, /)", elementMake>,
                                 method<"items($self, /)", elementItems>,
                                 method<"keys($self, /)", elementKeys>,
                                 method<"__copy__($self, /)", elementCopy>,
                                 method<"__deepcopy__($self, memo, /)", elementDeepCopy>,
                                 method<"__sizeof__($self, /)", elementSizeof>,
                                 method<"__getstate__($self, /)", elementGetState>,
                                 method<"__setstate__($self, state, /)", elementSetState>,
                                 {}};

// The methods of both files in one table.
PyMethodDef* allMethods() {
  static std::vector<PyMethodDef> all = mergedInOrder(
      {kElementMethods, kElementSearchMethods},
      "clear get set find findtext findall append extend insert remove iter itertext iterfind items "
      "keys makeelement __copy__ __deepcopy__ __sizeof__ __getstate__ __setstate__");
  return all.data();
}

constinit PyGetSetDef kElementGetSet[] = {
    getset<"tag", fieldGet<&ElementObject::tag>, fieldSet<&ElementObject::tag>,
           "A string identifying what kind of data this element represents">,
    getset<"text", fieldGet<&ElementObject::text>, fieldSet<&ElementObject::text>,
           "A string of text directly after the start tag, or None">,
    getset<"tail", fieldGet<&ElementObject::tail>, fieldSet<&ElementObject::tail>,
           "A string of text directly after the end tag, or None">,
    getset<"attrib", attribGet, attribSet, "A dictionary containing the element's attributes">,
    {}};
constinit PySequenceMethods kElementSequence = {
    .sq_length = slot<elementLength>, .sq_item = slot<elementAt>, .sq_ass_item = slot<elementAssignAt>};
constinit PyMappingMethods kElementMapping = {.mp_length = slot<elementLength>,
                                              .mp_subscript = slot<elementSubscript>,
                                              .mp_ass_subscript = slot<elementAssignSubscript>};

}  // namespace

Result<Ref<ElementObject>> elementNew(PyObject* tag, Opt<> attrib) {
  Ref<ElementObject> self = TRY(typeAlloc<ElementObject>(&krait_element_type));
  self->tag = share(tag).leak(), self->text = none().leak(), self->tail = none().leak();
  if (!attrib || cast<DictObject>(attrib.get())->size() == 0) return self;
  TRY(ensureExtra(self));
  self->extra->attrib = share(attrib.get()).leak();
  return self;
}

Status readyElementType() {
  krait_element_type.tp_methods = allMethods();
  return typeReady(&krait_element_type);
}

}  // namespace krait::modules::elementtree

PyTypeObject krait_element_type = {
    KR_TYPE_HEAD,
    .tp_name = "xml.etree.ElementTree.Element",
    .tp_basicsize = sizeof(krait::modules::elementtree::ElementObject),
    .tp_dealloc = krait::slot<krait::modules::elementtree::elementDealloc>,
    .tp_repr = krait::slot<krait::modules::elementtree::elementRepr>,
    .tp_as_sequence = &krait::modules::elementtree::kElementSequence,
    .tp_as_mapping = &krait::modules::elementtree::kElementMapping,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = krait::slot<krait::modules::elementtree::elementTraverse>,
    .tp_clear = krait::slot<krait::modules::elementtree::elementGcClear>,
    .tp_weaklistoffset = offsetof(krait::modules::elementtree::ElementObject, weakrefs),
    .tp_getset = krait::modules::elementtree::kElementGetSet,
    .tp_init = krait::slot<krait::modules::elementtree::elementInit>,
    .tp_new = krait::slot<krait::modules::elementtree::elementAlloc>,
};
