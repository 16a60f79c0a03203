// Starting, ending and waiting for processes.
#include <pty.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

#include "core/dump_traceback.h"
#include "core/import.h"
#include "core/interpreter.h"
#include "modules/c_args.h"
#include "modules/import_lock.h"
#include "modules/posix/fork_hooks.h"
#include "modules/posix/posix.h"
#include "modules/posix/strings.h"
#include "types/bool.h"
#include "types/float.h"
#include "types/list.h"
#include "types/struct_seq.h"

namespace krait::modules::posix {
namespace {

// --- fork --------------------------------------------------------------------------------------------------

// Of one interpreter; made when the first is registered.
struct ForkHooks {
  Ref<ListObject> before, in_child, in_parent;
};
ForkHooks* forkHooks() { return static_cast<ForkHooks*>(interpreter().fork_hooks); }
Result<ForkHooks*> makeForkHooks() {
  if (ForkHooks* made = forkHooks()) return made;
  auto* made = new ForkHooks{TRY(listNew()), TRY(listNew()), TRY(listNew())};
  interpreter().fork_hooks = made;
  return made;
}

// Runs those that are registered now: a hook may register more.
void runHooks(ListObject* registered, bool backwards) {
  auto copied = listSlice(registered, 0, registered->size());
  if (copied.failed()) return writeUnraisable(registered);
  Ref<ListObject> hooks = std::move(copied).take();
  Py_ssize_t count = hooks->size();
  for (Py_ssize_t i = 0; i < count; i++) {
    Ref<> hook = share(hooks->at(backwards ? count - 1 - i : i));
    if (call(hook.get()).failed()) writeUnraisable(hook.get());
  }
}

Status osRegisterAtFork(Opt<> before, Opt<> in_child, Opt<> in_parent) {
  if (!before && !in_child && !in_parent) return raise(PyExc_TypeError, "At least one argument is required.");
  for (auto [hook, label] :
       {std::pair{before, "before"}, {in_child, "after_in_child"}, {in_parent, "after_in_parent"}}) {
    if (hook && !isCallable(hook.get()))
      return raise(PyExc_TypeError, "'%s' must be callable, not %.200s", label, typeName(hook.get()));
  }
  ForkHooks* hooks = TRY(makeForkHooks());
  if (before) TRY(listAppend(hooks->before.get(), before.get()));
  if (in_child) TRY(listAppend(hooks->in_child.get(), in_child.get()));
  if (in_parent) TRY(listAppend(hooks->in_parent.get(), in_parent.get()));
  return {};
}

template <class F>
Result<long> forkWith(const char* event, F&& fork_call) {
  TRY(audit(event));
  runBeforeFork();
  importLockAcquire();
  long pid = fork_call();
  int error = errno;
  if (pid == 0) {
    importLockAfterFork();
    threadAfterFork();
    // The child would have the main thread's state but not its stack.
    if (interpreter().id != 0) {
      fatalReport("_PyInterpreterState_DeleteExceptMain", "not main interpreter");
      std::exit(1);
    }
  }
  importLockRelease();
  runForkHooks(pid == 0);
  errno = error;
  TRY(check(pid));
  return pid;
}

// A sub-interpreter that is not isolated may fork, which only its parent process survives.
Result<long> osFork() {
  if (interpreter().isolated)
    return raise(PyExc_RuntimeError, "fork not supported for isolated subinterpreters");
  return forkWith("os.fork", [] { return fork(); });
}
Result<Ref<>> osForkpty() {
  if (interpreter().id != 0) return raise(PyExc_RuntimeError, "fork not supported for subinterpreters");
  int master = -1;
  long pid = TRY(forkWith("os.forkpty", [&] { return forkpty(&master, nullptr, nullptr, nullptr); }));
  return tupleResult(TRY(intResult(pid)), TRY(intResult(pid ? master : -1)));
}

// --- exec --------------------------------------------------------------------------------------------------

Status osExecv(PathArg<kPathOnly> path, PyObject* argv) {
  if (!isList(argv) && !isTuple(argv)) return raise(PyExc_TypeError, "execv() arg 2 must be a tuple or list");
  StringVector args = TRY(StringVector::fromSequence(argv, "execv"));
  TRY(audit("os.exec", "OOO", path.object, argv, Py_None));
  execv(path.c_str(), TRY(args.data()));
  return raiseErrno();
}
Status osExecve(PathArg<kOrFd> path, PyObject* argv, PyObject* env) {
  if (!isList(argv) && !isTuple(argv)) return raise(PyExc_TypeError, "execve: argv must be a tuple or list");
  if (!isMapping(env)) return raise(PyExc_TypeError, "execve: environment must be a mapping object");
  StringVector args = TRY(StringVector::fromSequence(argv, "execve"));
  StringVector environment = TRY(StringVector::fromEnvironment(env));
  TRY(audit("os.exec", "OOO", path.object, argv, env));
  if (path.isNegative()) return raiseMissing(path);
  char *const *argument_texts = TRY(args.data()), *const *environment_texts = TRY(environment.data());
  if (path.isFd())
    fexecve(path.fd, argument_texts, environment_texts);
  else
    execve(path.c_str(), argument_texts, environment_texts);
  return raisePathError(path);
}

Result<Ref<>> osExit(int status) { _exit(status); }
Result<Ref<>> osAbort() { abort(); }
Result<long> osSystem(PathArg<kPathOnly> command) {
  TRY(audit("os.system", "O", command.object));
  return unlocked([&] { return system(command.c_str()); });
}

// --- signals -----------------------------------------------------------------------------------------------

Status osKill(CInt pid, Py_ssize_t signal) {
  TRY(audit("os.kill", "in", pid.value, signal));
  TRY(check(kill(pid, static_cast<int>(signal))));
  return checkSignals();
}
Status osKillpg(int group, int signal) {
  TRY(audit("os.killpg", "ii", group, signal));
  TRY(check(killpg(group, signal)));
  return checkSignals();
}
Result<long> osPidfdOpen(CInt pid, Opt<> given_flags) {
  unsigned flags = given_flags ? TRY(asUnsignedInt(given_flags.get())) : 0;
  long fd = syscall(SYS_pidfd_open, pid.value, flags);
  TRY(check(fd));
  return fd;
}

// --- waiting -----------------------------------------------------------------------------------------------

Result<Ref<>> pidAndStatus(long pid, int status) {
  return tupleResult(TRY(intResult(pid)), TRY(intResult(status)));
}

Result<Ref<>> osWaitpid(CInt pid, int options) {
  int status = 0;
  long found = TRY(retry([&] { return waitpid(pid, &status, options); }));
  TRY(check(found));
  return pidAndStatus(found, status);
}
Result<Ref<>> osWait() {
  int status = 0;
  long found = TRY(retry([&] { return wait(&status); }));
  TRY(check(found));
  return pidAndStatus(found, status);
}

Result<Ref<>> secondsResult(const timeval& t) {
  return floatObject(static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec));
}

// resource.struct_rusage, the type that the resource module owns.
Result<Ref<>> usageResult(const rusage& usage) {
  Ref<> type = TRY(importAttr("resource", "struct_rusage"));
  if (!isInstanceOf(type, &PyType_Type))
    return raise(PyExc_TypeError, "resource.struct_rusage is not a type");
  Ref<TupleObject> out = TRY(structSeqNew(static_cast<PyTypeObject*>(type.get())));
  structSeqSet(out, 0, TRY(secondsResult(usage.ru_utime)));
  structSeqSet(out, 1, TRY(secondsResult(usage.ru_stime)));
  const long counts[] = {usage.ru_maxrss,  usage.ru_ixrss,  usage.ru_idrss,  usage.ru_isrss,
                         usage.ru_minflt,  usage.ru_majflt, usage.ru_nswap,  usage.ru_inblock,
                         usage.ru_oublock, usage.ru_msgsnd, usage.ru_msgrcv, usage.ru_nsignals,
                         usage.ru_nvcsw,   usage.ru_nivcsw};
  for (int i = 0; i < 14; i++) structSeqSet(out, 2 + i, TRY(intResult(counts[i])));
  return out;
}
Result<Ref<>> osWait4(CInt pid, int options) {
  int status = 0;
  rusage usage{};
  long found = TRY(retry([&] { return wait4(pid, &status, options, &usage); }));
  TRY(check(found));
  return tupleResult(TRY(intResult(found)), TRY(intResult(status)), TRY(usageResult(usage)));
}
Result<Ref<>> osWait3(int options) { return osWait4(-1, options); }

Result<Ref<>> osWaitid(int idtype, int id, int options) {
  siginfo_t info{};
  TRY(check(TRY(
      retry([&] { return waitid(static_cast<idtype_t>(idtype), static_cast<id_t>(id), &info, options); }))));
  if (info.si_pid == 0) return none();
  Ref<TupleObject> out = TRY(structSeqNew(g_waitid_result));
  structSeqSet(out, 0, TRY(intResult(info.si_pid)));
  structSeqSet(out, 1, TRY(intResult(info.si_uid)));
  structSeqSet(out, 2, TRY(intResult(info.si_signo)));
  structSeqSet(out, 3, TRY(intResult(info.si_status)));
  structSeqSet(out, 4, TRY(intResult(info.si_code)));
  return out;
}

bool osCoredump(int status) { return WCOREDUMP(status); }
bool osIfcontinued(int status) { return WIFCONTINUED(status); }
bool osIfstopped(int status) { return WIFSTOPPED(status); }
bool osIfsignaled(int status) { return WIFSIGNALED(status); }
bool osIfexited(int status) { return WIFEXITED(status); }
long osExitstatus(int status) { return WEXITSTATUS(status); }
long osTermsig(int status) { return WTERMSIG(status); }
long osStopsig(int status) { return WSTOPSIG(status); }

Result<long> osWaitstatusToExitcode(PyObject* status_object) {
  int status = TRY(asInt(status_object));
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  if (WIFSIGNALED(status)) return -WTERMSIG(status);
  if (WIFSTOPPED(status))
    return raise(PyExc_ValueError, "process stopped by delivery of signal %i", WSTOPSIG(status));
  return raise(PyExc_ValueError, "invalid wait status: %i", status);
}

}  // namespace

void runBeforeFork() {
  if (ForkHooks* hooks = forkHooks()) runHooks(hooks->before.get(), true);
}
void runForkHooks(bool in_child) {
  if (ForkHooks* hooks = forkHooks()) runHooks((in_child ? hooks->in_child : hooks->in_parent).get(), false);
}
void forgetForkHooks() { delete static_cast<ForkHooks*>(std::exchange(interpreter().fork_hooks, nullptr)); }

PyMethodDef kProcessMethods[] = {
    function<"register_at_fork($module, /, *, before=<unrepresentable>,\n                 "
             "after_in_child=<unrepresentable>,\n                 after_in_parent=<unrepresentable>)",
             osRegisterAtFork, "Register functions to run around fork().">,
    function<"fork($module, /)", osFork, "Make a child process; 0 in the child.">,
    function<"forkpty($module, /)", osForkpty, "fork() with a new pseudo terminal.">,
    function<"execv($module, path, argv, /)", osExecv, "Replace this process by a program.">,
    function<"execve($module, /, path, argv, env)", osExecve,
             "Replace this process by a program with an environment.">,
    function<"_exit($module, /, status)", osExit, "Leave at once, without clean-up.">,
    function<"abort($module, /)", osAbort, "Die with SIGABRT.">,
    function<"system($module, /, command)", osSystem, "Run a shell command.">,
    function<"kill($module, pid, signal, /)", osKill, "Send a signal to a process.">,
    function<"killpg($module, pgid, signal, /)", osKillpg, "Send a signal to a process group.">,
    function<"pidfd_open($module, /, pid, flags=0)", osPidfdOpen, "A descriptor that stands for a process.">,
    function<"waitpid($module, pid, options, /)", osWaitpid, "Wait for a child: (pid, status).">,
    function<"wait($module, /)", osWait, "Wait for any child: (pid, status).">,
    function<"wait3($module, /, options)", osWait3, "Wait for any child: (pid, status, usage).">,
    function<"wait4($module, /, pid, options)", osWait4, "Wait for a child: (pid, status, usage).">,
    function<"waitid($module, idtype, id, options, /)", osWaitid, "Wait for children to change state.">,
    function<"WCOREDUMP($module, status, /)", osCoredump, "Whether a core file was written.">,
    function<"WIFCONTINUED($module, /, status)", osIfcontinued, "Whether the process was continued.">,
    function<"WIFSTOPPED($module, /, status)", osIfstopped, "Whether the process was stopped.">,
    function<"WIFSIGNALED($module, /, status)", osIfsignaled, "Whether a signal ended the process.">,
    function<"WIFEXITED($module, /, status)", osIfexited, "Whether the process exited.">,
    function<"WEXITSTATUS($module, /, status)", osExitstatus, "The exit status.">,
    function<"WTERMSIG($module, /, status)", osTermsig, "The signal that ended the process.">,
    function<"WSTOPSIG($module, /, status)", osStopsig, "The signal that stopped the process.">,
    function<"waitstatus_to_exitcode($module, /, status)", osWaitstatusToExitcode,
             "Exit code, or minus the signal.">,
    {}};

}  // namespace krait::modules::posix
