// fcntl: control of descriptors and record locks.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>

#include <cstring>

#include "core/native.h"
#include "core/thread.h"
#include "modules/c_args.h"
#include "modules/posix/posix.h"
#include "types/module.h"

namespace krait::modules {
namespace {

using posix::Fd;

constexpr Py_ssize_t kBufferSize = 1024;  // longest structure that is copied
struct CopyBuffer {
  char bytes[kBufferSize + 1];

  Status fill(std::string_view data, const char* function) {
    if (data.size() > size_t{kBufferSize}) return raise(PyExc_ValueError, "%s string arg too long", function);
    std::memcpy(bytes, data.data(), data.size());
    bytes[data.size()] = '\0';
    return {};
  }
};

// Objects whose memory can be lent without being released.
bool lendsMemory(PyObject* object) {
  PyBufferProcs* procs = typeOf(object)->tp_as_buffer;
  return procs && procs->bf_getbuffer && !procs->bf_releasebuffer;
}

Result<Ref<>> fcntlWithBytes(int fd, int command, std::string_view data) {
  CopyBuffer buffer;
  TRY(buffer.fill(data, "fcntl"));
  TRY(posix::check(TRY(posix::retry([&] { return ::fcntl(fd, command, buffer.bytes); }))));
  return Ref<>(TRY(bytesFrom({buffer.bytes, data.size()})));
}

Result<Ref<>> fcntlFcntl(Fd fd, int command, Opt<> arg) {
  TRY(audit("fcntl.fcntl", "iiO", fd.fd, command, arg.orElse(Py_None)));
  unsigned number = 0;
  if (arg && isStr(arg.get()))
    return fcntlWithBytes(fd.fd, command, TRY(strUtf8(cast<StrObject>(arg.get()))));
  if (arg && lendsMemory(arg.get())) {
    Buffer given = TRY(Buffer::acquire(arg.get()));
    return fcntlWithBytes(fd.fd, command,
                          {reinterpret_cast<const char*>(given.data()), static_cast<size_t>(given.size())});
  }
  if (arg) number = TRY(asCMask(arg.get()));
  long answer = TRY(posix::retry([&] { return ::fcntl(fd.fd, command, static_cast<int>(number)); }));
  TRY(posix::check(answer));
  return Ref<>(TRY(intFromLong(answer)));
}

// --- ioctl -------------------------------------------------------------------------------------------------

// A writable buffer, changed in place. Small ones are copied, since foreign code may resize them meanwhile.
Result<Ref<>> ioctlInPlace(int fd, unsigned request, Buffer given) {
  char* memory = reinterpret_cast<char*>(given.writableData());
  auto size = static_cast<size_t>(given.size());
  CopyBuffer buffer;
  bool small = given.size() <= kBufferSize;
  if (small) TRY(buffer.fill({memory, size}, "ioctl"));
  int answer = posix::unlocked([&] { return ::ioctl(fd, request, small ? buffer.bytes : memory); });
  int error = errno;
  if (small) std::memcpy(memory, buffer.bytes, size);
  if (answer < 0) return raiseErrno(error);
  return Ref<>(TRY(intFromLong(answer)));
}

Result<Ref<>> ioctlCopied(int fd, unsigned request, std::string_view data) {
  CopyBuffer buffer;
  TRY(buffer.fill(data, "ioctl"));
  int answer = posix::unlocked([&] { return ::ioctl(fd, request, buffer.bytes); });
  if (answer < 0) return raiseErrno(errno);
  return Ref<>(TRY(bytesFrom({buffer.bytes, data.size()})));
}

Result<Ref<>> fcntlIoctl(Fd fd, CMask request, Opt<> arg, bool mutate) {
  TRY(audit("fcntl.ioctl", "iIO", fd.fd, request.value, arg.orElse(Py_None)));
  if (arg && isStr(arg.get()))
    return ioctlCopied(fd.fd, request.value, TRY(strUtf8(cast<StrObject>(arg.get()))));
  if (arg && hasBuffer(arg.get())) {
    Result<Buffer> writable = Buffer::acquire(arg.get(), PyBUF_WRITABLE);
    bool is_writable = !writable.failed();
    if (!is_writable) clearPending();
    Buffer given = is_writable ? std::move(writable).take() : TRY(Buffer::acquire(arg.get()));
    if (is_writable && mutate) return ioctlInPlace(fd.fd, request.value, std::move(given));
    return ioctlCopied(fd.fd, request.value,
                       {reinterpret_cast<const char*>(given.data()), static_cast<size_t>(given.size())});
  }
  int number = arg ? TRY(asCInt(arg.get())) : 0;
  int answer = posix::unlocked([&] { return ::ioctl(fd.fd, request.value, number); });
  if (answer < 0) return raiseErrno(errno);
  return Ref<>(TRY(intFromLong(answer)));
}

// --- locks -------------------------------------------------------------------------------------------------

Status fcntlFlock(Fd fd, int operation) {
  TRY(audit("fcntl.flock", "ii", fd.fd, operation));
  return posix::check(TRY(posix::retry([&] { return ::flock(fd.fd, operation); })));
}

Result<short> lockKind(int command) {
  if (command == LOCK_UN) return F_UNLCK;
  if (command & LOCK_SH) return F_RDLCK;
  if (command & LOCK_EX) return F_WRLCK;
  return raise(PyExc_ValueError, "unrecognized lockf argument");
}

Status fcntlLockf(Fd fd, int command, Opt<> length, Opt<> start, int whence) {
  TRY(audit("fcntl.lockf", "iiOOi", fd.fd, command, length.orElse(Py_None), start.orElse(Py_None), whence));
  struct flock lock{};
  lock.l_type = TRY(lockKind(command));
  if (start) lock.l_start = TRY(asLong(start.get()));
  if (length) lock.l_len = TRY(asLong(length.get()));
  lock.l_whence = static_cast<short>(whence);
  return posix::check(
      TRY(posix::retry([&] { return ::fcntl(fd.fd, command & LOCK_NB ? F_SETLK : F_SETLKW, &lock); })));
}

constinit PyMethodDef kFcntlMethods[] = {
    function<"fcntl($module, fd, cmd, arg=0, /)", fcntlFcntl, "Perform a control operation on a descriptor.">,
    function<"ioctl($module, fd, request, arg=0, mutate_flag=True, /)", fcntlIoctl,
             "Perform a device operation on a descriptor.">,
    function<"flock($module, fd, operation, /)", fcntlFlock, "Lock or unlock a whole file.">,
    function<"lockf($module, fd, cmd, len=0, start=0, whence=0, /)", fcntlLockf,
             "Lock or unlock a part of a file.">,
    {}};

#define CONSTANT(name) {#name, name}
constexpr std::pair<const char*, long> kConstants[] = {
    CONSTANT(LOCK_SH),      CONSTANT(LOCK_EX),         CONSTANT(LOCK_NB),     CONSTANT(LOCK_UN),
    CONSTANT(LOCK_MAND),    CONSTANT(LOCK_READ),       CONSTANT(LOCK_WRITE),  CONSTANT(LOCK_RW),
    CONSTANT(F_DUPFD),      CONSTANT(F_DUPFD_CLOEXEC), CONSTANT(F_GETFD),     CONSTANT(F_SETFD),
    CONSTANT(F_GETFL),      CONSTANT(F_SETFL),         CONSTANT(F_GETLK),     CONSTANT(F_SETLK),
    CONSTANT(F_SETLKW),     CONSTANT(F_OFD_GETLK),     CONSTANT(F_OFD_SETLK), CONSTANT(F_OFD_SETLKW),
    CONSTANT(F_GETOWN),     CONSTANT(F_SETOWN),        CONSTANT(F_GETSIG),    CONSTANT(F_SETSIG),
    CONSTANT(F_RDLCK),      CONSTANT(F_WRLCK),         CONSTANT(F_UNLCK),     {"F_GETLK64", 5},
    {"F_SETLK64", 6},       {"F_SETLKW64", 7},         CONSTANT(FASYNC),      CONSTANT(F_SETLEASE),
    CONSTANT(F_GETLEASE),   CONSTANT(F_NOTIFY),        CONSTANT(F_EXLCK),     CONSTANT(F_SHLCK),
    CONSTANT(F_SETPIPE_SZ), CONSTANT(F_GETPIPE_SZ),    CONSTANT(FD_CLOEXEC),  CONSTANT(DN_ACCESS),
    CONSTANT(DN_MODIFY),    CONSTANT(DN_CREATE),       CONSTANT(DN_DELETE),   CONSTANT(DN_RENAME),
    CONSTANT(DN_ATTRIB),    CONSTANT(DN_MULTISHOT),    CONSTANT(F_ADD_SEALS), CONSTANT(F_GET_SEALS),
    CONSTANT(F_SEAL_SEAL),  CONSTANT(F_SEAL_SHRINK),   CONSTANT(F_SEAL_GROW), CONSTANT(F_SEAL_WRITE)};

Status fcntlExec(PyObject* module) {
  for (auto [constant, value] : kConstants) TRY(moduleAddInt(module, constant, value));
  return {};
}

constinit PyModuleDef kFcntlModule =
    moduleDef<"fcntl", fcntlExec>(kFcntlMethods, "Control of file descriptors.");

}  // namespace

PyObject* initFcntl() { return moduleDefInit(&kFcntlModule); }

}  // namespace krait::modules
