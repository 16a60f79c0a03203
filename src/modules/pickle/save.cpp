// Saving objects: atoms, text, the memo, and the dispatch on the type.
#include <cstring>

#include "base/float_text.h"
#include "core/call.h"
#include "core/errors.h"
#include "core/scratch.h"
#include "core/thread.h"
#include "modules/pickle/pickle.h"
#include "types/bool.h"
#include "types/bytes.h"
#include "types/codecs.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/list.h"

namespace krait::modules {
namespace {

// An opcode with an argument in decimal.
Status writeDecimal(PicklerObject* self, Opcode op, long argument) {
  TRY(pickleWrite(self, op));
  return pickleWrite(self, std::to_string(argument) + "\n");
}

Status saveBool(PicklerObject* self, bool value) {
  if (self->protocol >= 2) return pickleWrite(self, value ? kNewTrue : kNewFalse);
  return pickleWrite(self, value ? "I01\n" : "I00\n");
}

Status saveLongText(PicklerObject* self, IntObject* v) {
  Ref<> repr = TRY(intRepr(v));
  TRY(pickleWrite(self, kLong));
  TRY(pickleWrite(self, cast<StrObject>(repr.get())->asciiView()));
  return pickleWrite(self, "L\n");
}

// Two's complement in as few bytes as possible.
Status saveLongBinary(PicklerObject* self, IntObject* v) {
  size_t bytes = intBitCount(v) / 8 + 1;
  if (bytes > 0x7fffffff) return raise(PyExc_OverflowError, "int too large to pickle");
  TRY(askForRoom(bytes));
  std::string data(bytes, '\0');
  TRY(intToBytes(v, reinterpret_cast<uint8_t*>(data.data()), bytes, true, true));
  bool spare_sign =
      v->isNegative() && bytes > 1 && data[bytes - 1] == '\xff' && (data[bytes - 2] & 0x80) != 0;
  if (spare_sign) data.resize(--bytes);
  TRY(pickleWrite(self, bytes < 256 ? Instruction(kLong1, bytes, 1) : Instruction(kLong4, bytes, 4)));
  return pickleWrite(self, data);
}

Status saveInt(PicklerObject* self, IntObject* v) {
  long value;
  if (!intFitsLong(v, &value) || value != static_cast<int32_t>(value)) {
    return self->protocol >= 2 ? saveLongBinary(self, v) : saveLongText(self, v);
  }
  if (!self->bin) return writeDecimal(self, kInt, value);
  auto bits = static_cast<uint32_t>(value);
  if (bits < 256) return pickleWrite(self, Instruction(kBinInt1, bits, 1));
  if (bits < 65536) return pickleWrite(self, Instruction(kBinInt2, bits, 2));
  return pickleWrite(self, Instruction(kBinInt, bits, 4));
}

Status saveFloat(PicklerObject* self, double value) {
  if (self->bin) {
    uint64_t bits;
    std::memcpy(&bits, &value, 8);
    return pickleWrite(self, Instruction(kBinFloat, __builtin_bswap64(bits), 8));
  }
  CharBuffer text;
  doubleRepr(text, value);
  text.append('\n');
  TRY(pickleWrite(self, kFloat));
  return pickleWrite(self, {text.data(), text.size()});
}

Status saveReduceOf(PicklerObject* self, PyObject* callable, PyObject* args, PyObject* object) {
  Ref<TupleObject> reduced = TRY(tupleOf(callable, args));
  return pickleSaveReduce(self, reduced, object);
}

// Protocols before 3 know no bytes: they travel as latin-1 text through codecs.encode.
Status saveBytesOld(PicklerObject* self, BytesObject* bytes) {
  if (bytes->size() == 0)
    return saveReduceOf(self, reinterpret_cast<PyObject*>(&PyBytes_Type), emptyTuple().get(), bytes);
  Ref<StrObject> text = TRY(strFromLatin1(bytes->view()));
  Ref<TupleObject> args = TRY(tupleOf(text.get(), static_cast<StrObject*>(name<"latin1">())));
  return saveReduceOf(self, pickle_state.codecs_encode, args, bytes);
}

Status saveByteArray(PicklerObject* self, PyObject* object) {
  auto* array = cast<ByteArrayObject>(object);
  std::string_view data(array->ob_start ? array->ob_start : "", static_cast<size_t>(array->ob_size));
  if (self->protocol >= 5) return pickleSaveByteArrayData(self, object, data);
  Ref<TupleObject> args = emptyTuple();
  if (!data.empty()) {
    Ref<BytesObject> bytes = TRY(bytesFrom(data));
    args = TRY(tupleOf(bytes.get()));
  }
  return saveReduceOf(self, reinterpret_cast<PyObject*>(&PyByteArray_Type), args, object);
}

struct HeaderOps {
  Opcode small, medium, large;
  const char* kind;
};

// What stands before `size` bytes of data.
Result<Instruction> sizedHeader(PicklerObject* self, const HeaderOps& ops, size_t size, bool may_be_small) {
  if (size <= 0xff && may_be_small) return Instruction(ops.small, size, 1);
  if (size <= 0xffffffff) return Instruction(ops.medium, size, 4);
  if (self->protocol >= 4) return Instruction(ops.large, size, 8);
  return raise(PyExc_OverflowError, "serializing a %s larger than 4 GiB requires pickle protocol 4 or higher",
               ops.kind);
}

Status saveStrBinary(PicklerObject* self, StrObject* text) {
  Ref<BytesObject> held = TRY(bytesFrom({}));
  std::string_view data;
  if (text->isAscii()) {
    data = text->asciiView();
  } else {
    held = TRY(encodeUtf8(text, "surrogatepass"));
    data = held->view();
  }
  static constexpr HeaderOps kOps = {kShortBinUnicode, kBinUnicode, kBinUnicode8, "string"};
  Instruction header = TRY(sizedHeader(self, kOps, data.size(), self->protocol >= 4));
  return pickleWriteLarge(self, header, data, nullptr);
}

void appendHex(std::string& out, Py_UCS4 c, int digits) {
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out += "0123456789abcdef"[c >> shift & 15];
}

// raw-unicode-escape, with the characters that would end the line or the data escaped too.
Result<std::string> rawEscape(StrObject* text) {
  constexpr size_t kLongest = 10;
  std::string out;
  for (Py_ssize_t i = 0; i < text->size(); i++) {
    TRY(reserveMore(out, kLongest));
    Py_UCS4 c = text->at(i);
    if (c >= 0x10000) {
      out += "\\U";
      appendHex(out, c, 8);
    } else if (c >= 256 || c == '\\' || c == 0 || c == '\n' || c == '\r' || c == 0x1a) {
      out += "\\u";
      appendHex(out, c, 4);
    } else {
      out += static_cast<char>(c);
    }
  }
  return out;
}

Status saveStr(PicklerObject* self, StrObject* text) {
  if (self->bin) {
    TRY(saveStrBinary(self, text));
  } else {
    std::string escaped = TRY(rawEscape(text));
    TRY(pickleWrite(self, kUnicode));
    TRY(pickleWrite(self, escaped));
    TRY(pickleWrite(self, "\n"));
  }
  return pickleMemoPut(self, text);
}

Status saveSingletonType(PicklerObject* self, PyObject* type, PyObject* singleton) {
  Ref<TupleObject> args = TRY(tupleOf(singleton));
  return saveReduceOf(self, reinterpret_cast<PyObject*>(&PyType_Type), args, type);
}

Status saveType(PicklerObject* self, PyObject* type) {
  if (type == &_PyNone_Type) return saveSingletonType(self, type, Py_None);
  if (type == &PyEllipsis_Type) return saveSingletonType(self, type, Py_Ellipsis);
  if (type == &_PyNotImplemented_Type) return saveSingletonType(self, type, Py_NotImplemented);
  return pickleSaveGlobal(self, type, nullptr);
}

// Persistent ids: true when the object was saved as one.
Result<bool> savePersistent(PicklerObject* self, PyObject* object) {
  Ref<> id = TRY(pickleCallMethodRef(self, self->persistent_id, self->persistent_id_bound, object));
  if (id.get() == Py_None) return false;
  if (self->bin) {
    TRY(pickleSave(self, id, true));
    TRY(pickleWrite(self, kBinPersid));
    return true;
  }
  Ref<StrObject> text = TRY(objectStr(id));
  if (!text->isAscii()) {
    return raise(pickle_state.pickling_error, "persistent IDs in protocol 0 must be ASCII strings");
  }
  TRY(pickleWrite(self, kPersid));
  TRY(pickleWrite(self, text->asciiView()));
  TRY(pickleWrite(self, "\n"));
  return true;
}

// Objects that are written out on every occurrence.
Status saveAtom(PicklerObject* self, PyObject* object, bool* handled) {
  *handled = true;
  if (object == Py_None) return pickleWrite(self, kNone);
  if (isBool(object)) return saveBool(self, object == Py_True);
  if (isExactInt(object)) return saveInt(self, cast<IntObject>(object));
  if (isExactFloat(object)) return saveFloat(self, cast<FloatObject>(object)->value);
  *handled = false;
  return {};
}

Status saveText(PicklerObject* self, PyObject* object, bool* handled) {
  *handled = true;
  if (isExactStr(object)) return saveStr(self, cast<StrObject>(object));
  if (isExactBytes(object)) {
    auto* bytes = cast<BytesObject>(object);
    return self->protocol < 3 ? saveBytesOld(self, bytes) : pickleSaveBytesData(self, object, bytes->view());
  }
  if (isExact(object, &PyByteArray_Type)) return saveByteArray(self, object);
  *handled = false;
  return {};
}

// copyreg's or the pickler's reduction function for the type; absent: none registered.
Result<MaybeRef<>> registeredReducer(PicklerObject* self, PyObject* type) {
  if (!self->dispatch_table) {
    Opt<> found = TRY(dictGet(pickle_state.dispatch_table, type));
    return MaybeRef<>::share(found.get());
  }
  Result<Ref<>> found = itemGet(self->dispatch_table, type);
  if (!found.failed()) return MaybeRef<>(std::move(found).take());
  if (!pendingMatches(PyExc_KeyError)) return Raised{};
  clearPending();
  return MaybeRef<>();
}

// What the object's own __reduce_ex__ or __reduce__ says.
Result<Ref<>> reduceSelf(PicklerObject* self, PyObject* object) {
  MaybeRef<> reduce_ex = TRY(attrLookup(object, name<"__reduce_ex__">()));
  if (reduce_ex) {
    Ref<IntObject> protocol = TRY(intFromLong(self->protocol));
    return call(reduce_ex.get(), protocol.get());
  }
  MaybeRef<> reduce = TRY(attrLookup(object, name<"__reduce__">()));
  if (reduce) return call(reduce.get());
  return raise(pickle_state.pickling_error, "can't pickle '%.200s' object: %R", typeName(object), object);
}

Status saveReduced(PicklerObject* self, PyObject* object, PyObject* reduced) {
  if (isStr(reduced)) return pickleSaveGlobal(self, object, reduced);
  if (!isTuple(reduced)) {
    return raise(pickle_state.pickling_error, "__reduce__ must return a string or tuple");
  }
  return pickleSaveReduce(self, reduced, object);
}

Status saveOther(PicklerObject* self, PyObject* object) {
  if (self->reducer_override) {
    Ref<> reduced = TRY(call(self->reducer_override, object));
    if (reduced.get() != Py_NotImplemented) return saveReduced(self, object, reduced);
  }
  PyTypeObject* type = typeOf(object);
  if (type == &PyType_Type) return saveType(self, object);
  if (type == &PyFunction_Type) return pickleSaveGlobal(self, object, nullptr);
  MaybeRef<> registered = TRY(registeredReducer(self, type));
  if (registered) {
    Ref<> reduced = TRY(call(registered.get(), object));
    return saveReduced(self, object, reduced);
  }
  if (typeIsSubtype(type, &PyType_Type)) return pickleSaveGlobal(self, object, nullptr);
  Ref<> reduced = TRY(reduceSelf(self, object));
  return saveReduced(self, object, reduced);
}

}  // namespace

Status pickleSaveBytesData(PicklerObject* self, PyObject* object, std::string_view data) {
  static constexpr HeaderOps kOps = {kShortBinBytes, kBinBytes, kBinBytes8, "bytes object"};
  Instruction header = TRY(sizedHeader(self, kOps, data.size(), true));
  Opt<> payload = isExactBytes(object) ? Opt<>(object) : Opt<>();
  TRY(pickleWriteLarge(self, header, data, payload));
  return pickleMemoPut(self, object);
}

Status pickleSaveByteArrayData(PicklerObject* self, PyObject* object, std::string_view data) {
  TRY(pickleWriteLarge(self, Instruction(kByteArray8, data.size(), 8), data, nullptr));
  return pickleMemoPut(self, object);
}

Status pickleMemoPut(PicklerObject* self, PyObject* object) {
  if (self->fast) return {};
  Py_ssize_t index = self->memo->size();
  TRY(self->memo->set(object, index));
  if (self->protocol >= 4) return pickleWrite(self, kMemoize);
  if (!self->bin) return writeDecimal(self, kPut, index);
  auto argument = static_cast<uint64_t>(index);
  return pickleWrite(self,
                     index < 256 ? Instruction(kBinPut, argument, 1) : Instruction(kLongBinPut, argument, 4));
}

Result<bool> pickleMemoGet(PicklerObject* self, PyObject* object) {
  const Py_ssize_t* found = self->memo->find(object);
  if (!found) return false;
  auto index = static_cast<uint64_t>(*found);
  if (!self->bin)
    TRY(writeDecimal(self, kGet, *found));
  else
    TRY(pickleWrite(self, index < 256 ? Instruction(kBinGet, index, 1) : Instruction(kLongBinGet, index, 4)));
  return true;
}

Status pickleSave(PicklerObject* self, PyObject* object, bool persistent_done) {
  TRY(pickleOpcodeBoundary(self));
  if (!persistent_done && self->persistent_id && TRY(savePersistent(self, object))) return {};
  bool handled;
  TRY(saveAtom(self, object, &handled));
  if (handled || TRY(pickleMemoGet(self, object))) return {};
  TRY(saveText(self, object, &handled));
  if (handled) return {};
  auto guard = TRY(RecursionGuard::enter(" while pickling an object"));
  TRY(pickleSaveContainer(self, object, &handled));
  if (handled) return {};
  return saveOther(self, object);
}

Status pickleDump(PicklerObject* self, PyObject* object) {
  if (self->protocol >= 2) {
    TRY(pickleWrite(self, Instruction(kProto, static_cast<uint64_t>(self->protocol), 1)));
    if (self->protocol >= 4) self->framing = true;
  }
  Status saved = pickleSave(self, object);
  if (saved.failed()) {
    self->framing = false;
    return saved;
  }
  TRY(pickleWrite(self, kStop));
  TRY(pickleCloseFrame(self));
  self->framing = false;
  return {};
}

}  // namespace krait::modules
