// sys.stderr before there is an I/O stack: text straight to a descriptor.
#pragma once

#include "core/result.h"

namespace krait {

Result<Ref<>> stdPrinterNew(int fd);  // PyFile_NewStdPrinter

}  // namespace krait

extern "C" PyTypeObject PyStdPrinter_Type;
