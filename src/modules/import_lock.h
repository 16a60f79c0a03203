// The global import lock: re-entrant per thread.
#pragma once

namespace krait::modules {

void importLockAcquire();
bool importLockRelease();  // false: this thread does not hold it
bool importLockHeld();
void importLockAfterFork();

}  // namespace krait::modules
