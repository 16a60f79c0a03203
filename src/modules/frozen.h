// The modules that CPython freezes into its binary. Krait reads them from the standard library instead, under
// the same names, so that loaders, `__spec__` and tracebacks ("<frozen os>") look alike.
#pragma once

#include "types/code.h"

namespace krait::modules {

struct FrozenModule {
  const char* name;
  const char* path;    // below the stdlib folder; null: no file of its own
  const char* origin;  // `origname` of find_frozen; null: None
  bool is_package;
};

const FrozenModule* findFrozen(std::string_view name);
std::span<const FrozenModule> frozenModules();
// The module's code from the stdlib's byte code cache (or its source), its file name set to "<frozen ...>".
Result<Ref<>> frozenCode(const FrozenModule& module);

// Reads a .pyc whose header matches the source's time and size; absent when there is no valid one.
Result<MaybeRef<>> readPycFor(const std::string& source_path);
// Sets co_filename of a code object and of those among its constants that came from the same file.
Status codeSetFilename(CodeObject* code, StrObject* filename);

}  // namespace krait::modules
