// _posixsubprocess: fork_exec(), the making of a child process that runs a program.
//
// Everything that allocates happens before the fork; the child (Child, below) uses only async-signal-safe
// calls, since it may share the parent's memory (vfork) or have been forked from one thread of many. What
// goes wrong in the child is written to the error pipe as "OSError:<errno in hex>:<noexec or nothing>" or
// "SubprocessError:0:<message>".
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "core/call.h"
#include "core/gc.h"
#include "core/interpreter.h"
#include "core/native.h"
#include "core/scratch.h"
#include "core/thread.h"
#include "modules/c_args.h"
#include "modules/import_lock.h"
#include "modules/posix/fork_hooks.h"
#include "modules/posix/posix.h"
#include "modules/posix/strings.h"
#include "types/list.h"
#include "types/module.h"

extern "C" char** environ;

namespace krait::modules {
namespace {

using posix::StringVector;

// --- what the child has to do ------------------------------------------------------------------------------

struct Order {
  char* const* exec_array;
  char* const* argv;  // null: none given
  char* const* envp;  // null: inherit
  const char* cwd;    // null: stay
  const int* keep;    // ascending descriptors that survive
  size_t keep_count;
  const gid_t* groups;
  size_t group_count;
  bool set_groups, set_gid, set_uid;
  gid_t gid;
  uid_t uid;
  int p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write;
  bool close_fds, restore_signals, new_session;
  int process_group;            // -1: stay
  int umask;                    // -1: keep
  PyObject* preexec;            // None: nothing to call
  const sigset_t* signal_mask;  // to be restored after vfork; null: untouched
};

// The child's side. Each step answers false with errno set.
class Child {
 public:
  explicit Child(const Order& order) : order_(order) {}

  [[noreturn]] void run() {
    if (!prepare()) reportErrno(errno, "noexec");
    if (order_.preexec != Py_None && call(order_.preexec).failed()) {
      clearPending();
      report("SubprocessError:0:Exception occurred in preexec_fn.");
    }
    if (order_.close_fds) closeOthers();
    reportErrno(execAny(), "");
  }

 private:
  bool prepare() {
    return keepDescriptors() && closeParentEnds() && installStdio() && changeState() && restoreSignals() &&
           changeIdentity();
  }

  static bool setInheritable(int fd) {
    int flags = fcntl(fd, F_GETFD);
    if (flags < 0) return false;
    return !(flags & FD_CLOEXEC) || fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC) == 0;
  }

  bool keepDescriptors() {
    for (size_t i = 0; i < order_.keep_count; i++) {
      if (order_.keep[i] != order_.errpipe_write && !setInheritable(order_.keep[i])) return false;
    }
    return true;
  }

  bool closeParentEnds() {
    for (int fd : {order_.p2cwrite, order_.c2pread, order_.errread}) {
      if (fd != -1 && close(fd) != 0) return false;
    }
    return close(order_.errpipe_read) == 0;
  }

  // Moves a descriptor out of the way of a standard one that is installed before it.
  static bool moveAbove(int& fd, int lowest) {
    while (fd >= 0 && fd < lowest) {
      fd = dup(fd);
      if (fd < 0) return false;
    }
    return true;
  }
  static bool install(int fd, int standard) {
    if (fd == standard) return setInheritable(fd);
    return fd == -1 || dup2(fd, standard) >= 0;
  }
  bool installStdio() {
    if (!moveAbove(order_.c2pwrite, 1) || !moveAbove(order_.errwrite, 2)) return false;
    return install(order_.p2cread, 0) && install(order_.c2pwrite, 1) && install(order_.errwrite, 2);
  }

  bool changeState() {
    if (order_.cwd && chdir(order_.cwd) == -1) return false;
    if (order_.umask >= 0) umask(static_cast<mode_t>(order_.umask));
    return true;
  }

  // With shared memory no handler of the parent may run here.
  static void dropHandlers(const sigset_t& mask) {
    for (int signum = 1; signum < NSIG; signum++) {
      struct sigaction action;
      if (signum == SIGKILL || signum == SIGSTOP || sigismember(&mask, signum) == 1) continue;
      if (sigaction(signum, nullptr, &action) == -1) continue;
      if (!(action.sa_flags & SA_SIGINFO) && (action.sa_handler == SIG_IGN || action.sa_handler == SIG_DFL))
        continue;
      setHandlerDefault(signum);
    }
  }
  static void setHandlerDefault(int signum) {
    struct sigaction action{};
    action.sa_handler = SIG_DFL;
    sigaction(signum, &action, nullptr);
  }
  bool restoreSignals() {
    if (order_.restore_signals) {
      setHandlerDefault(SIGPIPE);
      setHandlerDefault(SIGXFSZ);
    }
    if (!order_.signal_mask) return true;
    dropHandlers(*order_.signal_mask);
    errno = pthread_sigmask(SIG_SETMASK, order_.signal_mask, nullptr);
    return errno == 0;
  }

  bool changeIdentity() {
    if (order_.new_session && setsid() == -1) return false;
    if (order_.process_group >= 0 && setpgid(0, order_.process_group) == -1) return false;
    if (order_.set_groups && setgroups(order_.group_count, order_.groups) == -1) return false;
    if (order_.set_gid && setregid(order_.gid, order_.gid) == -1) return false;
    return !order_.set_uid || setreuid(order_.uid, order_.uid) == 0;
  }

  static void closeRange(unsigned first, unsigned last) {
    if (first > last || syscall(SYS_close_range, first, last, 0) == 0) return;
    long limit = sysconf(_SC_OPEN_MAX);
    if (limit < 0) limit = 256;
    for (unsigned fd = first; fd <= last && fd < static_cast<unsigned long>(limit); fd++)
      close(static_cast<int>(fd));
  }
  void closeOthers() {
    unsigned next = 3;
    for (size_t i = 0; i < order_.keep_count; i++) {
      auto kept = static_cast<unsigned>(order_.keep[i]);
      if (kept < next) continue;
      if (kept > next) closeRange(next, kept - 1);
      next = kept + 1;
    }
    closeRange(next, ~0u);
  }

  // The errno that explains best why no candidate could be executed.
  int execAny() {
    int saved = 0;
    for (char* const* candidate = order_.exec_array; *candidate; candidate++) {
      if (order_.envp)
        execve(*candidate, order_.argv, order_.envp);
      else
        execv(*candidate, order_.argv);
      if (errno != ENOENT && errno != ENOTDIR && saved == 0) saved = errno;
    }
    return saved ? saved : errno;
  }

  [[noreturn]] void report(const char* text) {
    writeAll(text);
    _exit(255);
  }
  [[noreturn]] void reportErrno(int error, const char* note) {
    char digits[12];
    char* at = digits + sizeof digits;
    *--at = '\0';
    for (unsigned rest = static_cast<unsigned>(error); rest || !at[0]; rest /= 16)
      *--at = "0123456789ABCDEF"[rest % 16];
    writeAll("OSError:");
    writeAll(at);
    writeAll(":");
    report(note);
  }
  void writeAll(const char* text) {
    size_t left = strlen(text);
    while (left > 0) {
      ssize_t written = write(order_.errpipe_write, text, left);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return;
      text += written;
      left -= static_cast<size_t>(written);
    }
  }

  Order order_;
};

// The stack frame of a vfork()ed child is the parent's: nothing else may stand here.
[[gnu::noinline]] pid_t startChild(const Order& order) {
  if (order.signal_mask) {
    pid_t pid = vfork();
    if (pid == 0) Child(order).run();
    if (pid != -1) return pid;
  }
  pid_t pid = fork();
  if (pid != 0) return pid;
  if (order.preexec != Py_None) {
    importLockAfterFork();
    threadAfterFork();
    importLockRelease();
    posix::runForkHooks(true);
  }
  Child(order).run();
}

// --- arguments ---------------------------------------------------------------------------------------------

Result<StringVector> bytesStrings(PyObject* sequence) {
  StringVector out;
  Py_ssize_t size = TRY(sequenceLength(sequence));
  for (Py_ssize_t i = 0; i < size; i++) {
    Ref<> item = TRY(sequenceGet(sequence, i));
    if (!isBytes(item)) return raise(PyExc_TypeError, "expected bytes, %.200s found", typeName(item));
    std::string_view text = cast<BytesObject>(item.get())->view();
    if (text.find('\0') != text.npos) return raise(PyExc_ValueError, "embedded null byte");
    TRY(out.add(TRY(scratchText(text))));
  }
  return out;
}

Result<std::string> pathText(PyObject* object) {
  Ref<> path = TRY(fsPathObject(object));
  if (isBytes(path)) return fsPath(path);
  Result<std::string> text = fsEncode(cast<StrObject>(path.get()));
  if (text.failed() && pendingMatches(PyExc_ValueError) && !pendingMatches(PyExc_UnicodeError)) {
    clearPending();
    return raise(PyExc_ValueError, "embedded null byte");
  }
  return text;
}

Result<StringVector> argumentStrings(PyObject* sequence) {
  Ref<> items = TRY(sequenceFast(sequence, "argv must be a tuple"));
  Py_ssize_t size = fastSize(items);
  StringVector out;
  for (Py_ssize_t i = 0; i < size; i++) {
    if (fastSize(items) != size) return raise(PyExc_RuntimeError, "args changed during iteration");
    Ref<> item = share(fastItems(items)[i]);
    TRY(out.add(TRY(pathText(item))));
  }
  return out;
}

Result<std::vector<int>> keptDescriptors(TupleObject* given) {
  std::vector<int> out;
  long previous = -1;
  for (Py_ssize_t i = 0; i < given->size(); i++) {
    long fd = -1;
    if (!isInt(given->at(i)) || !intFitsLong(cast<IntObject>(given->at(i)), &fd) || fd < 0 ||
        fd <= previous || fd > INT_MAX) {
      return raise(PyExc_ValueError, "bad value(s) in fds_to_keep");
    }
    TRY(pushMore(out, static_cast<int>(fd)));
    previous = fd;
  }
  return out;
}

Result<std::vector<gid_t>> groupIds(PyObject* given) {
  if (!isList(given)) return raise(PyExc_TypeError, "setgroups argument must be a list");
  auto* list = cast<ListObject>(given);
  if (list->size() > sysconf(_SC_NGROUPS_MAX)) return raise(PyExc_ValueError, "too many groups");
  std::vector<gid_t> out;
  for (Py_ssize_t i = 0; i < list->size(); i++) {
    Ref<> item = share(list->at(i));
    if (!isInt(item)) return raise(PyExc_TypeError, "groups must be integers");
    Result<unsigned> gid = posix::asUserId(item, "gid");
    if (gid.failed()) {
      clearPending();
      return raise(PyExc_ValueError, "invalid group id");
    }
    out.push_back(std::move(gid).take());
  }
  return out;
}

// No collection between fork and exec when Python code runs there.
class GcPaused {
 public:
  explicit GcPaused(bool wanted) : paused_(wanted && gcDisable()) {}
  ~GcPaused() {
    if (paused_) gcEnable();
  }
  GcPaused(const GcPaused&) = delete;

 private:
  bool paused_;
};

// Blocks all signals while parent and child share memory.
class SignalsBlocked {
 public:
  explicit SignalsBlocked(bool wanted) {
    if (!wanted) return;
    sigset_t all;
    sigfillset(&all);
    blocked_ = pthread_sigmask(SIG_BLOCK, &all, &former_) == 0;
  }
  ~SignalsBlocked() {
    int saved = errno;
    if (blocked_) pthread_sigmask(SIG_SETMASK, &former_, nullptr);
    errno = saved;
  }
  const sigset_t* former() const { return blocked_ ? &former_ : nullptr; }
  SignalsBlocked(const SignalsBlocked&) = delete;

 private:
  sigset_t former_;
  bool blocked_ = false;
};

Result<long> launch(Order& order, bool allow_vfork) {
  bool with_python = order.preexec != Py_None;
  if (with_python) {
    posix::runBeforeFork();
    importLockAcquire();
  }
  pid_t pid;
  int error;
  {
    SignalsBlocked blocked(!with_python && allow_vfork && !order.set_uid && !order.set_gid &&
                           !order.set_groups);
    order.signal_mask = blocked.former();
    pid = startChild(order);
    error = errno;
  }
  if (with_python) {
    importLockRelease();
    posix::runForkHooks(false);
  }
  if (pid == -1) return raiseErrno(error);
  return pid;
}

Result<long> forkExec(PyObject* args, PyObject* executable_list, bool close_fds, TupleObject* pass_fds,
                      PyObject* cwd, PyObject* env, CInt p2cread, CInt p2cwrite, CInt c2pread, CInt c2pwrite,
                      CInt errread, CInt errwrite, CInt errpipe_read, CInt errpipe_write,
                      CInt restore_signals, CInt call_setsid, CInt pgid_to_set, PyObject* gid,
                      PyObject* groups, PyObject* uid, CInt child_umask, PyObject* preexec_fn,
                      bool allow_vfork) {
  if (preexec_fn != Py_None && interpreter().id != 0)
    return raise(PyExc_RuntimeError, "preexec_fn not supported within subinterpreters");
  Order order{.p2cread = p2cread.value,
              .p2cwrite = p2cwrite.value,
              .c2pread = c2pread.value,
              .c2pwrite = c2pwrite.value,
              .errread = errread.value,
              .errwrite = errwrite.value,
              .errpipe_read = errpipe_read.value,
              .errpipe_write = errpipe_write.value,
              .close_fds = close_fds,
              .restore_signals = restore_signals.value != 0,
              .new_session = call_setsid.value != 0,
              .process_group = pgid_to_set.value,
              .umask = child_umask.value,
              .preexec = preexec_fn};
  if (close_fds && order.errpipe_write < 3) return raise(PyExc_ValueError, "errpipe_write must be >= 3");
  if (interpreter().isolated)
    return raise(PyExc_RuntimeError, "subprocess not supported for isolated subinterpreters");
  std::vector<int> keep = TRY(keptDescriptors(pass_fds));
  order.keep = keep.data(), order.keep_count = keep.size();
  GcPaused paused(preexec_fn != Py_None);
  StringVector programs = TRY(bytesStrings(executable_list)), argv, environment;
  order.exec_array = TRY(programs.data());
  if (args != Py_None) argv = TRY(argumentStrings(args)), order.argv = TRY(argv.data());
  if (env != Py_None) environment = TRY(bytesStrings(env)), order.envp = TRY(environment.data());
  std::string folder;
  if (cwd != Py_None) folder = TRY(pathText(cwd)), order.cwd = folder.c_str();
  std::vector<gid_t> group_ids;
  if (groups != Py_None) {
    group_ids = TRY(groupIds(groups));
    order.set_groups = true, order.groups = group_ids.data(), order.group_count = group_ids.size();
  }
  if (gid != Py_None) order.gid = TRY(posix::asUserId(gid, "gid")), order.set_gid = true;
  if (uid != Py_None) order.uid = TRY(posix::asUserId(uid, "uid")), order.set_uid = true;
  return launch(order, allow_vfork);
}

constinit PyMethodDef kMethods[] = {
    function<"!%%fork_exec(args, executable_list, close_fds, pass_fds, cwd, env, p2cread, p2cwrite, c2pread, "
             "c2pwrite, errread, errwrite, errpipe_read, errpipe_write, restore_signals, call_setsid, "
             "pgid_to_set, gid, groups_list, uid, child_umask, preexec_fn, allow_vfork, /)",
             forkExec,
             "fork_exec(args, executable_list, close_fds, pass_fds, cwd, env,\n          p2cread, p2cwrite, "
             "c2pread, c2pwrite,\n"
             "          errread, errwrite, errpipe_read, errpipe_write,\n          restore_signals, "
             "call_setsid, pgid_to_set,\n"
             "          gid, groups_list, uid,\n          preexec_fn)\n\n"
             "Start a child process that executes the first program of executable_list that exists; returns "
             "its id.">,
    {}};

Status subprocessExec(PyObject*) { return {}; }

constinit PyModuleDef kModule =
    moduleDef<"_posixsubprocess", subprocessExec>(kMethods, "Starting of child processes for subprocess.");

}  // namespace

PyObject* initPosixsubprocess() { return moduleDefInit(&kModule); }

}  // namespace krait::modules
