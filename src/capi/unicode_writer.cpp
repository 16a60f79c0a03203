// _PyUnicodeWriter (a growing string in the caller's frame) and _PyAccu (a growing list of strings).
#include <cstring>

#include "capi/capi.h"
#include "types/list.h"
#include "types/str_internal.h"

using namespace krait;

// The extension reads and writes these fields itself.
struct UnicodeWriter {
  StrObject* buffer;
  void* data;
  int kind;
  Py_UCS4 maxchar;
  Py_ssize_t size, pos, min_length;
  Py_UCS4 min_char;
  unsigned char overallocate, readonly;
};
static_assert(sizeof(UnicodeWriter) == 56);

namespace {

void refresh(UnicodeWriter* writer) {
  StrObject* buffer = writer->buffer;
  writer->maxchar = buffer->maxChar();
  writer->data = buffer->data();
  // A borrowed string never takes a character in place: every kind is too narrow.
  writer->kind = writer->readonly ? 0 : buffer->kind();
  writer->size = writer->readonly ? 0 : buffer->size();
}

// Makes the buffer an own one of this room and width, keeping what was written.
int regrow(UnicodeWriter* writer, Py_ssize_t room, Py_UCS4 widest) {
  auto made = strNew(room, widest);
  if (made.failed()) return -1;
  auto fresh = std::move(made).take();
  if (writer->buffer && writer->pos) strCopyChars(fresh, 0, writer->buffer, 0, writer->pos);
  xdecref(writer->buffer);
  writer->buffer = std::move(fresh).leak();
  writer->readonly = 0;
  refresh(writer);
  return 0;
}

int prepare(UnicodeWriter* writer, Py_ssize_t count, Py_UCS4 widest) {
  if (count > PY_SSIZE_T_MAX - writer->pos) return (void)raiseNoMemory(), -1;
  Py_ssize_t needed = writer->pos + count;
  widest = std::max(widest, writer->min_char);
  bool fits = writer->buffer && !writer->readonly && needed <= writer->size && widest <= writer->maxchar;
  if (fits) return 0;
  Py_ssize_t room = needed;
  if (writer->buffer && !writer->readonly && needed <= writer->size) {
    room = writer->size;
  } else {
    if (writer->overallocate && needed <= PY_SSIZE_T_MAX - needed / 4) room += needed / 4;
    room = std::max(room, writer->min_length);
  }
  return regrow(writer, room, writer->buffer ? std::max(widest, writer->maxchar) : widest);
}

int writePiece(UnicodeWriter* writer, StrObject* s, Py_ssize_t start, Py_ssize_t count, Py_UCS4 widest) {
  if (count == 0) return 0;
  if (prepare(writer, count, widest) < 0) return -1;
  strCopyChars(writer->buffer, writer->pos, s, start, count);
  writer->pos += count;
  return 0;
}

int writeLatin1(UnicodeWriter* writer, const char* text, Py_ssize_t count, Py_UCS4 widest) {
  if (count == 0) return 0;
  if (prepare(writer, count, widest) < 0) return -1;
  copyUnits(writer->buffer->kind(), writer->data, writer->pos, 1, text, 0, count);
  writer->pos += count;
  return 0;
}

}  // namespace

KR_EXPORT void _PyUnicodeWriter_Init(UnicodeWriter* writer) { memset(writer, 0, sizeof *writer); }
KR_EXPORT int _PyUnicodeWriter_PrepareInternal(UnicodeWriter* writer, Py_ssize_t count, Py_UCS4 widest) {
  return prepare(writer, count, widest);
}
KR_EXPORT int _PyUnicodeWriter_PrepareKindInternal(UnicodeWriter* writer, int kind) {
  return prepare(writer, 0, kind == 1 ? 0xff : kind == 2 ? 0xffff : 0x10ffff);
}
KR_EXPORT int _PyUnicodeWriter_WriteChar(UnicodeWriter* writer, Py_UCS4 ch) {
  if (prepare(writer, 1, ch) < 0) return -1;
  copyUnits(writer->buffer->kind(), writer->data, writer->pos, 4, &ch, 0, 1);
  writer->pos++;
  return 0;
}
KR_EXPORT int _PyUnicodeWriter_WriteStr(UnicodeWriter* writer, PyObject* object) {
  auto* s = static_cast<StrObject*>(object);
  if (s->size() == 0) return 0;
  if (!writer->buffer && !writer->overallocate) {
    writer->readonly = 1;
    writer->buffer = share(s).leak();
    refresh(writer);
    writer->pos = s->size();
    return 0;
  }
  return writePiece(writer, s, 0, s->size(), s->maxChar());
}
KR_EXPORT int _PyUnicodeWriter_WriteSubstring(UnicodeWriter* writer, PyObject* object, Py_ssize_t start,
                                              Py_ssize_t end) {
  auto* s = static_cast<StrObject*>(object);
  if (end <= start) return 0;
  if (start == 0 && end == s->size()) return _PyUnicodeWriter_WriteStr(writer, s);
  Py_UCS4 widest =
      s->maxChar() > writer->maxchar ? maxCharOf(s->kind(), s->data(), start, end - start) : writer->maxchar;
  return writePiece(writer, s, start, end - start, widest);
}
KR_EXPORT int _PyUnicodeWriter_WriteASCIIString(UnicodeWriter* writer, const char* text, Py_ssize_t size) {
  return writeLatin1(writer, text, size < 0 ? static_cast<Py_ssize_t>(strlen(text)) : size, 0x7f);
}
KR_EXPORT int _PyUnicodeWriter_WriteLatin1String(UnicodeWriter* writer, const char* text, Py_ssize_t size) {
  return writeLatin1(writer, text, size, maxCharOf(1, text, 0, size));
}
KR_EXPORT PyObject* _PyUnicodeWriter_Finish(UnicodeWriter* writer) {
  if (writer->pos == 0 || !writer->buffer) {
    clearField(writer->buffer);
    return emptyStr().leak();
  }
  auto text = steal(std::exchange(writer->buffer, nullptr));
  bool is_whole = writer->pos == text->size() && writer->pos > 1;  // single characters are shared
  if (writer->readonly || is_whole) return std::move(text).leak();
  return toC(strFromKind(text->kind(), text->data(), writer->pos));
}
KR_EXPORT void _PyUnicodeWriter_Dealloc(UnicodeWriter* writer) { clearField(writer->buffer); }

// _PyAccu: `small` holds the strings; `large` stays unused.
struct StringAccumulator {
  ListObject *large, *small;
};

KR_EXPORT int _PyAccu_Init(StringAccumulator* accu) {
  accu->large = nullptr;
  accu->small = listNew().toC();
  return accu->small ? 0 : -1;
}
KR_EXPORT int _PyAccu_Accumulate(StringAccumulator* accu, PyObject* text) {
  return toC(listAppend(accu->small, text));
}
KR_EXPORT PyObject* _PyAccu_FinishAsList(StringAccumulator* accu) {
  clearField(accu->large);
  return std::exchange(accu->small, nullptr);
}
KR_EXPORT PyObject* _PyAccu_Finish(StringAccumulator* accu) {
  auto list = steal(_PyAccu_FinishAsList(accu));
  auto nothing = emptyStr();
  return toC(strJoin(nothing.get(), list.get()));
}
KR_EXPORT void _PyAccu_Destroy(StringAccumulator* accu) {
  clearField(accu->large);
  clearField(accu->small);
}
