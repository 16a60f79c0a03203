// The writing half of the buffered streams.
#include <cerrno>
#include <cstring>

#include "modules/io/buffered.h"
#include "types/exceptions.h"
#include "types/misc_objects.h"

namespace krait::modules {
namespace {

// errno is what the raw write left: EAGAIN of a system call, 0 of a write() in Python.
Raised raiseWouldBlock(Py_ssize_t written) {
  auto number = intFromLong(errno);
  if (number.failed()) return Raised{};
  auto text = strLiteral("write could not complete without blocking");
  if (text.failed()) return Raised{};
  auto count = intFromLong(written);
  if (count.failed()) return Raised{};
  auto error = call(PyExc_BlockingIOError, std::move(number).take().get(), std::move(text).take().get(),
                    std::move(count).take().get());
  if (error.failed()) return Raised{};
  return raiseException(std::move(error).take());
}

// One raw write. absent: would block. The raw stream may keep the view: it looks at a block of its own.
Result<std::optional<size_t>> rawWrite(BufferedObject* self, const char* data, Py_ssize_t size) {
  Ref<> raw = TRY(bufferedRaw(self));
  if (isExact(raw.get(), &PyFileIO_Type)) return fileWriteDirect(raw.get(), data, static_cast<size_t>(size));
  Ref<BytesObject> block = TRY(bytesFrom({data, static_cast<size_t>(size)}));
  Ref<> view = TRY(memoryViewFromMemory(block->data(), size, PyBUF_READ, block.get()));
  for (;;) {
    errno = 0;
    auto answer = callMethod(raw, name<"write">(), view.get());
    int error = errno;
    if (answer.failed()) {
      if (TRY(ioRetryAfterInterrupt())) continue;
      return Raised{};
    }
    Ref<> count = std::move(answer).take();
    if (count.get() == Py_None) {
      errno = error;
      return std::optional<size_t>();
    }
    auto converted = asSsize(count, PyExc_ValueError);
    Py_ssize_t n = converted.failed() ? -1 : std::move(converted).take();
    if (n < 0 || n > size) {
      clearPending();  // of the conversion
      return raise(PyExc_OSError,
                   "raw write() returned invalid length %zd (should have been between 0 and %zd)", n, size);
    }
    return std::optional<size_t>(static_cast<size_t>(n));
  }
}

void dropWritten(BufferedObject* self, Py_ssize_t count) {
  std::memmove(self->buffer, self->buffer + count, static_cast<size_t>(self->end - count));
  self->end -= count;
  if (self->end == 0) self->state = BufferState::kEmpty;
}

Py_ssize_t appendPending(BufferedObject* self, const char* data, Py_ssize_t size) {
  Py_ssize_t room = self->buffer_size - (self->state == BufferState::kWriting ? self->end : 0);
  Py_ssize_t n = std::min(room, size);
  if (n == 0) return 0;
  if (self->state != BufferState::kWriting) self->state = BufferState::kWriting, self->pos = self->end = 0;
  std::memcpy(self->buffer + self->end, data, static_cast<size_t>(n));
  self->end += n;
  return n;
}

// The stream would block: keeps what fits into the buffer; the rest is reported by BlockingIOError.
Status keepWhatFits(BufferedObject* self, const char* data, Py_ssize_t size, Py_ssize_t already) {
  clearPending();
  Py_ssize_t kept = appendPending(self, data, size);
  if (kept == size) return {};
  return raiseWouldBlock(already + kept);
}

}  // namespace

Status bufferedFlushWrites(BufferedObject* self) {
  while (self->state == BufferState::kWriting) {
    std::optional<size_t> n = TRY(rawWrite(self, self->buffer, self->end));
    if (!n) return raiseWouldBlock(0);
    dropWritten(self, static_cast<Py_ssize_t>(*n));
    if (self->state == BufferState::kWriting) TRY(checkSignals());
  }
  return {};
}

namespace {

// What does not fit is never split: the buffer goes out first, then what is larger than a buffer at once.
Status writeAll(BufferedObject* self, const char* data, Py_ssize_t size) {
  Py_ssize_t room = self->buffer_size - (self->state == BufferState::kWriting ? self->end : 0);
  Py_ssize_t done = size <= room ? appendPending(self, data, size) : 0;
  while (done < size) {
    auto flushed = bufferedFlushWrites(self);
    if (flushed.failed()) {
      if (!pendingMatches(PyExc_BlockingIOError)) return Raised{};
      return keepWhatFits(self, data + done, size - done, done);
    }
    if (size - done <= self->buffer_size) {
      done += appendPending(self, data + done, size - done);
      continue;
    }
    std::optional<size_t> n = TRY(rawWrite(self, data + done, size - done));
    if (!n) return keepWhatFits(self, data + done, size - done, done);
    done += static_cast<Py_ssize_t>(*n);
    if (done < size) TRY(checkSignals());
  }
  return {};
}

}  // namespace

Result<Ref<>> bufferedWrite(BufferedObject* self, PyObject* data) {
  TRY(bufferedCheckReady(self));
  Buffer buffer = TRY(Buffer::acquire(data));
  auto guard = TRY(BufferedGuard::enter(self));
  TRY(bufferedCheckOpen(self, "write to closed file"));
  if (self->state == BufferState::kReading) TRY(bufferedForgetReads(self));
  TRY(writeAll(self, reinterpret_cast<const char*>(buffer.data()), buffer.size()));
  return Ref<>(TRY(intFromLong(buffer.size())));
}

}  // namespace krait::modules
