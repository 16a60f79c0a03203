// Pickling of arrays: items travel in the machine's format, named by a code, and are converted on arrival if
// needed.
#include <algorithm>
#include <cstring>

#include "base/digits.h"
#include "base/float_text.h"
#include "core/call.h"
#include "core/errors.h"
#include "core/import.h"
#include "core/object.h"
#include "modules/array/array.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/tuple.h"

namespace krait::modules {
namespace {

enum class Family : uint8_t { kInteger, kFloat, kUtf16, kUtf32 };
struct MachineFormat {
  Family family;
  uint8_t size;
  bool is_signed, big_endian;
};
// Indexed by the format's code.
constexpr MachineFormat kFormats[] = {{Family::kInteger, 1, false, false}, {Family::kInteger, 1, true, false},
                                      {Family::kInteger, 2, false, false}, {Family::kInteger, 2, false, true},
                                      {Family::kInteger, 2, true, false},  {Family::kInteger, 2, true, true},
                                      {Family::kInteger, 4, false, false}, {Family::kInteger, 4, false, true},
                                      {Family::kInteger, 4, true, false},  {Family::kInteger, 4, true, true},
                                      {Family::kInteger, 8, false, false}, {Family::kInteger, 8, false, true},
                                      {Family::kInteger, 8, true, false},  {Family::kInteger, 8, true, true},
                                      {Family::kFloat, 4, false, false},   {Family::kFloat, 4, false, true},
                                      {Family::kFloat, 8, false, false},   {Family::kFloat, 8, false, true},
                                      {Family::kUtf16, 4, false, false},   {Family::kUtf16, 4, false, true},
                                      {Family::kUtf32, 8, false, false},   {Family::kUtf32, 8, false, true}};
constexpr int kFormatCount = sizeof kFormats / sizeof kFormats[0];

Result<Ref<>> decodeText(const MachineFormat& format, std::string_view data) {
  bool wide = format.family == Family::kUtf32;
  Ref<StrObject> encoding = TRY(strFromAscii(wide ? (format.big_endian ? "utf-32-be" : "utf-32-le")
                                                  : (format.big_endian ? "utf-16-be" : "utf-16-le")));
  Ref<BytesObject> bytes = TRY(bytesFrom(data));
  return callMethod(bytes.get(), name<"decode">(), encoding.get());
}

Result<Ref<>> decodeItem(const MachineFormat& format, const char* item) {
  auto* bytes = reinterpret_cast<const uint8_t*>(item);
  if (format.family == Family::kInteger) {
    return intFromBytes(bytes, format.size, !format.big_endian, format.is_signed);
  }
  uint8_t ordered[8];
  std::copy_n(bytes, format.size, ordered);
  if (format.big_endian) std::reverse(ordered, ordered + format.size);
  if (format.size == 4) {
    uint32_t bits;
    std::memcpy(&bits, ordered, 4);
    return floatNew(doubleFromSingle(bits));
  }
  double value;
  std::memcpy(&value, ordered, 8);
  return floatNew(value);
}

Result<Ref<>> decodeItems(const MachineFormat& format, std::string_view data) {
  if (data.size() % format.size != 0)
    return raise(PyExc_ValueError, "bytes length not a multiple of item size");
  auto count = static_cast<Py_ssize_t>(data.size() / format.size);
  Ref<ListObject> list = TRY(listNew(count));
  for (Py_ssize_t i = 0; i < count; i++) {
    list->ob_item[i] = TRY(decodeItem(format, data.data() + i * format.size)).leak();
  }
  return list;
}

// Integers keep their meaning: the smallest kind of the format's size and sign takes them.
const ArrayKind* kindForFormat(const ArrayKind* asked, const MachineFormat& format) {
  if (format.family != Family::kInteger) return asked;
  for (int i = 0; i < kArrayKindCount; i++) {
    const ArrayKind& kind = kArrayKinds[i];
    if (kind.is_integer && kind.size == format.size && kind.is_signed == format.is_signed) return &kind;
  }
  return asked;
}

Result<Ref<>> makeArray(PyTypeObject* type, char code, PyObject* items) {
  Ref<StrObject> typecode = TRY(strFromChar(static_cast<Py_UCS4>(code)));
  Ref<TupleObject> args = TRY(tupleOf(typecode.get(), items));
  return arrayConstruct(type, args.get(), nullptr);
}

}  // namespace

int arrayMachineFormat(const ArrayKind* kind) {
  if (kind->code == 'u') return 20;
  if (kind->code == 'f') return 14;
  if (kind->code == 'd') return 16;
  if (kind->size == 1) return kind->is_signed ? 1 : 0;
  int base = kind->size == 2 ? 2 : kind->size == 4 ? 6 : 10;
  return base + (kind->is_signed ? 2 : 0);
}

Result<Ref<>> arrayReconstruct(PyObject* type_object, char32_t typecode, int code, PyObject* items) {
  if (!isInstanceOf(type_object, &PyType_Type)) {
    return raise(PyExc_TypeError, "first argument must be a type object, not %.200s", typeName(type_object));
  }
  auto* type = reinterpret_cast<PyTypeObject*>(type_object);
  if (!typeIsSubtype(type, array_type)) {
    return raise(PyExc_TypeError, "%.200s is not a subtype of %.200s", type->tp_name, array_type->tp_name);
  }
  const ArrayKind* kind = arrayKindOf(typecode);
  if (!kind) return raise(PyExc_ValueError, "second argument must be a valid type code");
  if (code < 0 || code >= kFormatCount) {
    return raise(PyExc_ValueError, "third argument must be a valid machine format code.");
  }
  if (!isBytes(items)) {
    return raise(PyExc_TypeError, "fourth argument should be bytes, not %.200s", typeName(items));
  }
  if (code == arrayMachineFormat(kind)) return makeArray(type, kind->code, items);
  const MachineFormat& format = kFormats[code];
  std::string_view data = cast<BytesObject>(items)->view();
  bool text = format.family == Family::kUtf16 || format.family == Family::kUtf32;
  if (text && data.size() % format.size != 0) {
    return raise(PyExc_ValueError, "string length not a multiple of item size");
  }
  Ref<> converted = TRY(text ? decodeText(format, data) : decodeItems(format, data));
  return makeArray(type, kindForFormat(kind, format)->code, converted);
}

Result<Ref<>> arrayReduce(ArrayObject* self, PyObject* protocol_object) {
  if (!isInt(protocol_object)) return raise(PyExc_TypeError, "__reduce_ex__ argument should be an integer");
  long protocol = TRY(intAsLong(cast<IntObject>(protocol_object)));
  MaybeRef<> dict = TRY(attrLookup(self, name<"__dict__">()));
  Ref<> state = dict ? std::move(dict).take() : none();
  Ref<StrObject> typecode = TRY(strFromChar(static_cast<Py_UCS4>(self->kind->code)));
  if (protocol < 3) {
    Ref<> list = TRY(callMethod(self, name<"tolist">()));
    Ref<TupleObject> args = TRY(tupleOf(typecode.get(), list.get()));
    return tupleOf(static_cast<PyObject*>(typeOf(self)), args.get(), state.get());
  }
  Ref<> module = TRY(importModule("array"));
  Ref<> reconstructor = TRY(attrGet(module, name<"_array_reconstructor">()));
  Ref<> bytes = TRY(callMethod(self, name<"tobytes">()));
  Ref<IntObject> format = TRY(intFromLong(arrayMachineFormat(self->kind)));
  Ref<TupleObject> args =
      TRY(tupleOf(static_cast<PyObject*>(typeOf(self)), typecode.get(), format.get(), bytes.get()));
  return tupleOf(reconstructor.get(), args.get(), state.get());
}

}  // namespace krait::modules
