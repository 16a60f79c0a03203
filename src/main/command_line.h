// The command line and PYTHON* environment variables.
#pragma once

#include "core/interpreter.h"

namespace krait {

enum class CommandLineAction {
  kRun,
  kHelp,
  kHelpEnvironment,
  kHelpXOptions,
  kHelpAll,
  kVersion,
  kVersionLong,
  kUsageError
};

// Fills `config` from argv; the environment is read by applyEnvironment afterwards, command line first in
// precedence.
CommandLineAction parseCommandLine(int argc, char** argv, Config& config);
// False: a variable has an impossible value; a message was printed.
bool applyEnvironment(Config& config);
void printHelp(CommandLineAction which, const char* program);
void printUsageHint(const char* program);

}  // namespace krait
