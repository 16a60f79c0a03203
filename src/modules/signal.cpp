// _signal: Python handlers of signals. The C handler only notes the signal; the main thread's evaluation loop
// calls the Python function soon after.
#include "core/signals.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "core/call.h"
#include "core/frame_hooks.h"
#include "core/interpreter.h"
#include "core/native.h"
#include "core/number.h"
#include "core/thread.h"
#include "modules/c_args.h"
#include "modules/signal_set.h"
#include "types/bool.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/module.h"
#include "types/set.h"
#include "types/struct_seq.h"
#include "types/time_value.h"

namespace krait::modules {
namespace {

constexpr int kSignalLimit = NSIG;  // 65

struct Handler {
  std::atomic<bool> tripped;
  PyObject* function;  // owned; None: not installed from Python
};
Handler g_handlers[kSignalLimit];
struct {
  std::atomic<int> fd{-1};
  bool warn_on_full_buffer = true;
} g_wakeup;
PyObject *g_default_handler, *g_ignore_handler, *g_int_handler, *g_itimer_error;
PyTypeObject* g_siginfo_type;

// --- arrival -----------------------------------------------------------------------------------------------

int reportWakeupError(void* error) {
  PendingSaved saved;
  (void)raiseErrno(static_cast<int>(reinterpret_cast<intptr_t>(error)));
  stderrWrite("Exception ignored when trying to write to the signal wakeup fd:\n");
  writeUnraisable(nullptr);
  return 0;
}

void trip(int signum) {
  g_handlers[signum].tripped.store(true, std::memory_order_relaxed);
  signalsTrip();
  int fd = g_wakeup.fd.load(std::memory_order_relaxed);
  if (fd < 0) return;
  auto byte = static_cast<unsigned char>(signum);
  ssize_t written;
  do written = write(fd, &byte, 1);
  while (written < 0 && errno == EINTR);
  if (written >= 0 || (errno == EAGAIN && !g_wakeup.warn_on_full_buffer)) return;
  pendingCallFromSignal(reportWakeupError, reinterpret_cast<void*>(static_cast<intptr_t>(errno)));
}

void onSignal(int signum) {
  int saved = errno;
  trip(signum);
  errno = saved;
}

Status runOne(int signum) {
  Ref<> function = share(g_handlers[signum].function ? g_handlers[signum].function : Py_None);
  if (function.get() == Py_None || function.get() == g_ignore_handler || function.get() == g_default_handler)
    return {};
  Ref<IntObject> number = TRY(intFromLong(signum));
  MaybeRef<> frame = frameHooks.current ? frameHooks.current(currentThread()) : MaybeRef<>();
  TRY(call(function.get(), number.get(), frame ? frame.get() : Py_None));
  return {};
}

Status runPendingHandlers() {
  for (int signum = 1; signum < kSignalLimit; signum++) {
    if (!g_handlers[signum].tripped.exchange(false)) continue;
    Status done = runOne(signum);
    if (!done.failed()) continue;
    signalsTrip();  // others may be waiting behind this one
    return done;
  }
  return {};
}

int simulate(int signum) {
  if (signum < 1 || signum >= kSignalLimit) return -1;
  if (g_handlers[signum].function && g_handlers[signum].function != g_ignore_handler &&
      g_handlers[signum].function != g_default_handler)
    trip(signum);
  return 0;
}

// --- arguments ---------------------------------------------------------------------------------------------

Status checkNumber(int signum) {
  if (signum < 1 || signum >= kSignalLimit) return raise(PyExc_ValueError, "signal number out of range");
  return {};
}

}  // namespace

Result<sigset_t> signalSet(PyObject* signals) {
  sigset_t set;
  sigemptyset(&set);
  TRY(forEach(signals, [&](Ref<> item) -> Status {
    int overflow;
    Ref<IntObject> index = TRY(numberIndex(item));
    long number = intAsLongAndOverflow(index, &overflow);  // -1 when it is too large
    if (number < 1 || number >= kSignalLimit) {
      return raise(PyExc_ValueError, "signal number %ld out of range [1; %i]", number, kSignalLimit - 1);
    }
    if (sigaddset(&set, static_cast<int>(number)) != 0) {
      return warn(PyExc_RuntimeWarning, 1, "invalid signal number %ld, please use valid_signals()", number);
    }
    return {};
  }));
  return set;
}

namespace {

Result<Ref<>> setOf(const sigset_t& signals) {
  Ref<SetObject> out = TRY(setNew());
  for (int signum = 1; signum < kSignalLimit; signum++) {
    if (sigismember(&signals, signum) == 1) TRY(setAdd(out, TRY(intFromLong(signum)).get()));
  }
  return out;
}

// --- handlers ----------------------------------------------------------------------------------------------

Raised raiseBadHandler() {
  return raise(PyExc_TypeError,
               "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object");
}

// SIG_DFL and SIG_IGN are known by value: enum members of the signal module compare equal to them.
Result<sighandler_t> cHandlerFor(PyObject* handler) {
  if (isCallable(handler)) return sighandler_t{onSignal};
  if (TRY(objectEquals(handler, g_ignore_handler))) return sighandler_t{SIG_IGN};
  if (TRY(objectEquals(handler, g_default_handler))) return sighandler_t{SIG_DFL};
  return raiseBadHandler();
}

int installHandler(int signum, sighandler_t handler) {
  struct sigaction action{};
  action.sa_handler = handler;
  action.sa_flags = SA_ONSTACK;
  return sigaction(signum, &action, nullptr);
}

Result<Ref<>> sigSignal(int signum, PyObject* handler) {
  sighandler_t c_handler = TRY(cHandlerFor(handler));
  if (!mayHandleSignals())
    return raise(PyExc_ValueError, "signal only works in main thread of the main interpreter");
  TRY(checkNumber(signum));
  TRY(checkSignals());
  if (installHandler(signum, c_handler) != 0) return raiseErrno(errno);
  PyObject* stored = c_handler == SIG_IGN   ? g_ignore_handler
                     : c_handler == SIG_DFL ? g_default_handler
                                            : handler;
  PyObject* old = std::exchange(g_handlers[signum].function, share(stored).leak());
  return old ? steal(old) : none();
}

Result<Ref<>> sigGetsignal(int signum) {
  TRY(checkNumber(signum));
  PyObject* function = g_handlers[signum].function;
  return function ? share(function) : none();
}

Status sigDefaultIntHandler(int, PyObject*) { return raiseNone(PyExc_KeyboardInterrupt); }

Status sigRaiseSignal(int signum) {
  if (::raise(signum) != 0) return raiseErrno(errno);
  return checkSignals();
}

Status sigSiginterrupt(int signum, int flag) {
  TRY(checkNumber(signum));
  struct sigaction action;
  sigaction(signum, nullptr, &action);
  if (flag)
    action.sa_flags &= ~SA_RESTART;
  else
    action.sa_flags |= SA_RESTART;
  if (sigaction(signum, &action, nullptr) < 0) return raiseErrno(errno);
  return {};
}

Result<long> sigSetWakeupFd(CInt fd, bool warn_on_full_buffer) {
  if (!mayHandleSignals())
    return raise(PyExc_ValueError, "set_wakeup_fd only works in main thread of the main interpreter");
  if (fd != -1) {
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0) return raiseErrno(errno);
    if (!(flags & O_NONBLOCK))
      return raise(PyExc_ValueError, "the fd %i must be in non-blocking mode", fd.value);
  }
  g_wakeup.warn_on_full_buffer = warn_on_full_buffer;
  return g_wakeup.fd.exchange(fd);
}

Result<Ref<>> sigStrsignal(int signum) {
  TRY(checkNumber(signum));
  const char* text = strsignal(signum);
  if (!text || std::strncmp(text, "Unknown signal", 14) == 0) return none();
  return Ref<>(TRY(strFromUtf8(text)));
}

// --- waiting -----------------------------------------------------------------------------------------------

long sigAlarm(int seconds) { return alarm(static_cast<unsigned>(seconds)); }
Status sigPause() {
  {
    WithoutGil released;
    pause();
  }
  return checkSignals();
}
Status sigPthreadKill(PyObject* thread_id, int signum) {
  unsigned long id = TRY(asUnsignedLong(thread_id));
  TRY(audit("signal.pthread_kill", "ki", id, signum));
  int error = pthread_kill(id, signum);
  if (error) return raiseErrno(error);
  return checkSignals();
}
Result<Ref<>> sigPthreadSigmask(int how, PyObject* mask) {
  sigset_t set = TRY(signalSet(mask)), old;
  int error = pthread_sigmask(how, &set, &old);
  if (error) return raiseErrno(error);
  TRY(checkSignals());
  return setOf(old);
}
Result<Ref<>> sigPending() {
  sigset_t set;
  if (sigpending(&set) != 0) return raiseErrno(errno);
  return setOf(set);
}
Result<long> sigWait(PyObject* signals) {
  sigset_t set = TRY(signalSet(signals));
  int signum, error;
  {
    WithoutGil released;
    error = sigwait(&set, &signum);
  }
  if (error) return raiseErrno(error);
  return signum;
}

PyStructSequence_Field kSiginfoFields[] = {{"si_signo", "signal number"},
                                           {"si_code", "signal code"},
                                           {"si_errno", "errno associated with this signal"},
                                           {"si_pid", "sending process ID"},
                                           {"si_uid", "real user ID of sending process"},
                                           {"si_status", "exit value or signal"},
                                           {"si_band", "band event for SIGPOLL"},
                                           {nullptr, nullptr}};
PyStructSequence_Desc kSiginfoDesc{"signal.struct_siginfo", "What is known about a signal that arrived.",
                                   kSiginfoFields, 7};

Result<Ref<>> siginfoResult(const siginfo_t& info) {
  Ref<TupleObject> out = TRY(structSeqNew(g_siginfo_type));
  const long fields[] = {
      info.si_signo,  info.si_code, info.si_errno, info.si_pid, static_cast<long>(info.si_uid),
      info.si_status, info.si_band};
  for (int i = 0; i < 7; i++) structSeqSet(out, i, Ref<>(TRY(intFromLong(fields[i]))));
  return out;
}
Result<Ref<>> sigWaitinfo(PyObject* signals) {
  sigset_t set = TRY(signalSet(signals));
  for (;;) {
    siginfo_t info;
    int status, error;
    {
      WithoutGil released;
      status = sigwaitinfo(&set, &info);
      error = errno;
    }
    if (status != -1) return siginfoResult(info);
    if (error != EINTR) return raiseErrno(error);
    TRY(checkSignals());
  }
}
Result<Ref<>> sigTimedwait(PyObject* signals, PyObject* timeout) {
  TimeNs duration = TRY(timeFromSeconds(timeout, TimeRound::kCeiling));
  if (duration < 0) return krait::raise(PyExc_ValueError, "timeout must be non-negative");
  sigset_t set = TRY(signalSet(signals));
  TimeNs deadline = timeOf(CLOCK_MONOTONIC) + duration;
  for (;;) {
    timespec wait = timeAsTimespec(std::max<TimeNs>(deadline - timeOf(CLOCK_MONOTONIC), 0));
    siginfo_t info;
    int status, error;
    {
      WithoutGil released;
      status = sigtimedwait(&set, &info, &wait);
      error = errno;
    }
    if (status != -1) return siginfoResult(info);
    if (error == EAGAIN) return none();
    if (error != EINTR) return raiseErrno(error);
    TRY(checkSignals());
  }
}

Result<Ref<>> sigValidSignals() {
  sigset_t set;
  sigfillset(&set);
  return setOf(set);
}
Status sigPidfdSendSignal(int pidfd, int signum, PyObject* siginfo, int flags) {
  if (siginfo != Py_None) return krait::raise(PyExc_TypeError, "siginfo must be None");
  if (syscall(SYS_pidfd_send_signal, pidfd, signum, nullptr, flags) < 0) return raiseErrno(errno);
  return {};
}

// --- interval timers ---------------------------------------------------------------------------------------

Raised raiseTimerError() { return raiseErrno(errno, nullptr, nullptr, g_itimer_error); }

Result<timeval> timerValue(Opt<> seconds) {
  if (!seconds) return timeval{0, 0};
  int64_t us =
      timeDivide(TRY(timeFromSeconds(seconds.get(), TimeRound::kCeiling)), 1000, TimeRound::kCeiling);
  return timeval{us / 1000000, us % 1000000};
}
Result<Ref<>> timerResult(const itimerval& value) {
  auto seconds = [](const timeval& t) {
    return floatObject(static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6);
  };
  Ref<> first = TRY(seconds(value.it_value)), second = TRY(seconds(value.it_interval));
  return Ref<>(TRY(tupleOf(first.get(), second.get())));
}
Result<Ref<>> sigSetitimer(int which, PyObject* seconds, Opt<> interval) {
  itimerval value{}, old;
  value.it_value = TRY(timerValue(seconds));
  value.it_interval = TRY(timerValue(interval));
  if (setitimer(static_cast<__itimer_which_t>(which), &value, &old) != 0) return raiseTimerError();
  return timerResult(old);
}
Result<Ref<>> sigGetitimer(int which) {
  itimerval value;
  if (getitimer(static_cast<__itimer_which_t>(which), &value) != 0) return raiseTimerError();
  return timerResult(value);
}

constinit PyMethodDef kSignalMethods[] = {
    function<"default_int_handler($module, signalnum, frame, /)", sigDefaultIntHandler,
             "Raise KeyboardInterrupt.">,
    function<"alarm($module, seconds, /)", sigAlarm, "Arrange for SIGALRM after some seconds.">,
    function<"setitimer($module, which, seconds, interval=0.0, /)", sigSetitimer,
             "Set an interval timer; returns the old values.">,
    function<"getitimer($module, which, /)", sigGetitimer, "Current values of an interval timer.">,
    function<"signal($module, signalnum, handler, /)", sigSignal,
             "Set the handler of a signal; returns the old one.">,
    function<"raise_signal($module, signalnum, /)", sigRaiseSignal, "Send a signal to this process.">,
    function<"strsignal($module, signalnum, /)", sigStrsignal, "Description of a signal.">,
    function<"getsignal($module, signalnum, /)", sigGetsignal, "The handler of a signal.">,
    function<"!%%set_wakeup_fd(fd, /, *, warn_on_full_buffer=True)", sigSetWakeupFd,
             "set_wakeup_fd(fd, *, warn_on_full_buffer=True) -> fd\n\nSet the descriptor that gets the "
             "number of each signal.">,
    function<"siginterrupt($module, signalnum, flag, /)", sigSiginterrupt,
             "Whether the signal interrupts system calls.">,
    function<"pause($module, /)", sigPause, "Wait for a signal.">,
    function<"pidfd_send_signal($module, pidfd, signalnum, siginfo=None, flags=0, /)", sigPidfdSendSignal,
             "Send a signal to a process by its descriptor.">,
    function<"pthread_kill($module, thread_id, signalnum, /)", sigPthreadKill, "Send a signal to a thread.">,
    function<"pthread_sigmask($module, how, mask, /)", sigPthreadSigmask,
             "Change the thread's signal mask; returns the old one.">,
    function<"sigpending($module, /)", sigPending, "Signals that are blocked and pending.">,
    function<"sigwait($module, sigset, /)", sigWait, "Wait for one of the signals.">,
    function<"sigwaitinfo($module, sigset, /)", sigWaitinfo,
             "Wait for one of the signals; returns its details.">,
    function<"sigtimedwait($module, sigset, timeout, /)", sigTimedwait, "sigwaitinfo() with a time limit.">,
    function<"valid_signals($module, /)", sigValidSignals, "All signals of this platform.">,
    {}};

#define SIGNAL(name) {#name, name}
const std::pair<const char*, long> kConstants[] = {{"NSIG", NSIG},
                                                   {"SIG_BLOCK", SIG_BLOCK},
                                                   {"SIG_UNBLOCK", SIG_UNBLOCK},
                                                   {"SIG_SETMASK", SIG_SETMASK},
                                                   SIGNAL(SIGHUP),
                                                   SIGNAL(SIGINT),
                                                   SIGNAL(SIGQUIT),
                                                   SIGNAL(SIGILL),
                                                   SIGNAL(SIGTRAP),
                                                   {"SIGIOT", SIGIOT},
                                                   SIGNAL(SIGABRT),
                                                   SIGNAL(SIGFPE),
                                                   SIGNAL(SIGKILL),
                                                   SIGNAL(SIGBUS),
                                                   SIGNAL(SIGSEGV),
                                                   SIGNAL(SIGSYS),
                                                   SIGNAL(SIGPIPE),
                                                   SIGNAL(SIGALRM),
                                                   SIGNAL(SIGTERM),
                                                   SIGNAL(SIGUSR1),
                                                   SIGNAL(SIGUSR2),
                                                   {"SIGCLD", SIGCHLD},
                                                   SIGNAL(SIGCHLD),
                                                   SIGNAL(SIGPWR),
                                                   SIGNAL(SIGIO),
                                                   SIGNAL(SIGURG),
                                                   SIGNAL(SIGWINCH),
                                                   {"SIGPOLL", SIGPOLL},
                                                   SIGNAL(SIGSTOP),
                                                   SIGNAL(SIGTSTP),
                                                   SIGNAL(SIGCONT),
                                                   SIGNAL(SIGTTIN),
                                                   SIGNAL(SIGTTOU),
                                                   SIGNAL(SIGVTALRM),
                                                   SIGNAL(SIGPROF),
                                                   SIGNAL(SIGXCPU),
                                                   SIGNAL(SIGXFSZ),
                                                   {"SIGRTMIN", SIGRTMIN},
                                                   {"SIGRTMAX", SIGRTMAX},
                                                   {"SIGSTKFLT", SIGSTKFLT},
                                                   {"ITIMER_REAL", ITIMER_REAL},
                                                   {"ITIMER_VIRTUAL", ITIMER_VIRTUAL},
                                                   {"ITIMER_PROF", ITIMER_PROF}};

// What the process inherited: known handlers get their constants, foreign ones None.
void adoptHandlers() {
  for (int signum = 1; signum < kSignalLimit; signum++) {
    struct sigaction action;
    if (sigaction(signum, nullptr, &action) != 0) action.sa_handler = nullptr;
    PyObject* known = action.sa_handler == SIG_DFL   ? g_default_handler
                      : action.sa_handler == SIG_IGN ? g_ignore_handler
                                                     : Py_None;
    g_handlers[signum].function = share(known).leak();
  }
}

// At first import: Ctrl-C raises KeyboardInterrupt, broken pipes are errors.
Status installDefaults(PyObject* module) {
  adoptHandlers();
  g_int_handler = TRY(attrGet(module, "default_int_handler")).leak();
  if (!interpreter().config.install_signal_handlers) return {};
  installHandler(SIGPIPE, SIG_IGN);
  installHandler(SIGXFSZ, SIG_IGN);
  for (int signum : {SIGPIPE, SIGXFSZ}) setField(g_handlers[signum].function, share(g_ignore_handler));
  if (g_handlers[SIGINT].function == g_default_handler) {
    installHandler(SIGINT, onSignal);
    setField(g_handlers[SIGINT].function, share(g_int_handler));
  }
  runSignalHandlers = runPendingHandlers;
  simulateSignal = simulate;
  return {};
}

Status signalExec(PyObject* module) {
  if (!g_default_handler) {
    g_default_handler = TRY(intFromLong(0)).leak();
    g_ignore_handler = TRY(intFromLong(1)).leak();
    g_siginfo_type = TRY(structSeqTypeNew(&kSiginfoDesc)).leak();
    Ref<StrObject> name_text = TRY(strLiteral("itimer_error")), module_name = TRY(strLiteral("signal"));
    Ref<TupleObject> bases = TRY(tupleOf(PyExc_OSError));
    Ref<DictObject> dict = TRY(dictNew());
    TRY(dictSet(dict, "__module__", module_name));
    g_itimer_error =
        TRY(call(static_cast<PyObject*>(&PyType_Type), name_text.get(), bases.get(), dict.get())).leak();
  }
  for (auto [constant, value] : kConstants) TRY(moduleAddInt(module, constant, value));
  TRY(moduleAdd(module, "SIG_DFL", share(g_default_handler)));
  TRY(moduleAdd(module, "SIG_IGN", share(g_ignore_handler)));
  TRY(moduleAdd(module, "ItimerError", share(g_itimer_error)));
  TRY(moduleAdd(module, "struct_siginfo", share<PyObject>(g_siginfo_type)));
  if (!g_int_handler) TRY(installDefaults(module));
  return {};
}

constinit PyModuleDef kSignalModule =
    moduleDef<"_signal", signalExec>(kSignalMethods, "Handlers of signals.");

}  // namespace

PyObject* initSignal() { return moduleDefInit(&kSignalModule); }

}  // namespace krait::modules
