#include "main/startup.h"

#include <cstdio>
#include <cstdlib>

#include "capi/lifecycle.h"
#include "core/call.h"
#include "core/dump_traceback.h"
#include "core/gc.h"
#include "core/hash_secret.h"
#include "core/import.h"
#include "core/interpreter.h"
#include "core/memory_reserve.h"
#include "core/print_error.h"
#include "core/thread.h"
#include "interp/eval.h"
#include "main/stdio.h"
#include "modules/builtins.h"
#include "modules/import.h"
#include "modules/sys/sys.h"
#include "types/bool.h"
#include "types/codecs.h"
#include "types/context.h"
#include "types/exceptions.h"
#include "types/std_printer.h"
#include "types/type.h"

#define TYPE(symbol) extern "C" PyTypeObject symbol;
#include "types/types.def"
#undef TYPE

namespace krait {
namespace {

PyTypeObject* const kStaticTypes[] = {
#define TYPE(symbol) &symbol,
#include "types/types.def"
#undef TYPE
};

bool setupMemory() {
  memoryReserveRefill();
  const char* allocator = interpreter().config.ignore_environment ? nullptr : std::getenv("PYTHONMALLOC");
  if (!allocator || !*allocator) {
    if (interpreter().config.dev_mode) memSetupByName("debug");
    return true;
  }
  if (memSetupByName(allocator)) return true;
  std::fprintf(stderr,
               "Fatal Python error: preconfig_init_allocator: PYTHONMALLOC: unknown allocator\n"
               "Python runtime state: preinitializing\n\n");
  return false;
}

Status readyTypes() {
  for (PyTypeObject* type : kStaticTypes) TRY(typeReady(type));
  TRY(contextPublishMissing());
  return {};
}

Status createCoreModules() {
  Interpreter& in = interpreter();
  in.modules = TRY(dictNew()).leak();
  Ref<ModuleObject> builtins = TRY(modules::builtinsCreate());
  in.builtins_at_start = TRY(dictCopy(in.builtins)).leak();
  Ref<ModuleObject> sys = TRY(modules::sysCreate());
  TRY(dictSet(in.modules, "sys", sys));
  TRY(dictSet(in.modules, "builtins", builtins));
  if (in.id == 0) {  // nobody imports them a second time: for who counts references
    for (ModuleObject* module : {builtins.get(), sys.get()}) TRY(moduleKeepCopy(module));
  }
  in.core_ready = true;
  TRY(modules::sysConfigure());
  TRY(modules::importStart(sys));
  return modules::importStartExternal();
}

Status startSignals() {
  if (!interpreter().config.install_signal_handlers) return {};
  Ref<> signal = TRY(importModule("_signal"));
  return {};
}

Status startMainModule() {
  Ref<StrObject> name_text = TRY(strInternUtf8("__main__"));
  Ref<ModuleObject> main = TRY(moduleNew(name_text));
  TRY(dictSet(main->dict(), "__annotations__", TRY(dictNew()).get()));
  TRY(dictSet(main->dict(), "__builtins__", TRY(importModule("builtins")).get()));
  Ref<> loader = TRY(attrGet(interpreter().importlib, "BuiltinImporter"));
  TRY(dictSet(main->dict(), "__loader__", loader));
  return dictSet(interpreter().modules, name_text, main);
}

Status startTracemalloc() {
  int depth = interpreter().config.tracemalloc;
  if (depth == 0) return {};
  Ref<> start = TRY(importAttr("_tracemalloc", "start"));
  Ref<IntObject> frames = TRY(intFromLong(depth));
  TRY(call(start.get(), frames.get()));
  return {};
}

Status startOptionalServices() {
  const Config& config = interpreter().config;
  if (config.faulthandler) {
    Ref<> enable = TRY(importAttr("faulthandler", "enable"));
    TRY(call(enable.get()));
  }
  if (!config.warn_options.empty()) TRY(importModule("warnings"));
  return {};
}

Status startTypes() {
  TRY(readyTypes());
  flagsPublish();
  interpInit();
  return {};
}
Status startEncodings() {
  TRY(importModule("encodings"));
  Ref<> lookup = TRY(importAttr("_codecs", "lookup"));
  Ref<StrObject> encoding = TRY(fsDecode(interpreter().config.fs_encoding));
  TRY(call(lookup.get(), encoding.get()));
  return {};
}
Status startSite() {
  if (!interpreter().config.no_site) TRY(importModule("site"));
  return {};
}

// What exists when, and what is said when it cannot be made.
constexpr struct {
  Status (*run)();
  const char* failure;
} kSteps[] = {
    {startTypes, "pycore_init_types: failed to initialize the types"},
    {createCoreModules, "init_importlib: importlib install failed"},
    {startEncodings, "init_fs_encoding: failed to get the Python codec of the filesystem encoding"},
    {startSignals, "init_signals: failed to import the signal module"},
    {normaliseStreamEncoding,
     "init_stdio_encoding: failed to get the Python codec name of the stdio encoding"},
    {createStandardStreams, "init_sys_streams: can't initialize sys standard streams"},
    {startMainModule, "add_main_module: can't create __main__ module"},
    {startTracemalloc, "init_interp_main: can't initialize tracemalloc"},
    {startOptionalServices, "init_interp_main: failed to start faulthandler or warnings"},
    {startSite, "init_import_site: Failed to import the site module"},
};

void reportFailure(const char* failure) {
  std::fprintf(stderr, "Fatal Python error: %s\nPython runtime state: core initialized\n", failure);
  printPending(true);
  dumpText(2, "\n");
  dumpAllThreads(2, currentThread());
}

}  // namespace

Status startSubInterpreter() {
  for (auto step : {createCoreModules, startEncodings, createStandardStreams, startMainModule}) TRY(step());
  if (!interpreter().config.warn_options.empty()) TRY(importModule("warnings"));
  return startSite();
}

bool startRuntime() {
  const Config& config = interpreter().config;
  if (!setupMemory()) return false;
  if (config.use_hash_seed)
    hashSecretFromSeed(static_cast<uint32_t>(config.hash_seed));
  else
    hashSecretRandom();
  threadStartMain();
  for (const auto& step : kSteps) {
    if (!step.run().failed()) continue;
    if (!pendingMatches(PyExc_SystemExit)) reportFailure(step.failure);
    return false;
  }
  return true;
}

}  // namespace krait
