// PyConfig and PyPreConfig (initconfig.h). Texts and lists are PyMem_Raw memory that the struct owns.
#pragma once

#include "abi/object.h"

struct PyInterpreterState;

struct PyWideStringList {
  Py_ssize_t length;
  wchar_t** items;
};

struct PyConfig {
  int _config_init, isolated, use_environment, dev_mode, install_signal_handlers, use_hash_seed;
  unsigned long hash_seed;
  int faulthandler, tracemalloc, import_time, code_debug_ranges, show_ref_count, dump_refs;
  wchar_t* dump_refs_file;
  int malloc_stats;
  wchar_t *filesystem_encoding, *filesystem_errors, *pycache_prefix;
  int parse_argv;
  PyWideStringList orig_argv, argv, xoptions, warnoptions;
  int site_import, bytes_warning, warn_default_encoding, inspect, interactive, optimization_level,
      parser_debug, write_bytecode, verbose, quiet, user_site_directory, configure_c_stdio, buffered_stdio;
  wchar_t *stdio_encoding, *stdio_errors, *check_hash_pycs_mode;
  int use_frozen_modules, safe_path, pathconfig_warnings;
  wchar_t *program_name, *pythonpath_env, *home, *platlibdir;
  int module_search_paths_set;
  PyWideStringList module_search_paths;
  wchar_t *stdlib_dir, *executable, *base_executable, *prefix, *base_prefix, *exec_prefix, *base_exec_prefix;
  int skip_source_first_line;
  wchar_t *run_command, *run_module, *run_filename;
  int _install_importlib, _init_main, _isolated_interpreter, _is_python_build;
};
static_assert(sizeof(PyConfig) == 424 && offsetof(PyConfig, run_filename) == 400);

struct PyPreConfig {
  int _config_init, parse_argv, isolated, use_environment, configure_locale, coerce_c_locale,
      coerce_c_locale_warn, utf8_mode, dev_mode, allocator;
};
static_assert(sizeof(PyPreConfig) == 40);
