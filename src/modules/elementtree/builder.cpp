// TreeBuilder: from start, data and end events to a tree.
#include "core/call.h"
#include "core/gc.h"
#include "modules/elementtree/element.h"
#include "types/tuple.h"

namespace krait::modules::elementtree {

PyObject *g_parse_error, *g_comment_factory, *g_pi_factory;

namespace {

// --- text --------------------------------------------------------------------------------------------------

Result<Ref<>> joined(PyObject* data) {
  if (!isExactList(data)) return share(data);
  return Ref<>(TRY(strJoin(emptyStr().get(), data)));
}

// element.text (or tail) becomes what it is followed by more.
Status extendText(PyObject* element, bool tail, Ref<> data) {
  Ref<> text = TRY(joined(data));
  if (isExactElement(element)) {
    auto* exact = static_cast<ElementObject*>(element);
    PyObject*& field = tail ? exact->tail : exact->text;
    if (field == Py_None) return setField(field, std::move(text)), Status();
    Ref<> before = share(field), longer = TRY(numberAdd(before, text));
    PyObject*& again = tail ? exact->tail : exact->text;
    return setField(again, std::move(longer)), Status();
  }
  StrObject* field = tail ? name<"tail">() : name<"text">();
  Ref<> before = TRY(attrGet(element, field));
  if (before.get() == Py_None) return attrSet(element, field, text);
  Ref<> longer = TRY(numberAdd(before, text));
  return attrSet(element, field, longer);
}

Status flush(BuilderObject* self) {
  if (!self->data) return {};
  auto data = steal(std::exchange(self->data, nullptr));
  Ref<> element = share(self->last_for_tail ? self->last_for_tail : self->last);
  return extendText(element, self->last_for_tail != nullptr, std::move(data));
}

Status addChild(PyObject* parent, PyObject* child) {
  if (isExactElement(parent)) {
    if (!isElement(child)) return raiseNotElement(child);
    return elementAppend(static_cast<ElementObject*>(parent), child);
  }
  TRY(callMethod(parent, name<"append">(), child));
  return {};
}

// A comment or instruction that stands in the tree.
Status insertNode(BuilderObject* self, PyObject* node) {
  Ref<> parent = share(self->current);
  if (parent.get() == Py_None) return {};
  TRY(addChild(parent, node));
  PyObject* former = std::exchange(self->last_for_tail, share(node).leak());
  xdecref(former);
  return {};
}

// --- life --------------------------------------------------------------------------------------------------

Result<Ref<>> builderAlloc(PyTypeObject* type, PyObject*, Opt<>) {
  Ref<BuilderObject> self = TRY(typeAlloc<BuilderObject>(type));
  self->current = none().leak(), self->last = none().leak();
  self->stack = TRY(listNew()).leak();
  return self;
}

MaybeRef<> orAbsent(PyObject* given, PyObject* standard) {
  return MaybeRef<>::share(given == Py_None ? standard : given);
}
Status builderInit(BuilderObject* self, PyObject* element_factory, PyObject* comment_factory,
                   PyObject* pi_factory, bool insert_comments, bool insert_pis) {
  auto replace = [](PyObject*& field, MaybeRef<> value) {
    PyObject* former = std::exchange(field, std::move(value).leak());
    xdecref(former);
  };
  replace(self->element_factory, orAbsent(element_factory, nullptr));
  replace(self->comment_factory, orAbsent(comment_factory, g_comment_factory));
  self->insert_comments = self->comment_factory && insert_comments;
  replace(self->pi_factory, orAbsent(pi_factory, g_pi_factory));
  self->insert_pis = self->pi_factory && insert_pis;
  return {};
}

template <class F>
void eachField(BuilderObject* self, F&& f) {
  for (PyObject** field : {&self->root, &self->current, &self->last, &self->last_for_tail, &self->data,
                           &self->stack, &self->element_factory, &self->comment_factory, &self->pi_factory,
                           &self->events_append, &self->start_event, &self->end_event, &self->start_ns_event,
                           &self->end_ns_event, &self->comment_event, &self->pi_event}) {
    f(*field);
  }
}
int builderTraverse(BuilderObject* self, visitproc visit, void* arg) {
  int status = 0;
  eachField(self, [&](PyObject*& field) {
    if (status == 0 && field) status = visit(field, arg);
  });
  return status;
}
int builderGcClear(BuilderObject* self) {
  eachField(self, [](PyObject*& field) { clearField(field); });
  return 0;
}
void builderDealloc(BuilderObject* self) {
  gcUntrack(self);
  builderGcClear(self);
  typeOf(self)->tp_free(self);
}

}  // namespace

// --- events ------------------------------------------------------------------------------------------------

Status builderEvent(BuilderObject* self, PyObject* event, PyObject* node) {
  if (!event || !self->events_append) return {};
  Ref<> append = share(self->events_append);
  Ref<TupleObject> pair = TRY(tupleOf(event, node));
  TRY(call(append.get(), pair.get()));
  return {};
}

Result<Ref<>> builderNew() { return builderAlloc(&krait_tree_builder_type, nullptr, nullptr); }

namespace {
Result<Ref<>> makeElement(BuilderObject* self, PyObject* tag, Opt<> attrib) {
  if (!self->element_factory) return Ref<>(TRY(elementNew(tag, attrib)));
  Ref<> factory = share(self->element_factory);
  if (attrib) return call(factory.get(), tag, attrib.get());
  Ref<DictObject> empty = TRY(dictNew());
  return call(factory.get(), tag, empty.get());
}
}  // namespace

Result<Ref<>> builderStart(BuilderObject* self, PyObject* tag, Opt<> attrib) {
  TRY(flush(self));
  Ref<> node = TRY(makeElement(self, tag, attrib));
  Ref<> parent = share(self->current);
  clearField(self->last_for_tail);
  if (parent.get() != Py_None)
    TRY(addChild(parent, node));
  else if (self->root)
    return raise(g_parse_error, "multiple elements on top level");
  else
    self->root = node.clone().leak();
  auto* stack = cast<ListObject>(self->stack);
  if (self->depth < stack->size())
    TRY(listSetItem(stack, self->depth, parent.clone()));
  else
    TRY(listAppend(stack, parent.clone()));
  self->depth++;
  setField(self->current, node.clone());
  setField(self->last, node.clone());
  TRY(builderEvent(self, self->start_event, node));
  return node;
}

Status builderData(BuilderObject* self, PyObject* data) {
  if (!self->data) {
    if (self->last == Py_None) return {};  // text before the first element
    self->data = share(data).leak();
    return {};
  }
  if (isExactList(self->data)) return listAppend(cast<ListObject>(self->data), data);
  Ref<ListObject> pieces = TRY(listNew());
  TRY(listAppend(pieces, self->data));
  TRY(listAppend(pieces, data));
  setField(self->data, std::move(pieces));
  return {};
}

Result<Ref<>> builderEnd(BuilderObject* self) {
  TRY(flush(self));
  if (self->depth == 0) return raise(PyExc_IndexError, "pop from empty stack");
  Ref<> closed = share(self->current);
  setField(self->last, closed.clone());
  PyObject* former = std::exchange(self->last_for_tail, closed.clone().leak());
  xdecref(former);
  self->depth--;
  setField(self->current, share(cast<ListObject>(self->stack)->at(self->depth)));
  TRY(builderEvent(self, self->end_event, closed));
  return share(self->last);
}

Result<Ref<>> builderComment(BuilderObject* self, PyObject* text) {
  TRY(flush(self));
  Ref<> node = share(text);
  if (self->comment_factory) {
    Ref<> factory = share(self->comment_factory);
    node = TRY(call(factory.get(), text));
    if (self->insert_comments) TRY(insertNode(self, node));
  }
  TRY(builderEvent(self, self->comment_event, node));
  return node;
}

Result<Ref<>> builderPi(BuilderObject* self, PyObject* target, PyObject* text) {
  TRY(flush(self));
  MaybeRef<> node;
  if (self->pi_factory) {
    Ref<> factory = share(self->pi_factory);
    node = TRY(call(factory.get(), target, text));
    if (self->insert_pis) TRY(insertNode(self, node.get()));
  } else {
    node = TRY(tupleOf(target, text));
  }
  Ref<> out = std::move(node).take();
  TRY(builderEvent(self, self->pi_event, out));
  return out;
}

Result<Ref<>> builderClose(BuilderObject* self) { return share(self->root ? self->root : Py_None); }

namespace {

Result<Ref<>> startMethod(BuilderObject* self, PyObject* tag, DictObject* attrs) {
  return builderStart(self, tag, attrs);
}
Status dataMethod(BuilderObject* self, PyObject* data) { return builderData(self, data); }
Result<Ref<>> endMethod(BuilderObject* self, PyObject*) { return builderEnd(self); }
Result<Ref<>> commentMethod(BuilderObject* self, PyObject* text) { return builderComment(self, text); }
Result<Ref<>> piMethod(BuilderObject* self, PyObject* target, PyObject* text) {
  return builderPi(self, target, text);
}
Result<Ref<>> closeMethod(BuilderObject* self) { return builderClose(self); }

PyMethodDef kBuilderMethods[] = {method<"data($self, data, /)", dataMethod>,
                                 method<"start($self, tag, attrs, /)", startMethod>,
                                 method<"end($self, tag, /)", endMethod>,
                                 method<"comment($self, text, /)", commentMethod>,
                                 method<"pi($self, target, text=None, /)", piMethod>,
                                 method<"close($self, /)", closeMethod>,
                                 {}};

}  // namespace
}  // namespace krait::modules::elementtree

PyTypeObject krait_tree_builder_type = {
    KR_TYPE_HEAD,
    .tp_name = "xml.etree.ElementTree.TreeBuilder",
    .tp_basicsize = sizeof(krait::modules::elementtree::BuilderObject),
    .tp_dealloc = krait::slot<krait::modules::elementtree::builderDealloc>,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = krait::slot<krait::modules::elementtree::builderTraverse>,
    .tp_clear = krait::slot<krait::modules::elementtree::builderGcClear>,
    .tp_methods = krait::modules::elementtree::kBuilderMethods,
    .tp_init = krait::initSlot<"TreeBuilder(element_factory=None, *, comment_factory=None, pi_factory=None, "
                               "insert_comments=False, insert_pis=False)",
                               krait::modules::elementtree::builderInit>,
    .tp_new = krait::slot<krait::modules::elementtree::builderAlloc>,
};
