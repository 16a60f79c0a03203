// Reading and writing through descriptors.
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

#include <climits>
#include <vector>

#include "core/scratch.h"
#include "modules/posix/posix.h"
#include "types/bool.h"

namespace krait::modules::posix {
namespace {

constexpr size_t kMaxTransfer = 0x7ffff000;

template <class F>
Result<Ref<>> readBytes(Py_ssize_t length, F&& read_into) {
  if (length < 0) {
    errno = EINVAL;
    return raiseErrno(errno);
  }
  size_t size = std::min(static_cast<size_t>(length), kMaxTransfer);
  Ref<BytesObject> data = TRY(bytesNew(static_cast<Py_ssize_t>(size)));
  long n = TRY(retry([&] { return read_into(data->data(), size); }));
  TRY(check(n));
  return Ref<>(TRY(bytesResize(std::move(data), n)));
}
Result<Ref<>> osRead(int fd, Py_ssize_t length) {
  return readBytes(length, [&](char* out, size_t size) { return read(fd, out, size); });
}
Result<Ref<>> osPread(int fd, Py_ssize_t length, Offset offset) {
  return readBytes(length, [&](char* out, size_t size) { return pread(fd, out, size, offset.value); });
}
Result<long> osWrite(int fd, Buffer data) {
  long n = TRY(retry(
      [&] { return write(fd, data.data(), std::min(static_cast<size_t>(data.size()), kMaxTransfer)); }));
  TRY(check(n));
  return n;
}
Result<long> osPwrite(int fd, Buffer data, Offset offset) {
  long n =
      TRY(retry([&] { return pwrite(fd, data.data(), static_cast<size_t>(data.size()), offset.value); }));
  TRY(check(n));
  return n;
}

// Several buffers as the system wants them; holds them all.
class Vectors {
 public:
  static Result<Vectors> make(PyObject* buffers, int flags, const char* message) {
    if (!isSequence(buffers)) return raise(PyExc_TypeError, "%s", message);
    Py_ssize_t count = TRY(sequenceLength(buffers));
    Vectors out;
    for (Py_ssize_t i = 0; i < count; i++) {
      Ref<> item = TRY(sequenceGet(buffers, i));
      Buffer buffer = TRY(Buffer::acquire(item, flags));
      TRY(pushMore(out.parts_, iovec{buffer.writableData(), static_cast<size_t>(buffer.size())}));
      TRY(pushMore(out.held_, std::move(buffer)));
    }
    return out;
  }
  const iovec* parts() const { return parts_.data(); }
  int count() const { return static_cast<int>(parts_.size()); }

 private:
  std::vector<Buffer> held_;
  std::vector<iovec> parts_;
};

template <class F>
Result<long> transfer(F&& system_call) {
  long n = TRY(retry(system_call));
  TRY(check(n));
  return n;
}
Result<long> osReadv(int fd, PyObject* buffers) {
  Vectors v = TRY(Vectors::make(buffers, PyBUF_WRITABLE, "readv() arg 2 must be a sequence"));
  return transfer([&] { return readv(fd, v.parts(), v.count()); });
}
Result<long> osWritev(int fd, PyObject* buffers) {
  Vectors v = TRY(Vectors::make(buffers, PyBUF_SIMPLE, "writev() arg 2 must be a sequence"));
  return transfer([&] { return writev(fd, v.parts(), v.count()); });
}
Result<long> osPreadv(int fd, PyObject* buffers, Offset offset, int flags) {
  Vectors v = TRY(Vectors::make(buffers, PyBUF_WRITABLE, "preadv2() arg 2 must be a sequence"));
  return transfer([&] { return preadv2(fd, v.parts(), v.count(), offset.value, flags); });
}
Result<long> osPwritev(int fd, PyObject* buffers, Offset offset, int flags) {
  Vectors v = TRY(Vectors::make(buffers, PyBUF_SIMPLE, "pwritev() arg 2 must be a sequence"));
  return transfer([&] { return pwritev2(fd, v.parts(), v.count(), offset.value, flags); });
}

Result<std::optional<off64_t>> optionalOffset(PyObject* object) {
  if (object == Py_None) return std::optional<off64_t>();
  return std::optional<off64_t>(TRY(asLong(object)));
}

Result<long> osSendfile(int out_fd, int in_fd, PyObject* offset, Py_ssize_t count) {
  std::optional<off64_t> start = TRY(optionalOffset(offset));
  off_t at = start.value_or(0);
  return transfer([&] { return sendfile(out_fd, in_fd, start ? &at : nullptr, static_cast<size_t>(count)); });
}
Result<long> osCopyFileRange(int src, int dst, Py_ssize_t count, PyObject* offset_src, PyObject* offset_dst) {
  if (count < 0) return raise(PyExc_ValueError, "negative value for 'count' not allowed");
  std::optional<off64_t> from = TRY(optionalOffset(offset_src)), to = TRY(optionalOffset(offset_dst));
  return transfer([&] {
    return copy_file_range(src, from ? &*from : nullptr, dst, to ? &*to : nullptr, static_cast<size_t>(count),
                           0);
  });
}
Result<long> osSplice(int src, int dst, Py_ssize_t count, PyObject* offset_src, PyObject* offset_dst,
                      int flags) {
  if (count < 0) return raise(PyExc_ValueError, "negative value for 'count' not allowed");
  std::optional<off64_t> from = TRY(optionalOffset(offset_src)), to = TRY(optionalOffset(offset_dst));
  return transfer([&] {
    return splice(src, from ? &*from : nullptr, dst, to ? &*to : nullptr, static_cast<size_t>(count),
                  static_cast<unsigned>(flags));
  });
}

}  // namespace

PyMethodDef kTransferMethods[] = {
    function<"read($module, fd, length, /)", osRead, "Read at most length bytes.">,
    function<"pread($module, fd, length, offset, /)", osPread, "Read at a position.">,
    function<"write($module, fd, data, /)", osWrite, "Write bytes.">,
    function<"pwrite($module, fd, buffer, offset, /)", osPwrite, "Write at a position.">,
    function<"readv($module, fd, buffers, /)", osReadv, "Read into several buffers.">,
    function<"writev($module, fd, buffers, /)", osWritev, "Write several buffers.">,
    function<"preadv($module, fd, buffers, offset, flags=0, /)", osPreadv,
             "Read into several buffers at a position.">,
    function<"pwritev($module, fd, buffers, offset, flags=0, /)", osPwritev,
             "Write several buffers at a position.">,
    function<"sendfile($module, /, out_fd, in_fd, offset, count)", osSendfile,
             "Copy between descriptors in the kernel.">,
    function<
        "copy_file_range($module, /, src, dst, count, offset_src=None,\n                offset_dst=None)",
        osCopyFileRange, "Copy between files in the kernel.">,
    function<"splice($module, /, src, dst, count, offset_src=None, offset_dst=None,\n       flags=0)",
             osSplice, "Move data between descriptors, one of them a pipe.">,
    {}};

}  // namespace krait::modules::posix
