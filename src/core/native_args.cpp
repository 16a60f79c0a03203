// Arguments of native functions: counts, keyword matching and the converters that need types.
#include <bit>
#include <cstring>

#include "core/native.h"
#include "types/bool.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

namespace krait {

extern PyObject* const kBoolObjects[2];
PyObject* const kBoolObjects[2] = {Py_False, Py_True};

Ref<> boolObject(bool value) { return boolRef(value); }
Result<Ref<>> intObject(long value) { return TRY(intFromLong(value)); }
Result<Ref<>> floatObject(double value) { return TRY(floatNew(value)); }

Raised raiseBadArgument(const ArgContext& where, const char* wanted, PyObject* given) {
  const char* type = given == Py_None ? "None" : typeName(given);
  if (where.name)
    return raise(PyExc_TypeError, "%.200s() argument '%.200s' must be %.50s, not %.50s", where.function,
                 where.name, wanted, type);
  if (where.position)
    return raise(PyExc_TypeError, "%.200s() argument %d must be %.50s, not %.50s", where.function,
                 where.position, wanted, type);
  return raise(PyExc_TypeError, "%.200s() argument must be %.50s, not %.50s", where.function, wanted, type);
}

// --- counts ------------------------------------------------------------------------------------------------

namespace {

const char* plural(Py_ssize_t n) { return n == 1 ? "" : "s"; }

// "name()" for messages; a signature without a name is of a "function".
const char* nameOf(const RuntimeSignature& sig) { return *sig.function ? sig.function : "function"; }
const char* parens(const RuntimeSignature& sig) { return *sig.function ? "()" : ""; }

int requiredAmong(const RuntimeSignature& sig, int from, int to) {
  uint32_t mask = (to >= 32 ? ~0u : (1u << to) - 1) & ~((1u << from) - 1);
  return std::popcount(sig.required_mask & mask);
}

Status checkClassicCount(const RuntimeSignature& sig, Py_ssize_t count) {
  int least = requiredAmong(sig, 0, sig.positional), most = sig.positional;
  if (count >= least && count <= most) return {};
  int wanted = count < least ? least : most;
  const char* bound = least == most ? "exactly" : count < least ? "at least" : "at most";
  return raise(PyExc_TypeError, "%.150s%s takes %s %d argument%s (%zd given)", nameOf(sig), parens(sig),
               bound, wanted, plural(wanted), count);
}

Status checkPositionalCount(const RuntimeSignature& sig, Py_ssize_t count) {
  if (sig.classic) return checkClassicCount(sig, count);
  int least = requiredAmong(sig, 0, sig.positional), most = sig.positional;
  if (count < least)
    return raise(PyExc_TypeError, "%.200s expected %s%d argument%s, got %zd", sig.function,
                 least < most ? "at least " : "", least, plural(least), count);
  if (count > most)
    return raise(PyExc_TypeError, "%.200s expected %s%d argument%s, got %zd", sig.function,
                 least < most ? "at most " : "", most, plural(most), count);
  return {};
}

Status checkKeywordCallCount(const RuntimeSignature& sig, Py_ssize_t count, Py_ssize_t keywords) {
  int least = requiredAmong(sig, 0, sig.positional), most = sig.positional;
  int least_only = least < sig.positional_only ? least : sig.positional_only;
  if (count + keywords > sig.count)
    return raise(PyExc_TypeError, "%.200s%s takes at most %d %sargument%s (%zd given)", nameOf(sig),
                 parens(sig), int{sig.count}, count == 0 ? "keyword " : "", plural(sig.count),
                 count + keywords);
  if (count > most) {
    if (most == 0)
      return raise(PyExc_TypeError, "%.200s%s takes no positional arguments", nameOf(sig), parens(sig));
    bool some_optional = sig.classic ? requiredAmong(sig, 0, sig.count) < sig.count : least < most;
    return raise(PyExc_TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)", nameOf(sig),
                 parens(sig), some_optional ? "at most" : "exactly", most, plural(most), count);
  }
  if (count < least_only)
    return raise(PyExc_TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)", nameOf(sig),
                 parens(sig), least_only < most ? "at least" : "exactly", least_only, plural(least_only),
                 count);
  return {};
}

Raised raiseNoKeywords(const RuntimeSignature& sig) {
  return raise(PyExc_TypeError, "%.200s() takes no keyword arguments", sig.function);
}

// --- keywords, from a names tuple or from a dict -----------------------------------------------------------

struct Keywords {
  TupleObject* names;  // vectorcall: the values follow the positional ones
  PyObject* const* values;
  DictObject* dict;  // tp_call

  Py_ssize_t size() const { return names ? names->size() : dict ? dict->size() : 0; }

  PyObject* find(const char* wanted) const {
    size_t length = std::strlen(wanted);
    PyObject* found = nullptr;
    forEach([&](PyObject* key, PyObject* value) {
      if (!isStr(key) || !strEqualsAscii(cast<StrObject>(key), {wanted, length})) return true;
      found = value;
      return false;
    });
    return found;
  }

  template <class F>
  void forEach(F&& f) const {
    if (names) {
      for (Py_ssize_t i = 0; i < names->size(); i++)
        if (!f(names->at(i), values[i])) return;
      return;
    }
    Py_ssize_t position = 0;
    PyObject *key, *value;
    while (dict && dictNext(dict, &position, &key, &value))
      if (!f(key, value)) return;
  }
};

bool isParameter(const RuntimeSignature& sig, PyObject* key) {
  for (int i = sig.positional_only; i < sig.count; i++)
    if (strEqualsAscii(cast<StrObject>(key), sig.names[i])) return true;
  return false;
}

// Some keyword was not used: it names a positional argument again, or nothing.
Status explainUnused(const RuntimeSignature& sig, Py_ssize_t count, const Keywords& keywords) {
  for (int i = sig.positional_only; i < count; i++)
    if (keywords.find(sig.names[i]))
      return raise(PyExc_TypeError, "argument for %.200s%s given by name ('%s') and position (%d)",
                   nameOf(sig), parens(sig), sig.names[i], i + 1);
  PyObject* bad = nullptr;
  keywords.forEach([&](PyObject* key, PyObject*) {
    if (isStr(key) && isParameter(sig, key)) return true;
    bad = key;
    return false;
  });
  if (!bad || !isStr(bad)) return raise(PyExc_TypeError, "keywords must be strings");
  return raise(PyExc_TypeError, "'%S' is an invalid keyword argument for %.200s%s", bad,
               *sig.function ? sig.function : "this function", parens(sig));
}

Raised raiseMissing(const RuntimeSignature& sig, int i) {
  return raise(PyExc_TypeError, "%.200s%s missing required argument '%s' (pos %d)", nameOf(sig), parens(sig),
               sig.names[i], i + 1);
}

Status bindAll(const RuntimeSignature& sig, PyObject* const* args, Py_ssize_t count, const Keywords& keywords,
               PyObject** out) {
  Py_ssize_t unused = keywords.size();
  TRY(checkKeywordCallCount(sig, count, unused));
  for (Py_ssize_t i = 0; i < count; i++) out[i] = args[i];
  for (int i = static_cast<int>(count); i < sig.count; i++) {
    PyObject* value = unused > 0 && i >= sig.positional_only ? keywords.find(sig.names[i]) : nullptr;
    if (value)
      unused--;
    else if (sig.required_mask & (1u << i))
      return raiseMissing(sig, i);
    out[i] = value;
  }
  if (unused > 0) return explainUnused(sig, count, keywords);
  return {};
}

}  // namespace

Status bindArguments(const RuntimeSignature& sig, PyObject* const* args, Py_ssize_t count,
                     Opt<TupleObject> names, PyObject** out) {
  bool has_names = names && names->size() > 0;
  if (!has_names && count <= sig.positional && sig.required_mask >> count == 0) [[likely]] {
    for (Py_ssize_t i = 0; i < count; i++) out[i] = args[i];
    for (Py_ssize_t i = count; i < sig.count; i++) out[i] = nullptr;
    return {};
  }
  return bindAll(sig, args, count, {has_names ? names.get() : nullptr, args + count, nullptr}, out);
}

Status bindPositional(const RuntimeSignature& sig, PyObject* const* args, Py_ssize_t count, PyObject** out) {
  TRY(checkPositionalCount(sig, count));
  for (Py_ssize_t i = 0; i < count; i++) out[i] = args[i];
  for (Py_ssize_t i = count; i < sig.count; i++) out[i] = nullptr;
  return {};
}

Status bindTupleDict(const RuntimeSignature& sig, PyObject* args, PyObject* kwargs, PyObject** out) {
  auto* tuple = cast<TupleObject>(args);
  auto* dict = static_cast<DictObject*>(kwargs);
  bool has_keywords = dict && dict->size() > 0;
  if (sig.positional_only == sig.count) {
    if (has_keywords) return raiseNoKeywords(sig);
    if (sig.count == 0 && tuple->size() > 0)
      return raise(PyExc_TypeError, "%.200s() takes no arguments", sig.function);
    return bindPositional(sig, tuple->items(), tuple->size(), out);
  }
  return bindAll(sig, tuple->items(), tuple->size(), {nullptr, nullptr, has_keywords ? dict : nullptr}, out);
}

GivenArgs givenTupleDict(PyObject* args, PyObject* kwargs) {
  auto* tuple = cast<TupleObject>(args);
  return {tuple->items(), tuple->size(), nullptr, static_cast<DictObject*>(kwargs)};
}

namespace {
Keywords keywordsOf(const GivenArgs& given) { return {given.names, given.values + given.count, given.dict}; }
}  // namespace

Status bindLoosely(const RuntimeSignature& sig, const GivenArgs& given, PyObject** out,
                   LooseBinding& binding) {
  Keywords keywords = keywordsOf(given);
  Py_ssize_t unused = keywords.size(), count = given.count;
  TRY(checkKeywordCallCount(sig, count, unused));
  for (Py_ssize_t i = 0; i < count; i++) out[i] = given.values[i];
  for (int i = static_cast<int>(count); i < sig.count; i++) {
    out[i] = unused > 0 && i >= sig.positional_only ? keywords.find(sig.names[i]) : nullptr;
    if (out[i]) {
      unused--;
    } else if (sig.required_mask & (1u << i)) {
      binding.missing = i;
      return {};
    }
  }
  binding.unused = unused > 0;
  return {};
}

bool finishLoosely(const RuntimeSignature& sig, const GivenArgs& given, const LooseBinding& binding,
                   bool converted) {
  if (!converted) {
    if (!exceptionPending()) (void)raiseMissing(sig, binding.missing);
    return false;
  }
  return !binding.unused || !explainUnused(sig, given.count, keywordsOf(given)).failed();
}

// --- converters --------------------------------------------------------------------------------------------

Result<StrObject*> ArgFrom<StrObject*>::from(PyObject* o, const ArgContext& where) {
  if (isStr(o)) return cast<StrObject>(o);
  return raiseBadArgument(where, "str", o);
}
Result<BytesObject*> ArgFrom<BytesObject*>::from(PyObject* o, const ArgContext& where) {
  if (isBytes(o)) return cast<BytesObject>(o);
  return raiseBadArgument(where, "bytes", o);
}
Result<TupleObject*> ArgFrom<TupleObject*>::from(PyObject* o, const ArgContext& where) {
  if (isTuple(o)) return cast<TupleObject>(o);
  return raiseBadArgument(where, "tuple", o);
}
Result<ListObject*> ArgFrom<ListObject*>::from(PyObject* o, const ArgContext& where) {
  if (isList(o)) return cast<ListObject>(o);
  return raiseBadArgument(where, "list", o);
}
Result<DictObject*> ArgFrom<DictObject*>::from(PyObject* o, const ArgContext& where) {
  if (isDict(o)) return cast<DictObject>(o);
  return raiseBadArgument(where, "dict", o);
}
Result<PyTypeObject*> ArgFrom<PyTypeObject*>::from(PyObject* o, const ArgContext& where) {
  if (isType(o)) return reinterpret_cast<PyTypeObject*>(o);
  return raiseBadArgument(where, "type", o);
}
Result<Buffer> ArgFrom<Buffer>::from(PyObject* o, const ArgContext& where) {
  Buffer buffer = TRY(Buffer::acquire(o));
  if (bufferIsContiguous(buffer.view(), 'C')) return buffer;
  return raiseBadArgument(where, "contiguous buffer", o);
}
Result<char32_t> ArgFrom<char32_t>::from(PyObject* o, const ArgContext& where) {
  if (isStr(o) && cast<StrObject>(o)->size() == 1) return static_cast<char32_t>(cast<StrObject>(o)->at(0));
  return raiseBadArgument(where, "a unicode character", o);
}

}  // namespace krait
