// Exports of context.h.
#include "types/context.h"

#include "capi/capi.h"
#include "types/str.h"

using namespace krait;

namespace {
ContextObject* contextArg(PyObject* o) {
  if (o && isExact(o, &PyContext_Type)) return static_cast<ContextObject*>(o);
  (void)raise(PyExc_TypeError, "an instance of Context was expected");
  return nullptr;
}
ContextVarObject* varArg(PyObject* o) {
  if (o && isExact(o, &PyContextVar_Type)) return static_cast<ContextVarObject*>(o);
  (void)raise(PyExc_TypeError, "an instance of ContextVar was expected");
  return nullptr;
}
}  // namespace

KR_EXPORT PyObject* PyContext_New() { return toC(contextNew()); }
KR_EXPORT PyObject* PyContext_CopyCurrent() { return toC(contextCopyCurrent()); }
KR_EXPORT PyObject* PyContext_Copy(PyObject* context) {
  auto* c = contextArg(context);
  return c ? toC(contextCopy(c)) : nullptr;
}
KR_EXPORT int PyContext_Enter(PyObject* context) {
  auto* c = contextArg(context);
  return c ? toC(contextEnter(c)) : -1;
}
KR_EXPORT int PyContext_Exit(PyObject* context) {
  auto* c = contextArg(context);
  return c ? toC(contextExit(c)) : -1;
}
KR_EXPORT PyObject* PyContextVar_New(const char* name, PyObject* fallback) {
  auto text = strFromUtf8(name);
  if (text.failed()) return nullptr;
  auto held = std::move(text).take();
  return toC(contextVarNew(held.get(), fallback));
}
KR_EXPORT int PyContextVar_Get(PyObject* var, PyObject* fallback, PyObject** value) {
  *value = nullptr;
  auto* v = varArg(var);
  if (!v) return -1;
  auto found = contextVarGet(v, fallback);
  if (found.failed()) return -1;
  *value = std::move(found).take().leak();
  return 0;
}
KR_EXPORT PyObject* PyContextVar_Set(PyObject* var, PyObject* value) {
  auto* v = varArg(var);
  return v ? toC(contextVarSet(v, value)) : nullptr;
}
KR_EXPORT int PyContextVar_Reset(PyObject* var, PyObject* token) {
  auto* v = varArg(var);
  if (!v) return -1;
  if (!isExact(token, &PyContextToken_Type))
    return toC(Status(raise(PyExc_TypeError, "an instance of Token was expected")));
  return toC(contextVarReset(v, static_cast<TokenObject*>(token)));
}
KR_EXPORT PyObject* _PyContext_NewHamtForTests() { return toC(hamtNew()); }
