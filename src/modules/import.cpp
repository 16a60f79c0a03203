// The meaning of `import`: module look-up, names relative to a package, from-lists; and the start of
// importlib.
#include "core/import.h"

#include <cstdio>
#include <ctime>

#include "core/call.h"
#include "core/interpreter.h"
#include "core/thread.h"
#include "interp/eval.h"
#include "modules/dynload.h"
#include "modules/frozen.h"
#include "modules/import.h"
#include "modules/modules.h"
#include "types/exceptions.h"
#include "types/int.h"
#include "types/list.h"
#include "types/misc_objects.h"
#include "types/traceback.h"

namespace krait {
namespace {

Result<Opt<>> moduleByName(PyObject* name) {
  DictObject* sys = interpreter().sys_dict;
  // By the interned name: sysGet() would not find it without memory.
  Opt<> modules = sys ? dictGetStr(sys, krait::name<"modules">()) : Opt<>();
  if (!modules) return raise(PyExc_RuntimeError, "unable to get sys.modules");
  if (isExactDict(modules.get())) return dictGet(cast<DictObject>(modules.get()), name);
  auto found = itemGet(modules.get(), name);
  if (found.failed()) {
    if (!pendingMatches(PyExc_KeyError)) return Raised{};
    clearPending();
    return Opt<>();
  }
  Ref<> module = std::move(found).take();
  return Opt<>(module.get());  // kept alive by the mapping, as for a dict
}

// --- relative names ----------------------------------------------------------------------------------------

// The package that `from . import x` starts at: __package__, __spec__.parent or __name__ of the globals.
Result<Ref<StrObject>> packageFromName(DictObject* globals) {
  Opt<> name_object = TRY(dictGet(globals, name<"__name__">()));
  if (!name_object) return raise(PyExc_KeyError, "'__name__' not in globals");
  if (!isStr(name_object.get())) return raise(PyExc_TypeError, "__name__ must be a string");
  Ref<StrObject> text = share(cast<StrObject>(name_object.get()));
  if (TRY(dictContains(globals, name<"__path__">()))) return text;
  Py_ssize_t dot = strFindChar(text, '.', 0, text->size(), -1);
  return strSubstring(text, 0, dot < 0 ? 0 : dot);
}

Status warnPackageMismatch(PyObject* package, PyObject* parent) {
  if (TRY(objectEquals(package, parent))) return {};
  return warn(PyExc_ImportWarning, 1, "__package__ != __spec__.parent");
}

Result<Ref<StrObject>> packageOf(DictObject* globals) {
  Opt<> package_object = TRY(dictGet(globals, name<"__package__">()));
  MaybeRef<> package = MaybeRef<>::share(package_object.get());
  Opt<> spec_object = TRY(dictGet(globals, name<"__spec__">()));
  MaybeRef<> spec = MaybeRef<>::share(spec_object.get());
  if (package && package.get() != Py_None) {
    if (!isStr(package.get())) return raise(PyExc_TypeError, "package must be a string");
    if (spec && spec.get() != Py_None) {
      Ref<> parent = TRY(attrGet(spec.get(), name<"parent">()));
      TRY(warnPackageMismatch(package.get(), parent));
    }
    return std::move(package).take().as<StrObject>();
  }
  if (spec && spec.get() != Py_None) {
    Ref<> parent = TRY(attrGet(spec.get(), name<"parent">()));
    if (!isStr(parent)) return raise(PyExc_TypeError, "__spec__.parent must be a string");
    return std::move(parent).as<StrObject>();
  }
  TRY(warn(PyExc_ImportWarning, 1,
           "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__"));
  return packageFromName(globals);
}

Result<Ref<StrObject>> resolveName(StrObject* relative, PyObject* globals, int level) {
  if (!globals || !isDict(globals)) {
    if (globals && globals != Py_None) return raise(PyExc_TypeError, "globals must be a dict");
    return raise(PyExc_KeyError, "'__name__' not in globals");
  }
  Ref<StrObject> package = TRY(packageOf(cast<DictObject>(globals)));
  if (package->size() == 0) {
    return raise(PyExc_ImportError, "attempted relative import with no known parent package");
  }
  Py_ssize_t end = package->size();
  for (int up = 1; up < level; up++) {
    end = strFindChar(package, '.', 0, end, -1);
    if (end < 0) return raise(PyExc_ImportError, "attempted relative import beyond top-level package");
  }
  Ref<StrObject> base = TRY(strSubstring(package, 0, end));
  if (relative->size() == 0) return base;
  return strFormat("%U.%U", base.get(), relative);
}

// --- loading -----------------------------------------------------------------------------------------------

Result<bool> isInitializing(PyObject* module) {
  MaybeRef<> spec = TRY(attrLookup(module, name<"__spec__">()));
  if (!spec) return false;
  MaybeRef<> flag = TRY(attrLookup(spec.get(), name<"_initializing">()));
  if (!flag) return false;
  return objectIsTrue(flag.get());
}

// A module that another thread is still executing: wait for it.
Status ensureInitialized(PyObject* module, PyObject* abs_name) {
  if (!TRY(isInitializing(module))) return {};
  TRY(callMethod(interpreter().importlib, name<"_lock_unlock_module">(), abs_name));
  return {};
}

// Whether a traceback entry's code comes from importlib itself.
bool isImportlibEntry(TracebackObject* entry, const char* function) {
  CodeObject* code = frameHooks.code(entry->tb_frame);
  auto* file = cast<StrObject>(code->co_filename);
  if (!strEqualsAscii(file, "<frozen importlib._bootstrap>") &&
      !strEqualsAscii(file, "<frozen importlib._bootstrap_external>")) {
    return false;
  }
  return !function || strEqualsAscii(cast<StrObject>(code->co_name), function);
}

// Cuts importlib's own entries out of the traceback: all of them for ImportError, otherwise those runs that
// end in _call_with_frames_removed.
void removeImportlibEntries() {
  if (interpreter().config.verbose) return;
  bool always = pendingMatches(PyExc_ImportError);
  PendingTriple pending = fetchPending();
  PyObject** link = &pending.traceback;
  PyObject** run_start = nullptr;
  while (*link) {
    auto* entry = cast<TracebackObject>(*link);
    bool inside = isImportlibEntry(entry, nullptr);
    if (inside && !run_start) run_start = link;
    if (inside && run_start && (always || isImportlibEntry(entry, "_call_with_frames_removed"))) {
      PyObject* next = reinterpret_cast<PyObject*>(entry->tb_next);
      xincref(next);
      PyObject* old = std::exchange(*run_start, next);
      decref(old);
      link = run_start;
      continue;
    }
    if (!inside) run_start = nullptr;
    link = reinterpret_cast<PyObject**>(&entry->tb_next);
  }
  restorePending(pending);
}

// -X importtime: a line per import when it is done, nested ones before and deeper than what imports them.
class ImportTimer {
 public:
  explicit ImportTimer(PyObject* module_name) : module_name_(module_name) {
    if (!interpreter().config.import_time) return;
    if (!header_printed_) std::fputs("import time: self [us] | cumulative | imported package\n", stderr);
    header_printed_ = true;
    depth_++;
    others_before_ = std::exchange(nested_, 0);
    start_ = now();
  }
  ~ImportTimer() {
    if (!interpreter().config.import_time) return;
    PendingSaved saved;
    long total = now() - start_;
    depth_--;
    auto text = strUtf8(cast<StrObject>(module_name_));
    if (text.failed())
      clearPending();
    else
      std::fprintf(stderr, "import time: %9ld | %10ld | %*s%s\n", total - nested_, total, depth_ * 2, "",
                   std::move(text).take().data());
    nested_ = others_before_ + total;
  }

 private:
  static long now() {
    timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000 + t.tv_nsec / 1000;
  }
  static inline bool header_printed_;
  static inline int depth_;
  static inline long nested_;  // microseconds spent in imports made by the present one
  PyObject* module_name_;
  long start_ = 0, others_before_ = 0;
};

Result<Ref<>> findAndLoad(PyObject* abs_name) {
  ImportTimer timer(abs_name);
  TRY(audit("import", "OOOOO", abs_name, Py_None, sysGet("path").orElse(Py_None),
            sysGet("meta_path").orElse(Py_None), sysGet("path_hooks").orElse(Py_None)));
  Interpreter& in = interpreter();
  return callMethod(in.importlib, name<"_find_and_load">(), abs_name, in.import_func);
}

Result<Ref<>> loadAbsolute(PyObject* abs_name) {
  Opt<> found = TRY(moduleByName(abs_name));
  if (found && found.get() != Py_None) {
    Ref<> module = share(found.get());
    TRY(ensureInitialized(module, abs_name));
    return module;
  }
  return findAndLoad(abs_name);
}

// `import a.b.c` without a from-list binds a; relative: the part that the written name spans.
Result<Ref<>> topLevelPackage(PyObject* module, StrObject* name, StrObject* abs_name, int level) {
  Py_ssize_t length = name->size(), dot = strFindChar(name, '.', 0, length, 1);
  if (length == 0 && level > 0) return share(module);
  if (dot < 0) return share(module);
  if (level == 0) {
    Ref<StrObject> front = TRY(strSubstring(name, 0, dot));
    return loadAbsolute(front);
  }
  Ref<StrObject> wanted = TRY(strSubstring(abs_name, 0, abs_name->size() - (length - dot)));
  Opt<> found = TRY(moduleByName(wanted));
  if (!found) return raise(PyExc_KeyError, "%R not in sys.modules as expected", wanted.get());
  return share(found.get());
}

Result<Ref<>> importLevelRaw(StrObject* name, PyObject* globals, PyObject* from_list, int level) {
  if (level < 0) return raise(PyExc_ValueError, "level must be >= 0");
  if (level == 0 && name->size() == 0) return raise(PyExc_ValueError, "Empty module name");
  Ref<StrObject> abs_name = level > 0 ? TRY(resolveName(name, globals, level)) : share(name);
  Ref<> module = TRY(loadAbsolute(abs_name));
  bool has_from = from_list && from_list != Py_None && TRY(objectIsTrue(from_list));
  if (!has_from) return topLevelPackage(module, name, abs_name, level);
  if (!TRY(attrHas(module, krait::name<"__path__">()))) return module;
  Interpreter& in = interpreter();
  return callMethod(in.importlib, krait::name<"_handle_fromlist">(), module.get(), from_list, in.import_func);
}

}  // namespace

namespace modules {

Result<Ref<>> importLevel(PyObject* name, PyObject* globals, PyObject* from_list, int level) {
  if (!isStr(name)) return raise(PyExc_TypeError, "module name must be a string");
  auto module = importLevelRaw(cast<StrObject>(name), globals, from_list, level);
  if (module.failed()) removeImportlibEntries();
  return module;
}

namespace {

// Runs a frozen module's code in a new module registered under its name.
Result<Ref<ModuleObject>> runFrozen(const char* module_name) {
  const FrozenModule* frozen = findFrozen(module_name);
  Ref<> code = TRY(frozenCode(*frozen));
  Ref<StrObject> name_text = TRY(strInternUtf8(module_name));
  Ref<ModuleObject> module = TRY(moduleNew(name_text));
  TRY(dictSet(interpreter().modules, name_text, module));
  TRY(dictSet(module->dict(), "__builtins__", interpreter().builtins));
  TRY(dictSet(module->dict(), "__origname__", TRY(strLiteral(frozen->origin)).get()));
  TRY(evalCode(cast<CodeObject>(code.get()), module->dict(), module->dict()));
  return module;
}

Result<Ref<>> makeNative(const char* module_name) {
  const NativeModule* native = findNativeModule(module_name);
  Ref<StrObject> name_text = TRY(strInternUtf8(module_name));
  Ref<DictObject> attributes = TRY(dictNew());
  TRY(dictSet(attributes, "name", name_text));
  Ref<> spec = TRY(namespaceNew(attributes.get()));
  Ref<> module = TRY(moduleFromInit(native->init, name_text, spec, nullptr));
  TRY(execModule(module));
  TRY(dictSet(interpreter().modules, name_text, module));
  return module;
}

}  // namespace

Status importStart(ModuleObject* sys) {
  Interpreter& in = interpreter();
  bool verbose = in.config.verbose != 0;
  Ref<ModuleObject> bootstrap = TRY(runFrozen("_frozen_importlib"));
  Ref<> imp = TRY(makeNative("_imp"));
  if (verbose) std::fputs("import _frozen_importlib # frozen\nimport _imp # builtin\n", stderr);
  in.importlib = share(bootstrap.get()).leak();
  TRY(callMethod(bootstrap.get(), name<"_install">(), sys, imp.get()));
  return {};
}

Status importStartExternal() {
  TRY(callMethod(interpreter().importlib, name<"_install_external_importers">()));
  bool verbose = interpreter().config.verbose != 0;
  if (verbose) std::fputs("# installing zipimport hook\n", stderr);
  Ref<> zipimport = TRY(importModule("zipimport"));
  Ref<> importer = TRY(attrGet(zipimport, "zipimporter"));
  Opt<> hooks = sysGet("path_hooks");
  if (!hooks || !isList(hooks.get())) return raise(PyExc_RuntimeError, "unable to get sys.path_hooks");
  TRY(listInsert(cast<ListObject>(hooks.get()), 0, importer));
  if (verbose) std::fputs("# installed zipimport hook\n", stderr);
  return {};
}

}  // namespace modules

Result<Ref<>> importModule(const char* module_name) {
  Ref<StrObject> name_text = TRY(strFromUtf8(module_name));
  Opt<> found = TRY(moduleByName(name_text));
  if (found && found.get() != Py_None) {
    Ref<> module = share(found.get());
    TRY(ensureInitialized(module, name_text));
    return module;
  }
  Ref<TupleObject> from_list = emptyTuple();
  TRY(modules::importLevel(name_text, Py_None, from_list, 0));
  Opt<> loaded = TRY(moduleByName(name_text));
  if (!loaded) return raise(PyExc_KeyError, "%R not in sys.modules as expected", name_text.get());
  return share(loaded.get());
}

Result<Ref<>> importAttr(const char* module_name, const char* attr) {
  Ref<> module = TRY(importModule(module_name));
  return attrGet(module, attr);
}

Result<Ref<>> importName(PyObject* name_object, PyObject* globals, PyObject* locals, PyObject* from_list,
                         int level) {
  Opt<> function = TRY(dictGet(interpreter().builtins, name<"__import__">()));
  if (!function) return raise(PyExc_ImportError, "__import__ not found");
  if (function.get() == interpreter().import_func)
    return modules::importLevel(name_object, globals, from_list, level);
  Ref<> import_function = share(function.get());
  Ref<> level_object = Ref<>(TRY(intFromLong(level)));
  return call(import_function.get(), name_object, globals, locals ? locals : Py_None, from_list,
              level_object.get());
}

Result<MaybeRef<>> importForReport(const char* module_name) {
  if (interpreter().finalizing) return MaybeRef<>::share(importedModule(module_name).get());
  auto imported = importModule(module_name);
  if (!imported.failed()) return MaybeRef<>(std::move(imported).take());
  if (!pendingMatches(PyExc_ImportError)) return Raised{};
  clearPending();
  return MaybeRef<>();
}

Opt<> importedModule(const char* module_name) {
  if (!interpreter().modules) return nullptr;
  PendingSaved saved;
  auto key = strInternUtf8(module_name);
  if (key.failed()) {
    clearPending();
    return nullptr;
  }
  auto found = moduleByName(std::move(key).take().get());
  if (found.failed()) {
    clearPending();
    return nullptr;
  }
  return std::move(found).take();
}

}  // namespace krait
