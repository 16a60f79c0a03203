// The posix module: argument kinds and helpers that its files share. One table of functions per file.
#pragma once

#include <fcntl.h>
#include <sys/types.h>

#include <cerrno>
#include <string>

#include "core/buffer.h"
#include "core/call.h"
#include "core/native.h"
#include "core/thread.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace krait::modules::posix {

// A path argument. `object` is its str or bytes (for errors), or the int of an open descriptor when the
// function takes one: borrowed from the argument, or from `made` when a path object answered it.
struct Path {
  std::string text;
  int fd = -1;
  PyObject* object = nullptr;
  MaybeRef<> made;
  bool absent = false;     // None was given where that is allowed
  bool is_number = false;  // there is no text

  const char* c_str() const { return text.c_str(); }
  bool isFd() const { return fd != -1; }
  bool isMissing() const { return is_number && fd == -1; }  // -1 is no descriptor
  bool isNegative() const { return is_number && fd < 0; }
  bool wantsBytes() const { return object && hasBuffer(object); }
};
enum PathKinds { kPathOnly = 0, kOrFd = 1, kOrNone = 2 };
template <int Kinds>
struct PathArg : Path {};
Result<Path> convertPath(PyObject* object, const ArgContext& where, int kinds);

struct DirFd {
  int fd = AT_FDCWD;
};
struct Fd {  // an int, or an object with fileno()
  int fd;
};
Result<int> asDescriptor(PyObject* object);
struct Offset {
  int64_t value;
};
struct UserId {
  unsigned id;
};
struct GroupId {
  unsigned id;
};
struct DeviceId {
  dev_t id;
};
Result<unsigned> asUserId(PyObject* object, const char* what);
Result<unsigned> asUnsignedInt(PyObject* object);  // an int, no __index__

// Runs a system call without the GIL, again after EINTR (signal handlers run in between). -1: errno is set.
template <class F>
Result<long> retry(F&& system_call) {
  for (;;) {
    long result;
    int error;
    {
      WithoutGil released;
      result = system_call();
      error = errno;
    }
    errno = error;
    if (result != -1 || error != EINTR) return result;
    TRY(checkSignals());
  }
}
// Without the GIL, once.
template <class F>
auto unlocked(F&& system_call) {
  int error;
  auto result = [&] {
    WithoutGil released;
    auto r = system_call();
    error = errno;
    return r;
  }();
  errno = error;
  return result;
}
inline Raised raisePathError(const Path& path) { return raiseErrno(errno, path.object); }
// What the system says about a null path; the C library's functions may not be asked.
inline Raised raiseMissing(const Path& path) { return raiseErrno(EFAULT, path.object); }
inline Status checkPath(long status, const Path& path) {
  if (status == -1) return raisePathError(path);
  return {};
}
inline Status check(long status) {
  if (status == -1) return raiseErrno(errno);
  return {};
}
Result<Ref<>> pathResult(const char* text, bool as_bytes);  // str through the file system encoding, or bytes
inline Result<Ref<>> intResult(long value) { return Ref<>(TRY(intFromLong(value))); }
// Waits for child processes and such: a tuple of owned values.
template <class... R>
Result<Ref<>> tupleResult(R&&... items) {
  return Ref<>(TRY(tupleOf(items.get()...)));
}

// Struct sequence types, made by exec.
extern PyTypeObject *g_stat_result, *g_statvfs_result, *g_times_result, *g_uname_result, *g_terminal_size,
    *g_sched_param, *g_waitid_result, *g_dir_entry, *g_scandir_iterator;
struct stat_buffer;
Result<Ref<>> statResult(const struct stat& st);

extern PyMethodDef kFileMethods[], kDirMethods[], kDescriptorMethods[], kProcessMethods[], kIdMethods[],
    kSystemMethods[], kSpawnMethods[], kStatMethods[], kTransferMethods[];
Status addConstants(PyObject* module);
Status addStructTypes(PyObject* module);
Status addDirTypes(PyObject* module);

}  // namespace krait::modules::posix

namespace krait {

template <int Kinds>
struct ArgFrom<modules::posix::PathArg<Kinds>> {
  using T = modules::posix::PathArg<Kinds>;
  static Result<T> from(PyObject* o, const ArgContext& where) {
    return T{TRY(modules::posix::convertPath(o, where, Kinds))};
  }
  template <Text D>
  static T fallback() {
    T path;
    path.text = ".";
    path.absent = true;
    return path;
  }
};
template <>
struct ArgFrom<modules::posix::DirFd> {
  static Result<modules::posix::DirFd> from(PyObject* o, const ArgContext& where);
  template <Text D>
  static modules::posix::DirFd fallback() {
    return {};
  }
};
template <>
struct ArgFrom<modules::posix::Fd> {
  static Result<modules::posix::Fd> from(PyObject* o, const ArgContext&) {
    return modules::posix::Fd{TRY(modules::posix::asDescriptor(o))};
  }
};
template <>
struct ArgFrom<modules::posix::Offset> {
  static Result<modules::posix::Offset> from(PyObject* o, const ArgContext&) {
    return modules::posix::Offset{TRY(asLong(o))};
  }
};
template <>
struct ArgFrom<modules::posix::UserId> {
  static Result<modules::posix::UserId> from(PyObject* o, const ArgContext&) {
    return modules::posix::UserId{TRY(modules::posix::asUserId(o, "uid"))};
  }
};
template <>
struct ArgFrom<modules::posix::GroupId> {
  static Result<modules::posix::GroupId> from(PyObject* o, const ArgContext&) {
    return modules::posix::GroupId{TRY(modules::posix::asUserId(o, "gid"))};
  }
};
template <>
struct ArgFrom<modules::posix::DeviceId> {
  static Result<modules::posix::DeviceId> from(PyObject* o, const ArgContext&);
  template <Text D>
  static modules::posix::DeviceId fallback() {
    return {0};
  }
};

}  // namespace krait
