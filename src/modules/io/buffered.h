// BufferedReader, BufferedWriter and BufferedRandom: one buffer over a raw stream.
//
// The buffer is empty, holds bytes read ahead ([pos, end) is unread), or holds bytes not yet written ([0,
// end)). The raw stream's own position is therefore ahead of (reading) or behind (writing) the logical one by
// end - pos or end. Calls into the raw stream may run Python or release the GIL: the lock keeps other threads
// out, and a signal handler that comes back into the same object gets a RuntimeError.
#pragma once

#include <pthread.h>

#include "modules/io/io.h"

namespace krait::modules {

enum class BufferState : int { kEmpty, kReading, kWriting };

struct BufferedLock {
  pthread_mutex_t mutex;
  unsigned long owner;  // thread id, 0: free
};

struct BufferedObject : PyObject {
  PyObject* raw;  // null: not initialised or detached
  int ok, detached, readable, writable;
  char finalizing;
  BufferState state;
  int64_t unused_position;
  char* buffer;
  Py_ssize_t pos, end;
  Py_ssize_t reserved[3];
  BufferedLock* lock;
  PyObject* spare;
  Py_ssize_t buffer_size, buffer_mask;
  PyObject *dict, *weakreflist;
};
static_assert(sizeof(BufferedObject) == 152 && offsetof(BufferedObject, dict) == 136);

class [[nodiscard]] BufferedGuard {
 public:
  static Result<BufferedGuard> enter(BufferedObject* self);
  BufferedGuard(BufferedGuard&& o) noexcept : self_(std::exchange(o.self_, nullptr)) {}
  ~BufferedGuard();

 private:
  explicit BufferedGuard(BufferedObject* self) : self_(self) {}
  BufferedObject* self_;
};

inline Py_ssize_t bufferedUnread(const BufferedObject* self) {
  return self->state == BufferState::kReading ? self->end - self->pos : 0;
}

// Shared by the reading and the writing half; all need the guard.
Status bufferedCheckReady(BufferedObject* self);                      // initialised, not detached
Status bufferedCheckOpen(BufferedObject* self, const char* message);  // and not closed: ValueError(message)
Result<Ref<>> bufferedRaw(
    BufferedObject* self);  // ValueError when a call into the raw stream has detached it
Result<std::optional<size_t>> rawRead(BufferedObject* self, char* data, Py_ssize_t size);
Status bufferedFlushWrites(BufferedObject* self);
Status bufferedForgetReads(BufferedObject* self);  // seeks the raw stream back to the logical position
Status bufferedFlushAndRewind(BufferedObject* self);

// buffered_read.cpp
Result<Ref<>> bufferedRead(BufferedObject* self, SizeArg size);
Result<Ref<>> bufferedRead1(BufferedObject* self, long size);
Result<Ref<>> bufferedPeek(BufferedObject* self, Py_ssize_t size);
Result<Ref<>> bufferedReadinto(BufferedObject* self, WritableArg target);
Result<Ref<>> bufferedReadinto1(BufferedObject* self, WritableArg target);
Result<Ref<>> bufferedReadline(BufferedObject* self, SizeArg size);
Result<MaybeRef<>> bufferedNext(BufferedObject* self);
// buffered_write.cpp
Result<Ref<>> bufferedWrite(BufferedObject* self, PyObject* data);

}  // namespace krait::modules
