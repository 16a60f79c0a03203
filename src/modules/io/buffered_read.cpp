// The reading half of the buffered streams.
#include <cstring>

#include "core/scratch.h"
#include "modules/io/buffered.h"
#include "types/misc_objects.h"

namespace krait::modules {
namespace {

std::string_view unread(BufferedObject* self) {
  if (self->state != BufferState::kReading) return {};
  return {self->buffer + self->pos, static_cast<size_t>(self->end - self->pos)};
}

void consume(BufferedObject* self, size_t count) {
  self->pos += static_cast<Py_ssize_t>(count);
  if (self->pos == self->end) self->state = BufferState::kEmpty, self->pos = self->end = 0;
}

// One raw read into the buffer, of which the first `start` bytes have been used up. absent: would block.
Result<std::optional<size_t>> fill(BufferedObject* self, Py_ssize_t start = 0) {
  if (!self->buffer) return raise(PyExc_ValueError, "I/O operation on closed file");
  std::optional<size_t> n = TRY(rawRead(self, self->buffer + start, self->buffer_size - start));
  if (n && *n > 0) {
    self->state = BufferState::kReading;
    self->pos = start;
    self->end = start + static_cast<Py_ssize_t>(*n);
  }
  return n;
}

// raw.readall(), or read() until nothing comes. None: would block.
Result<Ref<>> rawReadAll(BufferedObject* self) {
  Ref<> raw = TRY(bufferedRaw(self));
  MaybeRef<> readall = TRY(attrLookup(raw, name<"readall">()));
  if (readall) {
    Ref<> data = TRY(call(readall.get()));
    if (data.get() != Py_None && !isBytes(data))
      return raise(PyExc_TypeError, "readall() should return bytes");
    return data;
  }
  std::string all;
  for (;;) {
    Ref<> data = TRY(callMethod(raw, name<"read">()));
    if (data.get() != Py_None && !isBytes(data)) return raise(PyExc_TypeError, "read() should return bytes");
    if (data.get() == Py_None || cast<BytesObject>(data.get())->size() == 0) {
      if (data.get() == Py_None && all.empty()) return none();
      return Ref<>(TRY(bytesFrom(all)));
    }
    TRY(appendMore(all, cast<BytesObject>(data.get())->view()));
  }
}

Result<Ref<>> readEverything(BufferedObject* self) {
  std::string ahead = TRY(scratchText(unread(self)));
  consume(self, ahead.size());
  if (self->writable) TRY(bufferedFlushAndRewind(self));
  Ref<> rest = TRY(rawReadAll(self));
  if (rest.get() == Py_None) {
    if (ahead.empty()) return none();
    return Ref<>(TRY(bytesFrom(ahead)));
  }
  if (ahead.empty()) return rest;
  TRY(appendMore(ahead, cast<BytesObject>(rest.get())->view()));
  return Ref<>(TRY(bytesFrom(ahead)));
}

// Copies what is ahead, `size` bytes at most.
size_t takeAhead(BufferedObject* self, char* out, size_t size) {
  std::string_view ahead = unread(self).substr(0, size);
  if (ahead.empty()) return 0;
  std::memcpy(out, ahead.data(), ahead.size());
  consume(self, ahead.size());
  return ahead.size();
}

// Fills [out, out + size) as far as the stream goes. *blocked: it ended because nothing was ready.
Result<size_t> readUpTo(BufferedObject* self, char* out, size_t size, bool* blocked) {
  size_t done = takeAhead(self, out, size);
  *blocked = false;
  if (done == size) return done;
  TRY(bufferedFlushWrites(self));
  auto block = static_cast<size_t>(self->buffer_size);
  Py_ssize_t start = 0;
  while (done < size) {
    size_t whole_blocks = (size - done) / block * block;
    std::optional<size_t> n = whole_blocks
                                  ? TRY(rawRead(self, out + done, static_cast<Py_ssize_t>(whole_blocks)))
                                  : TRY(fill(self, start));
    *blocked = !n;
    if (!n || *n == 0) break;
    start = self->end;
    done += whole_blocks ? *n : takeAhead(self, out + done, size - done);
  }
  return done;
}

// As read(), but what is larger than the buffer is read at once; readinto1() reads once, and not at all when
// it has something and the buffer would be needed for more.
Result<size_t> readIntoUpTo(BufferedObject* self, char* out, size_t size, bool one_call, bool* blocked) {
  size_t done = takeAhead(self, out, size);
  *blocked = false;
  if (done == size) return done;
  TRY(bufferedFlushWrites(self));
  Py_ssize_t start = 0;
  while (done < size) {
    bool direct = size - done > static_cast<size_t>(self->buffer_size);
    if (one_call && done && !direct) break;
    std::optional<size_t> n = direct ? TRY(rawRead(self, out + done, static_cast<Py_ssize_t>(size - done)))
                                     : TRY(fill(self, start));
    *blocked = !n;
    if (!n || *n == 0) break;
    start = self->end;
    done += direct ? *n : takeAhead(self, out + done, size - done);
    if (one_call) break;
  }
  return done;
}

Result<Ref<>> readInto(BufferedObject* self, Buffer& buffer, bool one_call) {
  TRY(bufferedCheckReady(self));
  TRY(bufferedCheckOpen(self, "readinto of closed file"));
  auto guard = TRY(BufferedGuard::enter(self));
  auto* out = reinterpret_cast<char*>(buffer.writableData());
  bool blocked;
  size_t n = TRY(readIntoUpTo(self, out, static_cast<size_t>(buffer.size()), one_call, &blocked));
  if (n == 0 && blocked) return none();
  return Ref<>(TRY(intFromLong(static_cast<long>(n))));
}

// A line of at most `limit` bytes (-1: any length).
Result<Ref<>> readLine(BufferedObject* self, Py_ssize_t limit) {
  auto guard = TRY(BufferedGuard::enter(self));
  std::string line;
  for (;;) {
    std::string_view ahead = unread(self);
    if (limit >= 0) ahead = ahead.substr(0, static_cast<size_t>(limit) - line.size());
    const void* newline = ahead.empty() ? nullptr : std::memchr(ahead.data(), '\n', ahead.size());
    size_t take =
        newline ? static_cast<size_t>(static_cast<const char*>(newline) - ahead.data()) + 1 : ahead.size();
    if (newline && line.empty()) {
      Ref<BytesObject> whole = TRY(bytesFrom(ahead.substr(0, take)));
      consume(self, take);
      return whole;
    }
    TRY(appendMore(line, ahead.substr(0, take)));
    consume(self, take);
    if (newline || (limit >= 0 && line.size() == static_cast<size_t>(limit))) break;
    TRY(bufferedFlushWrites(self));
    std::optional<size_t> n = TRY(fill(self));
    if (!n || *n == 0) break;
  }
  return Ref<>(TRY(bytesFrom(line)));
}

}  // namespace

Result<Ref<>> bufferedRead(BufferedObject* self, SizeArg size) {
  TRY(bufferedCheckReady(self));
  if (size.value < -1) return raise(PyExc_ValueError, "read length must be non-negative or -1");
  TRY(bufferedCheckOpen(self, "read of closed file"));
  auto guard = TRY(BufferedGuard::enter(self));
  if (size.value == -1) return readEverything(self);
  Ref<BytesObject> data = TRY(bytesNew(size.value));
  bool blocked;
  size_t n = size.value ? TRY(readUpTo(self, data->data(), static_cast<size_t>(size.value), &blocked)) : 0;
  if (size.value && n == 0 && blocked) return none();
  return Ref<>(TRY(bytesResize(std::move(data), static_cast<Py_ssize_t>(n))));
}

Result<Ref<>> bufferedRead1(BufferedObject* self, long size) {
  TRY(bufferedCheckReady(self));
  Py_ssize_t wanted = size < 0 ? self->buffer_size : size;
  TRY(bufferedCheckOpen(self, "read of closed file"));
  if (wanted == 0) return Ref<>(TRY(bytesFrom("")));
  auto guard = TRY(BufferedGuard::enter(self));
  std::string_view ahead = unread(self).substr(0, static_cast<size_t>(wanted));
  if (!ahead.empty()) {
    Ref<BytesObject> data = TRY(bytesFrom(ahead));
    consume(self, static_cast<size_t>(data->size()));
    return data;
  }
  TRY(bufferedFlushWrites(self));
  Ref<BytesObject> data = TRY(bytesNew(wanted));
  std::optional<size_t> n = TRY(rawRead(self, data->data(), wanted));
  return Ref<>(TRY(bytesResize(std::move(data), static_cast<Py_ssize_t>(n.value_or(0)))));
}

Result<Ref<>> bufferedPeek(BufferedObject* self, Py_ssize_t) {
  TRY(bufferedCheckReady(self));
  TRY(bufferedCheckOpen(self, "peek of closed file"));
  auto guard = TRY(BufferedGuard::enter(self));
  if (self->state == BufferState::kWriting) TRY(bufferedFlushAndRewind(self));
  if (unread(self).empty()) TRY(fill(self));
  return Ref<>(TRY(bytesFrom(unread(self))));
}

Result<Ref<>> bufferedReadinto(BufferedObject* self, WritableArg target) {
  return readInto(self, target.buffer, false);
}
Result<Ref<>> bufferedReadinto1(BufferedObject* self, WritableArg target) {
  return readInto(self, target.buffer, true);
}

Result<Ref<>> bufferedReadline(BufferedObject* self, SizeArg size) {
  TRY(bufferedCheckReady(self));
  TRY(bufferedCheckOpen(self, "readline of closed file"));
  return readLine(self, size.value < 0 ? -1 : size.value);
}

Result<MaybeRef<>> bufferedNext(BufferedObject* self) {
  TRY(bufferedCheckReady(self));
  bool own = isExact(self, &PyBufferedReader_Type) || isExact(self, &PyBufferedRandom_Type);
  Ref<> line = own ? TRY(bufferedReadline(self, {-1})) : TRY(callMethod(self, name<"readline">()));
  if (!isBytes(line)) {
    return raise(PyExc_OSError, "readline() should have returned a bytes object, not '%.200s'",
                 typeName(line));
  }
  if (cast<BytesObject>(line.get())->size() == 0) return MaybeRef<>();
  return MaybeRef<>(std::move(line));
}

}  // namespace krait::modules
