// stat, access, chmod, chown, utime, statvfs, truncate, pathconf and extended attributes.
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "modules/posix/posix.h"
#include "types/float.h"
#include "types/list.h"
#include "types/struct_seq.h"
#include "types/time_value.h"

namespace krait::modules::posix {
namespace {

Status refuseFdNoFollow(const char* function, const Path& path, bool follow) {
  if (path.fd >= 0 && !follow)
    return raise(PyExc_ValueError, "%s: cannot use fd and follow_symlinks together", function);
  return {};
}

Status refuseFdWith(const char* function, const Path& path, DirFd dir_fd, bool follow) {
  if (path.is_number && dir_fd.fd != AT_FDCWD)
    return raise(PyExc_ValueError, "%s: can't specify dir_fd without matching path", function);
  return refuseFdNoFollow(function, path, follow);
}

Result<Ref<>> doStat(const char* function, const Path& path, DirFd dir_fd, bool follow) {
  TRY(refuseFdWith(function, path, dir_fd, follow));
  if (path.isMissing()) return raiseMissing(path);
  struct stat st;
  int status = unlocked([&] {
    if (path.isFd()) return fstat(path.fd, &st);
    return fstatat(dir_fd.fd, path.c_str(), &st, follow ? 0 : AT_SYMLINK_NOFOLLOW);
  });
  TRY(checkPath(status, path));
  return statResult(st);
}
Result<Ref<>> osStat(PathArg<kOrFd> path, DirFd dir_fd, bool follow_symlinks) {
  return doStat("stat", path, dir_fd, follow_symlinks);
}
Result<Ref<>> osLstat(PathArg<kPathOnly> path, DirFd dir_fd) { return doStat("lstat", path, dir_fd, false); }

Result<Ref<>> osFstat(int fd) {
  struct stat st;
  TRY(check(TRY(retry([&] { return fstat(fd, &st); }))));
  return statResult(st);
}

Result<bool> osAccess(PathArg<kPathOnly> path, int mode, DirFd dir_fd, bool effective_ids,
                      bool follow_symlinks) {
  int flags = (effective_ids ? AT_EACCESS : 0) | (follow_symlinks ? 0 : AT_SYMLINK_NOFOLLOW);
  return unlocked([&] { return faccessat(dir_fd.fd, path.c_str(), mode, flags); }) == 0;
}

Status osChmod(PathArg<kOrFd> path, int mode, DirFd dir_fd, bool follow_symlinks) {
  TRY(audit("os.chmod", "Oii", path.object, mode, dir_fd.fd == AT_FDCWD ? -1 : dir_fd.fd));
  if (path.isMissing()) return raiseMissing(path);
  if (!follow_symlinks && !path.isFd()) {
    int status = unlocked(
        [&] { return fchmodat(dir_fd.fd, path.c_str(), static_cast<mode_t>(mode), AT_SYMLINK_NOFOLLOW); });
    if (status == -1 && (errno == ENOTSUP || errno == EOPNOTSUPP)) {
      return raise(PyExc_NotImplementedError, "chmod: follow_symlinks unavailable on this platform");
    }
    return checkPath(status, path);
  }
  return checkPath(unlocked([&] {
                     return path.isFd() ? fchmod(path.fd, static_cast<mode_t>(mode))
                                        : fchmodat(dir_fd.fd, path.c_str(), static_cast<mode_t>(mode), 0);
                   }),
                   path);
}
Status osFchmod(int fd, int mode) {
  TRY(audit("os.chmod", "iii", fd, mode, -1));
  return check(TRY(retry([&] { return fchmod(fd, static_cast<mode_t>(mode)); })));
}

Status osChown(PathArg<kOrFd> path, UserId uid, GroupId gid, DirFd dir_fd, bool follow_symlinks) {
  if (path.isFd() && dir_fd.fd != AT_FDCWD)
    return raise(PyExc_ValueError, "chown: can't specify both dir_fd and fd");
  TRY(refuseFdNoFollow("chown", path, follow_symlinks));
  TRY(audit("os.chown", "OIIi", path.object, uid.id, gid.id, dir_fd.fd == AT_FDCWD ? -1 : dir_fd.fd));
  if (path.isMissing()) return raiseMissing(path);
  return checkPath(unlocked([&] {
                     if (path.isFd()) return fchown(path.fd, uid.id, gid.id);
                     return fchownat(dir_fd.fd, path.c_str(), uid.id, gid.id,
                                     follow_symlinks ? 0 : AT_SYMLINK_NOFOLLOW);
                   }),
                   path);
}
Status osFchown(int fd, UserId uid, GroupId gid) {
  TRY(audit("os.chown", "iIIi", fd, uid.id, gid.id, -1));
  return check(TRY(retry([&] { return fchown(fd, uid.id, gid.id); })));
}
Status osLchown(PathArg<kPathOnly> path, UserId uid, GroupId gid) {
  TRY(audit("os.chown", "OIIi", path.object, uid.id, gid.id, -1));
  return checkPath(unlocked([&] { return lchown(path.c_str(), uid.id, gid.id); }), path);
}

// --- utime -------------------------------------------------------------------------------------------------

Result<timespec> timespecFromSeconds(PyObject* object) {
  TimeParts parts = TRY(timeToParts(object, kNsPerSecond, TimeRound::kFloor));
  return timespec{parts.seconds, parts.fraction};
}

Result<timespec> timespecFromNanoseconds(PyObject* object) {
  Ref<IntObject> billion = TRY(intFromLong(1000000000));
  Ref<> parts = TRY(numberDivmod(object, billion));
  if (!isTuple(parts) || cast<TupleObject>(parts.get())->size() != 2) {
    return raise(PyExc_TypeError, "%.200s.__divmod__() must return a 2-tuple, not %.200s", typeName(object),
                 typeName(parts));
  }
  auto* pair = cast<TupleObject>(parts.get());
  PyObject* seconds = pair->at(0);
  return timespec{TRY(isFloat(seconds) ? asLong(seconds) : timeToTimeT(seconds, TimeRound::kFloor)),
                  TRY(asLong(pair->at(1)))};
}

Result<bool> chooseTimes(PyObject* times, Opt<> ns, timespec out[2]) {
  if (times != Py_None && ns)
    return raise(PyExc_ValueError, "utime: you may specify either 'times' or 'ns' but not both");
  if (times == Py_None && !ns) return false;
  PyObject* pair = ns ? ns.get() : times;
  if (!isExactTuple(pair) || cast<TupleObject>(pair)->size() != 2) {
    return raise(PyExc_TypeError, ns ? "utime: 'ns' must be a tuple of two ints"
                                     : "utime: 'times' must be either a tuple of two ints or None");
  }
  for (int i = 0; i < 2; i++) {
    PyObject* item = cast<TupleObject>(pair)->at(i);
    out[i] = ns ? TRY(timespecFromNanoseconds(item)) : TRY(timespecFromSeconds(item));
  }
  return true;
}

Status osUtime(PathArg<kOrFd> path, PyObject* times, Opt<> ns, DirFd dir_fd, bool follow_symlinks) {
  TRY(audit("os.utime", "OOOi", path.object, times, ns.orElse(Py_None),
            dir_fd.fd == AT_FDCWD ? -1 : dir_fd.fd));
  timespec chosen[2];
  bool given = TRY(chooseTimes(times, ns, chosen));
  TRY(refuseFdWith("utime", path, dir_fd, follow_symlinks));
  // The C library itself refuses a null path here.
  if (path.isMissing() || (path.isNegative() && !follow_symlinks)) return raiseErrno(EINVAL);
  const timespec* values = given ? chosen : nullptr;
  return check(unlocked([&] {
    if (path.isFd()) return futimens(path.fd, values);
    return utimensat(dir_fd.fd, path.c_str(), values, follow_symlinks ? 0 : AT_SYMLINK_NOFOLLOW);
  }));
}

// --- file systems ------------------------------------------------------------------------------------------

Result<Ref<>> statvfsResult(const struct statvfs& st) {
  Ref<TupleObject> out = TRY(structSeqNew(g_statvfs_result));
  const unsigned long fields[] = {st.f_bsize, st.f_frsize, st.f_blocks, st.f_bfree,   st.f_bavail, st.f_files,
                                  st.f_ffree, st.f_favail, st.f_flag,   st.f_namemax, st.f_fsid};
  for (int i = 0; i < 11; i++) structSeqSet(out, i, Ref<>(TRY(intFromUnsignedLong(fields[i]))));
  return out;
}
Result<Ref<>> osStatvfs(PathArg<kOrFd> path) {
  if (path.isMissing()) return raiseMissing(path);
  struct statvfs st;
  TRY(checkPath(unlocked([&] { return path.isFd() ? fstatvfs(path.fd, &st) : statvfs(path.c_str(), &st); }),
                path));
  return statvfsResult(st);
}
Result<Ref<>> osFstatvfs(int fd) {
  struct statvfs st;
  TRY(check(TRY(retry([&] { return fstatvfs(fd, &st); }))));
  return statvfsResult(st);
}

Status osTruncate(PathArg<kOrFd> path, Offset length) {
  TRY(audit("os.truncate", "OL", path.object, static_cast<long long>(length.value)));
  if (path.isMissing()) return raiseMissing(path);
  if (path.isFd()) return check(TRY(retry([&] { return ftruncate(path.fd, length.value); })));
  return checkPath(TRY(retry([&] { return truncate(path.c_str(), length.value); })), path);
}
Status osFtruncate(int fd, Offset length) {
  TRY(audit("os.truncate", "iL", fd, static_cast<long long>(length.value)));
  return check(TRY(retry([&] { return ftruncate(fd, length.value); })));
}

// --- extended attributes -----------------------------------------------------------------------------------

Result<Ref<>> osGetxattr(PathArg<kOrFd> path, PathArg<kPathOnly> attribute, bool follow) {
  TRY(refuseFdNoFollow("getxattr", path, follow));
  TRY(audit("os.getxattr", "OO", path.object, attribute.object));
  if (path.isNegative()) return raiseMissing(path);
  std::string value(128, '\0');
  for (;;) {
    ssize_t n = unlocked([&] {
      if (path.isFd()) return fgetxattr(path.fd, attribute.c_str(), value.data(), value.size());
      return follow ? getxattr(path.c_str(), attribute.c_str(), value.data(), value.size())
                    : lgetxattr(path.c_str(), attribute.c_str(), value.data(), value.size());
    });
    if (n >= 0) return Ref<>(TRY(bytesFrom(std::string_view(value).substr(0, static_cast<size_t>(n)))));
    if (errno != ERANGE || value.size() > 65536) return raisePathError(path);
    value.resize(value.size() < 65536 ? 65536 : 131072);
  }
}
Status osSetxattr(PathArg<kOrFd> path, PathArg<kPathOnly> attribute, Buffer value, int flags, bool follow) {
  TRY(refuseFdNoFollow("setxattr", path, follow));
  TRY(audit("os.setxattr", "OOy#i", path.object, attribute.object, value.data(), value.size(), flags));
  if (path.isNegative()) return raiseMissing(path);
  auto size = static_cast<size_t>(value.size());
  return checkPath(unlocked([&] {
                     if (path.isFd()) return fsetxattr(path.fd, attribute.c_str(), value.data(), size, flags);
                     return follow ? setxattr(path.c_str(), attribute.c_str(), value.data(), size, flags)
                                   : lsetxattr(path.c_str(), attribute.c_str(), value.data(), size, flags);
                   }),
                   path);
}
Status osRemovexattr(PathArg<kOrFd> path, PathArg<kPathOnly> attribute, bool follow) {
  TRY(refuseFdNoFollow("removexattr", path, follow));
  TRY(audit("os.removexattr", "OO", path.object, attribute.object));
  if (path.isNegative()) return raiseMissing(path);
  return checkPath(unlocked([&] {
                     if (path.isFd()) return fremovexattr(path.fd, attribute.c_str());
                     return follow ? removexattr(path.c_str(), attribute.c_str())
                                   : lremovexattr(path.c_str(), attribute.c_str());
                   }),
                   path);
}
Result<Ref<>> osListxattr(PathArg<kOrFd | kOrNone> path, bool follow) {
  TRY(refuseFdNoFollow("listxattr", path, follow));
  std::string names(65536, '\0');
  const char* text = path.is_number ? "." : path.c_str();
  ssize_t n = unlocked([&] {
    if (path.fd >= 0) return flistxattr(path.fd, names.data(), names.size());
    return follow ? listxattr(text, names.data(), names.size())
                  : llistxattr(text, names.data(), names.size());
  });
  if (n < 0) return raisePathError(path);
  Ref<ListObject> list = TRY(listNew());
  for (size_t at = 0; at < static_cast<size_t>(n); at += std::strlen(names.c_str() + at) + 1) {
    TRY(listAppend(list, Ref<>(TRY(fsDecode(names.c_str() + at)))));
  }
  return list;
}

}  // namespace

PyMethodDef kStatMethods[] = {
    function<"stat($module, /, path, *, dir_fd=None, follow_symlinks=True)", osStat,
             "What the system knows about a file.">,
    function<"lstat($module, /, path, *, dir_fd=None)", osLstat,
             "stat() that does not follow a symbolic link.">,
    function<"fstat($module, /, fd)", osFstat, "stat() of an open descriptor.">,
    function<
        "access($module, /, path, mode, *, dir_fd=None, effective_ids=False,\n       follow_symlinks=True)",
        osAccess, "Whether the real user may access the path.">,
    function<"chmod($module, /, path, mode, *, dir_fd=None, follow_symlinks=True)", osChmod,
             "Change permissions.">,
    function<"fchmod($module, /, fd, mode)", osFchmod, "Change permissions of an open file.">,
    function<"chown($module, /, path, uid, gid, *, dir_fd=None, follow_symlinks=True)", osChown,
             "Change owner and group.">,
    function<"fchown($module, /, fd, uid, gid)", osFchown, "Change owner and group of an open file.">,
    function<"lchown($module, /, path, uid, gid)", osLchown, "Change owner and group of a link itself.">,
    function<"utime($module, /, path, times=None, *, ns=<unrepresentable>,\n      dir_fd=None, "
             "follow_symlinks=True)",
             osUtime, "Set access and modification times.">,
    function<"statvfs($module, /, path)", osStatvfs, "What the system knows about a file system.">,
    function<"fstatvfs($module, fd, /)", osFstatvfs, "statvfs() of an open descriptor.">,
    function<"truncate($module, /, path, length)", osTruncate, "Set a file's length.">,
    function<"ftruncate($module, fd, length, /)", osFtruncate, "Set an open file's length.">,
    function<"getxattr($module, /, path, attribute, *, follow_symlinks=True)", osGetxattr,
             "Value of an extended attribute.">,
    function<"setxattr($module, /, path, attribute, value, flags=0, *,\n         follow_symlinks=True)",
             osSetxattr, "Set an extended attribute.">,
    function<"removexattr($module, /, path, attribute, *, follow_symlinks=True)", osRemovexattr,
             "Remove an extended attribute.">,
    function<"listxattr($module, /, path=None, *, follow_symlinks=True)", osListxattr,
             "Names of the extended attributes.">,
    {}};

}  // namespace krait::modules::posix
