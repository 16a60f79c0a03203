// import statements.
#include "core/call.h"
#include "core/import.h"
#include "core/interpreter.h"
#include "core/number.h"
#include "interp/inline_cache.h"
#include "types/exceptions.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"

namespace krait {
namespace {

Result<Ref<>> importStatement(Frame* frame, PyObject* module_name, PyObject* from_list, PyObject* level) {
  Opt<> function = isExactDict(frame->builtins)
                       ? TRY(dictGet(cast<DictObject>(frame->builtins), name<"__import__">()))
                       : Opt<>();
  if (!function) return raise(PyExc_ImportError, "__import__ not found");
  PyObject* locals = frame->locals ? frame->locals : Py_None;
  if (function.get() == interpreter().import_func) {
    int depth = TRY(asInt(level));
    return importName(module_name, frame->globals, locals, from_list, depth);
  }
  Ref<> held = share(function.get());
  return call(held.get(), module_name, frame->globals, locals, from_list, level);
}

Raised raiseImportError(Ref<StrObject> message, Opt<> module_name, Opt<> path) {
  auto made = [&]() -> Status {
    Ref<> exception = TRY(call(PyExc_ImportError, message.get()));
    auto* error = static_cast<ImportErrorObject*>(exception.get());
    if (module_name) {
      PyObject* old = std::exchange(error->name, share(module_name.get()).leak());
      xdecref(old);
    }
    if (path) {
      PyObject* old = std::exchange(error->path, share(path.get()).leak());
      xdecref(old);
    }
    return raiseException(std::move(exception));
  };
  (void)made().failed();
  return Raised{};
}

// An attribute that may be missing or fail; errors are dropped.
MaybeRef<> attrQuiet(PyObject* object, StrObject* name) {
  auto found = attrLookup(object, name);
  if (!found.failed()) return std::move(found).take();
  clearPending();
  return {};
}

bool isInitializing(PyObject* module) {
  MaybeRef<> spec = attrQuiet(module, name<"__spec__">());
  if (!spec) return false;
  MaybeRef<> flag = attrQuiet(spec.get(), name<"_initializing">());
  if (!flag) return false;
  auto truth = objectIsTrue(flag.get());
  if (!truth.failed()) return std::move(truth).take();
  clearPending();
  return false;
}

Status raiseCannotImport(PyObject* module, PyObject* attribute, Opt<> package) {
  MaybeRef<> path;
  if (isModule(module)) path = attrQuiet(module, name<"__file__">());
  Ref<> shown = package ? share(package.get()) : Ref<>(TRY(strLiteral("<unknown module name>")));
  if (!path || !isStr(path.get())) {
    return raiseImportError(
        TRY(strFormat("cannot import name %R from %R (unknown location)", attribute, shown.get())), package,
        nullptr);
  }
  const char* format = isInitializing(module) ? "cannot import name %R from partially initialized module %R "
                                                "(most likely due to a circular import) (%S)"
                                              : "cannot import name %R from %R (%S)";
  return raiseImportError(TRY(strFormat(format, attribute, shown.get(), path.get())), package, path.opt());
}

Result<Ref<>> importFrom(PyObject* module, StrObject* attribute) {
  MaybeRef<> found = TRY(attrLookup(module, attribute));
  if (found) return std::move(found).take();
  MaybeRef<> package = attrQuiet(module, name<"__name__">());
  if (package && !isStr(package.get())) package = {};
  if (package) {
    Ref<StrObject> full = TRY(strFormat("%U.%U", package.get(), attribute));
    auto loaded = dictGet(interpreter().modules, full.get());
    if (loaded.failed()) return Raised{};
    if (Opt<> submodule = std::move(loaded).take()) return share(submodule.get());
  }
  TRY(raiseCannotImport(module, attribute, package.opt()));
  return Raised{};
}

Raised raiseBadStarName(PyObject* module, PyObject* key, bool from_dict) {
  MaybeRef<> module_name = attrQuiet(module, name<"__name__">());
  if (!module_name) return raiseNone(PyExc_AttributeError);
  if (!isStr(module_name.get())) {
    return raise(PyExc_TypeError, "module __name__ must be a string, not %.100s",
                 typeName(module_name.get()));
  }
  return raise(PyExc_TypeError, "%s in %U.%s must be str, not %.100s", from_dict ? "Key" : "Item",
               module_name.get(), from_dict ? "__dict__" : "__all__", typeName(key));
}

// from module import *
Status importStar(PyObject* module, PyObject* locals) {
  MaybeRef<> names = TRY(attrLookup(module, name<"__all__">()));
  bool skip_private = !names;
  if (!names) {
    MaybeRef<> dict = TRY(attrLookup(module, name<"__dict__">()));
    if (!dict) return raise(PyExc_ImportError, "from-import-* object has no __dict__ and no __all__");
    names = TRY(mappingKeys(dict.get()));
  }
  for (Py_ssize_t i = 0;; i++) {
    auto item = sequenceGet(names.get(), i);
    if (item.failed()) {
      if (!pendingMatches(PyExc_IndexError)) return Raised{};
      clearPending();
      return {};
    }
    Ref<> key = std::move(item).take();
    if (!isStr(key.get())) return raiseBadStarName(module, key.get(), skip_private);
    auto* text = cast<StrObject>(key.get());
    if (skip_private && text->size() > 0 && text->at(0) == '_') continue;
    Ref<> value = TRY(attrGet(module, text));
    if (isExactDict(locals))
      TRY(dictSet(cast<DictObject>(locals), text, value.get()));
    else
      TRY(itemSet(locals, text, value.get()));
  }
}

}  // namespace

OP_BODY(IMPORT_NAME) {
  Ref<> module = OP_TRY(importStatement(frame, codeName(frame, oparg), sp.peek(0), sp.peek(1)));
  sp.pop2Push(std::move(module));
  return Step::kNext;
}

OP_BODY(IMPORT_FROM) {
  sp.push(OP_TRY(importFrom(sp.peek(0), codeName(frame, oparg))));
  return Step::kNext;
}

OP_BODY(IMPORT_STAR) {
  Ref<> module = sp.pop();
  OP_TRY(frameFastToLocals(frame));
  if (!frame->locals) {
    (void)raise(PyExc_SystemError, "no locals found during 'import *'");
    return Step::kRaised;
  }
  Ref<> locals = share(frame->locals);
  Status status = importStar(module.get(), locals.get());
  frameLocalsToFast(frame, false);
  if (status.failed()) return Step::kRaised;
  return Step::kNext;
}

}  // namespace krait
