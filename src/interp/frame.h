// The frame record of a running code object, in CPython 3.11's layout (Cython reads it, greenlet passes it
// on).
//
// Records stand on the thread's data stack, or inside a generator object, or, once the call is over and
// somebody still holds the frame object, inside that PyFrameObject. A PyFrameObject is made only when
// somebody looks. Ownership: func, code, frame_obj, locals and everything in localsplus are owned; globals
// and builtins are borrowed from func. `prev_instr` is the instruction that runs (or the last cache unit of a
// call that is going on): execution continues at prev_instr + 1. `stacktop` is -1 while the frame runs, else
// the number of live slots of localsplus.
#pragma once

#include "core/frame_hooks.h"
#include "types/code.h"
#include "types/dict.h"

namespace krait {
struct FunctionObject;
}

enum : char { kFrameOwnedByThread = 0, kFrameOwnedByGenerator = 1, kFrameOwnedByFrameObject = 2 };

struct _PyInterpreterFrame {
  krait::FunctionObject* func;
  PyObject *globals, *builtins;
  PyObject* locals;  // null for optimised functions until asked
  krait::CodeObject* code;
  PyFrameObject* frame_obj;  // null until somebody looks
  _PyInterpreterFrame* previous;
  uint16_t* prev_instr;
  int stacktop;
  uint8_t entry;  // FrameEntry: what its end means for the caller
  char owner;
  uint16_t return_offset;  // of a frame that waits for a generator: where its exhaustion continues, from
                           // prev_instr
  PyObject* localsplus[1];

  uint16_t* firstInstr() const { return code->co_code_adaptive; }
  int lastUnit() const { return static_cast<int>(prev_instr - code->co_code_adaptive); }
  int lasti() const { return lastUnit() * 2; }
  PyObject** stackBase() { return localsplus + code->co_nlocalsplus; }
};
static_assert(offsetof(_PyInterpreterFrame, localsplus) == 72);

struct PyFrameObject : PyObject {
  PyFrameObject* f_back;  // owned; set when the frame has ended
  _PyInterpreterFrame* f_frame;
  PyObject* f_trace;
  int f_lineno;  // set while tracing, else 0
  char f_trace_lines, f_trace_opcodes, f_fast_as_locals;
  PyObject* f_frame_data[1];  // the record, when the frame object owns it
};
static_assert(offsetof(PyFrameObject, f_frame_data) == 48);

namespace krait {

using Frame = _PyInterpreterFrame;
using FrameObject = PyFrameObject;

constexpr int kFrameHeaderWords = offsetof(Frame, localsplus) / sizeof(PyObject*);
inline size_t frameWords(const CodeObject* code) {
  return static_cast<size_t>(code->co_nlocalsplus) + static_cast<size_t>(code->co_stacksize) +
         kFrameHeaderWords;
}

// How a frame was entered, hence what happens with the value it returns.
enum FrameEntry : uint8_t {
  kEntryInline = 0,   // by the evaluator itself: the value goes onto the caller's stack
  kEntryNative = 1,   // from C++: its end leaves the evaluator
  kEntryInit = 2,     // inline, __init__: must be None; the instance already stands on the caller's stack
  kEntryForIter = 3,  // inline, a generator resumed by the caller's FOR_ITER
  kEntrySend = 4,     // inline, a generator or coroutine resumed by the caller's SEND
};

// True before the frame has reached its first RESUME (it is being built: generators, cells): hidden from
// everybody.
bool frameIsIncomplete(const Frame* frame);
// The innermost complete frame; null when the thread runs no Python code.
Frame* currentFrame(Thread* thread);
Frame* completeFrame(Frame* frame);  // itself or the nearest complete one below

// Borrowed / owned frame object of a record.
Result<Ref<FrameObject>> frameObjectOf(Frame* frame);
int frameLine(Frame* frame);  // -1: none

// The data stack. Null answer: MemoryError raised.
PyObject** dataStackPush(Thread* thread, size_t words);
PyObject** dataStackPushSlow(Thread* thread, size_t words);
void dataStackPop(Thread* thread, PyObject** base);
void dataStackFree(Thread* thread);

// Ends a record: hands it to its frame object when somebody holds that, then drops everything it owns. Does
// not pop the data stack. Runs Python (destructors).
void frameClear(Frame* frame);
// Copies a record (to a generator's or frame object's own memory); the source must not be cleared afterwards.
void frameCopy(Frame* from, Frame* to);
int frameVisit(Frame* frame, visitproc visit, void* arg);

// The generator object a record stands in (owner == kFrameOwnedByGenerator).
PyObject* frameGenerator(Frame* frame);

// f_locals: fast locals copied into a dict (made if need be), and back.
Status frameFastToLocals(Frame* frame);
Result<Ref<>> frameLocals(Frame* frame);  // locals() of that frame
void frameLocalsToFast(Frame* frame, bool clear);
// For one who looks from outside: what is changed in the dict until frameObjectLocalsToFast() comes back,
// once. (locals() of the running function is not such a look: its dict may be old when a tracer returns.)
Result<Ref<>> frameObjectLocals(FrameObject* object);
void frameObjectLocalsToFast(FrameObject* object, bool clear);
// f_lineno = line: moves the point of execution while tracing.
Status frameObjectSetLine(FrameObject* object, Opt<> value);
Result<Ref<FrameObject>> frameObjectNew(CodeObject* code, PyObject* globals, Opt<> locals);  // PyFrame_New

}  // namespace krait
