// What the three generator types share: methods, getters, life cycle (gen.cpp), and the hooks between them.
#pragma once

#include "core/native.h"
#include "interp/gen.h"

namespace krait {

Result<MaybeRef<>> genNext(GenObject* gen);
Result<Ref<>> genSendMethod(GenObject* gen, PyObject* sent);
Result<Ref<>> genThrowMethod(GenObject* gen, CallArgs args);
Result<Ref<>> genThrowImpl(GenObject* gen, bool close_on_exit, PyObject* type, Opt<> value, Opt<> traceback);
PySendResult genAmSend(PyObject* self, PyObject* value, PyObject** result);
void genFinalize(PyObject* self);
Result<Ref<StrObject>> genRepr(GenObject* gen);
Ref<> genGetName(GenObject* gen);
Status genSetName(GenObject* gen, Opt<> value);
Ref<> genGetQualname(GenObject* gen);
Status genSetQualname(GenObject* gen, Opt<> value);
Result<Ref<>> genGetFrame(GenObject* gen);
Ref<> genGetYieldFrom(GenObject* gen);
bool genIsRunning(GenObject* gen);
bool genIsSuspended(GenObject* gen);
Py_ssize_t genSizeof(GenObject* gen);
void genDeallocSlot(PyObject* self);
int genTraverseSlot(PyObject* self, visitproc visit, void* arg);

Status coroRecordOrigin(GenObject* coroutine);  // cr_origin, when sys asks for it
void coroWarnUnawaited(GenObject* coroutine);   // "coroutine 'f' was never awaited"

}  // namespace krait
