// Running what the command line named.
#pragma once

#include "core/result.h"

namespace krait {

// Runs -c, -m, a script, a folder or zip file, standard input or the prompt; returns the exit status.
int runMain();
// The interactive loop until end of file or SystemExit. Sets *exit_status when SystemExit ended it.
void runInteractive(bool with_startup_file, int* exit_status);
// Prints the pending exception; SystemExit and KeyboardInterrupt become the process's status.
int reportPending();
bool endedByInterrupt();  // an unhandled KeyboardInterrupt was reported: the process ends with SIGINT

}  // namespace krait
