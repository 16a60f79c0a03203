// The full name of the extension module whose init function runs: single-phase modules take their package
// from it.
#pragma once

namespace krait {

extern const char* module_package_context;

}  // namespace krait
