// The module _string: the parsers behind string.Formatter.
#include "core/native.h"
#include "types/module.h"
#include "types/str_methods.h"

namespace krait::modules {
namespace {

Result<Ref<>> formatterParser(PyObject* text) {
  if (!isStr(text)) return raise(PyExc_TypeError, "expected str, got %s", typeName(text));
  return strFormatterParser(cast<StrObject>(text));
}
Result<Ref<>> formatterFieldNameSplit(PyObject* text) {
  if (!isStr(text)) return raise(PyExc_TypeError, "expected str, got %s", typeName(text));
  return strFormatterFieldNameSplit(cast<StrObject>(text));
}

constinit PyMethodDef kFunctions[] = {
    function<"!formatter_field_name_split(text, /)", formatterFieldNameSplit,
             "Split a replacement field's name into its first part and an iterator over the rest.">,
    function<"!formatter_parser(text, /)", formatterParser, "Iterate over the pieces of a format string.">,
    {}};

Status stringExec(PyObject*) { return {}; }
constinit PyModuleDef kStringModule =
    moduleDef<"_string", stringExec>(kFunctions, "String helpers of the string module.");

}  // namespace

PyObject* initString() { return moduleDefInit(&kStringModule); }

}  // namespace krait::modules
