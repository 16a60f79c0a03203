// What the lower layers have to know about frames (warnings, tracebacks, dir(), faulthandler), filled in by
// interp at start-up through installFrameHooks(). Frame objects are PyFrameObjects; unfilled hooks answer "no
// frame".
#pragma once

#include "core/thread.h"

namespace krait {

struct CodeObject;
struct DictObject;

struct FrameHooks {
  MaybeRef<> (*current)(Thread* thread) =
      nullptr;  // the innermost complete frame as an object; absent: none (or no memory)
  MaybeRef<> (*back)(PyObject* frame) = nullptr;       // f_back
  CodeObject* (*code)(PyObject* frame) = nullptr;      // borrowed from the frame
  int (*line)(PyObject* frame) = nullptr;              // f_lineno, -1 when none
  int (*lasti)(PyObject* frame) = nullptr;             // byte offset of the current instruction
  PyObject* (*globals)(PyObject* frame) = nullptr;     // borrowed
  PyObject* (*builtins)(PyObject* frame) = nullptr;    // borrowed
  Result<Ref<>> (*locals)(PyObject* frame) = nullptr;  // f_locals (fast locals merged in)
  // Walks the live frames of a thread, innermost first, without allocating; safe in a signal handler as far
  // as can be. visit answers false to stop.
  void (*walk)(Thread* thread, bool (*visit)(CodeObject* code, int line, void* arg), void* arg) = nullptr;
};

extern FrameHooks frameHooks;
inline void installFrameHooks(const FrameHooks& hooks) { frameHooks = hooks; }

}  // namespace krait
