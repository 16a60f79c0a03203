#include <vector>

#include "core/call.h"
#include "core/errors.h"
#include "core/gc.h"
#include "modules/csv/csv.h"
#include "modules/heap_type.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/tuple.h"

namespace krait::modules {
namespace {

// The options in the order of Dialect's parameters.
enum Option {
  kDialect,
  kDelimiter,
  kDoublequote,
  kEscapechar,
  kLineterminator,
  kQuotechar,
  kQuoting,
  kSkip,
  kStrict,
  kOptionCount
};
constexpr const char* kOptionNames[kOptionCount] = {"dialect",    "delimiter",        "doublequote",
                                                    "escapechar", "lineterminator",   "quotechar",
                                                    "quoting",    "skipinitialspace", "strict"};

struct Options {
  MaybeRef<> values[kOptionCount];
  Opt<> operator[](Option option) const { return values[option].opt(); }
};

constexpr const RuntimeSignature& kOptionSignature = SignatureOf<
    "(dialect=None, delimiter=None, doublequote=None, escapechar=None, lineterminator=None, "
    "quotechar=None, quoting=None, skipinitialspace=None, strict=None)">::runtime;

void takeOptions(Options& options, PyObject* const* bound) {
  for (int i = 0; i < kOptionCount; i++) options.values[i] = MaybeRef<>::share(bound[i]);
}

// What was not given as an argument is taken from the dialect's attributes.
Status fillFromDialect(Options& options) {
  PyObject* dialect = options[kDialect].get();
  for (int i = kDelimiter; i < kOptionCount; i++) {
    if (options.values[i]) continue;
    Result<MaybeRef<>> found = attrLookup(dialect, kOptionNames[i]);
    if (found.failed())
      clearPending();
    else
      options.values[i] = std::move(found).take();
  }
  return {};
}

Status setCharacter(Py_UCS4* out, Option option, Opt<> value, Py_UCS4 fallback, bool none_allowed) {
  *out = fallback;
  if (!value) return {};
  const char* label = kOptionNames[option];
  if (none_allowed && value.get() == Py_None) {
    *out = kUnset;
    return {};
  }
  if (!isStr(value.get())) {
    return raise(
        PyExc_TypeError,
        none_allowed ? "\"%s\" must be string or None, not %.200s" : "\"%s\" must be string, not %.200s",
        label, typeName(value.get()));
  }
  auto* text = cast<StrObject>(value.get());
  if (text->size() != 1) return raise(PyExc_TypeError, "\"%s\" must be a 1-character string", label);
  *out = text->at(0);
  return {};
}

Status setTruth(bool* out, Opt<> value, bool fallback) {
  *out = value ? TRY(objectIsTrue(value.get())) : fallback;
  return {};
}

Status setLineterminator(CsvDialect* self, Opt<> value) {
  if (!value) {
    self->lineterminator = TRY(strFromAscii("\r\n")).leak();
    return {};
  }
  if (value.get() == Py_None) return {};
  if (!isStr(value.get())) return raise(PyExc_TypeError, "\"lineterminator\" must be a string");
  self->lineterminator = share(value.get()).leak();
  return {};
}

Status setQuoting(CsvDialect* self, Opt<> value) {
  if (!value) return {};
  if (!isExactInt(value.get())) return raise(PyExc_TypeError, "\"quoting\" must be an integer");
  self->quoting = TRY(asInt(value.get()));
  return {};
}

Status checkDialect(CsvDialect* self, const Options& options) {
  if (self->quoting < kQuoteMinimal || self->quoting > kQuoteNone) {
    return raise(PyExc_TypeError, "bad \"quoting\" value");
  }
  if (options[kQuotechar].get() == Py_None && !options[kQuoting]) self->quoting = kQuoteNone;
  if (self->quoting != kQuoteNone && self->quotechar == kUnset) {
    return raise(PyExc_TypeError, "quotechar must be set if quoting enabled");
  }
  if (!self->lineterminator) return raise(PyExc_TypeError, "lineterminator must be set");
  return {};
}

bool onlyDialectGiven(const Options& options) {
  for (int i = kDelimiter; i < kOptionCount; i++) {
    if (options.values[i]) return false;
  }
  return true;
}

Result<Ref<CsvDialect>> build(PyTypeObject* type, Options& options) {
  if (options[kDialect] && options[kDialect].get() == Py_None) options.values[kDialect] = nullptr;
  if (options[kDialect] && isStr(options[kDialect].get())) {
    options.values[kDialect] = TRY(csvDialectByName(options[kDialect].get()));
  }
  if (Opt<> dialect = options[kDialect]) {
    if (isInstanceOf(dialect.get(), csv_state.dialect_type) && onlyDialectGiven(options)) {
      return share(static_cast<CsvDialect*>(dialect.get()));
    }
    TRY(fillFromDialect(options));
  }
  Ref<CsvDialect> self = TRY(typeAlloc<CsvDialect>(type));
  TRY(setCharacter(&self->delimiter, kDelimiter, options[kDelimiter], ',', false));
  TRY(setTruth(&self->doublequote, options[kDoublequote], true));
  TRY(setCharacter(&self->escapechar, kEscapechar, options[kEscapechar], kUnset, true));
  TRY(setLineterminator(self, options[kLineterminator]));
  TRY(setCharacter(&self->quotechar, kQuotechar, options[kQuotechar], '"', true));
  TRY(setQuoting(self, options[kQuoting]));
  TRY(setTruth(&self->skipinitialspace, options[kSkip], false));
  TRY(setTruth(&self->strict, options[kStrict], false));
  TRY(checkDialect(self, options));
  return self;
}

Result<Ref<>> newSlotOf(PyTypeObject* type, PyObject* args, Opt<> kwargs) {
  PyObject* bound[kOptionCount];
  TRY(bindTupleDict(kOptionSignature, args, kwargs.get(), bound));
  Options options;
  takeOptions(options, bound);
  return build(type, options);
}

void dealloc(CsvDialect* self) {
  gcUntrack(self);
  clearField(self->lineterminator);
  heapInstanceFree(self);
}
int traverse(CsvDialect* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, typeOf(self), self->lineterminator);
}

Result<Ref<>> characterOrNone(Py_UCS4 c) {
  if (c == kUnset) return none();
  return strFromChar(c);
}
Result<Ref<>> delimiterGetter(CsvDialect* self) { return characterOrNone(self->delimiter); }
Result<Ref<>> quotecharGetter(CsvDialect* self) { return characterOrNone(self->quotechar); }
Result<Ref<>> escapecharGetter(CsvDialect* self) { return characterOrNone(self->escapechar); }
Result<Ref<>> lineterminatorGetter(CsvDialect* self) {
  return share(self->lineterminator ? self->lineterminator : Py_None);
}
Result<Ref<>> quotingGetter(CsvDialect* self) { return intFromLong(self->quoting); }

Result<Ref<>> refusePickle(CsvDialect* self) {
  return raise(PyExc_TypeError, "cannot pickle '%.100s' instances", "Dialect");
}
Result<Ref<>> refusePickleEx(CsvDialect* self, PyObject*) { return refusePickle(self); }

constinit PyMethodDef kMethods[] = {
    method<"!%__reduce__($self, /)", refusePickle, "raises an exception to avoid pickling">,
    method<"!%__reduce_ex__($self, protocol, /)", refusePickleEx, "raises an exception to avoid pickling">,
    {}};
constinit PyMemberDef kMembers[] = {
    {"skipinitialspace", T_BOOL, offsetof(CsvDialect, skipinitialspace), READONLY, nullptr},
    {"doublequote", T_BOOL, offsetof(CsvDialect, doublequote), READONLY, nullptr},
    {"strict", T_BOOL, offsetof(CsvDialect, strict), READONLY, nullptr},
    {}};
constinit PyGetSetDef kGetSet[] = {getset<"delimiter", delimiterGetter>,
                                   getset<"escapechar", escapecharGetter>,
                                   getset<"lineterminator", lineterminatorGetter>,
                                   getset<"quotechar", quotecharGetter>,
                                   getset<"quoting", quotingGetter>,
                                   {}};

}  // namespace

Result<Ref<CsvDialect>> csvDialectNew(Opt<> dialect, Opt<TupleObject> names, PyObject* const* values) {
  std::vector<PyObject*> given;
  if (dialect) given.push_back(dialect.get());
  if (names) given.insert(given.end(), values, values + names->size());
  PyObject* bound[kOptionCount];
  TRY(bindArguments(kOptionSignature, given.data(), dialect ? 1 : 0, names, bound));
  Options options;
  takeOptions(options, bound);
  return build(csv_state.dialect_type, options);
}

const PyTypeObject kCsvDialectType = {
    .tp_name = "_csv.Dialect",
    .tp_basicsize = sizeof(CsvDialect),
    .tp_dealloc = slot<dealloc>,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc = "CSV dialect\n\nThe rules by which records are read and written.",
    .tp_traverse = slot<traverse>,
    .tp_methods = kMethods,
    .tp_members = kMembers,
    .tp_getset = kGetSet,
    .tp_new = slot<newSlotOf>,
};

}  // namespace krait::modules
