// Exports of fileutils.h and pycore_fileutils.h: text in the locale's encoding, and system calls that know
// the GIL.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <clocale>
#include <cstring>
#include <cwchar>
#include <string>

#include "capi/capi.h"
#include "capi/locale_codec.h"
#include "core/interpreter.h"
#include "core/memory.h"
#include "core/thread.h"
#include "types/str.h"

using namespace krait;

namespace {

// Retries a call that a signal interrupted, unless the signal's handler raises. -1: an exception is pending.
template <class F>
Py_ssize_t retried(F&& system_call, bool hold_gil) {
  for (;;) {
    Py_ssize_t answer;
    errno = 0;
    if (hold_gil) {
      answer = system_call();
    } else {
      WithoutGil unlocked;
      answer = system_call();
    }
    if (answer >= 0) return answer;
    int error = errno;
    if (error != EINTR) return (void)raiseErrno(error), -1;
    if (checkSignals().failed()) return -1;
  }
}

constexpr size_t kMaxTransfer = 0x7ffff000;  // what Linux moves in one call

int setInheritable(int fd, bool inheritable, bool raises) {
  int flags = fcntl(fd, F_GETFD);
  int wanted = inheritable ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC;
  if (flags >= 0 && (wanted == flags || fcntl(fd, F_SETFD, wanted) == 0)) return 0;
  if (raises) (void)raiseErrno();
  return -1;
}

FILE* openPath(PyObject* path, const char* mode) {
  auto opened = [&]() -> Result<FILE*> {
    TRY(audit("open", "Osi", path, mode, 0));
    std::string name = TRY(fsPath(path));
    FILE* file;
    int error;
    {
      WithoutGil unlocked;
      file = std::fopen(name.c_str(), mode);
      error = errno;
    }
    if (!file) return raiseErrno(error, path);
    return file;
  }();
  if (opened.failed()) return nullptr;
  FILE* file = std::move(opened).take();
  if (setInheritable(fileno(file), false, true) == 0) return file;
  std::fclose(file);
  return nullptr;
}

// In place: no empty, "." or resolvable ".." parts. Two leading slashes stay two.
class PathNormalizer {
 public:
  explicit PathNormalizer(std::wstring_view path) : path_(path) {}
  std::wstring run();

 private:
  void part(std::wstring_view name);

  std::wstring_view path_;
  std::wstring out_;
  size_t root_ = 0;  // length of the leading slashes in out_
};

void PathNormalizer::part(std::wstring_view name) {
  if (name.empty() || name == L".") return;
  if (name == L"..") {
    size_t slash = out_.rfind(L'/');
    size_t last = slash == std::wstring::npos || slash < root_ ? root_ : slash + 1;
    bool climbs = out_.size() > last && out_.substr(last) != L"..";
    if (climbs) return out_.resize(last > root_ ? last - 1 : root_);
    if (root_) return;
  }
  if (out_.size() > root_) out_ += L'/';
  out_ += name;
}

std::wstring PathNormalizer::run() {
  size_t slashes = std::min(path_.find_first_not_of(L'/'), path_.size());
  root_ = slashes == 2 ? 2 : slashes ? 1 : 0;
  out_.assign(root_, L'/');
  for (size_t at = slashes; at < path_.size();) {
    size_t end = std::min(path_.find(L'/', at), path_.size());
    part(path_.substr(at, end - at));
    at = end + 1;
  }
  return std::move(out_);
}

}  // namespace

// --- text ---

KR_EXPORT int _Py_GetErrorHandler(const char* errors) { return static_cast<int>(localeErrorsByName(errors)); }
KR_EXPORT int _Py_DecodeLocaleEx(const char* text, wchar_t** out, size_t* size, const char** reason,
                                 int current_locale, int errors) {
  WideAnswer answer = localeDecode(text, current_locale != 0, static_cast<LocaleErrors>(errors));
  if (answer.status == LocaleStatus::kBadText) {
    if (size) *size = answer.position;
    if (reason) *reason = answer.reason;
  }
  if (answer.status != LocaleStatus::kOk) return static_cast<int>(answer.status);
  auto* copy = static_cast<wchar_t*>(rawAlloc((answer.text.size() + 1) * sizeof(wchar_t)));
  if (!copy) return -1;
  std::wmemcpy(copy, answer.text.c_str(), answer.text.size() + 1);
  *out = copy;
  if (size) *size = answer.text.size();
  return 0;
}
KR_EXPORT int _Py_EncodeLocaleEx(const wchar_t* text, char** out, size_t* error_position, const char** reason,
                                 int current_locale, int errors) {
  NarrowAnswer answer = localeEncode(text, current_locale != 0, static_cast<LocaleErrors>(errors));
  if (answer.status == LocaleStatus::kBadText) {
    if (error_position) *error_position = answer.position;
    if (reason) *reason = answer.reason;
  }
  if (answer.status != LocaleStatus::kOk) return static_cast<int>(answer.status);
  auto* copy = static_cast<char*>(rawAlloc(answer.text.size() + 1));
  if (!copy) return -1;
  std::memcpy(copy, answer.text.c_str(), answer.text.size() + 1);
  *out = copy;
  return 0;
}
// On failure null: size is -1 for no memory, -2 for undecodable text.
KR_EXPORT wchar_t* Py_DecodeLocale(const char* text, size_t* size) {
  wchar_t* out = nullptr;
  size_t length = 0;
  int status =
      _Py_DecodeLocaleEx(text, &out, &length, nullptr, 0, static_cast<int>(LocaleErrors::kSurrogateEscape));
  if (size) *size = status == 0 ? length : static_cast<size_t>(status == -1 ? -1 : -2);
  return status == 0 ? out : nullptr;
}
// The same in PyMem memory.
KR_EXPORT char* Py_EncodeLocale(const wchar_t* text, size_t* error_position) {
  char* raw = nullptr;
  if (error_position) *error_position = static_cast<size_t>(-1);
  int status = _Py_EncodeLocaleEx(text, &raw, error_position, nullptr, 0,
                                  static_cast<int>(LocaleErrors::kSurrogateEscape));
  if (status != 0) return nullptr;
  size_t size = std::strlen(raw) + 1;
  auto* out = static_cast<char*>(memAlloc(size));
  if (out) std::memcpy(out, raw, size);
  rawFree(raw);
  return out;
}
KR_EXPORT char* _Py_SetLocaleFromEnv(int category) { return std::setlocale(category, ""); }

// `size` -1: the path ends with a NUL.
KR_EXPORT wchar_t* _Py_normpath(wchar_t* path, Py_ssize_t size) {
  if (!path[0] || size == 0) return path;
  std::wstring normal =
      PathNormalizer({path, size < 0 ? std::wcslen(path) : static_cast<size_t>(size)}).run();
  if (normal.empty()) normal = L".";
  std::wmemcpy(path, normal.c_str(), normal.size() + 1);
  return path;
}

// --- files ---

KR_EXPORT int _Py_open(const char* path, int flags) {
  if (audit("open", "sOi", path, Py_None, flags).failed()) return -1;
  int saved = 0;
  for (;;) {
    int fd;
    {
      WithoutGil unlocked;
      fd = open(path, flags | O_CLOEXEC, 0666);
      saved = errno;
    }
    if (fd >= 0) return fd;
    if (saved != EINTR) break;
    if (checkSignals().failed()) return -1;
  }
  auto name_text = fsDecode(path);
  if (name_text.failed()) return -1;
  auto held = std::move(name_text).take();
  return (void)raiseErrno(saved, held.get()), -1;
}
KR_EXPORT int _Py_open_noraise(const char* path, int flags) { return open(path, flags | O_CLOEXEC, 0666); }
KR_EXPORT Py_ssize_t _Py_read(int fd, void* out, size_t count) {
  return retried([&] { return read(fd, out, std::min(count, kMaxTransfer)); }, false);
}
KR_EXPORT Py_ssize_t _Py_write(int fd, const void* bytes, size_t count) {
  return retried([&] { return write(fd, bytes, std::min(count, kMaxTransfer)); }, false);
}
KR_EXPORT Py_ssize_t _Py_write_noraise(int fd, const void* bytes, size_t count) {
  Py_ssize_t written;
  do {
    errno = 0;
    written = write(fd, bytes, std::min(count, kMaxTransfer));
  } while (written < 0 && errno == EINTR);
  return written;
}
KR_EXPORT FILE* _Py_fopen_obj(PyObject* path, const char* mode) { return openPath(path, mode); }

KR_EXPORT int _Py_get_inheritable(int fd) {
  int flags = fcntl(fd, F_GETFD);
  if (flags < 0) return (void)raiseErrno(), -1;
  return !(flags & FD_CLOEXEC);
}
KR_EXPORT int _Py_set_inheritable(int fd, int inheritable, int*) {
  return setInheritable(fd, inheritable != 0, true);
}
KR_EXPORT int _Py_set_inheritable_async_safe(int fd, int inheritable, int*) {
  return setInheritable(fd, inheritable != 0, false);
}
KR_EXPORT int _Py_get_blocking(int fd) {
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0) return (void)raiseErrno(), -1;
  return !(flags & O_NONBLOCK);
}
KR_EXPORT int _Py_set_blocking(int fd, int blocking) {
  int flags = fcntl(fd, F_GETFL);
  int wanted = blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
  if (flags >= 0 && fcntl(fd, F_SETFL, wanted) == 0) return 0;
  return (void)raiseErrno(), -1;
}
KR_EXPORT int Py_FdIsInteractive(FILE* file, const char* name) {
  if (isatty(fileno(file))) return 1;
  if (!interpreter().config.interactive) return 0;
  return !name || std::strcmp(name, "<stdin>") == 0 || std::strcmp(name, "???") == 0;
}
