// The exported runtime object, of which the small ints are the live part (extensions compiled against 3.11
// read them).
#include "abi/runtime.h"
#include "base/macros.h"
#include "core/ref.h"

namespace krait {
namespace {

consteval _PyRuntimeState makeRuntime() {
  _PyRuntimeState runtime{};
  for (int i = 0; i < kSmallIntCount; i++) {
    int value = i + kSmallIntMin;
    PyLongLayout& v = runtime.small_ints[i];
    v.ob_refcnt = kImmortalRefcount;
    v.ob_type = &PyLong_Type;
    v.ob_size = (value > 0) - (value < 0);
    v.ob_digit[0] = static_cast<uint32_t>(value < 0 ? -value : value);
  }
  return runtime;
}

}  // namespace
}  // namespace krait

KR_EXPORT constinit _PyRuntimeState _PyRuntime = krait::makeRuntime();
