// atexit, for shut-down.
#pragma once

namespace krait::modules {

void atexitRunCallbacks();  // last registered first; failures are reported as unraisable

}  // namespace krait::modules
