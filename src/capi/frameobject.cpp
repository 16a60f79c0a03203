// Exports of frameobject.h, pyframe.h and traceback.h.
#include "core/frame_hooks.h"

#include "capi/capi.h"
#include "core/print_error.h"
#include "interp/eval.h"
#include "interp/gen.h"
#include "types/exceptions.h"
#include "types/traceback.h"

using namespace krait;

KR_EXPORT PyObject* PyCode_NewEmpty(const char* filename, const char* function, int line);

namespace {

Frame* recordOf(PyFrameObject* frame) { return frame->f_frame; }

PyFrameObject* backOf(PyFrameObject* frame) {
  if (frame->f_back) return share(frame->f_back).leak();
  Frame* record = recordOf(frame);
  Frame* below = record->owner == kFrameOwnedByFrameObject ? nullptr : completeFrame(record->previous);
  if (!below) return nullptr;
  auto object = frameObjectOf(below);
  return object.failed() ? nullptr : std::move(object).take().leak();
}

// A code object that only has a name and one line: what a traceback entry of compiled code shows.
Status addEntry(const char* function, const char* filename, int line) {
  MaybeRef<> pending = takePending();
  auto made = [&]() -> Result<Ref<FrameObject>> {
    Ref<DictObject> globals = TRY(dictNew());
    Ref<> code = TRY(Result<Ref<>>::fromC(PyCode_NewEmpty(filename, function, line)));
    return frameObjectNew(static_cast<CodeObject*>(code.get()), globals.get(), nullptr);
  }();
  if (made.failed()) {
    MaybeRef<> failure = takePending();
    if (failure && pending) exceptionSetContext(failure.get(), std::move(pending).take());
    if (failure) setPending(std::move(failure).take());
    return Raised{};
  }
  Ref<FrameObject> frame = std::move(made).take();
  frame->f_lineno = line;
  if (pending) setPending(std::move(pending).take());
  return tracebackAddHere(frame.get());
}

}  // namespace

KR_EXPORT PyFrameObject* PyFrame_New(PyThreadState*, PyObject* code, PyObject* globals, PyObject* locals) {
  auto made = frameObjectNew(static_cast<CodeObject*>(code), globals, locals);
  return made.failed() ? nullptr : std::move(made).take().leak();
}
KR_EXPORT PyObject* PyFrame_GetCode(PyFrameObject* frame) {
  return share<PyObject>(recordOf(frame)->code).leak();
}
KR_EXPORT PyFrameObject* PyFrame_GetBack(PyFrameObject* frame) { return backOf(frame); }
KR_EXPORT PyObject* PyFrame_GetLocals(PyFrameObject* frame) { return toC(frameObjectLocals(frame)); }
KR_EXPORT PyObject* PyFrame_GetGlobals(PyFrameObject* frame) {
  return share(recordOf(frame)->globals).leak();
}
KR_EXPORT PyObject* PyFrame_GetBuiltins(PyFrameObject* frame) {
  return share(recordOf(frame)->builtins).leak();
}
KR_EXPORT int PyFrame_GetLasti(PyFrameObject* frame) {
  int unit = recordOf(frame)->lastUnit();
  return unit < 0 ? -1 : unit * 2;
}
KR_EXPORT int PyFrame_GetLineNumber(PyFrameObject* frame) {
  return frame->f_lineno ? frame->f_lineno : frameLine(recordOf(frame));
}
KR_EXPORT PyObject* PyFrame_GetGenerator(PyFrameObject* frame) {
  if (recordOf(frame)->owner != kFrameOwnedByGenerator) return nullptr;
  return share(frameGenerator(recordOf(frame))).leak();
}
KR_EXPORT int PyFrame_FastToLocalsWithError(PyFrameObject* frame) {
  auto locals = frameObjectLocals(frame);
  return locals.failed() ? -1 : 0;
}
KR_EXPORT void PyFrame_FastToLocals(PyFrameObject* frame) {
  if (frameObjectLocals(frame).failed()) clearPending();
}
KR_EXPORT void PyFrame_LocalsToFast(PyFrameObject* frame, int clear) {
  frameObjectLocalsToFast(frame, clear != 0);
}
KR_EXPORT int _PyFrame_IsEntryFrame(PyFrameObject* frame) { return recordOf(frame)->entry != kEntryInline; }

KR_EXPORT int PyTraceBack_Here(PyFrameObject* frame) { return toC(tracebackAddHere(frame)); }
KR_EXPORT int PyTraceBack_Print(PyObject* traceback, PyObject* file) {
  if (!traceback) return 0;
  if (!isTraceback(traceback)) return (void)raiseBadInternalCall(), -1;
  return toC(tracebackPrint(traceback, file));
}
KR_EXPORT void _PyTraceback_Add(const char* function, const char* filename, int line) {
  if (addEntry(function, filename, line).failed()) return;  // the failure is what is pending then
}
