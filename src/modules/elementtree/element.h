// _elementtree: the element object and what the module's files share.
//
//   element.cpp   life, children, attributes, pickling, indexing      search.cpp  find*, iter*
//   builder.cpp   TreeBuilder      parser.cpp  XMLParser      module.cpp  the module, SubElement()
#pragma once

#include "core/native.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/str.h"

extern "C" PyTypeObject krait_element_type, krait_tree_builder_type, krait_xml_parser_type,
    krait_element_iterator_type;

namespace krait::modules::elementtree {

constexpr int kInlineChildren = 4;

struct ElementObject;
// Present once an element has children or attributes.
struct ElementExtra {
  PyObject* attrib;  // dict, or null
  Py_ssize_t length, allocated;
  PyObject** children;  // owned references; inline_children until more room is needed
  PyObject* inline_children[kInlineChildren];
};
struct ElementObject : PyObject {
  PyObject *tag, *text, *tail;  // owned
  ElementExtra* extra;
  PyObject* weakrefs;

  Py_ssize_t size() const { return extra ? extra->length : 0; }
  PyObject* child(Py_ssize_t i) const { return extra->children[i]; }
};
static_assert(sizeof(ElementObject) == 56 && sizeof(ElementExtra) == 64);

inline bool isElement(const PyObject* o) { return isInstanceOf(o, &krait_element_type); }
inline bool isExactElement(const PyObject* o) { return isExact(o, &krait_element_type); }

Result<Ref<ElementObject>> elementNew(PyObject* tag, Opt<> attrib);  // shares the dict
Status elementAppend(ElementObject* self, PyObject* child);
// Attributes of an element: a copy of the dict argument, if any, updated by keywords. Absent: neither was
// given.
Result<MaybeRef<DictObject>> attributesFromCall(Opt<> attrib, Opt<DictObject> kwargs);
Raised raiseNotElement(PyObject* given);  // expected an Element, not "int"

Result<Ref<>> makeIterator(ElementObject* self, PyObject* tag, bool text);
Status readyElementType();
extern PyMethodDef kElementSearchMethods[];

// --- TreeBuilder -------------------------------------------------------------------------------------------

struct BuilderObject : PyObject {
  PyObject *root, *current, *last, *last_for_tail;  // current: the open element or None
  PyObject* data;   // text that is not delivered yet: an object, or a list of them
  PyObject* stack;  // list: elements around the current one
  Py_ssize_t depth;
  PyObject *element_factory, *comment_factory, *pi_factory;
  PyObject* events_append;
  PyObject *start_event, *end_event, *start_ns_event, *end_ns_event, *comment_event, *pi_event;
  char insert_comments, insert_pis;
};
static_assert(sizeof(BuilderObject) == 160);

Result<Ref<>> builderNew();
Result<Ref<>> builderStart(BuilderObject* self, PyObject* tag, Opt<> attrib);
Status builderData(BuilderObject* self, PyObject* data);
Result<Ref<>> builderEnd(BuilderObject* self);
Result<Ref<>> builderComment(BuilderObject* self, PyObject* text);
Result<Ref<>> builderPi(BuilderObject* self, PyObject* target, PyObject* text);
Result<Ref<>> builderClose(BuilderObject* self);
Status builderEvent(BuilderObject* self, PyObject* event, PyObject* node);

extern PyObject *g_parse_error, *g_comment_factory, *g_pi_factory;

}  // namespace krait::modules::elementtree

namespace krait {
template <>
struct ArgFrom<modules::elementtree::ElementObject*> {
  static Result<modules::elementtree::ElementObject*> from(PyObject* o, const ArgContext& where) {
    if (modules::elementtree::isElement(o)) return static_cast<modules::elementtree::ElementObject*>(o);
    return raiseBadArgument(where, "xml.etree.ElementTree.Element", o);
  }
};
}  // namespace krait
