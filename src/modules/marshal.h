// Marshal format, from C++.
#pragma once

#include <cstdio>
#include <string_view>

#include "types/bytes.h"

namespace krait::modules {

Result<Ref<>> marshalLoads(std::string_view data);   // EOFError, ValueError, TypeError on malformed data
Result<Ref<>> marshalLoadStream(std::FILE* stream);  // one object; the stream then stands behind it
Result<Ref<BytesObject>> marshalDumps(PyObject* value, int version);

}  // namespace krait::modules
