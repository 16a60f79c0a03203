#include "modules/io/newlines.h"

#include "types/bool.h"
#include "types/str_builder.h"
#include "types/tuple.h"

namespace krait::modules {

Result<Ref<>> newlinesSeen(int kinds) {
  constexpr const char* kTexts[] = {"\r", "\n", "\r\n"};
  Ref<> parts[3] = {none(), none(), none()};
  PyObject* items[3];
  int count = 0;
  for (int i = 0; i < 3; i++) {
    if (!(kinds & (1 << i))) continue;
    parts[count] = Ref<>(TRY(strLiteral(kTexts[i])));
    items[count] = parts[count].get();
    count++;
  }
  if (count == 0) return none();
  if (count == 1) return std::move(parts[0]);
  return Ref<>(TRY(tupleFromItems(items, count)));
}

namespace {

// Whether the text has a carriage return; a newline is recorded on the way.
bool scanKinds(const StrObject* text, int* kinds) {
  Py_ssize_t size = text->size();
  bool has_cr = strFindChar(text, '\r', 0, size, 1) >= 0;
  if (!has_cr && !(*kinds & kSeenLf) && strFindChar(text, '\n', 0, size, 1) >= 0) *kinds |= kSeenLf;
  return has_cr;
}

}  // namespace

Result<Ref<StrObject>> newlinesProcess(Ref<StrObject> text, bool translate, int* kinds) {
  if (!scanKinds(text, kinds)) return text;
  StrBuilder out;
  Py_ssize_t size = text->size(), start = 0;
  for (Py_ssize_t i = 0; i < size; i++) {
    Py_UCS4 c = text->at(i);
    if (c == '\n') *kinds |= kSeenLf;
    if (c != '\r') continue;
    bool pair = i + 1 < size && text->at(i + 1) == '\n';
    *kinds |= pair ? kSeenCrLf : kSeenCr;
    if (translate) {
      out.append(text.get(), start, i);
      out.append('\n');
      start = i + 1 + pair;
    }
    i += pair;
  }
  if (!translate) return text;
  out.append(text.get(), start, size);
  return out.finish();
}

Py_ssize_t lineEnd(const StrObject* text, Py_ssize_t start, bool translated, bool universal,
                   Opt<StrObject> terminator, Py_ssize_t* rescan) {
  Py_ssize_t size = text->size();
  *rescan = size;
  if (!translated && universal) {
    for (Py_ssize_t i = start; i < size; i++) {
      Py_UCS4 c = text->at(i);
      if (c == '\n') return i + 1;
      if (c == '\r') return i + 1 < size && text->at(i + 1) == '\n' ? i + 2 : i + 1;
    }
    return -1;
  }
  bool two = !translated && terminator && terminator->size() == 2;
  Py_UCS4 last = translated || !terminator ? '\n' : terminator->at(0);
  for (Py_ssize_t from = start;;) {
    Py_ssize_t found = strFindChar(text, last, from, size, 1);
    if (found < 0) return -1;
    if (!two) return found + 1;
    if (found + 1 == size) {
      *rescan = found;
      return -1;
    }
    if (text->at(found + 1) == terminator->at(1)) return found + 2;
    from = found + 1;
  }
}

Status newlineCheck(Opt<StrObject> newline, const char* refusal) {
  if (!newline) return {};
  for (const char* legal : {"", "\n", "\r", "\r\n"}) {
    if (strEqualsAscii(newline.get(), legal)) return {};
  }
  return raise(PyExc_ValueError, refusal, static_cast<PyObject*>(newline.get()));
}

// --- IncrementalNewlineDecoder -----------------------------------------------------------------------------

Result<Ref<StrObject>> newlineDecode(NewlineDecoderObject* self, PyObject* input, bool final) {
  if (!self->decoder) return raise(PyExc_ValueError, "IncrementalNewlineDecoder.__init__() not called");
  Ref<> decoded = self->decoder == Py_None
                      ? share(input)
                      : TRY(callMethod(self->decoder, name<"decode">(), input, boolRef(final).get()));
  if (!isStr(decoded)) {
    return raise(PyExc_TypeError, "decoder should return a string result, not '%.200s'", typeName(decoded));
  }
  Ref<StrObject> text = std::move(decoded).as<StrObject>();
  if (self->pending_cr && (final || text->size() > 0)) {
    Ref<StrObject> cr = TRY(strLiteral("\r"));
    text = TRY(strConcat(cr, text));
    self->pending_cr = 0;
  }
  // A carriage return at the end may be half of a pair: it waits for the next call.
  if (!final && text->size() > 0 && text->at(text->size() - 1) == '\r') {
    text = TRY(strSubstring(text, 0, text->size() - 1));
    self->pending_cr = 1;
  }
  int kinds = self->seen;
  text = TRY(newlinesProcess(std::move(text), self->translate, &kinds));
  self->seen = static_cast<unsigned>(kinds) & 7;
  return text;
}

namespace {

Status decoderInit(NewlineDecoderObject* self, PyObject* decoder, IntTruth translate, Opt<> errors) {
  setField(self->decoder, share(decoder));
  Ref<> strict = TRY(strLiteral("strict"));
  setField(self->errors, errors ? share(errors.get()) : std::move(strict));
  self->translate = translate;
  self->seen = 0;
  self->pending_cr = 0;
  return {};
}

Status checkInit(NewlineDecoderObject* self) {
  if (!self->decoder) return raise(PyExc_ValueError, "IncrementalNewlineDecoder.__init__() not called");
  return {};
}

Result<Ref<>> decoderDecode(NewlineDecoderObject* self, PyObject* input, IntTruth final) {
  return Ref<>(TRY(newlineDecode(self, input, final)));
}

Result<Ref<>> decoderGetstate(NewlineDecoderObject* self) {
  TRY(checkInit(self));
  Ref<> buffer = Ref<>(TRY(bytesFrom("")));
  unsigned long flag = 0;
  if (self->decoder != Py_None) {
    Ref<> state = TRY(callMethod(self->decoder, name<"getstate">()));
    if (!isTuple(state)) return raise(PyExc_TypeError, "illegal decoder state");
    auto* pair = cast<TupleObject>(state.get());
    if (pair->size() != 2) return raise(PyExc_TypeError, "illegal decoder state");
    buffer = share(pair->at(0));
    flag = TRY(asUnsignedLong(pair->at(1)));
  }
  flag = flag << 1 | self->pending_cr;
  Ref<IntObject> number = TRY(intFromUnsignedLong(flag));
  return Ref<>(TRY(tupleOf(buffer.get(), static_cast<PyObject*>(number.get()))));
}

Result<Ref<>> decoderSetstate(NewlineDecoderObject* self, PyObject* state) {
  TRY(checkInit(self));
  if (!isTuple(state)) return raise(PyExc_TypeError, "state argument must be a tuple");
  auto* pair = cast<TupleObject>(state);
  if (pair->size() != 2) return raise(PyExc_TypeError, "setstate(): illegal state argument");
  unsigned long flag = TRY(asUnsignedLong(pair->at(1)));
  self->pending_cr = flag & 1;
  if (self->decoder == Py_None) return none();
  Ref<IntObject> rest = TRY(intFromUnsignedLong(flag >> 1));
  Ref<TupleObject> inner = TRY(tupleOf(pair->at(0), static_cast<PyObject*>(rest.get())));
  return callMethod(self->decoder, name<"setstate">(), inner.get());
}

Result<Ref<>> decoderReset(NewlineDecoderObject* self) {
  TRY(checkInit(self));
  self->seen = 0;
  self->pending_cr = 0;
  if (self->decoder == Py_None) return none();
  return callMethod(self->decoder, name<"reset">());
}

Result<Ref<>> decoderNewlines(NewlineDecoderObject* self) {
  TRY(checkInit(self));
  return newlinesSeen(static_cast<int>(self->seen));
}

void decoderDealloc(PyObject* object) {
  auto* self = cast<NewlineDecoderObject>(object);
  clearField(self->decoder);
  clearField(self->errors);
  PyTypeObject* type = typeOf(object);
  type->tp_free(object);
}

constinit PyMethodDef kDecoderMethods[] = {method<"decode($self, /, input, final=False)", decoderDecode>,
                                           method<"getstate($self, /)", decoderGetstate>,
                                           method<"setstate($self, state, /)", decoderSetstate>,
                                           method<"reset($self, /)", decoderReset>,
                                           {}};
constinit PyGetSetDef kDecoderGetSet[] = {getset<"newlines", decoderNewlines>, {}};

}  // namespace
}  // namespace krait::modules

using namespace krait;
using namespace krait::modules;

KR_EXPORT constinit PyTypeObject PyIncrementalNewlineDecoder_Type = {
    KR_TYPE_HEAD,
    .tp_name = "_io.IncrementalNewlineDecoder",
    .tp_basicsize = sizeof(NewlineDecoderObject),
    .tp_dealloc = decoderDealloc,
    .tp_flags = Py_TPFLAGS_BASETYPE,
    .tp_doc = docText<"IncrementalNewlineDecoder(decoder, translate, errors='strict')",
                      "Wraps a decoder: records line ends and, when asked, makes all of them newlines.">,
    .tp_methods = kDecoderMethods,
    .tp_getset = kDecoderGetSet,
    .tp_init =
        initSlot<"IncrementalNewlineDecoder(decoder, translate, errors=<unrepresentable>)", decoderInit>,
    .tp_new = slot<ioBaseNew>};
