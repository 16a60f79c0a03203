// Exports of tracemalloc.h: memory that an extension wants to see in traces.
#include "modules/tracemalloc.h"

#include "capi/capi.h"
#include "core/thread.h"

using namespace krait;

namespace {

// These may be called without the GIL.
template <class F>
int withGil(F&& act) {
  GilState former = gilStateEnsure();
  int status = act();
  gilStateRelease(former);
  return status;
}

}  // namespace

KR_EXPORT int PyTraceMalloc_Track(unsigned domain, uintptr_t address, size_t size) {
  return withGil([&] { return modules::tracemallocTrack(domain, address, size); });
}
KR_EXPORT int PyTraceMalloc_Untrack(unsigned domain, uintptr_t address) {
  return withGil([&] { return modules::tracemallocUntrack(domain, address); });
}
KR_EXPORT PyObject* _PyTraceMalloc_GetTraceback(unsigned domain, uintptr_t address) {
  return toC(modules::tracemallocTracebackOf(domain, address));
}
