// Shutting the runtime down, in CPython's order.
#include <cstdio>

#include "capi/lifecycle.h"
#include "core/call.h"
#include "core/gc.h"
#include "core/gc_state.h"
#include "core/import.h"
#include "core/interpreter.h"
#include "core/print_error.h"
#include "core/thread.h"
#include "interp/eval.h"
#include "main/startup.h"
#include "main/stdio.h"
#include "modules/atexit.h"
#include "modules/posix/fork_hooks.h"
#include "modules/warnings.h"
#include "types/codecs.h"
#include "types/list.h"
#include "types/module.h"
#include "types/weakref.h"

namespace krait {
namespace {

template <class T>
void ignoreFailure(T&& result) {
  if (result.failed()) clearPending();
}

void joinThreads() {
  Opt<> threading = importedModule("threading");
  if (!threading) return;
  Ref<> module = share(threading.get());
  if (callMethod(module.get(), name<"_shutdown">()).failed()) writeUnraisable(module.get());
}

// A line of -v.
void report(const char* what, const char* detail) {
  if (interpreter().config.verbose) std::fprintf(stderr, "# %s%s\n", what, detail);
}
void reportModule(const char* what, PyObject* module_name) {
  if (!interpreter().config.verbose || !isStr(module_name)) return;
  auto text = strUtf8(cast<StrObject>(module_name));
  if (text.failed()) return clearPending();
  report(what, std::string(std::move(text).take()).c_str());
}

// sys attributes that may keep user objects alive.
void resetSys() {
  report("clear builtins._", "");
  ignoreFailure(dictSet(interpreter().builtins, "_", Py_None));
  for (const char* key : {"path", "argv", "ps1", "ps2", "last_type", "last_value", "last_traceback",
                          "path_hooks", "path_importer_cache", "meta_path", "__interactivehook__"}) {
    report("clear sys.", key);
    ignoreFailure(sysSet(key, Py_None));
  }
  for (const char* stream : {"stdin", "stdout", "stderr"}) {
    report("restore sys.", stream);
    Opt<> original = sysGet((std::string("__") + stream + "__").c_str());
    ignoreFailure(sysSet(stream, original ? original : Opt<>(Py_None)));
  }
}

struct KeptModule {
  Ref<> name;
  Ref<WeakRefObject> weak;
};

// Takes every module out of sys.modules; those that others keep alive are found again through the weak
// references.
std::vector<KeptModule> releaseModules() {
  std::vector<KeptModule> kept;
  DictObject* table = interpreter().modules;
  auto keys = dictKeys(table);
  if (keys.failed()) return clearPending(), std::move(kept);
  Ref<ListObject> names = std::move(keys).take();
  for (Py_ssize_t i = 0; i < names->size(); i++) {
    auto found = dictGet(table, names->at(i));
    if (found.failed()) {
      clearPending();
      continue;
    }
    Opt<> module = std::move(found).take();
    if (!module || !isModule(module.get())) continue;
    auto weak = weakRefNew(module.get());
    if (weak.failed())
      clearPending();
    else
      kept.push_back({share(names->at(i)), std::move(weak).take()});
    reportModule("cleanup[2] removing ", names->at(i));
    ignoreFailure(dictSet(table, names->at(i), Py_None));
  }
  dictClear(table);
  return kept;
}

// A module's names are set to None: first those with one leading underscore, then the rest except
// __builtins__.
void clearModuleDict(DictObject* dict) {
  for (bool underscored : {true, false}) {
    auto keys = dictKeys(dict);
    if (keys.failed()) return clearPending();
    Ref<ListObject> names = std::move(keys).take();
    for (Py_ssize_t i = 0; i < names->size(); i++) {
      if (!isStr(names->at(i))) continue;
      auto* key = cast<StrObject>(names->at(i));
      bool single = key->size() > 0 && key->at(0) == '_' && !(key->size() > 1 && key->at(1) == '_');
      if (underscored ? !single : strEqualsAscii(key, "__builtins__")) continue;
      auto value = dictGet(dict, key);
      if (value.failed())
        clearPending();
      else if (Opt<> v = std::move(value).take(); v && v.get() != Py_None)
        ignoreFailure(dictSet(dict, key, Py_None));
    }
  }
}

void clearKeptModules(std::vector<KeptModule>& kept) {
  DictObject* sys = interpreter().sys_dict;
  DictObject* builtins = interpreter().builtins;
  for (auto it = kept.rbegin(); it != kept.rend(); ++it) {
    MaybeRef<> module = weakRefGet(it->weak.get());
    if (!module || !isModule(module.get())) continue;
    DictObject* dict = cast<ModuleObject>(module.get())->dict();
    if (!dict || dict == sys || dict == builtins) continue;
    reportModule("cleanup[3] wiping ", it->name.get());
    clearModuleDict(dict);
  }
}

// What programs put into builtins goes while the built-in functions are there for its finalizers.
void restoreBuiltins() {
  Interpreter& in = interpreter();
  if (!in.builtins_at_start) return;
  auto former = dictCopy(in.builtins);
  if (former.failed()) return clearPending();
  dictClear(in.builtins);
  ignoreFailure(dictUpdate(in.builtins, in.builtins_at_start));
  clearField(in.builtins_at_start);
}

void finalizeModules() {
  resetSys();
  std::vector<KeptModule> kept = releaseModules();
  restoreBuiltins();
  gcCollectAtExit();
  gcReportUncollectable();
  clearKeptModules(kept);
  kept.clear();
  report("cleanup[3] wiping sys", "");
  clearModuleDict(interpreter().sys_dict);
  report("cleanup[3] wiping builtins", "");
  clearModuleDict(interpreter().builtins);
  if (interpreter().id == 0) {
    builtin_len_entry = builtin_isinstance_entry = nullptr;  // lived in the copy of builtins
    moduleCopiesClear();
  }
  gcCollectAtExit();
}

// What the thread and the interpreter themselves hold. Finalizers run in between: nothing is null yet that
// the import system or a warning would look at.
void releaseInterpreter() {
  ignoreFailure(audit("cpython.PyInterpreterState_Clear"));
  threadClear(currentThread());
  Interpreter& in = interpreter();
  for (PyObject* hook : std::exchange(in.audit_hooks, {})) decref(hook);
  codecsStop();
  dictClear(in.modules);
  moduleIndexClear();
  setField(in.importlib, none());
  setField(in.import_func, none());
  clearField(in.dict);
  modules::posix::forgetForkHooks();
  warningsForget();
  modules::atexitForget();
  gcCollectAtExit();
  codecsForget();
  gc::interpreterEnds();
  dictClear(in.sys_dict);
  dictClear(in.builtins);
}

}  // namespace

void stopSubInterpreter() {
  joinThreads();
  modules::atexitRunCallbacks();
  ignoreFailure(flushStandardStreams());
  interpreter().finalizing = true;
  finalizeModules();
  ignoreFailure(flushStandardStreams());
  releaseInterpreter();
  Interpreter& in = interpreter();
  for (DictObject** table : {&in.modules, &in.sys_dict, &in.builtins}) clearField(*table);
  clearField(in.importlib);
  clearField(in.import_func);
}

int stopRuntime(int status) {
  joinThreads();
  ignoreFailure(pendingCallsRun());
  modules::atexitRunCallbacks();
  bool flush_failed = flushStandardStreams().failed();
  if (flush_failed) clearPending();
  interpreter().finalizing = true;
  if (gcEnabled()) gcCollect(2);
  finalizeModules();
  if (flushStandardStreams().failed()) {
    clearPending();
    flush_failed = true;
  }
  releaseInterpreter();
  report("clear sys.audit hooks", "");
  exitFunctionsRun();
  return flush_failed ? 120 : status;
}

}  // namespace krait
