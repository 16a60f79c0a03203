// Reading and writing the C fields that PyMemberDef rows describe.
#include <cstring>

#include "core/errors.h"
#include "core/native.h"
#include "core/number.h"
#include "types/bool.h"
#include "types/descr.h"
#include "types/int.h"
#include "types/str.h"

namespace krait {

namespace {

template <class T>
T load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}
template <class T>
void store(char* at, T value) {
  std::memcpy(at, &value, sizeof value);
}

Result<Ref<>> textOrNone(const char* text) {
  if (!text) return none();
  return strFromUtf8(text);
}

Raised raiseAbsent(const char* object, PyMemberDef* def) {
  auto* owner = reinterpret_cast<const PyObject*>(object);
  return raise(PyExc_AttributeError, "'%.200s' object has no attribute '%s'", typeOf(owner)->tp_name,
               def->name);
}

Status checkDeletable(char* at, PyMemberDef* def) {
  if (def->type == T_OBJECT_EX) {
    if (!load<PyObject*>(at)) return raise(PyExc_AttributeError, "%s", def->name);
    return {};
  }
  if (def->type == T_OBJECT) return {};
  return raise(PyExc_TypeError, "can't delete numeric/char attribute");
}

// Stores an int into a narrower field, with CPython's warning when bits are lost.
template <class T>
Status storeInteger(char* at, PyObject* value, const char* truncated) {
  auto wide = TRY(asLong(value));
  store(at, static_cast<T>(wide));
  if (static_cast<long>(static_cast<T>(wide)) == wide) return {};
  return warn(PyExc_RuntimeWarning, 1, "Truncation of value to %s", truncated);
}

// What is no int, negative or too large is tried as a long, of whatever sign.
Result<unsigned long> unsignedValue(PyObject* value) {
  if (isInt(value) && intSign(cast<IntObject>(value)) >= 0) {
    auto wide = intAsUnsignedLong(cast<IntObject>(value));
    if (!wide.failed()) return wide;
    clearPending();
  }
  auto wide = static_cast<unsigned long>(TRY(asLong(value)));
  TRY(warn(PyExc_RuntimeWarning, 1, "Writing negative value into unsigned field"));
  return wide;
}

template <class T>
Status storeUnsigned(char* at, PyObject* value) {
  unsigned long wide = TRY(unsignedValue(value));
  store(at, static_cast<T>(wide));
  if (static_cast<T>(wide) == wide) return {};
  return warn(PyExc_RuntimeWarning, 1, "Truncation of value to unsigned int");
}

Raised raiseTooBig() { return raise(PyExc_OverflowError, "int too big to convert"); }

Status storeLongLong(char* at, PyObject* value) {
  Ref<IntObject> index = TRY(numberIndex(value));
  long wide;
  if (!intFitsLong(index.get(), &wide)) return raiseTooBig();
  store<long long>(at, wide);
  return {};
}

Status storeUnsignedLongLong(char* at, PyObject* value) {
  if (!isInt(value)) return store(at, static_cast<unsigned long long>(TRY(asLong(value)))), Status();
  auto* number = cast<IntObject>(value);
  if (intSign(number) < 0) return raise(PyExc_OverflowError, "can't convert negative int to unsigned");
  auto wide = intAsUnsignedLong(number);
  if (wide.failed()) return clearPending(), raiseTooBig();
  store<unsigned long long>(at, std::move(wide).take());
  return {};
}

Status storeBool(char* at, PyObject* value) {
  if (!isBool(value)) return raise(PyExc_TypeError, "attribute value type must be bool");
  store<char>(at, value == Py_True);
  return {};
}

Status storeChar(char* at, PyObject* value) {
  if (!isStr(value)) return raise(PyExc_TypeError, "bad argument type for built-in operation");
  std::string_view text = TRY(strUtf8(cast<StrObject>(value)));
  if (text.size() != 1) return raise(PyExc_TypeError, "bad argument type for built-in operation");
  *at = text[0];
  return {};
}

template <class T>
Status storeFloat(char* at, PyObject* value) {
  store(at, static_cast<T>(TRY(asDouble(value))));
  return {};
}

void storeObject(char* at, Opt<> value) {
  auto old = MaybeRef<>::steal(load<PyObject*>(at));  // dropped last: that may run Python
  store(at, MaybeRef<>::share(value.get()).leak());
}

Status storeNumber(char* at, PyMemberDef* def, PyObject* value) {
  switch (def->type) {
    case T_BYTE: return storeInteger<signed char>(at, value, "char");
    case T_UBYTE: return storeInteger<unsigned char>(at, value, "unsigned char");
    case T_SHORT: return storeInteger<short>(at, value, "short");
    case T_USHORT: return storeInteger<unsigned short>(at, value, "unsigned short");
    case T_INT: return storeInteger<int>(at, value, "int");
    case T_LONG: return storeInteger<long>(at, value, "long");
    case T_LONGLONG: return storeLongLong(at, value);
    case T_PYSSIZET: {
      if (!isInt(value)) return raise(PyExc_TypeError, "an integer is required");
      store(at, TRY(intAsSsize(cast<IntObject>(value))));
      return {};
    }
    case T_UINT: return storeUnsigned<unsigned>(at, value);
    case T_ULONG: return storeUnsigned<unsigned long>(at, value);
    case T_ULONGLONG: return storeUnsignedLongLong(at, value);
    case T_FLOAT: return storeFloat<float>(at, value);
    case T_DOUBLE: return storeFloat<double>(at, value);
    default: return raise(PyExc_SystemError, "bad memberdescr type for %s", def->name);
  }
}

Result<Ref<>> loadNumber(const char* at, PyMemberDef* def) {
  switch (def->type) {
    case T_BYTE: return intFromLong(load<signed char>(at));
    case T_UBYTE: return intFromLong(load<unsigned char>(at));
    case T_SHORT: return intFromLong(load<short>(at));
    case T_USHORT: return intFromLong(load<unsigned short>(at));
    case T_INT: return intFromLong(load<int>(at));
    case T_UINT: return intFromLong(load<unsigned>(at));
    case T_LONG:
    case T_LONGLONG:
    case T_PYSSIZET: return intFromLong(load<long>(at));
    case T_ULONG:
    case T_ULONGLONG: return intFromUnsignedLong(load<unsigned long>(at));
    case T_FLOAT: return floatObject(load<float>(at));
    case T_DOUBLE: return floatObject(load<double>(at));
    default: return raise(PyExc_SystemError, "bad memberdescr type for %s", def->name);
  }
}

}  // namespace

Result<Ref<>> memberGet(const char* base, PyMemberDef* def) {
  const char* at = base + def->offset;
  switch (def->type) {
    case T_BOOL: return boolObject(*at != 0);
    case T_STRING: return textOrNone(load<const char*>(at));
    case T_STRING_INPLACE: return strFromUtf8(at);
    case T_CHAR: return strFromUtf8({at, 1});
    case T_NONE: return none();
    case T_OBJECT: {
      auto* value = load<PyObject*>(at);
      return value ? share(value) : none();
    }
    case T_OBJECT_EX: {
      auto* value = load<PyObject*>(at);
      if (!value) return raiseAbsent(base, def);
      return share(value);
    }
    default: return loadNumber(at, def);
  }
}

Status memberSet(char* base, PyMemberDef* def, Opt<> value) {
  char* at = base + def->offset;
  if (def->flags & READONLY) return raise(PyExc_AttributeError, "readonly attribute");
  if (!value) TRY(checkDeletable(at, def));
  switch (def->type) {
    case T_BOOL: return storeBool(at, value.get());
    case T_CHAR: return storeChar(at, value.get());
    case T_STRING:
    case T_STRING_INPLACE: return raise(PyExc_TypeError, "readonly attribute");
    case T_OBJECT:
    case T_OBJECT_EX: storeObject(at, value); return {};
    default: return storeNumber(at, def, value.get());
  }
}

}  // namespace krait
