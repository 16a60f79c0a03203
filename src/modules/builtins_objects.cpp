// builtins: functions of one or two objects.
#include "core/call.h"
#include "core/interpreter.h"
#include "core/number.h"
#include "interp/eval.h"
#include "modules/builtins_functions.h"
#include "types/bool.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"

namespace krait::modules {

Status checkNoKeywordArgs(const char* function, const CallArgs& args) {
  if (args.names && args.names->size())
    return raise(PyExc_TypeError, "%s() takes no keyword arguments", function);
  return {};
}

Status checkCount(const char* function, const CallArgs& args, Py_ssize_t low, Py_ssize_t high) {
  TRY(checkNoKeywordArgs(function, args));
  if (args.count >= low && args.count <= high) return {};
  Py_ssize_t bound = args.count < low ? low : high;
  const char* side = low == high ? "" : args.count < low ? "at least " : "at most ";
  return raise(PyExc_TypeError, "%s expected %s%zd argument%s, got %zd", function, side, bound,
               bound == 1 ? "" : "s", args.count);
}

Status bindKeywordsOnly(const char* function, const CallArgs& args, const char* const* names,
                        PyObject** values) {
  Py_ssize_t given = args.names ? args.names->size() : 0;
  for (Py_ssize_t i = 0; i < given; i++) {
    PyObject* keyword = args.names->at(i);
    if (!isStr(keyword)) return raise(PyExc_TypeError, "keywords must be strings");
    int found = -1;
    for (int k = 0; names[k]; k++) {
      if (strEqualsAscii(cast<StrObject>(keyword), names[k])) found = k;
    }
    if (found < 0)
      return raise(PyExc_TypeError, "'%S' is an invalid keyword argument for %s()", keyword, function);
    values[found] = args.values[args.count + i];
  }
  return {};
}

namespace {

Result<Ref<>> builtinAbs(PyObject* x) { return numberAbsolute(x); }
Result<Ref<StrObject>> builtinAscii(PyObject* object) { return objectAscii(object); }
bool builtinCallable(PyObject* object) { return isCallable(object); }

Result<Ref<StrObject>> builtinChr(int code) {
  if (code < 0 || code > 0x10ffff) return raise(PyExc_ValueError, "chr() arg not in range(0x110000)");
  return strFromChar(static_cast<Py_UCS4>(code));
}

Status builtinDelattr(PyObject* object, PyObject* attribute) { return attrDelete(object, attribute); }
Status builtinSetattr(PyObject* object, PyObject* attribute, PyObject* value) {
  return attrSet(object, attribute, value);
}

Result<Ref<>> builtinDir(CallArgs args) {
  TRY(checkCount("dir", args, 0, 1));
  return objectDir(args.count ? args.values[0] : nullptr);
}

Result<Ref<>> builtinDivmod(PyObject* x, PyObject* y) { return numberDivmod(x, y); }
Result<Ref<StrObject>> builtinFormat(PyObject* value, Opt<StrObject> spec) {
  return objectFormat(value, spec ? static_cast<PyObject*>(spec.get()) : nullptr);
}

Result<Ref<>> builtinGetattr(CallArgs args) {
  TRY(checkCount("getattr", args, 2, 3));
  PyObject *object = args.values[0], *attribute = args.values[1];
  if (!isStr(attribute)) {
    return raise(PyExc_TypeError, "attribute name must be string, not '%.200s'", typeName(attribute));
  }
  if (args.count == 2) return attrGet(object, attribute);
  MaybeRef<> found = TRY(attrLookup(object, cast<StrObject>(attribute)));
  return found ? std::move(found).take() : share(args.values[2]);
}

Result<bool> builtinHasattr(PyObject* object, PyObject* attribute) {
  if (!isStr(attribute)) {
    return raise(PyExc_TypeError, "attribute name must be string, not '%.200s'", typeName(attribute));
  }
  MaybeRef<> found = TRY(attrLookup(object, cast<StrObject>(attribute)));
  return static_cast<bool>(found);
}

Result<Py_ssize_t> builtinHash(PyObject* object) { return objectHash(object); }

Result<Ref<IntObject>> builtinId(PyObject* object) {
  Ref<IntObject> id = TRY(intFromUnsignedLong(reinterpret_cast<unsigned long>(object)));
  TRY(audit("builtins.id", "O", static_cast<PyObject*>(id.get())));
  return id;
}

Result<Ref<StrObject>> inBase(PyObject* number, int base) {
  Ref<IntObject> index = TRY(numberIndex(number));
  return intToStr(index.get(), base, true);
}
Result<Ref<StrObject>> builtinBin(PyObject* number) { return inBase(number, 2); }
Result<Ref<StrObject>> builtinOct(PyObject* number) { return inBase(number, 8); }
Result<Ref<StrObject>> builtinHex(PyObject* number) { return inBase(number, 16); }

Result<bool> builtinIsinstance(PyObject* object, PyObject* class_or_tuple) {
  return isInstance(object, class_or_tuple);
}
Result<bool> builtinIssubclass(PyObject* cls, PyObject* class_or_tuple) {
  return isSubclass(cls, class_or_tuple);
}
Result<Py_ssize_t> builtinLen(PyObject* object) { return objectLength(object); }

Raised raiseBadOrd(Py_ssize_t size) {
  return raise(PyExc_TypeError, "ord() expected a character, but string of length %zd found", size);
}

Result<long> builtinOrd(PyObject* c) {
  if (isBytes(c)) {
    auto* bytes = cast<BytesObject>(c);
    if (bytes->size() == 1) return static_cast<long>(static_cast<unsigned char>(bytes->data()[0]));
    return raiseBadOrd(bytes->size());
  }
  if (isStr(c)) {
    auto* text = cast<StrObject>(c);
    if (text->size() == 1) return static_cast<long>(text->at(0));
    return raiseBadOrd(text->size());
  }
  if (isByteArray(c)) {
    auto* array = cast<ByteArrayObject>(c);
    if (array->ob_size == 1) return static_cast<long>(static_cast<unsigned char>(array->ob_start[0]));
    return raiseBadOrd(array->ob_size);
  }
  return raise(PyExc_TypeError, "ord() expected string of length 1, but %.200s found", typeName(c));
}

Result<Ref<>> builtinPow(PyObject* base, PyObject* exponent, PyObject* modulus) {
  return numberPower(base, exponent, modulus);
}
Result<Ref<StrObject>> builtinRepr(PyObject* object) { return objectRepr(object); }

Result<Ref<>> builtinRound(PyObject* number, PyObject* digits) {
  MaybeRef<> method = TRY(lookupSpecial(number, name<"__round__">()));
  if (!method) {
    return raise(PyExc_TypeError, "type %.100s doesn't define __round__ method", typeName(number));
  }
  if (digits == Py_None) return call(method.get());
  return call(method.get(), digits);
}

Result<Ref<>> builtinVars(CallArgs args) {
  TRY(checkCount("vars", args, 0, 1));
  if (args.count == 0) {
    MaybeRef<> locals = TRY(currentLocals());
    if (!locals) return raise(PyExc_SystemError, "vars(): no locals!?");
    return std::move(locals).take();
  }
  MaybeRef<> dict = TRY(attrLookup(args.values[0], name<"__dict__">()));
  if (!dict) return raise(PyExc_TypeError, "vars() argument must have __dict__ attribute");
  return std::move(dict).take();
}

}  // namespace

constinit PyMethodDef kBuiltinObjectFunctions[] = {
    function<"abs($module, x, /)", builtinAbs, "The absolute value of a number.">,
    function<"ascii($module, obj, /)", builtinAscii, "repr() with everything outside ASCII escaped.">,
    function<"bin($module, number, /)", builtinBin,
             "Binary text of an integer.\n\n"
             ">>> bin(10)\n"
             "'0b1010'">,
    function<"callable($module, obj, /)", builtinCallable, "Whether the object can be called.">,
    function<"chr($module, i, /)", builtinChr, "The one-character string with this code point.">,
    function<"delattr($module, obj, name, /)", builtinDelattr, "Delete an attribute by name.">,
    function<"!%dir($module, *args)", builtinDir,
             "dir([object]): sorted names of an object or of the current scope.">,
    function<"divmod($module, x, y, /)", builtinDivmod, "Floor quotient and remainder as a pair.">,
    function<"format($module, value, format_spec='', /)", builtinFormat, "value.__format__(format_spec).">,
    function<"!getattr($module, *args)", builtinGetattr,
             "getattr(object, name[, default]): an attribute by name.">,
    function<"hasattr($module, obj, name, /)", builtinHasattr,
             "Whether the object has an attribute of this name.">,
    function<"hash($module, obj, /)", builtinHash, "The hash value of an object.">,
    function<"hex($module, number, /)", builtinHex,
             "Hexadecimal text of an integer.\n\n"
             ">>> hex(3735928559)\n"
             "'0xdeadbeef'">,
    function<"id($module, obj, /)", builtinId, "A number unique among the objects alive.">,
    function<"isinstance($module, obj, class_or_tuple, /)", builtinIsinstance,
             "Whether obj is an instance of a class.">,
    function<"issubclass($module, cls, class_or_tuple, /)", builtinIssubclass,
             "Whether cls derives from a class.">,
    function<"len($module, obj, /)", builtinLen, "The number of items of a container.">,
    function<"oct($module, number, /)", builtinOct,
             "Octal text of an integer.\n\n"
             ">>> oct(511)\n"
             "'0o777'">,
    function<"ord($module, c, /)", builtinOrd, "The code point of a one-character string.">,
    function<"pow($module, /, base, exp, mod=None)", builtinPow, "base ** exp, modulo mod when given.">,
    function<"repr($module, obj, /)", builtinRepr, "The canonical text of an object.">,
    function<"round($module, /, number, ndigits=None)", builtinRound,
             "A number rounded to some decimal digits.">,
    function<"setattr($module, obj, name, value, /)", builtinSetattr, "Set an attribute by name.">,
    function<"!%vars($module, *args)", builtinVars, "vars([object]): locals(), or the object's __dict__.">,
    {}};

}  // namespace krait::modules
