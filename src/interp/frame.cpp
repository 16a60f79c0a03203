#include "interp/frame.h"

#include <climits>
#include <cstring>

#include <sys/mman.h>

#include "core/gc.h"
#include "interp/dispatch.h"
#include "interp/gen.h"

namespace krait {
namespace {

constexpr size_t kChunkBytes = 16 * 1024;
constexpr size_t kChunkHeaderWords = offsetof(_PyStackChunk, data) / sizeof(PyObject*);

// Chunks come from mmap: greenlet gives them back through the arena allocator, which is munmap.
_PyStackChunk* chunkNew(size_t bytes, _PyStackChunk* previous) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  auto* chunk = static_cast<_PyStackChunk*>(memory);
  chunk->previous = previous;
  chunk->size = bytes;
  chunk->top = 0;
  return chunk;
}

PyObject** chunkLimit(_PyStackChunk* chunk) {
  return reinterpret_cast<PyObject**>(reinterpret_cast<char*>(chunk) + chunk->size);
}

// The record moves into its frame object, which somebody else holds beyond the call.
void frameGiveToObject(FrameObject* object, Frame* frame) {
  Frame* own = reinterpret_cast<Frame*>(object->f_frame_data);
  frameCopy(frame, own);
  object->f_frame = own;
  own->frame_obj = nullptr;
  own->owner = kFrameOwnedByFrameObject;
  if (frameIsIncomplete(own)) own->prev_instr = own->firstInstr() + own->code->_co_firsttraceable;
  if (Frame* back = completeFrame(frame->previous)) {
    PendingSaved saved;
    auto made = frameObjectOf(back);
    if (made.failed())
      clearPending();
    else
      object->f_back = std::move(made).take().leak();
  }
  own->previous = nullptr;
  if (!gcIsTracked(object)) gcTrack(object);
}

void clearSlots(Frame* frame, int count) {
  for (int i = 0; i < count; i++) {
    PyObject* value = std::exchange(frame->localsplus[i], nullptr);
    xdecref(value);
  }
}

}  // namespace

PyObject** dataStackPushSlow(Thread* thread, size_t words) {
  if (words > INT_MAX) {  // a hand-made co_stacksize
    (void)raiseNoMemory();
    return nullptr;
  }
  size_t needed = (words + kChunkHeaderWords + 1) * sizeof(PyObject*);
  size_t bytes = kChunkBytes;
  while (bytes < needed) bytes *= 2;
  _PyStackChunk* chunk = chunkNew(bytes, thread->datastack_chunk);
  if (!chunk) {
    (void)raiseNoMemory();
    return nullptr;
  }
  if (thread->datastack_chunk) {
    thread->datastack_chunk->top = static_cast<size_t>(thread->datastack_top - thread->datastack_chunk->data);
  }
  thread->datastack_chunk = chunk;
  // The first word stays unused in the first chunk, so that popping to the bottom never frees it.
  PyObject** base = chunk->data + (chunk->previous ? 0 : 1);
  thread->datastack_top = base + words;
  thread->datastack_limit = chunkLimit(chunk);
  return base;
}

PyObject** dataStackPush(Thread* thread, size_t words) { return dataStackTake(thread, words); }

void dataStackPop(Thread* thread, PyObject** base) {
  _PyStackChunk* chunk = thread->datastack_chunk;
  if (base != chunk->data) [[likely]] {
    thread->datastack_top = base;
    return;
  }
  _PyStackChunk* previous = chunk->previous;
  thread->datastack_chunk = previous;
  munmap(chunk, chunk->size);
  thread->datastack_top = previous->data + previous->top;
  thread->datastack_limit = chunkLimit(previous);
}

void dataStackFree(Thread* thread) {
  for (_PyStackChunk* chunk = thread->datastack_chunk; chunk;) {
    _PyStackChunk* previous = chunk->previous;
    munmap(chunk, chunk->size);
    chunk = previous;
  }
  thread->datastack_chunk = nullptr;
  thread->datastack_top = thread->datastack_limit = nullptr;
}

bool frameIsIncomplete(const Frame* frame) {
  return frame->owner != kFrameOwnedByGenerator &&
         frame->prev_instr < frame->code->co_code_adaptive + frame->code->_co_firsttraceable;
}

Frame* completeFrame(Frame* frame) {
  while (frame && frameIsIncomplete(frame)) frame = frame->previous;
  return frame;
}

Frame* currentFrame(Thread* thread) { return completeFrame(thread->cframe->current_frame); }

int frameLine(Frame* frame) { return codeLineAt(frame->code, frame->lasti()); }

void frameCopy(Frame* from, Frame* to) {
  int count = from->stacktop < 0 ? from->code->co_nlocalsplus : from->stacktop;
  std::memcpy(static_cast<void*>(to), from, (kFrameHeaderWords + count) * sizeof(PyObject*));
  to->stacktop = count;
}

void frameClear(Frame* frame) {
  int count = frame->stacktop < 0 ? frame->code->co_nlocalsplus : frame->stacktop;
  if (FrameObject* object = frame->frame_obj; object && object->ob_refcnt > 1) {
    frame->stacktop = count;
    frameGiveToObject(object, frame);
    frame->frame_obj = nullptr;
    decref(object);
    return;
  }
  clearSlots(frame, count);
  clearField(frame->locals);
  // A destructor may have asked for the frame object in the meantime.
  if (FrameObject* object = std::exchange(frame->frame_obj, nullptr)) {
    if (object->ob_refcnt > 1) {
      frame->stacktop = 0;
      frameGiveToObject(object, frame);
      Frame* own = object->f_frame;
      std::memset(static_cast<void*>(own->localsplus), 0, sizeof(PyObject*) * own->code->co_nlocalsplus);
      decref(object);
      return;
    }
    decref(object);
  }
  decref(frame->code);
  decref(frame->func);
}

int frameVisit(Frame* frame, visitproc visit, void* arg) {
  if (int status = visitAll(visit, arg, frame->frame_obj, frame->locals, frame->func, frame->code))
    return status;
  for (int i = 0; i < frame->stacktop; i++) {
    if (PyObject* value = frame->localsplus[i]) {
      if (int status = visit(value, arg)) return status;
    }
  }
  return 0;
}

PyObject* frameGenerator(Frame* frame) { return genOfFrame(frame); }

}  // namespace krait
