// marshal: the module.
#include "modules/marshal.h"

#include "core/call.h"
#include "core/native.h"
#include "modules/marshal_format.h"
#include "modules/modules.h"

namespace krait::modules {
namespace {

Result<Ref<>> dumps(PyObject* value, std::optional<int> given_version) {
  int version = given_version.value_or(kMarshalVersion);
  TRY(audit("marshal.dumps", "Oi", value, version));
  return TRY(marshalDumps(value, version));
}

Result<Ref<>> dump(PyObject* value, PyObject* file, std::optional<int> version) {
  Ref<> bytes = TRY(dumps(value, version));
  return callMethod(file, name<"write">(), bytes.get());
}

Result<Ref<>> loads(Buffer bytes) {
  return marshalLoads({reinterpret_cast<const char*>(bytes.data()), static_cast<size_t>(bytes.size())});
}

// Reads no more from the file than the value needs.
Result<Ref<>> load(PyObject* file) {
  Ref<> zero = TRY(intObject(0));
  Ref<> nothing = TRY(callMethod(file, name<"read">(), zero.get()));
  if (!isBytes(nothing.get())) {
    return raise(PyExc_TypeError, "file.read() returned not bytes but %.100s", typeName(nothing.get()));
  }
  return marshalLoadFile(file);
}

constinit PyMethodDef kMarshalMethods[] = {
    function<"dump($module, value, file, version=version, /)", dump, "Write the value to the open file.">,
    function<"load($module, file, /)", load, "Read one value from the open file.">,
    function<"dumps($module, value, version=version, /)", dumps, "The bytes that dump() would write.">,
    function<"loads($module, bytes, /)", loads, "The value at the beginning of the bytes.">,
    {},
};

Status marshalExec(PyObject* module) { return moduleAddInt(module, "version", kMarshalVersion); }

constinit PyModuleDef kMarshalModule = moduleDef<"marshal", marshalExec>(
    kMarshalMethods, "Python values in a compact binary form, private to the interpreter.");

}  // namespace

PyObject* initMarshal() { return moduleDefInit(&kMarshalModule); }

}  // namespace krait::modules
