// Finding elements and walking trees.
#include <vector>

#include "core/call.h"
#include "core/gc.h"
#include "core/import.h"
#include "modules/elementtree/element.h"
#include "types/bytes.h"
#include "types/tuple.h"

namespace krait::modules::elementtree {
namespace {

// --- find --------------------------------------------------------------------------------------------------

// Whether a path needs the full path language; plain tags (with a name space in braces) do not.
template <class At>
bool needsPathLanguage(Py_ssize_t size, At at) {
  if (size >= 2 && at(0) == '{' && (at(1) == '}' || at(1) == '*')) return true;
  bool in_braces = false;
  for (Py_ssize_t i = 0; i < size; i++) {
    Py_UCS4 ch = at(i);
    if (ch == '{')
      in_braces = true;
    else if (ch == '}')
      in_braces = false;
    else if (!in_braces && (ch == '/' || ch == '*' || ch == '[' || ch == '@' || ch == '.'))
      return true;
  }
  return false;
}
bool isPathExpression(PyObject* path) {
  if (isStr(path)) {
    auto* text = cast<StrObject>(path);
    return needsPathLanguage(text->size(), [&](Py_ssize_t i) { return text->at(i); });
  }
  if (!isBytes(path)) return true;
  std::string_view bytes = cast<BytesObject>(path)->view();
  return needsPathLanguage(static_cast<Py_ssize_t>(bytes.size()), [&](Py_ssize_t i) {
    return Py_UCS4{static_cast<uint8_t>(bytes[static_cast<size_t>(i)])};
  });
}

template <class... A>
Result<Ref<>> askElementPath(const char* function, A*... args) {
  Ref<> callable = TRY(importAttr("xml.etree.ElementPath", function));
  return call(callable.get(), static_cast<PyObject*>(args)...);
}

// The first child with the tag, from `start` on; -1: none.
struct FoundChild {
  MaybeRef<> child;
  Py_ssize_t next;
};
Result<FoundChild> nextWithTag(ElementObject* self, PyObject* tag, Py_ssize_t start) {
  for (Py_ssize_t i = start; i < self->size(); i++) {
    Ref<> child = share(self->child(i));
    if (!isElement(child)) continue;
    Ref<> child_tag = share(static_cast<ElementObject*>(child.get())->tag);
    if (TRY(objectEquals(child_tag, tag))) return FoundChild{std::move(child), i + 1};
  }
  return FoundChild{nullptr, -1};
}

Result<Ref<>> elementFind(ElementObject* self, PyObject* path, PyObject* namespaces) {
  if (isPathExpression(path) || namespaces != Py_None) return askElementPath("find", self, path, namespaces);
  FoundChild found = TRY(nextWithTag(self, path, 0));
  return found.child ? std::move(found.child).take() : none();
}
Result<Ref<>> elementFindText(ElementObject* self, PyObject* path, PyObject* fallback, PyObject* namespaces) {
  if (isPathExpression(path) || namespaces != Py_None)
    return askElementPath("findtext", self, path, fallback, namespaces);
  FoundChild found = TRY(nextWithTag(self, path, 0));
  if (!found.child) return share(fallback);
  PyObject* text = static_cast<ElementObject*>(found.child.get())->text;
  if (text == Py_None) return Ref<>(emptyStr());
  return share(text);
}
Result<Ref<>> elementFindAll(ElementObject* self, PyObject* path, PyObject* namespaces) {
  if (isPathExpression(path) || namespaces != Py_None)
    return askElementPath("findall", self, path, namespaces);
  Ref<ListObject> out = TRY(listNew());
  for (Py_ssize_t at = 0;;) {
    FoundChild found = TRY(nextWithTag(self, path, at));
    if (!found.child) return out;
    TRY(listAppend(out, found.child.get()));
    at = found.next;
  }
}
Result<Ref<>> elementIterFind(ElementObject* self, PyObject* path, PyObject* namespaces) {
  return askElementPath("iterfind", self, path, namespaces);
}

// --- iterators ---------------------------------------------------------------------------------------------

struct Level {
  ElementObject* parent;  // owned
  Py_ssize_t next;        // index of its next child
};
// Walks a tree in document order. text: yields texts and tails instead of elements.
struct IteratorObject : PyObject {
  Level* levels;  // owned
  Py_ssize_t depth, room;
  ElementObject* root;  // owned until it was visited
  PyObject* wanted;     // owned; None: every tag
  bool text;
};
static_assert(sizeof(IteratorObject) == 64);

Status push(IteratorObject* self, ElementObject* element) {
  if (self->depth == self->room) {
    Py_ssize_t room = self->room ? self->room * 2 : 8;
    auto* moved = static_cast<Level*>(memRealloc(self->levels, static_cast<size_t>(room) * sizeof(Level)));
    if (!moved) return raiseNoMemory();
    self->levels = moved;
    self->room = room;
  }
  self->levels[self->depth++] = {share(element).leak(), 0};
  return {};
}

// The text or tail, when it is not empty.
Result<MaybeRef<>> nonEmpty(PyObject* value) {
  if (value == Py_None) return MaybeRef<>();
  Ref<> text = share(value);
  if (!TRY(objectIsTrue(text))) return MaybeRef<>();
  return MaybeRef<>(std::move(text));
}

// Enters an element: it or its text, if wanted.
Result<MaybeRef<>> enter(IteratorObject* self, Ref<ElementObject> element) {
  TRY(push(self, element));
  if (self->text) return nonEmpty(element->text);
  if (self->wanted == Py_None) return MaybeRef<>(std::move(element));
  Ref<> tag = share(element->tag), wanted = share(self->wanted);
  if (!TRY(objectEquals(tag, wanted))) return MaybeRef<>();
  return MaybeRef<>(std::move(element));
}

Result<MaybeRef<>> iteratorNext(IteratorObject* self) {
  Ref<IteratorObject> kept = share(self);
  for (;;) {
    if (self->root) {
      auto root = steal(std::exchange(self->root, nullptr));
      MaybeRef<> found = TRY(enter(self, std::move(root)));
      if (found) return found;
      continue;
    }
    if (self->depth == 0) return MaybeRef<>();
    Level& level = self->levels[self->depth - 1];
    if (level.next < level.parent->size()) {
      PyObject* child = level.parent->child(level.next);
      if (!isElement(child))
        return raise(PyExc_AttributeError, "'%.100s' object has no attribute 'iter'", typeName(child));
      level.next++;
      MaybeRef<> found = TRY(enter(self, share(static_cast<ElementObject*>(child))));
      if (found) return found;
      continue;
    }
    auto done = steal(level.parent);
    self->depth--;
    if (!self->text || self->depth == 0) continue;
    MaybeRef<> tail = TRY(nonEmpty(done->tail));
    if (tail) return tail;
  }
}

void dropLevels(IteratorObject* self) {
  while (self->depth > 0) decref(self->levels[--self->depth].parent);
  memFree(std::exchange(self->levels, nullptr));
  self->room = 0;
}
void iteratorDealloc(IteratorObject* self) {
  gcUntrack(self);
  dropLevels(self);
  clearField(self->wanted);
  clearField(self->root);
  typeOf(self)->tp_free(self);
}
int iteratorTraverse(IteratorObject* self, visitproc visit, void* arg) {
  for (Py_ssize_t i = 0; i < self->depth; i++) {
    if (int status = visitAll(visit, arg, static_cast<PyObject*>(self->levels[i].parent))) return status;
  }
  return visitAll(visit, arg, static_cast<PyObject*>(self->root), self->wanted);
}

Result<Ref<>> elementIter(ElementObject* self, PyObject* tag) {
  bool every = tag != Py_None && isStr(tag) && strEqualsAscii(cast<StrObject>(tag), "*");
  return makeIterator(self, every ? Py_None : tag, false);
}
Result<Ref<>> elementIterText(ElementObject* self) { return makeIterator(self, Py_None, true); }

}  // namespace

Result<Ref<>> makeIterator(ElementObject* self, PyObject* tag, bool text) {
  Ref<IteratorObject> out = TRY(typeAlloc<IteratorObject>(&krait_element_iterator_type));
  out->wanted = share(tag).leak();
  out->root = share(self).leak();
  out->text = text;
  return out;
}

PyMethodDef kElementSearchMethods[] = {
    method<"find($self, /, path, namespaces=None)", elementFind>,
    method<"findtext($self, /, path, default=None, namespaces=None)", elementFindText>,
    method<"findall($self, /, path, namespaces=None)", elementFindAll>,
    method<"iterfind($self, /, path, namespaces=None)", elementIterFind>,
    method<"iter($self, /, tag=None)", elementIter>,
    method<"itertext($self, /)", elementIterText>,
    {}};

}  // namespace krait::modules::elementtree

PyTypeObject krait_element_iterator_type = {
    KR_TYPE_HEAD,
    .tp_name = "_elementtree._element_iterator",
    .tp_basicsize = sizeof(krait::modules::elementtree::IteratorObject),
    .tp_dealloc = krait::slot<krait::modules::elementtree::iteratorDealloc>,
    .tp_flags = Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_traverse = krait::slot<krait::modules::elementtree::iteratorTraverse>,
    .tp_iter = krait::slot<krait::objectSelfIter>,
    .tp_iternext = krait::slot<krait::modules::elementtree::iteratorNext>,
};
