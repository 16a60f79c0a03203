// atexit, for shut-down.
#pragma once

namespace krait::modules {

void atexitRunCallbacks();  // last registered first; failures are reported as unraisable

void atexitForget();  // of an interpreter that ends

}  // namespace krait::modules
