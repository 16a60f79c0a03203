// The pickler's output: frames of about 64 KiB for protocol 4 and up.
#include <cstring>

#include "core/call.h"
#include "core/errors.h"
#include "core/scratch.h"
#include "modules/pickle/pickle.h"
#include "types/bytes.h"

namespace krait::modules {

Status pickleMakeRoom(PicklerObject* self, size_t size) {
  PickleOutput& out = *self->output;
  TRY(reserveScratch(out, out.size() + kFrameHeader + size));
  if (self->framing && self->frame_start < 0) {
    self->frame_start = static_cast<Py_ssize_t>(out.size());
    out.appendFill(kFrameHeader, '\xfe');
  }
  return {};
}

Status pickleWrite(PicklerObject* self, std::string_view bytes) {
  TRY(pickleMakeRoom(self, bytes.size()));
  self->output->append(bytes.data(), bytes.size());
  return {};
}

Status pickleCloseFrame(PicklerObject* self) {
  if (!self->framing || self->frame_start < 0) return {};
  auto start = static_cast<size_t>(self->frame_start);
  PickleOutput& out = *self->output;
  char* header = out.data() + start;
  size_t length = out.size() - start - kFrameHeader;
  if (length >= kFrameLeast) {
    std::memcpy(header, Instruction(kFrame, length, 8).data(), kFrameHeader);
  } else {
    std::memmove(header, header + kFrameHeader, length);
    out.resize(start + length);
  }
  self->frame_start = -1;
  return {};
}

Status pickleFlush(PicklerObject* self) {
  TRY(pickleCloseFrame(self));
  Ref<BytesObject> bytes = TRY(bytesFrom({self->output->data(), self->output->size()}));
  self->output->clear();
  TRY(call(self->write, bytes.get()));
  return {};
}

Status pickleOpcodeBoundary(PicklerObject* self) {
  if (!self->framing || self->frame_start < 0) return {};
  size_t length = self->output->size() - static_cast<size_t>(self->frame_start) - kFrameHeader;
  if (length < kFrameTarget) return {};
  TRY(pickleCloseFrame(self));
  // What is complete need not be kept: large pickles go to the file frame by frame.
  return self->write ? pickleFlush(self) : Status();
}

Status pickleWriteLarge(PicklerObject* self, const Instruction& header, std::string_view data,
                        Opt<> payload) {
  bool bypass = data.size() >= kFrameTarget;
  bool framing = self->framing;
  if (bypass) {
    TRY(pickleCloseFrame(self));
    self->framing = false;
  }
  TRY(pickleWrite(self, header));
  if (bypass && self->write) {
    TRY(pickleFlush(self));
    Ref<> bytes = payload ? share(payload.get()) : Ref<>(TRY(bytesFrom(data)));
    TRY(call(self->write, bytes.get()));
  } else {
    TRY(pickleWrite(self, data));
  }
  self->framing = framing;
  return {};
}

}  // namespace krait::modules
