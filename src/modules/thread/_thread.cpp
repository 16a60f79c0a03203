// _thread: starting threads and what belongs to it.
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <csignal>

#include "core/c_stack.h"
#include "core/call.h"
#include "core/gc.h"
#include "core/interpreter.h"
#include "core/memory.h"
#include "core/native.h"
#include "core/print_error.h"
#include "core/signals.h"
#include "core/text_out.h"
#include "core/thread.h"
#include "modules/c_args.h"
#include "modules/heap_type.h"
#include "modules/thread/thread_types.h"
#include "types/dict.h"
#include "types/exceptions.h"
#include "types/int.h"
#include "types/module.h"
#include "types/str.h"
#include "types/struct_seq.h"
#include "types/tuple.h"
#include "types/weakref.h"

namespace krait {
namespace {

constexpr size_t kMinStack = 32768;
size_t stack_size;
long running_threads;

// What a new thread needs to begin; all owned.
struct Start {
  Thread* thread;
  PyObject *function, *args, *kwargs;
};

void dropStart(Start* start) {
  decref(start->function);
  decref(start->args);
  xdecref(start->kwargs);
  rawFree(start);
}

void runStart(Start* start) {
  auto result =
      callTupleDict(start->function, cast<TupleObject>(start->args), static_cast<DictObject*>(start->kwargs));
  if (!result.failed()) return;
  if (pendingMatches(PyExc_SystemExit))
    clearPending();
  else
    writeUnraisable(start->function, "in thread started by");
}

void* threadMain(void* arg) {
  auto* start = static_cast<Start*>(arg);
  Thread* thread = start->thread;
  thread->thread_id = pthread_self();
  thread->native_thread_id = syscall(SYS_gettid);
  threadInitStack(thread);
  gilStateBind(thread);
  gilTake(thread);
  running_threads++;
  runStart(start);
  dropStart(start);
  running_threads--;
  threadClear(thread);
  threadDelete(thread);
  return nullptr;
}

bool launch(Start* start) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  if (stack_size) pthread_attr_setstacksize(&attributes, stack_size + kStackSlack);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t id;
  int status = pthread_create(&id, &attributes, threadMain, start);
  pthread_attr_destroy(&attributes);
  if (status == 0) start->thread->thread_id = id;
  return status == 0;
}

Result<Ref<>> startNewThread(PyObject* function, PyObject* args, Opt<> kwargs) {
  if (!isCallable(function)) return raise(PyExc_TypeError, "first arg must be callable");
  if (!isTuple(args)) return raise(PyExc_TypeError, "2nd arg must be a tuple");
  if (kwargs && !isDict(kwargs.get())) return raise(PyExc_TypeError, "optional 3rd arg must be a dictionary");
  if (interpreter().isolated)
    return raise(PyExc_RuntimeError, "thread is not supported for isolated subinterpreters");
  TRY(audit("_thread.start_new_thread", "OOO", function, args, kwargs.orElse(Py_None)));
  Thread* thread = threadNew();
  auto* start = static_cast<Start*>(rawAlloc(sizeof(Start)));
  if (!thread || !start) return raiseNoMemory();
  xincref(kwargs.get());
  *start = {thread, share(function).leak(), share(args).leak(), kwargs.get()};
  // The new thread waits for the GIL, which this one holds: reading its id back is safe.
  if (launch(start)) return TRY(intFromUnsignedLong(thread->thread_id));
  dropStart(start);
  threadClear(thread);
  threadDelete(thread);
  return raise(PyExc_RuntimeError, "can't start new thread");
}

Result<Ref<>> exitThread() { return raiseNone(PyExc_SystemExit); }
Result<Ref<>> getIdent() { return TRY(intFromUnsignedLong(pthread_self())); }
Result<Ref<>> getNativeId() { return TRY(intFromUnsignedLong(syscall(SYS_gettid))); }
long countThreads() { return running_threads; }
Result<Ref<>> allocateLock() { return TRY(lockNew()); }

Result<Ref<>> setStackSize(Py_ssize_t size) {
  if (size < 0) return raise(PyExc_ValueError, "size must be 0 or a positive value");
  auto old = static_cast<long>(stack_size);
  if (!threadSetStackSize(static_cast<size_t>(size)))
    return raise(PyExc_ValueError, "size not valid: %zd bytes", size);
  return TRY(intFromLong(old));
}

Result<Ref<>> interruptMain(modules::CInt signum) {
  if (signum < 1 || signum >= NSIG || (simulateSignal && simulateSignal(signum) < 0))
    return raise(PyExc_ValueError, "signal number out of range");
  return none();
}

// --- the lock that tells that a thread has ended -----------------------------------------------------------

void releaseSentinel(void* weak) {
  auto ref = steal(static_cast<WeakRefObject*>(weak));
  MaybeRef<> object = weakRefGet(ref);
  if (!object) return;
  auto* lock = cast<LockObject>(object.get());
  if (lock->locked) lockReleaseUnchecked(lock);
}

Result<Ref<>> setSentinel() {
  Thread* thread = currentThread();
  if (thread->on_delete) {
    thread->on_delete = nullptr;
    auto old = steal(static_cast<PyObject*>(std::exchange(thread->on_delete_data, nullptr)));
  }
  Ref<LockObject> lock = TRY(lockNew());
  Ref<WeakRefObject> ref = TRY(weakRefNew(lock));
  thread->on_delete_data = std::move(ref).leak();
  thread->on_delete = releaseSentinel;
  return lock;
}

// --- excepthook --------------------------------------------------------------------------------------------

PyStructSequence_Field kHookArgsFields[] = {{"exc_type", "Exception type"},
                                            {"exc_value", "Exception value"},
                                            {"exc_traceback", "Exception traceback"},
                                            {"thread", "Thread object"},
                                            {nullptr, nullptr}};
PyStructSequence_Desc kHookArgsDesc = {"_thread._ExceptHookArgs", "What threading.excepthook is called with.",
                                       kHookArgsFields, 4};
PyTypeObject* hook_args_type;

Status writeThreadName(PyObject* file, PyObject* thread) {
  MaybeRef<> thread_name;
  if (thread != Py_None) thread_name = TRY(attrLookup(thread, name<"name">()));
  if (thread_name) return fileWriteObject(file, thread_name.get(), true);
  Ref<IntObject> ident = TRY(intFromUnsignedLong(pthread_self()));
  return fileWriteObject(file, ident, true);
}

Status reportException(PyObject* file, TupleObject* args) {
  TRY(fileWrite(file, "Exception in thread "));
  TRY(writeThreadName(file, args->at(3)));
  TRY(fileWrite(file, ":\n"));
  auto value = share(args->at(1) ? args->at(1) : Py_None);
  PyObject* traceback = args->at(2);
  if (isExceptionInstance(value.get()) && traceback && traceback != Py_None &&
      !cast<ExceptionObject>(value.get())->traceback &&
      exceptionSetTraceback(value.get(), traceback).failed())
    clearPending();
  displayExceptionTo(file, value.get());
  return {};
}

Result<Ref<>> exceptHook(PyObject* args) {
  if (!isExact(args, hook_args_type))
    return raise(PyExc_TypeError, "_thread.excepthook argument type must be ExceptHookArgs");
  auto* fields = cast<TupleObject>(args);
  if (fields->at(0) == PyExc_SystemExit) return none();
  Opt<> found = sysGet("stderr");
  auto file = MaybeRef<>::share(found && found.get() != Py_None ? found.get() : nullptr);
  if (!file) {
    if (fields->at(3) == Py_None) return none();
    Ref<> own = TRY(attrGet(fields->at(3), "_stderr"));
    if (own.get() == Py_None) return none();
    file = std::move(own);
  }
  TRY(reportException(file.get(), fields));
  return none();
}

constinit PyMethodDef kThreadMethods[] = {
    function<"!%start_new_thread($module, function, args, kwargs=<unrepresentable>, /)", startNewThread,
             "Start a thread; returns its identifier.">,
    function<"!%start_new($module, function, args, kwargs=<unrepresentable>, /)", startNewThread,
             "Obsolete synonym of start_new_thread().">,
    function<"!allocate_lock($module, /)", allocateLock, "Create a lock.">,
    function<"!allocate($module, /)", allocateLock, "Obsolete synonym of allocate_lock().">,
    function<"!exit_thread($module, /)", exitThread, "Obsolete synonym of exit().">,
    function<"!exit($module, /)", exitThread, "Raise SystemExit: ends the thread silently unless caught.">,
    function<"!%interrupt_main($module, signum=2, /)", interruptMain,
             "Simulate the arrival of a signal in the main thread.">,
    function<"!get_ident($module, /)", getIdent, "Number that identifies the current thread.">,
    function<"!get_native_id($module, /)", getNativeId,
             "Number that the system identifies the current thread by.">,
    function<"!_count($module, /)", countThreads,
             "Number of threads that Python started and that still run.">,
    function<"!%%stack_size($module, size=0, /)", setStackSize,
             "Set the stack size of new threads; returns the former one.">,
    function<"!_set_sentinel($module, /)", setSentinel,
             "A lock that is released when the current thread ends.">,
    function<"!_excepthook($module, args, /)", exceptHook, "Handle an uncaught exception of Thread.run().">,
    {}};

Status exec(PyObject* module) {
  TRY(modules::typeMakeOnce(module, &lock_type, kLockDescription));
  TRY(moduleAdd(module, "LockType", share<PyObject>(lock_type)));
  TRY(modules::typeAddOnce(module, &rlock_type, kRLockDescription));
  TRY(modules::typeMakeOnce(module, &local_guard_type, kLocalGuardDescription));
  TRY(modules::typeAddOnce(module, &local_type, kLocalDescription));
  TRY(moduleAdd(module, "error", share(PyExc_RuntimeError)));
  if (!hook_args_type) hook_args_type = TRY(structSeqTypeNew(&kHookArgsDesc)).leak();
  TRY(moduleAdd(module, "_ExceptHookArgs", share<PyObject>(hook_args_type)));
  return moduleAdd(module, "TIMEOUT_MAX", TRY(floatObject(9223372036.0)));
}

constinit PyModuleDef kThreadModule =
    moduleDef<"_thread", exec>(kThreadMethods, "Threads, locks and thread-local data.");

}  // namespace

size_t threadStackSize() { return stack_size; }

bool threadSetStackSize(size_t size) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  bool valid = size == 0 || (size >= kMinStack && pthread_attr_setstacksize(&attributes, size) == 0);
  pthread_attr_destroy(&attributes);
  if (valid) stack_size = size;
  return valid;
}

namespace modules {
PyObject* initThread() { return moduleDefInit(&kThreadModule); }
}  // namespace modules

}  // namespace krait
