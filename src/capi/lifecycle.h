// What start-up and shut-down tell the C API.
#pragma once

namespace krait {

// Fills the exported configuration variables (Py_OptimizeFlag, Py_FileSystemDefaultEncoding ...).
void flagsPublish();
// Calls what Py_AtExit registered, last first. The interpreter is gone by then.
void exitFunctionsRun();

}  // namespace krait
