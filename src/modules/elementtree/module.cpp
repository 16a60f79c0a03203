// The _elementtree module.
#include "types/module.h"
#include "core/call.h"
#include "modules/elementtree/element.h"
#include "modules/heap_type.h"
#include "modules/modules.h"
#include "types/tuple.h"
#include "types/type.h"

namespace krait::modules {
namespace elementtree {
namespace {

// SubElement(parent, tag, attrib={}, **extra)
Result<Ref<>> subElement(CallArgs args) {
  if (args.count < 2)
    return raise(PyExc_TypeError, "SubElement() takes at least 2 arguments (%zd given)", args.count);
  if (args.count > 3)
    return raise(PyExc_TypeError, "SubElement() takes at most 3 arguments (%zd given)", args.count);
  PyObject *parent = args.values[0], *tag = args.values[1];
  Opt<> attrib;
  if (args.count == 3) attrib = args.values[2];
  if (!isElement(parent)) {
    return raise(PyExc_TypeError, "SubElement() argument 1 must be xml.etree.ElementTree.Element, not %.50s",
                 parent == Py_None ? "None" : typeName(parent));
  }
  if (attrib && !isDict(attrib.get())) {
    return raise(PyExc_TypeError, "SubElement() argument 3 must be dict, not %.50s",
                 attrib.get() == Py_None ? "None" : typeName(attrib.get()));
  }
  Ref<DictObject> keywords = TRY(dictNew());
  for (Py_ssize_t i = 0; args.names && i < args.names->size(); i++)
    TRY(dictSet(keywords, args.names->at(i), args.values[args.count + i]));
  MaybeRef<DictObject> made = TRY(attributesFromCall(attrib, keywords.get()));
  Ref<ElementObject> child = TRY(elementNew(tag, made ? Opt<>(made.get()) : Opt<>()));
  TRY(elementAppend(static_cast<ElementObject*>(parent), child));
  return child;
}

Result<Ref<>> replaceFactory(PyObject*& factory, PyObject* given) {
  PyObject* former = std::exchange(factory, given == Py_None ? nullptr : share(given).leak());
  return former ? steal(former) : none();
}
Result<Ref<>> setFactories(PyObject* comment_factory, PyObject* pi_factory) {
  if (comment_factory != Py_None && !isCallable(comment_factory)) {
    return raise(PyExc_TypeError, "Comment factory must be callable, not %.100s", typeName(comment_factory));
  }
  if (pi_factory != Py_None && !isCallable(pi_factory)) {
    return raise(PyExc_TypeError, "PI factory must be callable, not %.100s", typeName(pi_factory));
  }
  Ref<> old_comment = TRY(replaceFactory(g_comment_factory, comment_factory)),
        old_pi = TRY(replaceFactory(g_pi_factory, pi_factory));
  return Ref<>(TRY(tupleOf(old_comment.get(), old_pi.get())));
}

constinit PyMethodDef kModuleMethods[] = {
    function<"!SubElement(*args, **kwargs)", subElement>,
    function<"_set_factories($module, comment_factory, pi_factory, /)", setFactories,
             "Set what makes comments and processing instructions; returns the old ones.">,
    {}};

Status elementTreeExec(PyObject* module) {
  TRY(readyElementType());
  for (PyTypeObject* type : {&krait_tree_builder_type, &krait_element_iterator_type, &krait_xml_parser_type})
    TRY(typeReady(type));
  TRY(exceptionAddOnce(module, &g_parse_error, "xml.etree.ElementTree.ParseError", PyExc_SyntaxError));
  TRY(moduleAddType(module, &krait_element_type));
  TRY(moduleAddType(module, &krait_tree_builder_type));
  return moduleAddType(module, &krait_xml_parser_type);
}

constinit PyModuleDef kElementTreeModule = singlePhaseModule<"_elementtree">(kModuleMethods, nullptr, 0);

}  // namespace
}  // namespace elementtree

PyObject* initElementtree() {
  return singlePhaseInit(&elementtree::kElementTreeModule, elementtree::elementTreeExec);
}

}  // namespace krait::modules
