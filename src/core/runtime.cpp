// The exported runtime object: its small ints are complete before any code runs.
#include "abi/runtime.h"

#include "core/ref.h"

namespace {

consteval _PyRuntimeState initialRuntime() {
  _PyRuntimeState runtime{};
  for (int i = 0; i < kSmallIntCount; i++) {
    int value = kSmallIntMin + i;
    PyLongLayout& object = runtime.small_ints[i];
    object.ob_refcnt = krait::kImmortalRefcount;
    object.ob_type = &PyLong_Type;
    object.ob_size = value < 0 ? -1 : value > 0 ? 1 : 0;
    object.ob_digit[0] = static_cast<uint32_t>(value < 0 ? -value : value);
  }
  return runtime;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) constinit _PyRuntimeState _PyRuntime = initialRuntime();
