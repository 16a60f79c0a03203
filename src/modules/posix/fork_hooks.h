// What os.register_at_fork() registered with the current interpreter.
#pragma once

namespace krait::modules::posix {

void runBeforeFork();              // last registered first; failures are reported as unraisable
void runForkHooks(bool in_child);  // after fork
void forgetForkHooks();            // of an interpreter that ends

}  // namespace krait::modules::posix
