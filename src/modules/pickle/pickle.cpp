// The _pickle module: dump, dumps, load, loads.
#include "modules/pickle/pickle.h"
#include "modules/modules.h"

#include "core/call.h"
#include "core/errors.h"
#include "core/import.h"
#include "core/interpreter.h"
#include "modules/heap_type.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/module.h"
#include "types/type.h"

extern "C" PyTypeObject PyPickleBuffer_Type;

namespace krait::modules {

PickleState pickle_state{};

namespace {

Result<Ref<>> dump(PyObject* object, PyObject* file, PyObject* protocol, bool fix_imports,
                   PyObject* buffer_callback) {
  Ref<> made = TRY(picklerNewFor(Opt<>(file), protocol, fix_imports, buffer_callback));
  auto* pickler = static_cast<PicklerObject*>(made.get());
  TRY(pickleDump(pickler, object));
  TRY(pickleFlush(pickler));
  return none();
}

Result<Ref<>> dumps(PyObject* object, PyObject* protocol, bool fix_imports, PyObject* buffer_callback) {
  Ref<> made = TRY(picklerNewFor(nullptr, protocol, fix_imports, buffer_callback));
  auto* pickler = static_cast<PicklerObject*>(made.get());
  TRY(pickleDump(pickler, object));
  return bytesFrom({pickler->output->data(), pickler->output->size()});
}

Result<std::string_view> textOf(Opt<StrObject> text, std::string_view fallback) {
  if (!text) return fallback;
  return strUtf8(text.get());
}

Result<Ref<>> load(PyObject* file, bool fix_imports, Opt<StrObject> encoding, Opt<StrObject> errors,
                   Opt<> buffers) {
  std::string_view encoding_text = TRY(textOf(encoding, "ASCII")),
                   errors_text = TRY(textOf(errors, "strict"));
  Ref<> made =
      TRY(unpicklerNewFor(Opt<>(file), {}, fix_imports, encoding_text, errors_text, buffers.orElse(Py_None)));
  return unpickleLoad(static_cast<UnpicklerObject*>(made.get()));
}

Result<Ref<>> loads(PyObject* data, bool fix_imports, Opt<StrObject> encoding, Opt<StrObject> errors,
                    Opt<> buffers) {
  std::string_view encoding_text = TRY(textOf(encoding, "ASCII")),
                   errors_text = TRY(textOf(errors, "strict"));
  Buffer buffer = TRY(Buffer::acquire(data));
  std::string_view bytes(reinterpret_cast<const char*>(buffer.data()), static_cast<size_t>(buffer.size()));
  Ref<> made =
      TRY(unpicklerNewFor(nullptr, bytes, fix_imports, encoding_text, errors_text, buffers.orElse(Py_None)));
  return unpickleLoad(static_cast<UnpicklerObject*>(made.get()));
}

constinit PyMethodDef kMethods[] = {
    function<"dump($module, /, obj, file, protocol=None, *, fix_imports=True,\n     buffer_callback=None)",
             dump, "Write a pickled representation of obj to the open file object file.">,
    function<"dumps($module, /, obj, protocol=None, *, fix_imports=True,\n      buffer_callback=None)", dumps,
             "Return the pickled representation of the object as a bytes object.">,
    function<
        "load($module, /, file, *, fix_imports=True, encoding='ASCII',\n     errors='strict', buffers=())",
        load, "Read and return an object from the pickle data stored in a file.">,
    function<
        "loads($module, data, /, *, fix_imports=True, encoding='ASCII',\n      errors='strict', buffers=())",
        loads, "Read and return an object from the given pickle data.">,
    {}};

template <class T>
void keep(T*& field, Ref<T> value) {
  xdecref(std::exchange(field, std::move(value).leak()));
}

Result<Ref<DictObject>> dictOf(const char* module_name, const char* attribute) {
  Ref<> found = TRY(importAttr(module_name, attribute));
  if (isExactDict(found.get())) return std::move(found).as<DictObject>();
  return raise(PyExc_RuntimeError, "%s.%s should be a dict, not %.200s", module_name, attribute,
               typeName(found));
}

// What the main interpreter works with; a module executed again has it read anew.
Status fillState() {
  PickleState& s = pickle_state;
  if (s.partial && &interpreter() != &mainInterpreter()) return {};
  keep(s.dispatch_table, TRY(dictOf("copyreg", "dispatch_table")));
  keep(s.extension_registry, TRY(dictOf("copyreg", "_extension_registry")));
  keep(s.inverted_registry, TRY(dictOf("copyreg", "_inverted_registry")));
  keep(s.extension_cache, TRY(dictOf("copyreg", "_extension_cache")));
  keep(s.name_2to3, TRY(dictOf("_compat_pickle", "NAME_MAPPING")));
  keep(s.import_2to3, TRY(dictOf("_compat_pickle", "IMPORT_MAPPING")));
  keep(s.name_3to2, TRY(dictOf("_compat_pickle", "REVERSE_NAME_MAPPING")));
  keep(s.import_3to2, TRY(dictOf("_compat_pickle", "REVERSE_IMPORT_MAPPING")));
  keep(s.codecs_encode, TRY(importAttr("codecs", "encode")));
  keep(s.getattr, TRY(importAttr("builtins", "getattr")));
  keep(s.partial, TRY(importAttr("functools", "partial")));
  return {};
}

// The stack of an Unpickler, here a C++ one. The type is there because object.__subclasses__() lists it.
constinit PyTypeObject pdata_type = {
    KR_TYPE_HEAD,
    .tp_name = "_pickle.Pdata",
    .tp_basicsize = 56,
    .tp_itemsize = sizeof(PyObject*),
};

Status pickleExec(PyObject* module) {
  TRY(typeReady(&pdata_type));
  TRY(typeReady(&kPicklerMemoProxyType));
  TRY(typeReady(&kUnpicklerMemoProxyType));
  TRY(moduleAddType(module, &kPicklerType));
  TRY(moduleAddType(module, &kUnpicklerType));
  TRY(moduleAddType(module, &PyPickleBuffer_Type));
  PickleState& s = pickle_state;
  TRY(exceptionAddOnce(module, &s.pickle_error, "_pickle.PickleError", PyExc_Exception));
  TRY(exceptionAddOnce(module, &s.pickling_error, "_pickle.PicklingError", s.pickle_error));
  TRY(exceptionAddOnce(module, &s.unpickling_error, "_pickle.UnpicklingError", s.pickle_error));
  return fillState();
}

constinit PyModuleDef kModule =
    singlePhaseModule<"_pickle">(kMethods, "Optimized C implementation for the Python pickle module.", 0);

}  // namespace

PyObject* initPickle() { return singlePhaseInit(&kModule, pickleExec); }

}  // namespace krait::modules
