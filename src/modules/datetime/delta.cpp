// timedelta.
#include <cmath>

#include "core/call.h"
#include "core/errors.h"
#include "core/gc.h"
#include "modules/datetime/datetime.h"
#include "types/float.h"
#include "types/str_builder.h"
#include "types/tuple.h"

namespace krait::modules {
namespace {

constexpr int kMaxDays = 999'999'999;

void dealloc(DeltaObject* self) { objectFreeMemory(self); }

Result<Ref<DeltaObject>> checked(int64_t days, int seconds, int microseconds, PyTypeObject* type) {
  if (days != static_cast<int>(days)) {
    return raise(PyExc_OverflowError, "Python int too large to convert to C int");
  }
  if (days < -kMaxDays || days > kMaxDays) {
    return raise(PyExc_OverflowError, "days=%d; must have magnitude <= %d", static_cast<int>(days), kMaxDays);
  }
  return deltaNew(static_cast<int>(days), seconds, microseconds, type);
}

// --- big integers, for factors that are floats or do not fit ---

Result<Ref<IntObject>> intFromWide(__int128 value) {
  bool negative = value < 0;
  auto magnitude = negative ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
  Digit digits[5];
  size_t size = 0;
  for (; magnitude != 0; magnitude >>= kDigitBits)
    digits[size++] = static_cast<Digit>(magnitude) & kDigitMask;
  return intFromDigits({digits, size}, negative);
}

// True when the value fits.
bool wideFromInt(const IntObject* v, __int128* out) {
  if (intBitCount(v) > 126) return false;
  __int128 value = 0;
  for (size_t i = static_cast<size_t>(v->digitCount()); i-- > 0;) value = value << kDigitBits | v->digits[i];
  *out = v->isNegative() ? -value : value;
  return true;
}

Result<Ref<DeltaObject>> deltaFromInt(PyObject* micros, PyTypeObject* type = &kDeltaType) {
  __int128 value;
  if (wideFromInt(cast<IntObject>(micros), &value)) return deltaFromMicros(value, type);
  return raise(PyExc_OverflowError, "Python int too large to convert to C int");
}

// --- the constructor ---

struct Unit {
  const char* name;
  int64_t micros;
};
// In the order in which arguments are looked at.
constexpr Unit kUnits[] = {{"microseconds", 1},
                           {"milliseconds", 1000},
                           {"seconds", kMicrosPerSecond},
                           {"minutes", 60 * kMicrosPerSecond},
                           {"hours", 3600 * kMicrosPerSecond},
                           {"days", kMicrosPerDay},
                           {"weeks", 7 * kMicrosPerDay}};

// A sum of exact microseconds and what floats left over of them.
class Accumulator {
 public:
  Status add(const Unit& unit, Opt<> value) {
    if (!value) return {};
    if (isInt(value.get())) return addInt(cast<IntObject>(value.get()), unit.micros);
    if (isFloat(value.get())) return addFloat(cast<FloatObject>(value.get())->value, unit.micros);
    return raise(PyExc_TypeError, "unsupported type for timedelta %s component: %s", unit.name,
                 typeName(value.get()));
  }

  Result<Ref<DeltaObject>> finish(PyTypeObject* type) {
    if (leftover_ != 0.0) {
      double whole = std::round(leftover_);
      if (std::fabs(whole - leftover_) == 0.5) {
        // Half-way: the whole sum becomes even.
        int odd = isOdd();
        whole = 2.0 * std::round((leftover_ + odd) * 0.5) - odd;
      }
      Ref<IntObject> rounded = TRY(intFromLong(static_cast<long>(whole)));
      TRY(addInt(rounded, 1));
    }
    return deltaFromInt(sum_, type);
  }

 private:
  Status addInt(IntObject* value, int64_t factor) {
    Ref<IntObject> scale = TRY(intFromLong(factor));
    Ref<> product = TRY(intMultiply(value, scale));
    sum_ = TRY(intAdd(cast<IntObject>(sum_.get()), cast<IntObject>(product.get())));
    return {};
  }

  Status addFloat(double value, int64_t factor) {
    double whole;
    double fraction = std::modf(value, &whole);
    Ref<IntObject> integer = TRY(intFromDouble(whole));
    TRY(addInt(integer, factor));
    if (fraction == 0.0) return {};
    // The whole microseconds of the fraction are exact too: both factors are below 2**53.
    fraction = std::modf(static_cast<double>(factor) * fraction, &whole);
    Ref<IntObject> more = TRY(intFromDouble(whole));
    TRY(addInt(more, 1));
    leftover_ += fraction;
    return {};
  }

  int isOdd() const {
    auto* sum = cast<IntObject>(sum_.get());
    return sum->isZero() ? 0 : static_cast<int>(sum->digits[0] & 1);
  }

  Ref<> sum_ = share(smallInt(0));
  double leftover_ = 0.0;
};

Result<Ref<>> construct(PyTypeObject* type, Opt<> days, Opt<> seconds, Opt<> microseconds, Opt<> milliseconds,
                        Opt<> minutes, Opt<> hours, Opt<> weeks) {
  Opt<> values[] = {microseconds, milliseconds, seconds, minutes, hours, days, weeks};
  Accumulator sum;
  for (int i = 0; i < 7; i++) TRY(sum.add(kUnits[i], values[i]));
  return sum.finish(type);
}

// --- operators ---

Result<Ref<>> add(PyObject* left, PyObject* right) {
  if (!isDelta(left) || !isDelta(right)) return notImplemented();
  return deltaFromMicros(cast<DeltaObject>(left)->totalMicros() + cast<DeltaObject>(right)->totalMicros());
}
Result<Ref<>> subtract(PyObject* left, PyObject* right) {
  if (!isDelta(left) || !isDelta(right)) return notImplemented();
  return deltaFromMicros(cast<DeltaObject>(left)->totalMicros() - cast<DeltaObject>(right)->totalMicros());
}
Result<Ref<>> negative(DeltaObject* self) { return deltaFromMicros(-self->totalMicros()); }
Result<Ref<>> positive(DeltaObject* self) { return deltaNew(self->days, self->seconds, self->microseconds); }
Result<Ref<>> absolute(DeltaObject* self) { return self->days < 0 ? negative(self) : positive(self); }
int truth(DeltaObject* self) { return self->days != 0 || self->seconds != 0 || self->microseconds != 0; }

struct Ratio {
  Ref<IntObject> numerator, denominator;
};
Result<Ratio> ratioOf(PyObject* number) {
  Ref<> pair = TRY(callMethod(number, name<"as_integer_ratio">()));
  if (!isTuple(pair.get())) {
    return raise(PyExc_TypeError,
                 "unexpected return type from as_integer_ratio(): expected tuple, got '%.200s'",
                 typeName(pair));
  }
  if (cast<TupleObject>(pair.get())->size() != 2) {
    return raise(PyExc_ValueError, "as_integer_ratio() must return a 2-tuple");
  }
  auto* items = cast<TupleObject>(pair.get());
  Ref<IntObject> numerator = TRY(numberIndex(items->at(0)));
  return Ratio{std::move(numerator), TRY(numberIndex(items->at(1)))};
}

// micros * a / b, rounded half to even.
Result<Ref<>> scale(DeltaObject* delta, IntObject* a, IntObject* b) {
  Ref<IntObject> micros = TRY(intFromWide(delta->totalMicros()));
  Ref<> product = TRY(intMultiply(micros, a));
  IntPair near = TRY(intDivmodNear(cast<IntObject>(product.get()), b));
  return deltaFromInt(near.quotient);
}

Result<Ref<>> multiplyBy(DeltaObject* delta, PyObject* factor) {
  if (isInt(factor)) {
    Ref<IntObject> micros = TRY(intFromWide(delta->totalMicros()));
    Ref<> product = TRY(intMultiply(micros, cast<IntObject>(factor)));
    return deltaFromInt(product);
  }
  if (!isFloat(factor)) return notImplemented();
  Ratio ratio = TRY(ratioOf(factor));
  return scale(delta, ratio.numerator, ratio.denominator);
}

Result<Ref<>> multiply(PyObject* left, PyObject* right) {
  if (isDelta(left)) return multiplyBy(cast<DeltaObject>(left), right);
  return multiplyBy(cast<DeltaObject>(right), left);
}

Result<Ref<>> trueDivide(PyObject* left, PyObject* right) {
  if (!isDelta(left)) return notImplemented();
  auto* delta = cast<DeltaObject>(left);
  if (isDelta(right)) {
    Ref<IntObject> a = TRY(intFromWide(delta->totalMicros()));
    Ref<IntObject> b = TRY(intFromWide(cast<DeltaObject>(right)->totalMicros()));
    return intTrueDivide(a, b);
  }
  if (isInt(right)) return scale(delta, smallInt(1), cast<IntObject>(right));
  if (!isFloat(right)) return notImplemented();
  Ratio ratio = TRY(ratioOf(right));
  return scale(delta, ratio.denominator, ratio.numerator);
}

Result<Ref<>> floorDivide(PyObject* left, PyObject* right) {
  if (!isDelta(left)) return notImplemented();
  Ref<IntObject> a = TRY(intFromWide(cast<DeltaObject>(left)->totalMicros()));
  if (isDelta(right)) {
    Ref<IntObject> b = TRY(intFromWide(cast<DeltaObject>(right)->totalMicros()));
    return intFloorDivide(a, b);
  }
  if (!isInt(right)) return notImplemented();
  Ref<> quotient = TRY(intFloorDivide(a, cast<IntObject>(right)));
  return deltaFromInt(quotient);
}

Result<Ref<>> remainder(PyObject* left, PyObject* right) {
  if (!isDelta(left) || !isDelta(right)) return notImplemented();
  Ref<IntObject> a = TRY(intFromWide(cast<DeltaObject>(left)->totalMicros()));
  Ref<IntObject> b = TRY(intFromWide(cast<DeltaObject>(right)->totalMicros()));
  Ref<> rest = TRY(intRemainder(a, b));
  return deltaFromInt(rest);
}

Result<Ref<>> divmodSlot(PyObject* left, PyObject* right) {
  if (!isDelta(left) || !isDelta(right)) return notImplemented();
  Ref<IntObject> a = TRY(intFromWide(cast<DeltaObject>(left)->totalMicros()));
  Ref<IntObject> b = TRY(intFromWide(cast<DeltaObject>(right)->totalMicros()));
  IntPair pair = TRY(intDivmod(a, b));
  Ref<DeltaObject> rest = TRY(deltaFromInt(pair.remainder));
  return tupleOf(pair.quotient.get(), rest.get());
}

Result<Ref<>> compareSlot(DeltaObject* self, PyObject* other, int op) {
  if (!isDelta(other)) return notImplemented();
  return boolObject(compareTruth(op, deltaCompare(self, cast<DeltaObject>(other))) != 0);
}

Result<Ref<TupleObject>> stateOf(DeltaObject* self) {
  Ref<IntObject> days = TRY(intFromLong(self->days)), seconds = TRY(intFromLong(self->seconds));
  Ref<IntObject> micros = TRY(intFromLong(self->microseconds));
  return tupleOf(days.get(), seconds.get(), micros.get());
}

Result<Py_hash_t> hashSlot(DeltaObject* self) {
  if (self->hash == -1) {
    Ref<TupleObject> state = TRY(stateOf(self));
    self->hash = TRY(objectHash(state));
  }
  return self->hash;
}

// --- text and methods ---

Result<Ref<>> repr(DeltaObject* self) {
  std::string args;
  auto append = [&](const char* label, int value) {
    if (value == 0) return;
    if (!args.empty()) args += ", ";
    args += label + std::to_string(value);
  };
  append("days=", self->days);
  append("seconds=", self->seconds);
  append("microseconds=", self->microseconds);
  return strFormat("%s(%s)", typeName(self), args.empty() ? "0" : args.c_str());
}

Result<Ref<>> str(DeltaObject* self) {
  int hours = self->seconds / 3600, minutes = self->seconds / 60 % 60, seconds = self->seconds % 60;
  char clock[48], days[48] = "";
  if (self->days != 0) {
    std::snprintf(days, sizeof days, "%d day%s, ", self->days,
                  self->days == 1 || self->days == -1 ? "" : "s");
  }
  if (self->microseconds != 0) {
    std::snprintf(clock, sizeof clock, "%d:%02d:%02d.%06d", hours, minutes, seconds, self->microseconds);
  } else {
    std::snprintf(clock, sizeof clock, "%d:%02d:%02d", hours, minutes, seconds);
  }
  return strFormat("%s%s", days, clock);
}

Result<Ref<>> totalSeconds(DeltaObject* self) {
  Ref<IntObject> micros = TRY(intFromWide(self->totalMicros())), million = TRY(intFromLong(kMicrosPerSecond));
  return intTrueDivide(micros, million);
}

Result<Ref<>> reduce(DeltaObject* self) {
  Ref<TupleObject> state = TRY(stateOf(self));
  return tupleOf(static_cast<PyObject*>(typeOf(self)), state.get());
}

constinit PyMethodDef kMethods[] = {
    method<"!total_seconds($self, /)", totalSeconds, "Total seconds in the duration.">,
    method<"!__reduce__($self, /)", reduce, "__reduce__() -> (cls, state)">,
    {}};
constinit PyMemberDef kMembers[] = {{"days", T_INT, offsetof(DeltaObject, days), READONLY, "Number of days."},
                                    {"seconds", T_INT, offsetof(DeltaObject, seconds), READONLY,
                                     "Number of seconds (>= 0 and less than 1 day)."},
                                    {"microseconds", T_INT, offsetof(DeltaObject, microseconds), READONLY,
                                     "Number of microseconds (>= 0 and less than 1 second)."},
                                    {}};
constinit PyNumberMethods kNumber = {
    .nb_add = slot<add>,
    .nb_subtract = slot<subtract>,
    .nb_multiply = slot<multiply>,
    .nb_remainder = slot<remainder>,
    .nb_divmod = slot<divmodSlot>,
    .nb_negative = slot<negative>,
    .nb_positive = slot<positive>,
    .nb_absolute = slot<absolute>,
    .nb_bool = slot<truth>,
    .nb_floor_divide = slot<floorDivide>,
    .nb_true_divide = slot<trueDivide>,
};

}  // namespace

Result<Ref<DeltaObject>> deltaNew(int days, int seconds, int microseconds, PyTypeObject* type) {
  Ref<DeltaObject> self = TRY(typeAlloc<DeltaObject>(type));
  self->hash = -1;
  self->days = days;
  self->seconds = seconds;
  self->microseconds = microseconds;
  return self;
}

Result<Ref<DeltaObject>> deltaFromMicros(__int128 micros, PyTypeObject* type) {
  __int128 days = micros / kMicrosPerDay;
  auto rest = static_cast<int64_t>(micros - days * kMicrosPerDay);
  if (rest < 0) {
    rest += kMicrosPerDay;
    days--;
  }
  if (days != static_cast<int64_t>(days)) {
    return raise(PyExc_OverflowError, "Python int too large to convert to C int");
  }
  return checked(static_cast<int64_t>(days), static_cast<int>(rest / kMicrosPerSecond),
                 static_cast<int>(rest % kMicrosPerSecond), type);
}

int deltaCompare(const DeltaObject* a, const DeltaObject* b) {
  __int128 x = a->totalMicros(), y = b->totalMicros();
  return x < y ? -1 : x > y;
}

constinit PyTypeObject kDeltaType = {
    KR_TYPE_HEAD,
    .tp_name = "datetime.timedelta",
    .tp_basicsize = sizeof(DeltaObject),
    .tp_dealloc = slot<dealloc>,
    .tp_repr = slot<repr>,
    .tp_as_number = &kNumber,
    .tp_hash = slot<hashSlot>,
    .tp_str = slot<str>,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_BASETYPE,
    .tp_doc =
        "Difference between two datetime values.\n\n"
        "timedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)\n\n"
        "All arguments are optional and default to 0.\n"
        "Arguments may be integers or floats, and may be positive or negative.",
    .tp_richcompare = slot<compareSlot>,
    .tp_methods = kMethods,
    .tp_members = kMembers,
    .tp_new =
        newSlot<"!__new__(days=<unrepresentable>, seconds=<unrepresentable>, microseconds=<unrepresentable>, "
                "milliseconds=<unrepresentable>, minutes=<unrepresentable>, hours=<unrepresentable>, "
                "weeks=<unrepresentable>)",
                construct>,
    .tp_free = objectFree,
};

}  // namespace krait::modules
