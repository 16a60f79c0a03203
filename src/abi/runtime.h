// `_PyRuntime`: extensions and lib-dynload modules touch three places of it (the current thread state and two
// small ints); the rest of its 166,688 bytes only has to exist.
#pragma once

#include "abi/thread_state.h"

constexpr int kSmallIntMin = -5, kSmallIntMax = 256, kSmallIntCount = kSmallIntMax - kSmallIntMin + 1;

// int's layout as far as the runtime object holds some (see types/int.h for the type itself).
struct PyLongLayout : PyVarObject {
  uint32_t ob_digit[1];
};
static_assert(sizeof(PyLongLayout) == 32);

struct _PyRuntimeState {
  char before_tstate[576];
  PyThreadState* tstate_current;  // the thread that holds the GIL; null while nobody does
  char before_small_ints[680 - 584];
  PyLongLayout small_ints[kSmallIntCount];
  char rest[166688 - 680 - kSmallIntCount * sizeof(PyLongLayout)];
};
static_assert(sizeof(_PyRuntimeState) == 166688);
static_assert(offsetof(_PyRuntimeState, tstate_current) == 576 &&
              offsetof(_PyRuntimeState, small_ints) == 680);

extern "C" _PyRuntimeState _PyRuntime;
