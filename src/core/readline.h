// Reading a line from the terminal: through GNU readline when its module installed itself, else from stdio.
#pragma once

#include <cstdio>
#include <string>

#include "core/result.h"

// Installed by the readline extension module: answers malloc'ed text, "" at end of file, null on interrupt.
extern "C" char* (*PyOS_ReadlineFunctionPointer)(FILE* in, FILE* out, const char* prompt);
extern "C" int (*PyOS_InputHook)();

namespace krait {

// The next line with its newline; "" at end of file; KeyboardInterrupt may be raised. `prompt` in the
// terminal's encoding.
Result<std::string> readTerminalLine(const std::string& prompt);

}  // namespace krait
