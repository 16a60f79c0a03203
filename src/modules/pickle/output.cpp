// The pickler's output: frames of about 64 KiB for protocol 4 and up.
#include <cstring>

#include "core/call.h"
#include "core/errors.h"
#include "core/scratch.h"
#include "modules/pickle/pickle.h"
#include "types/bytes.h"

namespace krait::modules {
namespace {

void storeLittle(char* out, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; i++) out[i] = static_cast<char>(value >> (8 * i));
}

}  // namespace

std::string littleEndian(uint64_t value, int bytes) {
  std::string text(static_cast<size_t>(bytes), '\0');
  storeLittle(text.data(), value, bytes);
  return text;
}

Status pickleWrite(PicklerObject* self, std::string_view bytes) {
  TRY(reserveMore(*self->output, bytes.size() + kFrameHeader));
  if (self->framing && self->frame_start < 0) {
    self->frame_start = static_cast<Py_ssize_t>(self->output->size());
    self->output->append(kFrameHeader, '\xfe');
  }
  self->output->append(bytes);
  return {};
}

Status pickleCloseFrame(PicklerObject* self) {
  if (!self->framing || self->frame_start < 0) return {};
  auto start = static_cast<size_t>(self->frame_start);
  size_t length = self->output->size() - start - kFrameHeader;
  if (length >= kFrameLeast) {
    char* header = self->output->data() + start;
    header[0] = static_cast<char>(kFrame);
    storeLittle(header + 1, length, 8);
  } else {
    self->output->erase(start, kFrameHeader);
  }
  self->frame_start = -1;
  return {};
}

Status pickleFlush(PicklerObject* self) {
  TRY(pickleCloseFrame(self));
  Ref<BytesObject> bytes = TRY(bytesFrom(*self->output));
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

Status pickleWriteLarge(PicklerObject* self, std::string_view header, std::string_view data, Opt<> payload) {
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
