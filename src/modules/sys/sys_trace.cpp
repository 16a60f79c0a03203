// sys: frames, tracing and profiling, and the per-thread hooks of generators and coroutines.
#include "core/call.h"
#include "core/native.h"
#include "core/thread.h"
#include "interp/eval.h"
#include "modules/sys/sys.h"
#include "types/bool.h"
#include "types/exceptions.h"
#include "types/int.h"
#include "types/struct_seq.h"
#include "types/type.h"

namespace krait::modules {
namespace {

Opt<> noneAsAbsent(PyObject* object) {
  if (object == Py_None) return nullptr;
  return object;
}
Ref<> orNone(PyObject* object) { return share(object ? object : Py_None); }

Status sysSetTrace(PyObject* function) { return traceSet(noneAsAbsent(function)); }
Status sysSetProfile(PyObject* function) { return profileSet(noneAsAbsent(function)); }
Ref<> sysGetTrace() { return orNone(currentThread()->c_traceobj); }
Ref<> sysGetProfile() { return orNone(currentThread()->c_profileobj); }

Result<Ref<>> sysCallTracing(PyObject* function, TupleObject* args) {
  Thread* thread = currentThread();
  int saved = std::exchange(thread->tracing, 0);
  uint8_t use =
      std::exchange(thread->cframe->use_tracing, thread->c_tracefunc || thread->c_profilefunc ? 255 : 0);
  auto answer = callTupleDict(function, args, nullptr);
  thread->tracing = saved;
  thread->cframe->use_tracing = use;
  return answer;
}

Result<Ref<>> sysGetFrame(int depth) {
  Frame* frame = currentFrame(currentThread());
  for (; depth > 0 && frame; depth--) frame = frame->previous ? completeFrame(frame->previous) : nullptr;
  if (!frame) return raise(PyExc_ValueError, "call stack is not deep enough");
  Ref<> object = TRY(frameObjectOf(frame));
  TRY(audit("sys._getframe", "O", object.get()));
  return object;
}

// {thread id: value} over the live threads of the interpreter.
template <class F>
Result<Ref<>> perThread(F&& value_of) {
  Ref<DictObject> dict = TRY(dictNew());
  for (Thread* t = firstThread(); t; t = nextThread(t)) {
    MaybeRef<> value = TRY(value_of(t));
    if (!value) continue;
    Ref<IntObject> id = TRY(intFromUnsignedLong(t->thread_id));
    TRY(dictSet(dict, id.get(), value.get()));
  }
  return dict;
}

Result<MaybeRef<>> frameOfThread(Thread* thread) {
  Frame* frame = currentFrame(thread);
  if (!frame) return MaybeRef<>();
  return MaybeRef<>(TRY(frameObjectOf(frame)));
}

Result<Ref<>> sysCurrentFrames() {
  TRY(audit("sys._current_frames"));
  return perThread(frameOfThread);
}

Result<MaybeRef<>> exceptionOfThread(Thread* thread) {
  for (_PyErr_StackItem* item = thread->exc_info; item; item = item->previous_item) {
    PyObject* value = item->exc_value;
    if (!value || value == Py_None) continue;
    PyObject* traceback = cast<ExceptionObject>(value)->traceback;
    return MaybeRef<>(
        TRY(tupleOf(static_cast<PyObject*>(typeOf(value)), value, traceback ? traceback : Py_None)));
  }
  return MaybeRef<>(TRY(tupleOf(Py_None, Py_None, Py_None)));
}

Result<Ref<>> sysCurrentExceptions() {
  TRY(audit("sys._current_exceptions"));
  return perThread(exceptionOfThread);
}

// --- asynchronous generators and coroutines ----------------------------------------------------------------

Status setHook(PyObject*& field, Opt<> hook_given, const char* which, const char* event) {
  if (!hook_given) return {};
  PyObject* hook = hook_given.get();
  if (hook != Py_None && !isCallable(hook)) {
    return raise(PyExc_TypeError, "callable %s expected, got %.50s", which, typeName(hook));
  }
  TRY(audit(event));
  PyObject* old = std::exchange(field, hook == Py_None ? nullptr : share(hook).leak());
  xdecref(old);
  return {};
}

// The finalizer comes first; it stays when the other one is refused. Messages do not know the function's
// name.
Status sysSetAsyncGenHooks(CallArgs args) {
  PyObject* hooks[2];
  TRY(bindArguments(SignatureOf<"(firstiter=None, finalizer=None)">::runtime, args.values, args.count,
                    args.names, hooks));
  Thread* thread = currentThread();
  TRY(setHook(thread->async_gen_finalizer, hooks[1], "finalizer", "sys.set_asyncgen_hook_finalizer"));
  return setHook(thread->async_gen_firstiter, hooks[0], "firstiter", "sys.set_asyncgen_hook_firstiter");
}

PyStructSequence_Field kHookFields[] = {{"firstiter", "called at the first iteration"},
                                        {"finalizer", "called when one is collected unfinished"},
                                        {nullptr, nullptr}};
PyStructSequence_Desc kHooksDesc{"asyncgen_hooks", "The asynchronous generator hooks of a thread.",
                                 kHookFields, 2};

constinit PyTypeObject hooks_type{};

Result<Ref<>> sysGetAsyncGenHooks() {
  Ref<TupleObject> hooks = TRY(structSeqNew(&hooks_type));
  Thread* thread = currentThread();
  structSeqSet(hooks, 0, orNone(thread->async_gen_firstiter));
  structSeqSet(hooks, 1, orNone(thread->async_gen_finalizer));
  return hooks;
}

long sysGetCoroutineOriginTrackingDepth() { return currentThread()->coroutine_origin_tracking_depth; }
Status sysSetCoroutineOriginTrackingDepth(int depth) {
  if (depth < 0) return raise(PyExc_ValueError, "depth must be >= 0");
  currentThread()->coroutine_origin_tracking_depth = depth;
  return {};
}

Status sysClearTypeCache() {
  typeCacheClear();
  return {};
}

}  // namespace

Status sysReadyHookTypes() {
  return hooks_type.tp_dict ? Status() : structSeqTypeInit(&hooks_type, &kHooksDesc);
}

PyMethodDef kSysTraceFunctions[] = {
    function<"!settrace(function, /)", sysSetTrace,
             "settrace(function)\n\nSet the function that is told about lines, calls and returns.">,
    function<"gettrace($module, /)", sysGetTrace, "The trace function of this thread.">,
    function<"!setprofile(function, /)", sysSetProfile,
             "setprofile(function)\n\nSet the function that is told about calls and returns.">,
    function<"getprofile($module, /)", sysGetProfile, "The profile function of this thread.">,
    function<"call_tracing($module, func, args, /)", sysCallTracing, "Call func(*args) with tracing on.">,
    function<"_getframe($module, depth=0, /)", sysGetFrame, "A frame of the call stack.">,
    function<"_current_frames($module, /)", sysCurrentFrames, "The running frame of each thread.">,
    function<"_current_exceptions($module, /)", sysCurrentExceptions, "The exception each thread handles.">,
    function<
        "!set_asyncgen_hooks(*args, **kwargs)", sysSetAsyncGenHooks,
        "set_asyncgen_hooks(* [, firstiter] [, finalizer])\n\nSet the hooks of asynchronous generators.">,
    function<"get_asyncgen_hooks($module, /)", sysGetAsyncGenHooks, "The hooks of asynchronous generators.">,
    function<"get_coroutine_origin_tracking_depth($module, /)", sysGetCoroutineOriginTrackingDepth,
             "Frames kept in cr_origin.">,
    function<"set_coroutine_origin_tracking_depth($module, /, depth)", sysSetCoroutineOriginTrackingDepth,
             "Set the frames kept in cr_origin.">,
    function<"_clear_type_cache($module, /)", sysClearTypeCache, "Drop the type attribute cache.">,
    {}};

}  // namespace krait::modules
