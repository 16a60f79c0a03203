// An interpreter: modules, configuration and what else programs that share a process do not share. A process
// has a main one and, when an extension asks for them, sub-interpreters; types and the GIL belong to all.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"

struct PyInterpreterState;

namespace krait {

struct DictObject;

// The command line and environment after parsing (main/config.cpp). sys.flags is made from it.
struct Config {
  int debug = 0, inspect = 0, interactive = 0, optimize = 0, dont_write_bytecode = 0, no_user_site = 0,
      no_site = 0, ignore_environment = 0, verbose = 0, bytes_warning = 0, quiet = 0, isolated = 0,
      dev_mode = 0, utf8_mode = 0, safe_path = 0, warn_default_encoding = 0, unbuffered = 0,
      skip_first_line = 0;
  int int_max_str_digits = 4300, int_max_str_digits_given = -1;  // given: what sys.flags shows
  bool use_hash_seed = false, install_signal_handlers = true, code_debug_ranges = true, faulthandler = false,
       import_time = false, show_ref_count = false, random_hash = false, frozen_modules = true;
  unsigned long hash_seed = 0;
  int tracemalloc = 0;
  std::vector<std::string> warn_options, x_options, argv, orig_argv;
  std::string check_pycs = "default";
  std::string command, module, file;  // at most one is used; has_command tells an empty -c apart
  bool has_command = false;
  std::string executable, base_executable, prefix, exec_prefix, pycache_prefix, home, python_path;
  std::string platlibdir = "lib", stdlib, stdlib_zip, dynload;
  std::vector<std::string> search_path;  // given by a ._pth file; empty: none
  std::string stdio_encoding, stdio_errors, fs_encoding = "utf-8", fs_errors = "surrogateescape";
};

struct Interpreter {
  Config config;
  DictObject* modules = nullptr;  // sys.modules
  DictObject* sys_dict = nullptr;
  DictObject* builtins = nullptr;           // builtins.__dict__
  DictObject* builtins_at_start = nullptr;  // a copy from before any program ran
  PyObject* importlib = nullptr;            // _frozen_importlib
  PyObject* import_func = nullptr;          // builtins.__import__ as it was at start-up
  bool core_ready = false;                  // types and builtins exist
  bool finalizing = false;
  int dlopen_flags = 2;  // RTLD_NOW
  std::vector<PyObject*> audit_hooks;
  int64_t id = 0;                  // 0: the main one
  bool isolated = false;           // may start neither threads nor processes
  void* exit_callbacks = nullptr;  // of modules/atexit.cpp
  void* codecs = nullptr;          // the registry, of types/codecs.cpp
  void* fork_hooks = nullptr;      // of modules/posix/process.cpp
  void* warnings = nullptr;        // filters and registry, of modules/_warnings.cpp
  void* collector = nullptr;       // its objects while another interpreter runs, of core/gc_interpreters.cpp
  std::vector<PyObject*> modules_by_index;  // owned: single-phase modules, of types/module_def.cpp
  int recursion_limit = 1000;
  PyObject* dict = nullptr;      // owned; for extensions
  int64_t id_references = 0;     // objects that name it
  bool ends_with_id = false;     // with the last of them
  Interpreter* older = nullptr;  // the list of all, newest first
};

Interpreter& interpreter();  // of the current thread; the main one while there is none
Interpreter& mainInterpreter();
Interpreter* newestInterpreter();
Interpreter* interpreterById(int64_t id);  // null: none
Interpreter* interpreterAdd();             // with the next id and a copy of the main one's configuration
void interpreterRemove(Interpreter* interpreter);
// Their handles for extensions, which do not look inside.
inline PyInterpreterState* interpreterHandle(Interpreter* interpreter) {
  return reinterpret_cast<PyInterpreterState*>(interpreter);
}
inline Interpreter* interpreterOf(PyInterpreterState* handle) {
  return reinterpret_cast<Interpreter*>(handle);
}

// sys.NAME, borrowed; absent when missing. sysSet: absent value deletes.
Opt<> sysGet(const char* name);
Status sysSet(const char* name, Opt<> value);

}  // namespace krait
