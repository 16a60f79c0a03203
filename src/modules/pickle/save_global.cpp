// Saving classes and functions by name.
#include "core/call.h"
#include "core/errors.h"
#include "core/import.h"
#include "core/interpreter.h"
#include "modules/pickle/pickle.h"
#include "types/bytes.h"
#include "types/codecs.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"

namespace krait::modules {
namespace {

using Path = std::vector<Ref<StrObject>>;

Result<Ref<StrObject>> globalName(PyObject* object, Opt<> given) {
  if (given) return share(cast<StrObject>(given.get()));
  MaybeRef<> qualname = TRY(attrLookup(object, name<"__qualname__">()));
  Ref<> found = qualname ? std::move(qualname).take() : TRY(attrGet(object, name<"__name__">()));
  if (!isStr(found.get()))
    return raise(PyExc_TypeError, "attribute name must be string, not '%.200s'", typeName(found));
  return std::move(found).as<StrObject>();
}

// True when the path leads from the module to the object. Errors mean no.
bool leadsTo(PyObject* module, const Path& path, PyObject* object) {
  Result<DeepAttribute> found = pickleDeepAttribute(module, path);
  if (found.failed()) {
    clearPending();
    return false;
  }
  return std::move(found).take().value.get() == object;
}

Result<Ref<>> whichModule(PyObject* object, const Path& path) {
  MaybeRef<> own = TRY(attrLookup(object, name<"__module__">()));
  if (own && own.get() != Py_None) return std::move(own).take();
  Opt<> modules = interpreter().modules;
  if (!modules) return raise(PyExc_RuntimeError, "unable to get sys.modules");
  // A copy: looking at lazy modules may import others.
  Ref<DictObject> copy = TRY(dictCopy(cast<DictObject>(modules.get())));
  Py_ssize_t position = 0;
  PyObject *key, *module;
  while (dictNext(copy, &position, &key, &module)) {
    if (module == Py_None || (isStr(key) && strEqualsAscii(cast<StrObject>(key), "__main__"))) continue;
    if (leadsTo(module, path, object)) return share(key);
  }
  return share(name<"__main__">());
}

Result<Ref<>> importNamed(PyObject* object, PyObject* module_name) {
  Ref<DictObject> globals = TRY(dictNew());
  Ref<ListObject> from_list = TRY(listNew());
  Result<Ref<>> imported = importName(module_name, globals, globals, from_list, 0);
  if (!imported.failed()) {
    Opt<> module = TRY(dictGet(interpreter().modules, module_name));
    if (module) return share(module.get());
  } else {
    clearPending();
  }
  return raise(pickle_state.pickling_error, "Can't pickle %R: import of module %R failed", object,
               module_name);
}

// The registered extension code; 0: none.
Result<long> extensionCode(PyObject* object, PyObject* module_name, StrObject* global_name) {
  Ref<TupleObject> key = TRY(tupleOf(module_name, static_cast<PyObject*>(global_name)));
  Opt<> found = TRY(dictGet(pickle_state.extension_registry, key));
  if (!found) return 0;
  if (!isInt(found.get())) {
    return raise(pickle_state.pickling_error, "Can't pickle %R: extension code %R isn't an integer", object,
                 found.get());
  }
  long code = TRY(asLong(found.get()));
  if (code > 0 && code <= 0x7fffffff) return code;
  return raise(pickle_state.pickling_error, "Can't pickle %R: extension code %ld is out of range", object,
               code);
}

Status saveExtension(PicklerObject* self, long code) {
  auto value = static_cast<uint64_t>(code);
  if (code <= 0xff) return pickleWrite(self, Instruction(kExt1, value, 1));
  if (code <= 0xffff) return pickleWrite(self, Instruction(kExt2, value, 2));
  return pickleWrite(self, Instruction(kExt4, value, 4));
}

// Python 2's names for what moved since.
Status mapToPython2(Ref<>& module_name, Ref<>& global_name) {
  Ref<TupleObject> key = TRY(tupleOf(module_name.get(), global_name.get()));
  Opt<> found = TRY(dictGet(pickle_state.name_3to2, key));
  if (found) {
    auto* pair = cast<TupleObject>(found.get());
    if (!isTuple(pair) || pair->size() != 2) {
      return raise(PyExc_RuntimeError,
                   "_compat_pickle.REVERSE_NAME_MAPPING values should be 2-tuples, not %.200s",
                   typeName(found.get()));
    }
    if (!isStr(pair->at(0)) || !isStr(pair->at(1))) {
      return raise(PyExc_RuntimeError,
                   "_compat_pickle.REVERSE_NAME_MAPPING values should be pairs of str, not (%.200s, %.200s)",
                   typeName(pair->at(0)), typeName(pair->at(1)));
    }
    module_name = share(pair->at(0));
    global_name = share(pair->at(1));
    return {};
  }
  Opt<> moved = TRY(dictGet(pickle_state.import_3to2, module_name));
  if (!moved) return {};
  if (!isStr(moved.get())) {
    return raise(PyExc_RuntimeError,
                 "_compat_pickle.REVERSE_IMPORT_MAPPING values should be strings, not %.200s",
                 typeName(moved.get()));
  }
  module_name = share(moved.get());
  return {};
}

Result<Ref<BytesObject>> encodeName(PicklerObject* self, PyObject* text) {
  auto* s = cast<StrObject>(text);
  return self->protocol >= 3 ? encodeUtf8(s, nullptr) : encodeAscii(s, nullptr);
}

Status saveGlobalText(PicklerObject* self, Ref<> module_name, Ref<> global_name) {
  if (self->protocol < 3 && self->fix_imports) TRY(mapToPython2(module_name, global_name));
  Result<Ref<BytesObject>> module_bytes = encodeName(self, module_name);
  if (module_bytes.failed()) {
    if (!pendingMatches(PyExc_UnicodeEncodeError)) return Raised{};
    clearPending();
    return raise(pickle_state.pickling_error, "can't pickle module identifier '%S' using pickle protocol %i",
                 module_name.get(), self->protocol);
  }
  Ref<BytesObject> module_part = std::move(module_bytes).take();
  Result<Ref<BytesObject>> global_bytes = encodeName(self, global_name);
  if (global_bytes.failed()) {
    if (!pendingMatches(PyExc_UnicodeEncodeError)) return Raised{};
    clearPending();
    return raise(pickle_state.pickling_error,
                 "can't pickle global identifier '%S.%S' using pickle protocol %i", module_name.get(),
                 global_name.get(), self->protocol);
  }
  Ref<BytesObject> global_part = std::move(global_bytes).take();
  std::string text(1, static_cast<char>(kGlobal));
  text.append(module_part->view());
  text += '\n';
  text.append(global_part->view());
  text += '\n';
  return pickleWrite(self, text);
}

Status saveThroughGetattr(PicklerObject* self, PyObject* parent, PyObject* last_name) {
  Ref<TupleObject> args = TRY(tupleOf(parent, last_name));
  Ref<TupleObject> reduced = TRY(tupleOf(pickle_state.getattr, static_cast<PyObject*>(args.get())));
  return pickleSaveReduce(self, reduced, nullptr);
}

}  // namespace

Result<Path> pickleDottedPath(Opt<> object, StrObject* dotted) {
  Path path;
  Py_ssize_t start = 0, size = dotted->size();
  while (true) {
    Py_ssize_t dot = strFindChar(dotted, '.', start, size, 1);
    Ref<StrObject> part = TRY(strSubstring(dotted, start, dot < 0 ? size : dot));
    if (strEqualsAscii(part, "<locals>")) {
      if (!object) return raise(PyExc_AttributeError, "Can't pickle local object %R", dotted);
      return raise(PyExc_AttributeError, "Can't get local attribute %R on %R", dotted, object.get());
    }
    path.push_back(std::move(part));
    if (dot < 0) return path;
    start = dot + 1;
  }
}

Result<DeepAttribute> pickleDeepAttribute(PyObject* object, const Path& path) {
  Ref<> value = share(object), parent = share(object);
  for (const Ref<StrObject>& part : path) {
    parent = share(value.get());
    value = TRY(attrGet(parent, part.get()));
  }
  return DeepAttribute{std::move(value), std::move(parent)};
}

Status pickleSaveGlobal(PicklerObject* self, PyObject* object, Opt<> given) {
  Ref<StrObject> global_name = TRY(globalName(object, given));
  Path path = TRY(pickleDottedPath(nullptr, global_name));
  Ref<> module_name = TRY(whichModule(object, path));
  Ref<> module = TRY(importNamed(object, module_name));
  Result<DeepAttribute> looked_up = pickleDeepAttribute(module, path);
  if (looked_up.failed()) {
    clearPending();
    return raise(pickle_state.pickling_error, "Can't pickle %R: attribute lookup %S on %S failed", object,
                 global_name.get(), module_name.get());
  }
  DeepAttribute found = std::move(looked_up).take();
  if (found.value.get() != object) {
    return raise(pickle_state.pickling_error, "Can't pickle %R: it's not the same object as %S.%S", object,
                 module_name.get(), global_name.get());
  }
  if (self->protocol >= 2) {
    long code = TRY(extensionCode(object, module_name, global_name));
    if (code != 0) return saveExtension(self, code);
  }
  StrObject* last = path.back();
  if (self->protocol >= 4) {
    Ref<StrObject> written = found.parent.get() == module.get() ? share(last) : global_name.clone();
    TRY(pickleSave(self, module_name));
    TRY(pickleSave(self, written));
    TRY(pickleWrite(self, kStackGlobal));
  } else if (found.parent.get() != module.get()) {
    TRY(saveThroughGetattr(self, found.parent, last));
  } else {
    TRY(saveGlobalText(self, module_name.clone(), share<PyObject>(last)));
  }
  return pickleMemoPut(self, object);
}

}  // namespace krait::modules
