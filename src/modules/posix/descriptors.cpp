// Operations on open file descriptors; terminals and pipes.
#include <poll.h>
#include <pty.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <langinfo.h>

#include "core/interpreter.h"
#include "modules/c_args.h"
#include "modules/posix/posix.h"
#include "types/bool.h"
#include "types/struct_seq.h"

namespace krait::modules::posix {
namespace {

Status osClose(int fd) {
  int status = unlocked([&] { return close(fd); });
  if (status == -1 && errno != EINTR) return raiseErrno(errno);
  return {};
}
Status osCloserange(int low, int high) {
  WithoutGil released;
  if (low < high) {
    low = std::max(low, 0);
    if (close_range(static_cast<unsigned>(low), static_cast<unsigned>(high - 1), 0) == 0) return {};
    for (int fd = low; fd < high; fd++) close(fd);
  }
  return {};
}
Result<long> osDup(int fd) {
  long copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  TRY(check(copy));
  return copy;
}
Result<long> osDup2(int fd, int fd2, bool inheritable) {
  if (fd < 0 || fd2 < 0) {
    errno = EBADF;
    return raiseErrno(errno);
  }
  long status = unlocked([&] { return inheritable ? dup2(fd, fd2) : dup3(fd, fd2, O_CLOEXEC); });
  TRY(check(status));
  return fd2;
}

Result<Ref<>> osPipe() {
  int fds[2];
  TRY(check(unlocked([&] { return pipe2(fds, O_CLOEXEC); })));
  return tupleResult(TRY(intResult(fds[0])), TRY(intResult(fds[1])));
}
Result<Ref<>> osPipe2(int flags) {
  int fds[2];
  TRY(check(pipe2(fds, flags)));
  return tupleResult(TRY(intResult(fds[0])), TRY(intResult(fds[1])));
}

Result<Ref<>> osLseek(int fd, Offset position, int how) {
  off_t result = unlocked([&] { return lseek(fd, position.value, how); });
  TRY(check(result));
  return intResult(result);
}
bool osIsatty(int fd) {
  return unlocked([&] { return isatty(fd); }) != 0;
}
Status osFsync(Fd fd) {
  return check(TRY(retry([&] { return fsync(fd.fd); })));
}
Status osFdatasync(Fd fd) {
  return check(TRY(retry([&] { return fdatasync(fd.fd); })));
}
Status osLockf(int fd, int command, Offset length) {
  TRY(audit("os.lockf", "iiL", fd, command, static_cast<long long>(length.value)));
  return check(unlocked([&] { return lockf(fd, command, length.value); }));
}
Status checkCode(int error) {
  if (error) return raiseErrno(error);
  return {};
}
Status osFallocate(int fd, Offset offset, Offset length) {
  return checkCode(unlocked([&] { return posix_fallocate(fd, offset.value, length.value); }));
}
Status osFadvise(int fd, Offset offset, Offset length, int advice) {
  return checkCode(unlocked([&] { return posix_fadvise(fd, offset.value, length.value, advice); }));
}

Result<bool> osGetInheritable(int fd) {
  int flags = fcntl(fd, F_GETFD);
  TRY(check(flags));
  return !(flags & FD_CLOEXEC);
}
Status osSetInheritable(int fd, int inheritable) {
  int flags = fcntl(fd, F_GETFD);
  TRY(check(flags));
  int wanted = inheritable ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC;
  return wanted == flags ? Status{} : check(fcntl(fd, F_SETFD, wanted));
}
Result<bool> osGetBlocking(int fd) {
  int flags = fcntl(fd, F_GETFL);
  TRY(check(flags));
  return !(flags & O_NONBLOCK);
}
Status osSetBlocking(int fd, IntTruth blocking) {
  int flags = fcntl(fd, F_GETFL);
  TRY(check(flags));
  return check(fcntl(fd, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK));
}

Result<Ref<>> osDeviceEncoding(int fd) {
  if (!osIsatty(fd)) return none();
  if (interpreter().config.utf8_mode) return Ref<>(TRY(strLiteral("utf-8")));
  return Ref<>(TRY(strFromUtf8(nl_langinfo(CODESET))));
}

// --- terminals ---------------------------------------------------------------------------------------------

Result<Ref<>> osGetTerminalSize(std::optional<int> fd) {
  winsize size;
  TRY(check(ioctl(fd.value_or(STDOUT_FILENO), TIOCGWINSZ, &size)));
  Ref<TupleObject> out = TRY(structSeqNew(g_terminal_size));
  structSeqSet(out, 0, TRY(intResult(size.ws_col)));
  structSeqSet(out, 1, TRY(intResult(size.ws_row)));
  return out;
}
Result<Ref<>> osTtyname(int fd) {
  char text[4096];
  int error = ttyname_r(fd, text, sizeof text);
  if (error) return raiseErrno(error);
  return Ref<>(TRY(fsDecode(text)));
}
Result<Ref<>> osCtermid() {
  char text[L_ctermid + 1] = {};
  ctermid(text);
  return Ref<>(TRY(fsDecode(text)));
}
Result<long> osTcgetpgrp(int fd) {
  long group = tcgetpgrp(fd);
  TRY(check(group));
  return group;
}
Status osTcsetpgrp(int fd, CInt group) { return check(tcsetpgrp(fd, group)); }
Result<Ref<>> osOpenpty() {
  int master, slave;
  TRY(check(openpty(&master, &slave, nullptr, nullptr, nullptr)));
  fcntl(master, F_SETFD, FD_CLOEXEC);
  fcntl(slave, F_SETFD, FD_CLOEXEC);
  return tupleResult(TRY(intResult(master)), TRY(intResult(slave)));
}
Status osLoginTty(Fd fd) { return check(login_tty(fd.fd)); }

// --- special files -----------------------------------------------------------------------------------------

Result<long> osEventfd(Offset initval, int flags) {
  long fd = unlocked([&] { return eventfd(static_cast<unsigned>(initval.value), flags); });
  TRY(check(fd));
  return fd;
}
Result<Ref<>> osEventfdRead(Fd fd) {
  eventfd_t value;
  TRY(check(unlocked([&] { return eventfd_read(fd.fd, &value); })));
  return Ref<>(TRY(intFromUnsignedLong(value)));
}
Status osEventfdWrite(Fd fd, PyObject* value) {
  unsigned long number = TRY(asUnsignedLong(value));
  return check(unlocked([&] { return eventfd_write(fd.fd, number); }));
}
Result<long> osMemfdCreate(PathArg<kPathOnly> path, std::optional<int> flags) {
  long fd = unlocked(
      [&] { return memfd_create(path.c_str(), static_cast<unsigned>(flags.value_or(MFD_CLOEXEC))); });
  TRY(check(fd));
  return fd;
}

}  // namespace

PyMethodDef kDescriptorMethods[] = {
    function<"close($module, /, fd)", osClose, "Close a descriptor.">,
    function<"closerange($module, fd_low, fd_high, /)", osCloserange,
             "Close a range of descriptors, ignoring errors.">,
    function<"dup($module, fd, /)", osDup, "A copy of a descriptor that children do not inherit.">,
    function<"dup2($module, /, fd, fd2, inheritable=True)", osDup2, "Copy a descriptor to a given number.">,
    function<"pipe($module, /)", osPipe, "Make a pipe: (read end, write end).">,
    function<"pipe2($module, flags, /)", osPipe2, "Make a pipe with flags.">,
    function<"lseek($module, fd, position, how, /)", osLseek, "Move the position of a descriptor.">,
    function<"isatty($module, fd, /)", osIsatty, "Whether the descriptor is a terminal.">,
    function<"fsync($module, /, fd)", osFsync, "Write a file to disk.">,
    function<"fdatasync($module, /, fd)", osFdatasync, "Write a file's data to disk.">,
    function<"lockf($module, fd, command, length, /)", osLockf, "Lock a section of a file.">,
    function<"posix_fallocate($module, fd, offset, length, /)", osFallocate, "Reserve room for a file.">,
    function<"posix_fadvise($module, fd, offset, length, advice, /)", osFadvise,
             "Announce an access pattern.">,
    function<"get_inheritable($module, fd, /)", osGetInheritable, "Whether children inherit the descriptor.">,
    function<"set_inheritable($module, fd, inheritable, /)", osSetInheritable,
             "Set whether children inherit the descriptor.">,
    function<"get_blocking($module, fd, /)", osGetBlocking, "Whether the descriptor blocks.">,
    function<"set_blocking($module, fd, blocking, /)", osSetBlocking, "Set whether the descriptor blocks.">,
    function<"device_encoding($module, /, fd)", osDeviceEncoding, "Encoding of a terminal, or None.">,
    function<"get_terminal_size($module, fd=<unrepresentable>, /)", osGetTerminalSize,
             "Columns and lines of a terminal.">,
    function<"ttyname($module, fd, /)", osTtyname, "Name of a terminal.">,
    function<"ctermid($module, /)", osCtermid, "Name of the controlling terminal.">,
    function<"tcgetpgrp($module, fd, /)", osTcgetpgrp, "Foreground process group of a terminal.">,
    function<"tcsetpgrp($module, fd, pgid, /)", osTcsetpgrp,
             "Set the foreground process group of a terminal.">,
    function<"openpty($module, /)", osOpenpty, "Make a pseudo terminal: (master, slave).">,
    function<"login_tty($module, fd, /)", osLoginTty,
             "Make the terminal the controlling one and the standard streams.">,
    function<"eventfd($module, /, initval, flags=EFD_CLOEXEC)",
             +[](Offset initval, std::optional<int> flags) {
               return osEventfd(initval, flags.value_or(EFD_CLOEXEC));
             },
             "Make an event counter.">,
    function<"eventfd_read($module, /, fd)", osEventfdRead, "Read an event counter.">,
    function<"eventfd_write($module, /, fd, value)", osEventfdWrite, "Add to an event counter.">,
    function<"memfd_create($module, /, name, flags=MFD_CLOEXEC)", osMemfdCreate>,
    {}};

}  // namespace krait::modules::posix
