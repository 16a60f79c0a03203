// FileIO: a raw file over a descriptor.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/thread.h"
#include "modules/io/io.h"
#include "types/bool.h"

namespace krait::modules {
namespace {

struct FileIOObject : PyObject {
  int fd;  // -1: closed
  unsigned created : 1, readable : 1, writable : 1, appending : 1;
  signed seekable : 2;  // -1: not known yet
  unsigned closefd : 1;
  char finalizing;
  unsigned blksize;
  PyObject *weakreflist, *dict;
};
static_assert(sizeof(FileIOObject) == 48 && offsetof(FileIOObject, weakreflist) == 32);

constexpr size_t kMaxTransfer = 0x7ffff000;  // what one read or write call of Linux moves at most

Raised raiseClosed() { return raise(PyExc_ValueError, "I/O operation on closed file"); }
Raised raiseMode(const char* action) { return raise(unsupportedOperation(), "File not open for %s", action); }

// Runs a system call without the GIL, again after EINTR. -1: errno says why.
template <class F>
Result<ssize_t> retryCall(F&& system_call) {
  for (;;) {
    ssize_t n;
    int error;
    {
      WithoutGil released;
      errno = 0;
      n = system_call();
      error = errno;
    }
    if (n >= 0 || error != EINTR) {
      errno = error;
      return n;
    }
    TRY(checkSignals());
  }
}

Result<MaybeRef<>> fileName(FileIOObject* self) { return attrLookup(self, name<"name">()); }

// --- opening -----------------------------------------------------------------------------------------------

struct OpenMode {
  bool created = false, readable = false, writable = false, appending = false;
  int flags = 0;
};

Result<OpenMode> parseMode(StrObject* text) {
  OpenMode mode;
  int kinds = 0;
  bool plus = false;
  std::string_view chars = TRY(strUtf8(text));
  for (char c : chars) {
    switch (c) {
      case 'x': kinds++, mode.created = mode.writable = true, mode.flags |= O_EXCL | O_CREAT; break;
      case 'r': kinds++, mode.readable = true; break;
      case 'w': kinds++, mode.writable = true, mode.flags |= O_CREAT | O_TRUNC; break;
      case 'a': kinds++, mode.writable = mode.appending = true, mode.flags |= O_APPEND | O_CREAT; break;
      case 'b': break;
      case '+':
        if (plus) kinds = 2;
        plus = true;
        break;
      default: return raise(PyExc_ValueError, "invalid mode: %.200s", chars.data());
    }
  }
  if (kinds != 1) {
    return raise(PyExc_ValueError,
                 "Must have exactly one of create/read/write/append mode and at most one plus");
  }
  if (plus) mode.readable = mode.writable = true;
  mode.flags |= mode.readable && mode.writable ? O_RDWR : mode.readable ? O_RDONLY : O_WRONLY;
  mode.flags |= O_CLOEXEC;
  return mode;
}

Status closeDescriptor(FileIOObject* self) {
  int fd = std::exchange(self->fd, -1);
  if (fd < 0) return {};
  int status, error;
  {
    WithoutGil released;
    status = close(fd);
    error = errno;
  }
  if (status < 0 && error != EINTR) return raiseErrno(error);
  return {};
}

Result<int> openWithOpener(PyObject* file, int flags, PyObject* opener) {
  Ref<IntObject> flag_object = TRY(intFromLong(flags));
  Ref<> answer = TRY(call(opener, file, flag_object.get()));
  if (!isInt(answer)) return raise(PyExc_TypeError, "expected integer from opener");
  int fd = TRY(asInt(answer));
  if (fd < 0) return raise(PyExc_ValueError, "opener returned %d", fd);
  if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) return raiseErrno();
  return fd;
}

Result<int> openPath(PyObject* file, int flags) {
  std::string path = TRY(fsPath(file));
  ssize_t fd = TRY(retryCall([&] { return open(path.c_str(), flags, 0666); }));
  if (fd < 0) return raiseErrno(file);
  return static_cast<int>(fd);
}

// A descriptor given as a number: -1 when `file` does not convert to a C int, and then it has to be a path.
Result<int> givenDescriptor(PyObject* file) {
  if (isStr(file) || isBytes(file)) return -1;
  Result<int> fd = asInt(file);
  if (fd.failed()) {
    clearPending();
    return -1;
  }
  int given = std::move(fd).take();
  if (given < 0) return raise(PyExc_ValueError, "negative file descriptor");
  return given;
}

Status checkOpened(FileIOObject* self, PyObject* file) {
  struct stat st;
  if (fstat(self->fd, &st) != 0) {
    if (errno == EBADF) return raiseErrno(errno);
    return {};
  }
  if (S_ISDIR(st.st_mode)) return raiseErrno(EISDIR, file);
  self->blksize = st.st_blksize > 1 ? static_cast<unsigned>(st.st_blksize) : kDefaultBufferSize;
  return {};
}

Status openInto(FileIOObject* self, PyObject* file, int given, const OpenMode& mode, bool closefd,
                Opt<> opener) {
  self->created = mode.created, self->readable = mode.readable;
  self->writable = mode.writable, self->appending = mode.appending;
  if (given >= 0) {
    self->fd = given;
    self->closefd = closefd;
  } else {
    if (!closefd) return raise(PyExc_ValueError, "Cannot use closefd=False with file name");
    self->closefd = 1;
    bool has_opener = opener && opener.get() != Py_None;
    self->fd =
        has_opener ? TRY(openWithOpener(file, mode.flags, opener.get())) : TRY(openPath(file, mode.flags));
  }
  TRY(checkOpened(self, file));
  TRY(attrSet(self, "name", file));
  if (mode.appending) lseek(self->fd, 0, SEEK_END);
  return {};
}

Status fileInit(FileIOObject* self, PyObject* file, Opt<StrObject> mode, IntTruth closefd, Opt<> opener) {
  if (self->fd >= 0) {
    if (self->closefd)
      TRY(closeDescriptor(self));
    else
      self->fd = -1;
  }
  int given = TRY(givenDescriptor(file));
  Ref<StrObject> default_mode = TRY(strLiteral("r"));
  StrObject* mode_text = mode ? mode.get() : default_mode.get();
  OpenMode parsed = TRY(parseMode(mode_text));
  Ref<IntObject> flags = TRY(intFromLong(parsed.flags));
  TRY(audit("open", "OOO", file, mode_text, flags.get()));
  self->seekable = -1;
  self->blksize = kDefaultBufferSize;
  auto opened = openInto(self, file, given, parsed, closefd, opener);
  if (!opened.failed()) return {};
  if (given < 0 && self->fd >= 0 && self->closefd) {  // a given descriptor stays the caller's
    PendingSaved saved;
    if (closeDescriptor(self).failed()) clearPending();
  }
  self->fd = -1;
  return Raised{};
}

Result<Ref<>> fileNew(PyTypeObject* type, PyObject*, Opt<>) {
  Ref<> object = TRY(Result<Ref<>>::fromC(type->tp_alloc(type, 0)));
  auto* self = cast<FileIOObject>(object.get());
  self->fd = -1;
  self->seekable = -1;
  self->closefd = 1;
  self->blksize = kDefaultBufferSize;
  return object;
}

// --- closing -----------------------------------------------------------------------------------------------

Status deallocWarn(FileIOObject* self, PyObject* source) {
  if (self->fd < 0 || !self->closefd) return {};
  PendingSaved saved;
  auto warned = warnResource(source, 1, "unclosed file %R", source);
  if (warned.failed()) {
    if (pendingMatches(PyExc_Warning))
      writeUnraisable(self);
    else
      clearPending();
  }
  return {};
}

Result<Ref<>> fileClose(FileIOObject* self) {
  Ref<> self_ref = share<PyObject>(self);
  auto base_close = [&]() -> Result<Ref<>> {
    Ref<> function = TRY(attrGet(&PyRawIOBase_Type, "close"));
    return call(function.get(), static_cast<PyObject*>(self));
  };
  auto based = base_close();
  if (!self->closefd) {
    self->fd = -1;
    return based;
  }
  MaybeRef<> error = based.failed() ? takePending() : MaybeRef<>();
  if (self->finalizing) TRY(deallocWarn(self, self));
  Status closed = closeDescriptor(self);
  if (error) {
    if (closed.failed()) clearPending();
    return raiseException(std::move(error).take());
  }
  TRY(std::move(closed));
  return none();
}

void fileDealloc(PyObject* object) {
  auto* self = cast<FileIOObject>(object);
  self->finalizing = 1;
  if (!ioDeallocBegin(object, self->weakreflist)) return;
  clearField(self->dict);
  PyTypeObject* type = typeOf(object);
  type->tp_free(object);
}
int fileTraverse(PyObject* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, cast<FileIOObject>(self)->dict);
}
int fileClear(PyObject* self) {
  clearField(cast<FileIOObject>(self)->dict);
  return 0;
}

// --- reading and writing -----------------------------------------------------------------------------------

Status checkOpenFor(FileIOObject* self, bool allowed, const char* action) {
  if (self->fd < 0) return raiseClosed();
  if (!allowed) return raiseMode(action);
  return {};
}

// absent: would block.
Result<std::optional<size_t>> readInto(FileIOObject* self, void* data, size_t size) {
  int fd = self->fd;
  ssize_t n = TRY(retryCall([&] { return read(fd, data, std::min(size, kMaxTransfer)); }));
  if (n >= 0) return std::optional<size_t>(static_cast<size_t>(n));
  if (errno == EAGAIN) return std::optional<size_t>();
  return raiseErrno(errno);
}

Result<Ref<>> countOrNone(std::optional<size_t> count) {
  if (!count) return none();
  return Ref<>(TRY(intFromLong(static_cast<long>(*count))));
}

Result<Ref<>> fileReadinto(FileIOObject* self, WritableArg target) {
  TRY(checkOpenFor(self, self->readable, "reading"));
  return countOrNone(
      TRY(readInto(self, target.buffer.writableData(), static_cast<size_t>(target.buffer.size()))));
}

// A first guess for readall: what is left of a regular file, plus one byte to see the end.
size_t remainingSize(int fd) {
  struct stat st;
  off_t position = lseek(fd, 0, SEEK_CUR);
  if (position < 0 || fstat(fd, &st) != 0 || st.st_size <= position) return kDefaultBufferSize;
  return static_cast<size_t>(st.st_size - position) + 1;
}

Result<Ref<>> fileReadall(FileIOObject* self) {
  if (self->fd < 0) return raiseClosed();
  size_t capacity = remainingSize(self->fd), used = 0;
  Ref<BytesObject> data = TRY(bytesNew(static_cast<Py_ssize_t>(capacity)));
  for (;;) {
    if (used == capacity) {
      capacity += std::max<size_t>(capacity / 2, kDefaultBufferSize);
      data = TRY(bytesResize(std::move(data), static_cast<Py_ssize_t>(capacity)));
    }
    std::optional<size_t> n = TRY(readInto(self, data->data() + used, capacity - used));
    if (!n && used == 0) return none();
    if (!n || *n == 0) break;
    used += *n;
  }
  return Ref<>(TRY(bytesResize(std::move(data), static_cast<Py_ssize_t>(used))));
}

Result<Ref<>> fileRead(FileIOObject* self, SizeArg size) {
  TRY(checkOpenFor(self, self->readable, "reading"));
  if (size.value < 0) return fileReadall(self);
  size_t want = std::min(static_cast<size_t>(size.value), kMaxTransfer);
  Ref<BytesObject> data = TRY(bytesNew(static_cast<Py_ssize_t>(want)));
  if (want == 0) return data;
  std::optional<size_t> n = TRY(readInto(self, data->data(), want));
  if (!n) return none();
  return Ref<>(TRY(bytesResize(std::move(data), static_cast<Py_ssize_t>(*n))));
}

Result<std::optional<size_t>> writeFrom(FileIOObject* self, const void* data, size_t size) {
  int fd = self->fd;
  ssize_t n = TRY(retryCall([&] { return write(fd, data, std::min(size, kMaxTransfer)); }));
  if (n >= 0) return std::optional<size_t>(static_cast<size_t>(n));
  if (errno == EAGAIN) return std::optional<size_t>();
  return raiseErrno(errno);
}

Result<Ref<>> fileWrite(FileIOObject* self, Buffer data) {
  TRY(checkOpenFor(self, self->writable, "writing"));
  return countOrNone(TRY(writeFrom(self, data.data(), static_cast<size_t>(data.size()))));
}

// --- position ----------------------------------------------------------------------------------------------

Result<Ref<>> seekTo(FileIOObject* self, int64_t offset, int whence) {
  int fd = self->fd;
  off_t position;
  {
    WithoutGil released;
    position = lseek(fd, offset, whence);
  }
  if (self->seekable < 0) self->seekable = position >= 0;
  if (position < 0) return raiseErrno(errno);
  return Ref<>(TRY(intFromLong(position)));
}

Result<Ref<>> fileSeek(FileIOObject* self, PyObject* position, int whence) {
  if (self->fd < 0) return raiseClosed();
  if (isFloat(position)) return raise(PyExc_TypeError, "an integer is required");
  return seekTo(self, TRY(ioOffset(position)), whence);
}
Result<Ref<>> fileTell(FileIOObject* self) {
  if (self->fd < 0) return raiseClosed();
  return seekTo(self, 0, SEEK_CUR);
}

Result<Ref<>> fileTruncate(FileIOObject* self, PyObject* size) {
  TRY(checkOpenFor(self, self->writable, "writing"));
  Ref<> size_object = size == Py_None ? TRY(seekTo(self, 0, SEEK_CUR)) : share(size);
  int64_t length = TRY(ioOffset(size_object));
  int fd = self->fd;
  ssize_t status = TRY(retryCall([&] { return ftruncate(fd, length); }));
  if (status < 0) return raiseErrno(errno);
  return size_object;
}

Result<bool> fileSeekable(FileIOObject* self) {
  if (self->fd < 0) return raiseClosed();
  if (self->seekable < 0) {
    auto probed = seekTo(self, 0, SEEK_CUR);
    if (probed.failed()) clearPending();
  }
  return self->seekable == 1;
}

Result<bool> fileReadable(FileIOObject* self) {
  if (self->fd < 0) return raiseClosed();
  return bool(self->readable);
}
Result<bool> fileWritable(FileIOObject* self) {
  if (self->fd < 0) return raiseClosed();
  return bool(self->writable);
}
Result<long> fileFileno(FileIOObject* self) {
  if (self->fd < 0) return raiseClosed();
  return self->fd;
}
Result<bool> fileIsatty(FileIOObject* self) {
  if (self->fd < 0) return raiseClosed();
  return isatty(self->fd) != 0;
}

// --- description -------------------------------------------------------------------------------------------

const char* modeText(const FileIOObject* self) {
  if (self->created) return self->readable ? "xb+" : "xb";
  if (self->appending) return self->readable ? "ab+" : "ab";
  if (self->readable) return self->writable ? "rb+" : "rb";
  return "wb";
}

Result<Ref<StrObject>> fileRepr(FileIOObject* self) {
  if (self->fd < 0) return strLiteral("<_io.FileIO [closed]>");
  MaybeRef<> file_name = TRY(fileName(self));
  const char* closefd = self->closefd ? "True" : "False";
  if (!file_name)
    return strFormat("<_io.FileIO fd=%d mode='%s' closefd=%s>", self->fd, modeText(self), closefd);
  auto guard = TRY(ReprGuard::enter(self));
  if (guard.isRecursive())
    return raise(PyExc_RuntimeError, "reentrant call inside %s.__repr__", typeName(self));
  return strFormat("<_io.FileIO name=%R mode='%s' closefd=%s>", file_name.get(), modeText(self), closefd);
}

bool fileClosed(FileIOObject* self) { return self->fd < 0; }
bool fileClosefd(FileIOObject* self) { return self->closefd; }
Result<Ref<>> fileMode(FileIOObject* self) { return Ref<>(TRY(strLiteral(modeText(self)))); }

constinit PyMethodDef kFileMethods[] = {
    method<"read($self, size=-1, /)", fileRead, "Read at most size bytes with one system call.">,
    method<"readall($self, /)", fileReadall, "Read everything up to the end of the file.">,
    method<"readinto($self, buffer, /)", fileReadinto, "Read into a buffer.">,
    method<"write($self, b, /)", fileWrite, "Write a bytes-like object; returns how many bytes went out.">,
    method<"seek($self, pos, whence=0, /)", fileSeek, "Move to a position.">,
    method<"tell($self, /)", fileTell, "The position.">,
    method<"truncate($self, size=None, /)", fileTruncate,
           "Cut or extend the file to size (the position by default).">,
    method<"close($self, /)", fileClose, "Close the file.">,
    method<"seekable($self, /)", fileSeekable, "Whether the file has random access.">,
    method<"readable($self, /)", fileReadable, "Whether the file was opened for reading.">,
    method<"writable($self, /)", fileWritable, "Whether the file was opened for writing.">,
    method<"fileno($self, /)", fileFileno, "The file descriptor.">,
    method<"isatty($self, /)", fileIsatty, "Whether it is a terminal.">,
    method<"!_dealloc_warn($self, source, /)", deallocWarn>,
    {}};
constinit PyGetSetDef kFileGetSet[] = {
    getset<"closed", fileClosed, nullptr, "True if the file is closed">,
    getset<"closefd", fileClosefd, nullptr, "True if close() closes the descriptor">,
    getset<"mode", fileMode, nullptr, "The mode as text">,
    {}};
constinit PyMemberDef kFileMembers[] = {
    {"_blksize", T_UINT, offsetof(FileIOObject, blksize), 0, nullptr},
    {"_finalizing", T_BOOL, offsetof(FileIOObject, finalizing), 0, nullptr},
    {nullptr, 0, 0, 0, nullptr}};

}  // namespace

Result<std::optional<size_t>> fileReadDirect(PyObject* file, void* data, size_t size) {
  auto* self = cast<FileIOObject>(file);
  TRY(checkOpenFor(self, self->readable, "reading"));
  return readInto(self, data, size);
}
Result<std::optional<size_t>> fileWriteDirect(PyObject* file, const void* data, size_t size) {
  auto* self = cast<FileIOObject>(file);
  TRY(checkOpenFor(self, self->writable, "writing"));
  return writeFrom(self, data, size);
}

}  // namespace krait::modules

using namespace krait;
using namespace krait::modules;

KR_EXPORT constinit PyTypeObject PyFileIO_Type = {
    KR_TYPE_HEAD,
    .tp_name = "_io.FileIO",
    .tp_basicsize = sizeof(FileIOObject),
    .tp_dealloc = fileDealloc,
    .tp_repr = slot<fileRepr>,
    .tp_getattro = slot<static_cast<Result<Ref<>> (*)(PyObject*, PyObject*)>(genericGetAttr)>,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_doc = docText<"FileIO(file, mode='r', closefd=True, opener=None)", "A file without buffering.">,
    .tp_traverse = fileTraverse,
    .tp_clear = fileClear,
    .tp_weaklistoffset = offsetof(FileIOObject, weakreflist),
    .tp_methods = kFileMethods,
    .tp_members = kFileMembers,
    .tp_getset = kFileGetSet,
    .tp_base = &PyRawIOBase_Type,
    .tp_dictoffset = offsetof(FileIOObject, dict),
    .tp_init =
        initSlot<"FileIO(file, mode=<unrepresentable>, closefd=True, opener=<unrepresentable>)", fileInit>,
    .tp_new = slot<fileNew>};
