// The unpickler's input: a buffer for loads(), or a file that is asked for what is needed. Files that can
// peek are read ahead; what was peeked is consumed only when the pickle has used it.
#include <algorithm>
#include <cstring>

#include "core/call.h"
#include "core/errors.h"
#include "core/scratch.h"
#include "modules/pickle/pickle.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/misc_objects.h"

namespace krait::modules {
namespace {

constexpr Py_ssize_t kPrefetch = 128 * 1024;

// Makes bytes the current input.
Status setInput(UnpicklerObject* self, Ref<> bytes) {
  if (!isBytes(bytes.get())) {
    return raise(PyExc_TypeError, "a bytes-like object is required, not '%.100s'", typeName(bytes));
  }
  std::string_view data = cast<BytesObject>(bytes.get())->view();
  setField(self->held, std::move(bytes));
  self->input = data.data();
  self->input_size = static_cast<Py_ssize_t>(data.size());
  self->next = self->prefetched = 0;
  return {};
}

Result<Ref<>> readBytes(UnpicklerObject* self, Py_ssize_t size) {
  Ref<IntObject> count = TRY(intFromLong(size));
  return call(self->read, count.get());
}

// Adds what the file has ready without consuming it. Peeking is only a help: files may not support it.
Status peekMore(UnpicklerObject* self) {
  if (!self->peek) return {};
  Ref<IntObject> count = TRY(intFromLong(kPrefetch));
  Result<Ref<>> peeked = call(self->peek, count.get());
  if (peeked.failed()) {
    if (!pendingMatches(PyExc_NotImplementedError)) return Raised{};
    clearPending();
    clearField(self->peek);
    return {};
  }
  Ref<> data = std::move(peeked).take();
  if (!isBytes(data.get())) return {};
  // What was read stays in front of what was peeked.
  std::string joined;
  TRY(reserveMore(joined, static_cast<size_t>(self->input_size + cast<BytesObject>(data.get())->size())));
  joined.assign(self->input, static_cast<size_t>(self->input_size));
  joined.append(cast<BytesObject>(data.get())->view());
  Py_ssize_t read_size = self->input_size;
  TRY(setInput(self, TRY(bytesFrom(joined))));
  self->prefetched = read_size;
  return {};
}

// At least `size` bytes from the file as the new input; kWholeLine: a line.
constexpr Py_ssize_t kWholeLine = -1;
Result<Py_ssize_t> readFromFile(UnpicklerObject* self, Py_ssize_t size) {
  TRY(unpickleSkipConsumed(self));
  Ref<> data = size == kWholeLine ? TRY(call(self->readline)) : TRY(readBytes(self, size));
  TRY(setInput(self, std::move(data)));
  Py_ssize_t got = self->input_size;
  self->prefetched = got;
  if (size != kWholeLine && got >= size) TRY(peekMore(self));
  return got;
}

// The unused bytes that the file has already given away; peeked ones are left to it.
Result<std::string> takeRead(UnpicklerObject* self) {
  std::string front;
  if (self->next >= self->prefetched) return front;
  auto size = static_cast<size_t>(self->prefetched - self->next);
  TRY(reserveMore(front, size));
  front.assign(self->input + self->next, size);
  self->next = self->prefetched;
  return front;
}

}  // namespace

Raised unpickleTruncated() { return raise(pickle_state.unpickling_error, "pickle data was truncated"); }

Status unpickleSkipConsumed(UnpicklerObject* self) {
  Py_ssize_t consumed = self->next - self->prefetched;
  if (!self->read || consumed <= 0) return {};
  TRY(readBytes(self, consumed));
  self->prefetched = self->next;
  return {};
}

Result<std::string_view> unpickleReadMore(UnpicklerObject* self, Py_ssize_t size) {
  if (size < 0 || size > PY_SSIZE_T_MAX - self->next) {
    return raise(pickle_state.unpickling_error, "read would overflow (invalid bytecode)");
  }
  if (self->next + size > self->input_size) {
    if (!self->read) return unpickleTruncated();
    std::string front = TRY(takeRead(self));
    auto kept = static_cast<Py_ssize_t>(front.size());
    if (TRY(readFromFile(self, size - kept)) < size - kept) return unpickleTruncated();
    if (kept > 0) {
      TRY(reserveMore(front, static_cast<size_t>(self->input_size)));
      front.append(self->input, static_cast<size_t>(self->input_size));
      Py_ssize_t prefetched = self->prefetched + kept;
      TRY(setInput(self, TRY(bytesFrom(front))));
      self->prefetched = prefetched;
    }
  }
  std::string_view data(self->input + self->next, static_cast<size_t>(size));
  self->next += size;
  return data;
}

Status unpickleReadInto(UnpicklerObject* self, char* out, Py_ssize_t size) {
  Py_ssize_t buffered = std::min(size, self->input_size - self->next);
  if (buffered > 0) {
    std::memcpy(out, self->input + self->next, static_cast<size_t>(buffered));
    self->next += buffered;
    out += buffered;
    size -= buffered;
  }
  if (size == 0) return {};
  if (!self->read) return unpickleTruncated();
  TRY(unpickleSkipConsumed(self));
  if (!self->readinto) {
    std::string_view rest = TRY(unpickleRead(self, size));
    std::memcpy(out, rest.data(), rest.size());
    return {};
  }
  // The file may keep the view: it is one of a block of its own.
  Ref<BytesObject> block = TRY(bytesNew(size));
  Ref<> view = TRY(memoryViewFromMemory(block->data(), size, PyBUF_WRITE, block.get()));
  Ref<> count = TRY(call(self->readinto, view.get()));
  if (TRY(asSsize(count, PyExc_ValueError)) < size) return unpickleTruncated();
  std::memcpy(out, block->data(), static_cast<size_t>(size));
  return {};
}

Result<std::string_view> unpickleReadLine(UnpicklerObject* self) {
  auto* from = self->input + self->next;
  auto* end = static_cast<const char*>(
      self->next < self->input_size
          ? std::memchr(from, '\n', static_cast<size_t>(self->input_size - self->next))
          : nullptr);
  if (end) {
    // Copied: the input may be replaced before the line is used up.
    self->line->clear();
    TRY(reserveMore(*self->line, static_cast<size_t>(end + 1 - from)));
    self->line->assign(from, static_cast<size_t>(end + 1 - from));
    self->next += end + 1 - from;
    return std::string_view(*self->line);
  }
  if (!self->read) return unpickleTruncated();
  std::string front = TRY(takeRead(self));
  Py_ssize_t got = TRY(readFromFile(self, kWholeLine));
  if (got == 0 || self->input[got - 1] != '\n') return unpickleTruncated();
  self->next = got;
  self->line->clear();
  TRY(reserveMore(*self->line, front.size() + static_cast<size_t>(got)));
  self->line->assign(front);
  self->line->append(self->input, static_cast<size_t>(got));
  return std::string_view(*self->line);
}

Result<std::string> unpickleLine(UnpicklerObject* self) {
  std::string_view line = TRY(unpickleReadLine(self));
  TRY(askForRoom(line.size()));
  return std::string(line);
}

}  // namespace krait::modules
