// The `krait` command.
#include <sys/resource.h>
#include <unistd.h>

#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "core/interpreter.h"
#include "main/command_line.h"
#include "main/locale_setup.h"
#include "main/run.h"
#include "main/startup.h"
#include "main/stdlib_path.h"

namespace {

int printVersion(bool details) {
  std::printf(details ? "Python 3.11.2 (krait " KRAIT_VERSION ", " __DATE__ ", " __TIME__
                        ") [Clang " __clang_version__ "]\n"
                      : "Python 3.11.2\n");
  return 0;
}

// An unhandled KeyboardInterrupt ends the process as the signal would have.
int endWithInterrupt() {
  std::signal(SIGINT, SIG_DFL);
  kill(getpid(), SIGINT);
  return 130;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace krait;
  Config& config = interpreter().config;
  CommandLineAction action = parseCommandLine(argc, argv, config);
  if (action == CommandLineAction::kUsageError) return printUsageHint(argv[0]), 2;
  if (action == CommandLineAction::kVersion || action == CommandLineAction::kVersionLong) {
    return printVersion(action == CommandLineAction::kVersionLong);
  }
  if (action != CommandLineAction::kRun) return printHelp(action, argv[0]), 0;
  locateExecutable(config, argv[0]);
  coerceCLocale(config);
  if (!applyEnvironment(config)) return 1;
  chooseEncodings(config);
  if (!locateStdlib(config)) return 1;
  if (!startRuntime()) return 1;
  warnAboutCLocale(config.ignore_environment != 0);
  int status = stopRuntime(runMain());
  if (endedByInterrupt()) return endWithInterrupt();
  std::fflush(stdout);
  std::exit(status & 0xff);
}
