// Names in the file system: making, renaming, linking, removing.
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <climits>

#include "core/scratch.h"
#include "modules/posix/posix.h"
#include "types/bool.h"
#include "types/codecs.h"
#include "types/dict.h"

namespace krait::modules::posix {
namespace {

int auditFd(DirFd fd) { return fd.fd == AT_FDCWD ? -1 : fd.fd; }

Result<long> osOpen(PathArg<kPathOnly> path, int flags, int mode, DirFd dir_fd) {
  Ref<> no_mode = none();
  TRY(audit("open", "OOi", path.object, no_mode.get(), flags));
  long fd = TRY(retry([&] { return openat(dir_fd.fd, path.c_str(), flags | O_CLOEXEC, mode); }));
  TRY(checkPath(fd, path));
  return fd;
}

Status osMkdir(PathArg<kPathOnly> path, int mode, DirFd dir_fd) {
  TRY(audit("os.mkdir", "Oii", path.object, mode, auditFd(dir_fd)));
  return checkPath(unlocked([&] { return mkdirat(dir_fd.fd, path.c_str(), static_cast<mode_t>(mode)); }),
                   path);
}
Status osRmdir(PathArg<kPathOnly> path, DirFd dir_fd) {
  TRY(audit("os.rmdir", "Oi", path.object, auditFd(dir_fd)));
  return checkPath(unlocked([&] { return unlinkat(dir_fd.fd, path.c_str(), AT_REMOVEDIR); }), path);
}
Status osUnlink(PathArg<kPathOnly> path, DirFd dir_fd) {
  TRY(audit("os.remove", "Oi", path.object, auditFd(dir_fd)));
  return checkPath(unlocked([&] { return unlinkat(dir_fd.fd, path.c_str(), 0); }), path);
}
Status osMkfifo(PathArg<kPathOnly> path, int mode, DirFd dir_fd) {
  return checkPath(TRY(retry([&] { return mkfifoat(dir_fd.fd, path.c_str(), static_cast<mode_t>(mode)); })),
                   path);
}
Status osMknod(PathArg<kPathOnly> path, int mode, DeviceId device, DirFd dir_fd) {
  return checkPath(
      TRY(retry([&] { return mknodat(dir_fd.fd, path.c_str(), static_cast<mode_t>(mode), device.id); })),
      path);
}

Status renameAs(Path& src, Path& dst, DirFd src_dir, DirFd dst_dir) {
  TRY(audit("os.rename", "OOii", src.object, dst.object, auditFd(src_dir), auditFd(dst_dir)));
  int status = unlocked([&] { return renameat(src_dir.fd, src.c_str(), dst_dir.fd, dst.c_str()); });
  if (status == -1) return raiseErrno(errno, src.object, dst.object);
  return {};
}
Status osRename(PathArg<kPathOnly> src, PathArg<kPathOnly> dst, DirFd src_dir, DirFd dst_dir) {
  return renameAs(src, dst, src_dir, dst_dir);
}
Status osLink(PathArg<kPathOnly> src, PathArg<kPathOnly> dst, DirFd src_dir, DirFd dst_dir,
              bool follow_symlinks) {
  TRY(audit("os.link", "OOii", src.object, dst.object, auditFd(src_dir), auditFd(dst_dir)));
  int status = unlocked([&] {
    return linkat(src_dir.fd, src.c_str(), dst_dir.fd, dst.c_str(), follow_symlinks ? AT_SYMLINK_FOLLOW : 0);
  });
  if (status == -1) return raiseErrno(errno, src.object, dst.object);
  return {};
}
Status osSymlink(PathArg<kPathOnly> src, PathArg<kPathOnly> dst, bool, DirFd dir_fd) {
  TRY(audit("os.symlink", "OOi", src.object, dst.object, auditFd(dir_fd)));
  int status = unlocked([&] { return symlinkat(src.c_str(), dir_fd.fd, dst.c_str()); });
  if (status == -1) return raiseErrno(errno, src.object, dst.object);
  return {};
}
Result<Ref<>> osReadlink(PathArg<kPathOnly> path, DirFd dir_fd) {
  char target[PATH_MAX + 1];
  ssize_t n = unlocked([&] { return readlinkat(dir_fd.fd, path.c_str(), target, PATH_MAX); });
  TRY(checkPath(n, path));
  target[n] = 0;
  return pathResult(target, path.wantsBytes());
}

Status osChdir(PathArg<kOrFd> path) {
  TRY(audit("os.chdir", "O", path.object));
  if (path.isMissing()) return raiseMissing(path);
  return checkPath(unlocked([&] { return path.isFd() ? fchdir(path.fd) : chdir(path.c_str()); }), path);
}
Status osFchdir(Fd fd) {
  TRY(audit("os.chdir", "i", fd.fd));
  return check(TRY(retry([&] { return fchdir(fd.fd); })));
}
Status osChroot(PathArg<kPathOnly> path) {
  return checkPath(unlocked([&] { return chroot(path.c_str()); }), path);
}

Result<Ref<>> currentDirectory(bool as_bytes) {
  char* text = unlocked([] { return getcwd(nullptr, 0); });
  if (!text) return raiseErrno(errno);
  std::string copy = text;
  free(text);
  return pathResult(copy.c_str(), as_bytes);
}
Result<Ref<>> osGetcwd() { return currentDirectory(false); }
Result<Ref<>> osGetcwdb() { return currentDirectory(true); }

Result<Ref<>> osFspath(PyObject* path) { return fsPathObject(path); }

// A POSIX path without ".", ".." (as far as they cancel) and doubled slashes; two leading slashes are kept.
std::string normalise(std::string_view path) {
  std::string_view rest = path;
  size_t slashes = 0;
  while (slashes < rest.size() && rest[slashes] == '/') slashes++;
  std::string out;
  out.reserve(path.size() + 1);
  out = slashes == 2 ? "//" : slashes ? "/" : "";
  size_t root = out.size();
  rest.remove_prefix(slashes);
  while (!rest.empty()) {
    size_t end = std::min(rest.find('/'), rest.size());
    std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (part.empty() || part == ".") continue;
    size_t last = out.size() == root ? root : out.rfind('/') + 1 < root ? root : out.rfind('/') + 1;
    bool after_dots = out.size() > root && std::string_view(out).substr(last) == "..";
    if (part == ".." && !after_dots && (root > 0 || out.size() > root)) {
      if (out.size() > root) out.resize(last > root ? last - 1 : root);
      continue;
    }
    if (out.size() > root) out += '/';
    out += part;
  }
  return out;
}

Result<Ref<>> pathNormpath(PyObject* path) {
  if (!isStr(path)) return raise(PyExc_TypeError, "expected 'str', not '%.200s'", typeName(path));
  Ref<BytesObject> text = TRY(encodeUtf8(cast<StrObject>(path), "surrogatepass"));
  TRY(askForRoom(static_cast<size_t>(text->size()) + 1));
  std::string out = normalise(text->view());
  if (out.empty()) out = ".";
  return Ref<>(TRY(decodeUtf8(out, "surrogatepass")));
}

Result<long> osMajor(DeviceId device) { return static_cast<long>(major(device.id)); }
Result<long> osMinor(DeviceId device) { return static_cast<long>(minor(device.id)); }
Result<Ref<>> osMakedev(int major_number, int minor_number) {
  dev_t device = makedev(static_cast<unsigned>(major_number), static_cast<unsigned>(minor_number));
  return Ref<>(TRY(intFromLong(static_cast<long>(device))));
}
long osUmask(int mask) { return umask(static_cast<mode_t>(mask)); }
Status osSync() {
  WithoutGil released;
  sync();
  return {};
}

Result<int> confName(PyObject* name, std::span<const std::pair<const char*, int>> table) {
  if (isInt(name)) return asInt(name);
  if (!isStr(name)) return raise(PyExc_TypeError, "configuration names must be strings or integers");
  std::string_view text = TRY(strUtf8(cast<StrObject>(name)));
  for (auto [known, value] : table) {
    if (text == known) return value;
  }
  return raise(PyExc_ValueError, "unrecognized configuration name");
}

constexpr std::pair<const char*, int> kPathconfNames[] = {
#define NAME(name) {#name, _##name},
#include "modules/posix/pathconf_names.inc"
};
constexpr std::pair<const char*, int> kSysconfNames[] = {
#include "modules/posix/sysconf_names.inc"
};
constexpr std::pair<const char*, int> kConfstrNames[] = {
#include "modules/posix/confstr_names.inc"
#undef NAME
};

Result<long> osPathconf(PathArg<kOrFd> path, PyObject* name) {
  int option = TRY(confName(name, kPathconfNames));
  if (path.isMissing()) return raiseMissing(path);
  errno = 0;
  long limit = path.isFd() ? fpathconf(path.fd, option) : pathconf(path.c_str(), option);
  if (limit == -1 && errno != 0) return raisePathError(path);
  return limit;
}
Result<long> osFpathconf(Fd fd, PyObject* name) {
  int option = TRY(confName(name, kPathconfNames));
  errno = 0;
  long limit = fpathconf(fd.fd, option);
  if (limit == -1 && errno != 0) return raiseErrno(errno);
  return limit;
}
Result<long> osSysconf(PyObject* name) {
  int option = TRY(confName(name, kSysconfNames));
  errno = 0;
  long value = sysconf(option);
  if (value == -1 && errno != 0) return raiseErrno(errno);
  return value;
}
Result<Ref<>> osConfstr(PyObject* name) {
  int option = TRY(confName(name, kConfstrNames));
  errno = 0;
  size_t size = confstr(option, nullptr, 0);
  if (size == 0) {
    if (errno) return raiseErrno(errno);
    return none();
  }
  std::string text(size, '\0');
  confstr(option, text.data(), size);
  text.resize(size - 1);
  return Ref<>(TRY(fsDecode(text)));
}

}  // namespace

PyMethodDef kFileMethods[] = {
    function<"open($module, /, path, flags, mode=511, *, dir_fd=None)", osOpen,
             "Open a file; returns a descriptor that children do not inherit.">,
    function<"mkdir($module, /, path, mode=511, *, dir_fd=None)", osMkdir, "Make a directory.">,
    function<"rmdir($module, /, path, *, dir_fd=None)", osRmdir, "Remove an empty directory.">,
    function<"unlink($module, /, path, *, dir_fd=None)", osUnlink, "Remove a file.">,
    function<"remove($module, /, path, *, dir_fd=None)", osUnlink, "Remove a file.">,
    function<"mkfifo($module, /, path, mode=438, *, dir_fd=None)", osMkfifo, "Make a named pipe.">,
    function<"mknod($module, /, path, mode=384, device=0, *, dir_fd=None)", osMknod,
             "Make a file system node.">,
    function<"rename($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)", osRename,
             "Rename a file or directory.">,
    function<"replace($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)", osRename,
             "Rename, replacing the destination.">,
    function<"link($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None,\n     follow_symlinks=True)",
             osLink, "Make a hard link.">,
    function<"symlink($module, /, src, dst, target_is_directory=False, *, dir_fd=None)", osSymlink,
             "Make a symbolic link.">,
    function<"readlink($module, /, path, *, dir_fd=None)", osReadlink, "Where a symbolic link points.">,
    function<"chdir($module, /, path)", osChdir, "Change the working directory.">,
    function<"fchdir($module, /, fd)", osFchdir, "Change to the directory of a descriptor.">,
    function<"chroot($module, /, path)", osChroot, "Change the root directory.">,
    function<"getcwd($module, /)", osGetcwd, "The working directory.">,
    function<"getcwdb($module, /)", osGetcwdb, "The working directory as bytes.">,
    function<"fspath($module, /, path)", osFspath, "The str or bytes of a path object.">,
    function<"_path_normpath($module, /, path)", pathNormpath, "A path without redundant parts.">,
    function<"major($module, device, /)", osMajor, "Major number of a device.">,
    function<"minor($module, device, /)", osMinor, "Minor number of a device.">,
    function<"makedev($module, major, minor, /)", osMakedev, "A device number.">,
    function<"umask($module, mask, /)", osUmask, "Set the file mode mask; returns the old one.">,
    function<"sync($module, /)", osSync, "Write everything to disk.">,
    function<"pathconf($module, /, path, name)", osPathconf, "A limit of a file.">,
    function<"fpathconf($module, fd, name, /)", osFpathconf, "A limit of an open file.">,
    function<"sysconf($module, name, /)", osSysconf, "A limit of the system.">,
    function<"confstr($module, name, /)", osConfstr, "A string about the system.">,
    {}};

}  // namespace krait::modules::posix
