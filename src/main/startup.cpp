#include "main/startup.h"

#include <cstdio>
#include <cstdlib>

#include "capi/lifecycle.h"
#include "core/hash_secret.h"
#include "core/call.h"
#include "core/gc.h"
#include "core/import.h"
#include "core/interpreter.h"
#include "core/print_error.h"
#include "core/thread.h"
#include "interp/eval.h"
#include "main/stdio.h"
#include "modules/builtins.h"
#include "modules/import.h"
#include "modules/sys/sys.h"
#include "types/bool.h"
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
  const char* allocator = interpreter().config.ignore_environment ? nullptr : std::getenv("PYTHONMALLOC");
  if (!allocator || !*allocator) {
    if (interpreter().config.dev_mode) memSetupByName("debug");
    return true;
  }
  if (memSetupByName(allocator)) return true;
  std::fprintf(stderr, "Fatal Python error: preconfig_init_allocator: invalid PYTHONMALLOC environment variable value\n");
  return false;
}

Status readyTypes() {
  for (PyTypeObject* type : kStaticTypes) TRY(typeReady(type));
  return {};
}

Status createCoreModules() {
  Interpreter& in = interpreter();
  in.modules = TRY(dictNew()).leak();
  Ref<ModuleObject> builtins = TRY(modules::builtinsCreate());
  Ref<ModuleObject> sys = TRY(modules::sysCreate());
  TRY(dictSet(in.modules, "builtins", builtins));
  TRY(dictSet(in.modules, "sys", sys));
  in.core_ready = true;
  Ref<> printer = TRY(stdPrinterNew(2));
  TRY(sysSet("stderr", printer.get()));
  TRY(sysSet("__stderr__", printer.get()));
  TRY(modules::sysConfigure());
  TRY(modules::importStart(sys));
  return modules::importStartExternal();
}

Status startSignals() {
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

Status startOptionalServices() {
  const Config& config = interpreter().config;
  if (config.faulthandler) {
    Ref<> enable = TRY(importAttr("faulthandler", "enable"));
    TRY(call(enable.get()));
  }
  if (config.tracemalloc > 0) {
    Ref<> start = TRY(importAttr("_tracemalloc", "start"));
    Ref<IntObject> frames = TRY(intFromLong(config.tracemalloc));
    TRY(call(start.get(), frames.get()));
  }
  if (!config.warn_options.empty()) TRY(importModule("warnings"));
  if (!config.no_site) TRY(importModule("site"));
  return {};
}

Status startEverything() {
  TRY(readyTypes());
  flagsPublish();
  interpInit();
  TRY(createCoreModules());
  TRY(importModule("encodings"));
  if (interpreter().config.install_signal_handlers) TRY(startSignals());
  TRY(createStandardStreams());
  TRY(startMainModule());
  return startOptionalServices();
}

}  // namespace

bool startRuntime() {
  const Config& config = interpreter().config;
  if (!setupMemory()) return false;
  if (config.use_hash_seed) hashSecretFromSeed(static_cast<uint32_t>(config.hash_seed));
  else hashSecretRandom();
  threadStartMain();
  auto started = startEverything();
  if (!started.failed()) return true;
  if (pendingMatches(PyExc_SystemExit)) return false;
  std::fprintf(stderr, "Fatal Python error: the runtime could not be started\n");
  printPending(true);
  return false;
}

}  // namespace krait
