#include "modules/posix/posix.h"

#include <unistd.h>

#include <climits>
#include <cstring>

#include "core/native_order.h"
#include "core/scratch.h"
#include "types/bare_type_name.h"
#include "types/bool.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/list.h"

extern "C" char** environ;

namespace krait {

Result<modules::posix::DeviceId> ArgFrom<modules::posix::DeviceId>::from(PyObject* o, const ArgContext&) {
  if (isInt(o) && cast<IntObject>(o)->isNegative())
    return raise(PyExc_OverflowError, "can't convert negative int to unsigned");
  if (isInt(o) && intBitCount(cast<IntObject>(o)) > 64)
    return raise(PyExc_OverflowError, "int too big to convert");
  return modules::posix::DeviceId{static_cast<dev_t>(TRY(asUnsignedLong(o)))};
}

Result<modules::posix::DirFd> ArgFrom<modules::posix::DirFd>::from(PyObject* o, const ArgContext&) {
  if (o == Py_None) return modules::posix::DirFd{};
  if (!isIndex(o))
    return raise(PyExc_TypeError, "argument should be integer or None, not %.200s", typeName(o));
  return modules::posix::DirFd{TRY(asInt(o))};
}

namespace modules {
namespace posix {
namespace {

const char* wantedText(int kinds) {
  switch (kinds) {
    case kOrFd: return "string, bytes, os.PathLike or integer";
    case kOrNone: return "string, bytes, os.PathLike or None";
    case kOrFd | kOrNone: return "string, bytes, os.PathLike, integer or None";
    default: return "string, bytes or os.PathLike";
  }
}

Raised raiseBadPath(const ArgContext& where, int kinds, PyObject* object) {
  return raise(PyExc_TypeError, "%s: %s should be %s, not %.200s", where.function,
               where.name ? where.name : "path", wantedText(kinds), bareTypeName(object));
}

// A str or bytes; absent for what can be no path. Other buffers are deprecated.
Result<MaybeRef<>> pathOrAbsent(PyObject* object, const ArgContext& where, int kinds) {
  if (isStr(object) || isBytes(object)) return MaybeRef<>(share(object));
  if (hasBuffer(object)) {
    TRY(warn(PyExc_DeprecationWarning, 1, "%s: %s should be %s, not %.200s", where.function,
             where.name ? where.name : "path", wantedText(kinds), bareTypeName(object)));
    return MaybeRef<>(TRY(bytesFromObject(object)));
  }
  MaybeRef<> method = TRY(lookupSpecial(object, name<"__fspath__">()));
  if (!method) return MaybeRef<>();
  return MaybeRef<>(TRY(fsPathObject(object)));
}

Result<int> descriptorOf(PyObject* object) {
  Ref<IntObject> number = TRY(numberIndex(object));
  int overflow;
  long value = intAsLongAndOverflow(number, &overflow);
  if (overflow > 0 || value > INT_MAX) return raise(PyExc_OverflowError, "fd is greater than maximum");
  if (overflow < 0 || value < INT_MIN) return raise(PyExc_OverflowError, "fd is less than minimum");
  return static_cast<int>(value);
}

}  // namespace

Result<Path> convertPath(PyObject* object, const ArgContext& where, int kinds) {
  Path path;
  if (object == Py_None && (kinds & kOrNone)) {
    path.text = ".";
    path.absent = true;
    return path;
  }
  bool is_buffer = hasBuffer(object);
  if ((kinds & kOrFd) && isIndex(object) && !is_buffer) {
    path.object = object;
    path.fd = TRY(descriptorOf(object));
    path.is_number = true;
    return path;
  }
  MaybeRef<> made = TRY(pathOrAbsent(object, where, kinds));
  if (!made) return raiseBadPath(where, kinds, object);
  PyObject* given = made.get();
  path.object = is_buffer ? object : given;
  path.made = std::move(made);
  if (isStr(given)) {
    auto* text = cast<StrObject>(given);
    path.text = TRY(fsEncode(text));
    return path;
  }
  std::string_view bytes = cast<BytesObject>(given)->view();
  if (bytes.find('\0') != bytes.npos) {
    return raise(PyExc_ValueError, "%s: embedded null character in %s", where.function,
                 where.name ? where.name : "path");
  }
  path.text = TRY(scratchText(bytes));
  return path;
}

Result<int> asDescriptor(PyObject* object) {
  if (isInt(object)) {
    int fd = TRY(asInt(object));
    if (fd < 0) return raise(PyExc_ValueError, "file descriptor cannot be a negative integer (%i)", fd);
    return fd;
  }
  MaybeRef<> fileno = TRY(attrLookup(object, name<"fileno">()));
  if (!fileno) return raise(PyExc_TypeError, "argument must be an int, or have a fileno() method.");
  Ref<> answer = TRY(call(fileno.get()));
  if (!isInt(answer)) return raise(PyExc_TypeError, "fileno() returned a non-integer");
  int fd = TRY(asInt(answer));
  if (fd < 0) return raise(PyExc_ValueError, "file descriptor cannot be a negative integer (%i)", fd);
  return fd;
}

Result<unsigned> asUserId(PyObject* object, const char* what) {
  auto index = numberIndex(object);
  if (index.failed()) {
    clearPending();
    return raise(PyExc_TypeError, "%s should be integer, not %.200s", what, typeName(object));
  }
  Ref<IntObject> number = std::move(index).take();
  int overflow;
  long value = intAsLongAndOverflow(number, &overflow);
  if (overflow < 0 || value < -1) return raise(PyExc_OverflowError, "%s is less than minimum", what);
  if (overflow > 0 || value > 0xffffffffL)
    return raise(PyExc_OverflowError, "%s is greater than maximum", what);
  return static_cast<unsigned>(value);
}

Result<unsigned> asUnsignedInt(PyObject* object) {
  if (!isInt(object)) return raise(PyExc_TypeError, "an integer is required");
  auto* number = cast<IntObject>(object);
  if (number->isNegative()) return raise(PyExc_ValueError, "value must be positive");
  int overflow;
  long value = intAsLongAndOverflow(number, &overflow);
  if (overflow) return raise(PyExc_OverflowError, "Python int too large to convert to C unsigned long");
  if (value > UINT_MAX) return raise(PyExc_OverflowError, "Python int too large for C unsigned int");
  return static_cast<unsigned>(value);
}

Result<Ref<>> pathResult(const char* text, bool as_bytes) {
  if (as_bytes) return Ref<>(TRY(bytesFrom(text)));
  return Ref<>(TRY(fsDecode(text)));
}

namespace {

// os.environ's raw material: bytes to bytes.
Result<Ref<>> environment() {
  Ref<DictObject> dict = TRY(dictNew());
  for (char** entry = environ; entry && *entry; entry++) {
    std::string_view text = *entry;
    size_t equals = text.find('=');
    if (equals == text.npos) continue;
    Ref<BytesObject> key = TRY(bytesFrom(text.substr(0, equals)));
    Ref<BytesObject> value = TRY(bytesFrom(text.substr(equals + 1)));
    TRY(dictSetDefault(dict, key, value));
  }
  return dict;
}

constexpr const char* kHaveFunctions[] = {
    "HAVE_EVENTFD",      "HAVE_FACCESSAT", "HAVE_FCHDIR",    "HAVE_FCHMOD",    "HAVE_FCHMODAT",
    "HAVE_FCHOWN",       "HAVE_FCHOWNAT",  "HAVE_FEXECVE",   "HAVE_FDOPENDIR", "HAVE_FPATHCONF",
    "HAVE_FSTATAT",      "HAVE_FSTATVFS",  "HAVE_FTRUNCATE", "HAVE_FUTIMENS",  "HAVE_FUTIMES",
    "HAVE_FUTIMESAT",    "HAVE_LINKAT",    "HAVE_LCHOWN",    "HAVE_LSTAT",     "HAVE_LUTIMES",
    "HAVE_MEMFD_CREATE", "HAVE_MKDIRAT",   "HAVE_MKFIFOAT",  "HAVE_MKNODAT",   "HAVE_OPENAT",
    "HAVE_READLINKAT",   "HAVE_RENAMEAT",  "HAVE_SYMLINKAT", "HAVE_UNLINKAT",  "HAVE_UTIMENSAT"};

// The functions of all files, in CPython's order.
PyMethodDef* allFunctions() {
  static std::vector<PyMethodDef> all = mergedInOrder(
      {kFileMethods, kDirMethods, kDescriptorMethods, kProcessMethods, kIdMethods, kSystemMethods,
       kSpawnMethods, kStatMethods, kTransferMethods},
      "stat access ttyname chdir chmod fchmod chown fchown lchown chroot ctermid getcwd getcwdb link "
      "listdir lstat mkdir nice getpriority setpriority posix_spawn posix_spawnp readlink "
      "copy_file_range splice rename replace rmdir symlink system umask uname unlink remove utime "
      "times _exit execv execve fork register_at_fork sched_get_priority_max sched_get_priority_min "
      "sched_getparam sched_getscheduler sched_rr_get_interval sched_setparam sched_setscheduler "
      "sched_yield sched_setaffinity sched_getaffinity openpty login_tty forkpty getegid geteuid "
      "getgid getgrouplist getgroups getpid getpgrp getppid getuid getlogin kill killpg setuid seteuid "
      "setreuid setgid setegid setregid setgroups initgroups getpgid setpgrp wait wait3 wait4 waitid "
      "waitpid pidfd_open getsid setsid setpgid tcgetpgrp tcsetpgrp open close closerange "
      "device_encoding dup dup2 lockf lseek read readv pread preadv write writev pwrite pwritev "
      "sendfile fstat isatty pipe pipe2 mkfifo mknod major minor makedev ftruncate truncate "
      "posix_fallocate posix_fadvise putenv unsetenv strerror fchdir fsync sync fdatasync WCOREDUMP "
      "WIFCONTINUED WIFSTOPPED WIFSIGNALED WIFEXITED WEXITSTATUS WTERMSIG WSTOPSIG fstatvfs statvfs "
      "confstr sysconf fpathconf pathconf abort _path_normpath getloadavg urandom setresuid setresgid "
      "getresuid getresgid getxattr setxattr removexattr listxattr get_terminal_size cpu_count "
      "get_inheritable set_inheritable get_blocking set_blocking scandir fspath getrandom memfd_create "
      "eventfd eventfd_read eventfd_write waitstatus_to_exitcode");
  return all.data();
}

Status posixExec(PyObject* module) {
  TRY(moduleAdd(module, "environ", TRY(environment())));
  TRY(addConstants(module));
  TRY(moduleAdd(module, "error", share(PyExc_OSError)));
  TRY(addStructTypes(module));
  Ref<ListObject> have = TRY(listNew());
  for (const char* function_name : kHaveFunctions)
    TRY(listAppend(have, Ref<>(TRY(strLiteral(function_name)))));
  return moduleAdd(module, "_have_functions", std::move(have));
}

constinit PyModuleDef kPosixModule =
    moduleDef<"posix", posixExec>(nullptr, "System calls. Import os, which builds on this module, instead.");

}  // namespace
}  // namespace posix

PyObject* initPosix() {
  posix::kPosixModule.m_methods = posix::allFunctions();
  return moduleDefInit(&posix::kPosixModule);
}

}  // namespace modules
}  // namespace krait
