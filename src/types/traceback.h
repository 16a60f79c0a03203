// traceback: the chain of frames that an exception passed.
#pragma once

#include "core/result.h"

namespace krait {

struct TracebackObject : PyObject {
  PyObject *tb_next, *tb_frame;  // tb_next null at the end
  int tb_lasti, tb_lineno;       // tb_lineno -1: computed from tb_lasti on demand
};
static_assert(sizeof(TracebackObject) == 40);

inline bool isTraceback(const PyObject* o) { return isExact(o, &PyTraceBack_Type); }
Result<Ref<TracebackObject>> tracebackNew(Opt<> next, PyObject* frame, int lasti, int lineno);
// Puts an entry for the frame in front of the pending exception's traceback (PyTraceBack_Here).
Status tracebackAddHere(PyObject* frame);
int tracebackLine(TracebackObject* tb);

}  // namespace krait
