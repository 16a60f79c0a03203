// faulthandler: tracebacks on crashes, on a signal, after a timeout.
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>

#include "core/call.h"
#include "core/dump_traceback.h"
#include "core/interpreter.h"
#include "core/native.h"
#include "core/os_lock.h"
#include "core/text_out.h"
#include "modules/c_args.h"
#include "types/int.h"
#include "types/module.h"
#include "types/time_value.h"

namespace krait {
namespace {

// Where to write. `file` keeps the descriptor open.
struct Target {
  PyObject* file;  // owned or null
  int fd;
  bool all_threads;
};

struct Handler {
  int signum;
  const char* name;
  bool enabled;
  struct sigaction previous;
};
Handler fault_handlers[] = {{SIGBUS, "Bus error", false, {}},
                            {SIGILL, "Illegal instruction", false, {}},
                            {SIGFPE, "Floating point exception", false, {}},
                            {SIGABRT, "Aborted", false, {}},
                            {SIGSEGV, "Segmentation fault", false, {}}};
Target fault_target;
bool fault_enabled;
constexpr size_t kAltStackSize = 64 * 1024;

void dump(const Target& target, Thread* thread) {
  if (target.all_threads)
    dumpAllThreads(target.fd, thread);
  else if (thread)
    dumpStack(target.fd, thread);
}

// --- the file argument -------------------------------------------------------------------------------------

struct OpenFile {
  MaybeRef<> file;  // absent: a bare descriptor
  int fd;
};

Result<OpenFile> openFileOf(Opt<> given) {
  MaybeRef<> file = MaybeRef<>::share(given.get());
  if (!file || file.get() == Py_None) {
    Opt<> err = sysGet("stderr");
    if (!err) return raise(PyExc_RuntimeError, "unable to get sys.stderr");
    if (err.get() == Py_None) return raise(PyExc_RuntimeError, "sys.stderr is None");
    file = MaybeRef<>::share(err.get());
  } else if (isInt(file.get())) {
    int fd = TRY(asInt(file.get()));
    if (fd < 0) return raise(PyExc_ValueError, "file is not a valid file descripter");
    return OpenFile{nullptr, fd};
  }
  Ref<> number = TRY(callMethod(file.get(), name<"fileno">()));
  int fd = -1;
  if (isInt(number.get())) fd = static_cast<int>(TRY(asLong(number.get())));
  if (fd < 0) return raise(PyExc_RuntimeError, "file.fileno() is not a valid file descriptor");
  if (fileFlush(file.get()).failed()) clearPending();
  return OpenFile{std::move(file), fd};
}

void setTarget(Target& target, OpenFile opened, bool all_threads) {
  PyObject* old = std::exchange(target.file, std::move(opened.file).leak());
  target.fd = opened.fd;
  target.all_threads = all_threads;
  xdecref(old);
}

Result<Ref<>> dumpTraceback(Opt<> file, modules::CInt all_threads) {
  OpenFile opened = TRY(openFileOf(file));
  dump({nullptr, opened.fd, all_threads != 0}, currentThread());
  TRY(checkSignals());
  return none();
}

// --- fatal signals -----------------------------------------------------------------------------------------

void disableHandler(Handler& handler) {
  if (!handler.enabled) return;
  handler.enabled = false;
  sigaction(handler.signum, &handler.previous, nullptr);
}

// Once only: the second time the former handler runs.
void onFault(int signum) {
  int saved_errno = errno;
  if (!fault_enabled) return;
  for (Handler& handler : fault_handlers) {
    if (handler.signum != signum) continue;
    disableHandler(handler);
    dumpText(fault_target.fd, "Fatal Python error: ");
    dumpText(fault_target.fd, handler.name);
    dumpText(fault_target.fd, "\n\n");
  }
  dump(fault_target, gilStateThisThread());
  dumpExtensionModules(fault_target.fd);
  errno = saved_errno;
  std::raise(signum);
}

void useAlternateStack() {
  static void* memory = std::malloc(kAltStackSize);
  if (!memory) return;
  stack_t stack{};
  stack.ss_sp = memory;
  stack.ss_size = kAltStackSize;
  sigaltstack(&stack, nullptr);
}

Status installFaultHandlers() {
  useAlternateStack();
  for (Handler& handler : fault_handlers) {
    if (handler.enabled) continue;
    struct sigaction action{};
    action.sa_handler = onFault;
    action.sa_flags = SA_NODEFER | SA_ONSTACK;
    if (sigaction(handler.signum, &action, &handler.previous) != 0) return raiseErrno();
    handler.enabled = true;
  }
  return {};
}

Result<Ref<>> enable(Opt<> file, modules::CInt all_threads) {
  OpenFile opened = TRY(openFileOf(file));
  setTarget(fault_target, std::move(opened), all_threads);
  if (!fault_enabled) {
    fault_enabled = true;
    TRY(installFaultHandlers());
  }
  return none();
}

bool disable() {
  bool was = std::exchange(fault_enabled, false);
  for (Handler& handler : fault_handlers) disableHandler(handler);
  clearField(fault_target.file);
  return was;
}
bool isEnabled() { return fault_enabled; }

// --- timeouts ----------------------------------------------------------------------------------------------

struct Later {
  Target target;
  int64_t nanoseconds;
  bool repeat, exit, active;
  std::string header;
  OsLock* cancel;  // released to end the watchdog
  pthread_t thread;
};
Later later;

void* watch(void*) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);  // signals are for the others
  do {
    if (later.cancel->acquire(later.nanoseconds, false) == LockStatus::kAcquired) break;
    dumpText(later.target.fd, later.header.c_str());
    dumpAllThreads(later.target.fd, currentThread());
    if (later.exit) _exit(1);
  } while (later.repeat);
  return nullptr;
}

void cancelLater() {
  if (!later.active) return;
  later.active = false;
  later.cancel->release();
  {
    WithoutGil released;
    pthread_join(later.thread, nullptr);
  }
  delete std::exchange(later.cancel, nullptr);
  clearField(later.target.file);
}

std::string timeoutHeader(int64_t nanoseconds) {
  int64_t us = nanoseconds / 1000, seconds = us / 1000000;
  char text[100];
  int at = std::snprintf(text, sizeof text, "Timeout (%ld:%02ld:%02ld", seconds / 3600, seconds / 60 % 60,
                         seconds % 60);
  if (us % 1000000) at += std::snprintf(text + at, sizeof text - at, ".%06ld", us % 1000000);
  std::snprintf(text + at, sizeof text - at, ")!\n");
  return text;
}

Result<Ref<>> dumpLater(PyObject* timeout, modules::CInt repeat, Opt<> file, modules::CInt exit) {
  int64_t nanoseconds = TRY(timeFromSeconds(timeout, TimeRound::kTimeout));
  if (nanoseconds <= 0) return raise(PyExc_ValueError, "timeout must be greater than 0");
  OpenFile opened = TRY(openFileOf(file));
  cancelLater();
  setTarget(later.target, std::move(opened), true);
  later.nanoseconds = nanoseconds;
  later.repeat = repeat;
  later.exit = exit;
  later.header = timeoutHeader(nanoseconds);
  later.cancel = new OsLock;
  later.cancel->acquire(0, false);
  if (pthread_create(&later.thread, nullptr, watch, nullptr) != 0) {
    delete std::exchange(later.cancel, nullptr);
    return raise(PyExc_RuntimeError, "unable to start watchdog thread");
  }
  later.active = true;
  return none();
}
Result<Ref<>> cancelDumpLater() { return cancelLater(), none(); }

// --- user signals ------------------------------------------------------------------------------------------

struct UserSignal {
  bool enabled, chain;
  Target target;
  struct sigaction previous;
};
UserSignal user_signals[NSIG];

void onUserSignal(int signum);

int installUserSignal(int signum, UserSignal& user) {
  struct sigaction action{};
  action.sa_handler = onUserSignal;
  action.sa_flags = SA_RESTART | SA_ONSTACK | (user.chain ? SA_NODEFER : 0);
  return sigaction(signum, &action, &user.previous);
}

void onUserSignal(int signum) {
  UserSignal& user = user_signals[signum];
  if (!user.enabled) return;
  int saved_errno = errno;
  dump(user.target, gilStateThisThread());
  if (user.chain) {
    sigaction(signum, &user.previous, nullptr);
    errno = saved_errno;
    std::raise(signum);
    saved_errno = errno;
    installUserSignal(signum, user);
  }
  errno = saved_errno;
}

Status checkSignum(int signum) {
  for (const Handler& handler : fault_handlers)
    if (handler.signum == signum)
      return raise(PyExc_RuntimeError, "signal %i cannot be registered, use enable() instead", signum);
  if (signum < 1 || signum >= NSIG) return raise(PyExc_ValueError, "signal number out of range");
  return {};
}

Result<Ref<>> registerSignal(modules::CInt signum, Opt<> file, modules::CInt all_threads,
                             modules::CInt chain) {
  TRY(checkSignum(signum));
  OpenFile opened = TRY(openFileOf(file));
  UserSignal& user = user_signals[signum];
  if (!user.enabled) {
    user.chain = chain;
    if (installUserSignal(signum, user) != 0) return raiseErrno();
  }
  setTarget(user.target, std::move(opened), all_threads);
  user.chain = chain;
  user.enabled = true;
  return none();
}

// Keywords are accepted and not looked at.
Result<bool> unregisterSignal(CallArgs args) {
  PyObject* given;
  TRY(bindPositional(SignatureOf<"!%%unregister(signum, /)">::runtime, args.values, args.count, &given));
  int signum = TRY(modules::asCInt(given));
  TRY(checkSignum(signum));
  UserSignal& user = user_signals[signum];
  if (!user.enabled) return false;
  user.enabled = false;
  sigaction(signum, &user.previous, nullptr);
  clearField(user.target.file);
  return true;
}

// --- crashes on purpose, for tests -------------------------------------------------------------------------

void noCoreFile() {
  struct rlimit none_at_all;
  if (getrlimit(RLIMIT_CORE, &none_at_all) != 0) return;
  none_at_all.rlim_cur = 0;
  setrlimit(RLIMIT_CORE, &none_at_all);
}

Result<Ref<>> crashWith(int signum) {
  noCoreFile();
  std::raise(signum);
  return none();
}
Result<Ref<>> crashSegv(bool release_gil) {
  noCoreFile();
  if (!release_gil) return crashWith(SIGSEGV);
  WithoutGil released;
  std::raise(SIGSEGV);
  return none();
}
Result<Ref<>> crashAbort() {
  noCoreFile();
  std::abort();
}
Result<Ref<>> crashFpe() { return crashWith(SIGFPE); }
Result<Ref<>> readNull() {
  noCoreFile();
  auto* address = static_cast<volatile int*>(nullptr);
  return TRY(intFromLong(*const_cast<volatile int* volatile&>(address)));
}
KR_NEVER_INLINE long overflowStack(long depth) {
  volatile char buffer[4096];
  buffer[0] = static_cast<char>(depth);
  return depth < 0 ? 0 : buffer[0] + overflowStack(depth + 1);
}
Result<Ref<>> crashStack() {
  noCoreFile();
  return TRY(intFromLong(overflowStack(1)));
}
void* fatalInThread(void*) { fatalError("faulthandler_fatal_error_thread", "in new thread"); }
Result<Ref<>> crashThread() {
  noCoreFile();
  pthread_t thread;
  pthread_create(&thread, nullptr, fatalInThread, nullptr);
  for (;;) pause();
}

constinit PyMethodDef kMethods[] = {
    function<"!enable($module, /, file=<unrepresentable>, all_threads=1)", enable,
             "Dump the traceback on fatal errors.">,
    function<"!disable($module, /)", disable, "Stop dumping on fatal errors.">,
    function<"!is_enabled($module, /)", isEnabled, "Whether the handler is enabled.">,
    function<"!dump_traceback($module, /, file=<unrepresentable>, all_threads=1)", dumpTraceback,
             "Dump the traceback now.">,
    function<"!dump_traceback_later($module, /, timeout, repeat=0, file=<unrepresentable>, exit=0)",
             dumpLater, "Dump all tracebacks after a timeout.">,
    function<"!cancel_dump_traceback_later($module, /)", cancelDumpLater, "Cancel dump_traceback_later().">,
    function<"!%%register($module, /, signum, file=<unrepresentable>, all_threads=1, chain=0)",
             registerSignal, "Dump the traceback on a signal.">,
    function<"!%unregister($module, *args, **kwargs)", unregisterSignal, "Undo register().">,
    function<"!_read_null($module, /)", readNull, "Read from address 0.">,
    function<"!%_sigsegv($module, release_gil=False, /)", crashSegv, "Raise SIGSEGV.">,
    function<"!_fatal_error_c_thread($module, /)", crashThread, "Fatal error in a new C thread.">,
    function<"!_sigabrt($module, /)", crashAbort, "Raise SIGABRT.">,
    function<"!_sigfpe($module, /)", crashFpe, "Raise SIGFPE.">,
    function<"!_stack_overflow($module, /)", crashStack, "Overflow the C stack.">,
    {}};

Status exec(PyObject*) { return {}; }
constinit PyModuleDef kModule =
    moduleDef<"faulthandler", exec>(kMethods, "Tracebacks on crashes, signals and timeouts.");

}  // namespace

namespace modules {
PyObject* initFaulthandler() { return moduleDefInit(&kModule); }
}  // namespace modules

}  // namespace krait
