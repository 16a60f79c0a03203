// The modules that CPython freezes into its binary. Krait reads them from the standard library instead, under
// the same names, so that loaders, `__spec__` and tracebacks ("<frozen os>") look alike.
#pragma once

#include "types/code.h"

namespace krait::modules {

struct FrozenModule {
  const char* name;
  const char* path;    // below the stdlib folder; null: an empty module
  const char* origin;  // `origname` of find_frozen; null: None
  bool is_package;
};

// Those that start-up needs, the library's, the tests'.
inline constexpr FrozenModule kFrozenModules[] = {
    {"_frozen_importlib", "importlib/_bootstrap", "importlib._bootstrap", false},
    {"_frozen_importlib_external", "importlib/_bootstrap_external", "importlib._bootstrap_external", false},
    {"zipimport", "zipimport", "zipimport", false},
    {"abc", "abc", "abc", false},
    {"codecs", "codecs", "codecs", false},
    {"io", "io", "io", false},
    {"_collections_abc", "_collections_abc", "_collections_abc", false},
    {"_sitebuiltins", "_sitebuiltins", "_sitebuiltins", false},
    {"genericpath", "genericpath", "genericpath", false},
    {"ntpath", "ntpath", "ntpath", false},
    {"posixpath", "posixpath", "posixpath", false},
    {"os.path", "posixpath", "posixpath", false},
    {"os", "os", "os", false},
    {"site", "site", "site", false},
    {"stat", "stat", "stat", false},
    {"importlib.util", "importlib/util", "importlib.util", false},
    {"importlib.machinery", "importlib/machinery", "importlib.machinery", false},
    {"runpy", "runpy", "runpy", false},
    {"__hello__", "__hello__", "__hello__", false},
    {"__hello_alias__", "__hello__", "__hello__", false},
    {"__phello_alias__", "__hello__", "__hello__", true},
    {"__phello_alias__.spam", "__hello__", "__hello__", false},
    {"__phello__", "__phello__/__init__", "__phello__", true},
    {"__phello__.__init__", "__phello__/__init__", "<__phello__", false},
    {"__phello__.ham", nullptr, "__phello__.ham", true},
    {"__phello__.ham.__init__", nullptr, "<__phello__.ham", false},
    {"__phello__.ham.eggs", nullptr, "__phello__.ham.eggs", false},
    {"__phello__.spam", "__phello__/spam", "__phello__.spam", false},
    {"__hello_only__", "__hello__", nullptr, false},
};

const FrozenModule* findFrozen(std::string_view name);
// The module's code from the stdlib's byte code cache (or its source), its file name set to "<frozen ...>".
Result<Ref<>> frozenCode(const FrozenModule& module);

// Reads a .pyc whose header matches the source's time and size; absent when there is no valid one.
Result<MaybeRef<>> readPycFor(const std::string& source_path);
// Sets co_filename of a code object and of those among its constants that came from the same file.
Status codeSetFilename(CodeObject* code, StrObject* filename);

}  // namespace krait::modules
