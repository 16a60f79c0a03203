// Objects as ints, floats and C numbers.
#include <climits>
#include <cstring>

#include "core/buffer.h"
#include "core/call.h"
#include "core/native.h"
#include "core/number.h"
#include "core/object.h"
#include "types/bytes.h"
#include "types/complex.h"
#include "types/float.h"
#include "types/int.h"
#include "types/str.h"

namespace krait {
namespace {

PyNumberMethods* numberOf(PyObject* o) { return typeOf(o)->tp_as_number; }

// An exact int of the same value.
Result<Ref<IntObject>> exactInt(Ref<IntObject> value) {
  if (isExactInt(value.get())) return value;
  long small;
  if (intFitsLong(value.get(), &small)) return intFromLong(small);
  Ref<IntObject> copy = TRY(intNew(value->digitCount()));
  std::memcpy(copy->digits, value->digits, value->digitCount() * sizeof(Digit));
  copy->ob_size = value->ob_size;
  return copy;
}

Status warnStrictSubclass(const char* format, PyObject* first, Opt<> second = nullptr) {
  return warn(PyExc_DeprecationWarning, 1, format, typeName(first), second ? typeName(second.get()) : "");
}

// __index__'s answer: an int, possibly of a subclass.
Result<Ref<IntObject>> indexOf(PyObject* object) {
  if (isInt(object)) return share(cast<IntObject>(object));
  if (!isIndex(object))
    return raise(PyExc_TypeError, "'%.200s' object cannot be interpreted as an integer", typeName(object));
  Ref<> result = TRY(Result<Ref<>>::fromC(numberOf(object)->nb_index(object)));
  if (isExactInt(result.get())) return std::move(result).as<IntObject>();
  if (!isInt(result.get()))
    return raise(PyExc_TypeError, "__index__ returned non-int (type %.200s)", typeName(result.get()));
  TRY(warnStrictSubclass(
      "__index__ returned non-int (type %.200s).  The ability to return an instance of a strict subclass "
      "of int is deprecated, and may be removed in a future version of Python.",
      result.get()));
  return std::move(result).as<IntObject>();
}

}  // namespace

bool isIndex(PyObject* object) { return numberOf(object) && numberOf(object)->nb_index; }
bool isNumber(PyObject* object) {
  auto* n = numberOf(object);
  return n && (n->nb_index || n->nb_int || n->nb_float || isComplex(object));
}

Result<Ref<IntObject>> numberIndex(PyObject* object) { return exactInt(TRY(indexOf(object))); }

// --- int(object) -------------------------------------------------------------------------------------------

namespace {

Result<Ref<IntObject>> intThroughSlot(PyObject* object) {
  Ref<> result = TRY(Result<Ref<>>::fromC(numberOf(object)->nb_int(object)));
  if (isExactInt(result.get())) return std::move(result).as<IntObject>();
  if (!isInt(result.get()))
    return raise(PyExc_TypeError, "__int__ returned non-int (type %.200s)", typeName(result.get()));
  TRY(warnStrictSubclass(
      "__int__ returned non-int (type %.200s).  The ability to return an instance of a strict subclass of "
      "int is deprecated, and may be removed in a future version of Python.",
      result.get()));
  return exactInt(std::move(result).as<IntObject>());
}

Result<Ref<IntObject>> intThroughTrunc(PyObject* method) {
  TRY(warn(PyExc_DeprecationWarning, 1, "The delegation of int() to __trunc__ is deprecated."));
  Ref<> result = TRY(call(method));
  if (isExactInt(result.get())) return std::move(result).as<IntObject>();
  if (isInt(result.get())) return exactInt(std::move(result).as<IntObject>());
  if (!isIndex(result.get()))
    return raise(PyExc_TypeError, "__trunc__ returned non-Integral (type %.200s)", typeName(result.get()));
  return numberIndex(result.get());
}

Result<Ref<IntObject>> intFromBytesText(std::string_view text) {
  auto parsed = intFromText(text, 10);
  if (!parsed.failed() || !pendingMatches(PyExc_ValueError)) return parsed;
  if (text.size() > 4300) return parsed;  // may be the limit on digits, whose message stands
  Ref<BytesObject> shown = TRY(bytesFrom(text));
  return raise(PyExc_ValueError, "invalid literal for int() with base 10: %.200R", shown.get());
}

}  // namespace

Result<Ref<IntObject>> numberInt(PyObject* object) {
  if (isExactInt(object)) return share(cast<IntObject>(object));
  if (numberOf(object) && numberOf(object)->nb_int) return intThroughSlot(object);
  if (isIndex(object)) return numberIndex(object);
  MaybeRef<> trunc = TRY(lookupSpecial(object, name<"__trunc__">()));
  if (trunc) return intThroughTrunc(trunc.get());
  if (isStr(object)) return TRY(intFromStr(cast<StrObject>(object), 10)).as<IntObject>();
  if (isBytes(object)) return intFromBytesText(cast<BytesObject>(object)->view());
  if (hasBuffer(object)) {
    auto acquired = Buffer::acquire(object);
    if (!acquired.failed()) {
      Buffer buffer = std::move(acquired).take();
      return intFromBytesText(
          {reinterpret_cast<const char*>(buffer.data()), static_cast<size_t>(buffer.size())});
    }
    clearPending();  // bytes with gaps between them are no text
  }
  return raise(PyExc_TypeError,
               "int() argument must be a string, a bytes-like object or a real number, not '%.200s'",
               typeName(object));
}

// --- float(object) -----------------------------------------------------------------------------------------

namespace {

// __float__'s answer: a float, possibly of a subclass.
Result<Ref<FloatObject>> floatThroughSlot(PyObject* object) {
  Ref<> result = TRY(Result<Ref<>>::fromC(numberOf(object)->nb_float(object)));
  if (isExactFloat(result.get())) return std::move(result).as<FloatObject>();
  if (!isFloat(result.get()))
    return raise(PyExc_TypeError, "%.50s.__float__ returned non-float (type %.50s)", typeName(object),
                 typeName(result.get()));
  TRY(warnStrictSubclass(
      "%.50s.__float__ returned non-float (type %.50s).  The ability to return an instance of a strict "
      "subclass of float is deprecated, and may be removed in a future version of Python.",
      object, result.get()));
  return std::move(result).as<FloatObject>();
}

}  // namespace

Result<Ref<FloatObject>> numberFloat(PyObject* object) {
  if (isExactFloat(object)) return share(cast<FloatObject>(object));
  if (numberOf(object) && numberOf(object)->nb_float) {
    Ref<FloatObject> value = TRY(floatThroughSlot(object));
    if (isExactFloat(value.get())) return value;
    return floatNew(value->value);
  }
  if (isIndex(object)) {
    Ref<IntObject> index = TRY(indexOf(object));
    return floatNew(TRY(intAsDouble(index)));
  }
  if (isFloat(object)) return floatNew(cast<FloatObject>(object)->value);
  return floatFromStr(object);
}

Result<double> asDouble(PyObject* object) {
  if (isFloat(object)) return cast<FloatObject>(object)->value;
  if (numberOf(object) && numberOf(object)->nb_float) return TRY(floatThroughSlot(object))->value;
  if (isIndex(object)) {
    Ref<IntObject> index = TRY(indexOf(object));
    return intAsDouble(index);
  }
  return raise(PyExc_TypeError, "must be real number, not %.50s", typeName(object));
}

// --- C integers --------------------------------------------------------------------------------------------

Result<Py_ssize_t> asSsize(PyObject* object, Opt<> overflow_error) {
  if (isExactInt(object) && cast<IntObject>(object)->isCompact()) [[likely]]
    return cast<IntObject>(object)->compactValue();
  Ref<IntObject> index = TRY(indexOf(object));
  long value;
  if (intFitsLong(index, &value)) return value;
  if (!overflow_error) return index->isNegative() ? PY_SSIZE_T_MIN : PY_SSIZE_T_MAX;
  return raise(overflow_error.get(), "cannot fit '%.200s' into an index-sized integer", typeName(object));
}

namespace {

Result<long> asLongNamed(PyObject* object, const char* c_type) {
  if (isExactInt(object) && cast<IntObject>(object)->isCompact()) [[likely]]
    return cast<IntObject>(object)->compactValue();
  Ref<IntObject> index = TRY(indexOf(object));
  long value;
  if (intFitsLong(index, &value)) return value;
  return raise(PyExc_OverflowError, "Python int too large to convert to C %s", c_type);
}

}  // namespace

Result<long> asLong(PyObject* object) { return asLongNamed(object, "long"); }
Result<Py_ssize_t> argSsize(PyObject* object) { return asLongNamed(object, "ssize_t"); }

Result<int> asInt(PyObject* object) {
  long value = TRY(asLongNamed(object, "int"));
  if (value < INT_MIN || value > INT_MAX)
    return raise(PyExc_OverflowError, "Python int too large to convert to C int");
  return static_cast<int>(value);
}

Result<unsigned long> asUnsignedLong(PyObject* object) {
  if (!isInt(object)) return raise(PyExc_TypeError, "an integer is required");
  return intAsUnsignedLong(cast<IntObject>(object));
}

unsigned long asUnsignedLongMask(PyObject* object, bool* failed) {
  *failed = false;
  auto index = indexOf(object);
  if (index.failed()) {
    *failed = true;
    return static_cast<unsigned long>(-1);
  }
  Ref<IntObject> value = std::move(index).take();
  return intAsUnsignedLongMask(value);
}

}  // namespace krait
