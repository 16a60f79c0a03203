#include "modules/csv/csv.h"

#include "core/errors.h"
#include "modules/heap_type.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/tuple.h"

namespace krait::modules {

CsvState csv_state{};

namespace {

Result<Ref<>> registerDialect(CallArgs args) {
  TRY(csvCheckCount(args));
  PyObject* dialect_name = args.values[0];
  if (!isStr(dialect_name)) return raise(PyExc_TypeError, "dialect name must be a string");
  Ref<CsvDialect> dialect = TRY(
      csvDialectNew(args.count > 1 ? Opt<>(args.values[1]) : Opt<>(), args.names, args.values + args.count));
  TRY(dictSet(cast<DictObject>(csv_state.dialects), dialect_name, dialect));
  return none();
}

Result<Ref<>> unregisterDialect(PyObject* dialect_name) {
  if (!TRY(dictDiscard(cast<DictObject>(csv_state.dialects), dialect_name))) {
    return raise(csv_state.error, "unknown dialect");
  }
  return none();
}

Result<Ref<ListObject>> listDialects() { return dictKeys(cast<DictObject>(csv_state.dialects)); }

Result<Ref<>> fieldSizeLimit(Opt<> new_limit) {
  long old = csv_state.field_limit;
  if (new_limit) {
    if (!isExactInt(new_limit.get())) return raise(PyExc_TypeError, "limit must be an integer");
    csv_state.field_limit = TRY(intAsLong(cast<IntObject>(new_limit.get())));
  }
  return intFromLong(old);
}

constinit PyMethodDef kMethods[] = {
    function<"!reader($module, iterable, dialect='excel', *args, **kwargs)", csvReaderNew,
             "    csv_reader = reader(iterable [, dialect='excel'] [optional keyword args])\n\n"
             "Iterates over the records of an iterable of lines.">,
    function<"!writer($module, fileobj, dialect='excel', *args, **kwargs)", csvWriterNew,
             "    csv_writer = csv.writer(fileobj [, dialect='excel'] [optional keyword args])\n\n"
             "Writes records to an object with a write method.">,
    function<"!register_dialect($module, name, dialect=None, *args, **kwargs)", registerDialect,
             "Create a mapping from a string name to a dialect class.">,
    function<"list_dialects($module, /)", listDialects, "Return a list of all known dialect names.">,
    function<"unregister_dialect($module, /, name)", unregisterDialect,
             "Delete the name/dialect mapping associated with a string name.">,
    function<"get_dialect($module, /, name)", csvDialectByName,
             "Return the dialect instance associated with name.">,
    function<"field_size_limit($module, /, new_limit=<unrepresentable>)", fieldSizeLimit,
             "Sets an upper limit on parsed fields; returns the old one.">,
    {}};

// Not made as other exceptions are: its instances have no list of weak references.
constexpr PyTypeObject kErrorDescription = {.tp_name = "_csv.Error", .tp_flags = Py_TPFLAGS_BASETYPE};

Status errorAdd(PyObject* module) {
  if (!csv_state.error) {
    csv_state.error = TRY(heapTypeNew(module, kErrorDescription, PyExc_Exception)).leak();
  }
  return moduleAdd(module, "Error", share(csv_state.error));
}

Status csvExec(PyObject* module) {
  csv_state.field_limit = 128 * 1024;
  if (!csv_state.dialects) csv_state.dialects = TRY(dictNew()).leak();
  TRY(typeAddOnce(module, &csv_state.dialect_type, kCsvDialectType));
  TRY(typeMakeOnce(module, &csv_state.reader_type, kCsvReaderType));
  TRY(typeMakeOnce(module, &csv_state.writer_type, kCsvWriterType));
  TRY(moduleAdd(module, "Reader", share<PyObject>(csv_state.reader_type)));
  TRY(moduleAdd(module, "Writer", share<PyObject>(csv_state.writer_type)));
  TRY(moduleAddStr(module, "__version__", "1.0"));
  TRY(moduleAdd(module, "_dialects", share(csv_state.dialects)));
  TRY(moduleAddInt(module, "QUOTE_MINIMAL", kQuoteMinimal));
  TRY(moduleAddInt(module, "QUOTE_ALL", kQuoteAll));
  TRY(moduleAddInt(module, "QUOTE_NONNUMERIC", kQuoteNonnumeric));
  TRY(moduleAddInt(module, "QUOTE_NONE", kQuoteNone));
  return errorAdd(module);
}

constinit PyModuleDef kModule = moduleDef<"_csv", csvExec>(kMethods, "CSV parsing and writing.\n");

}  // namespace

Result<Ref<>> csvDialectByName(PyObject* dialect_name) {
  Opt<> found = TRY(dictGet(cast<DictObject>(csv_state.dialects), dialect_name));
  if (!found) return raise(csv_state.error, "unknown dialect");
  return share(found.get());
}

Status csvCheckCount(const CallArgs& args) {
  if (args.count < 1) return raise(PyExc_TypeError, " expected at least 1 argument, got 0");
  if (args.count > 2) return raise(PyExc_TypeError, " expected at most 2 arguments, got %zd", args.count);
  return {};
}

PyObject* initCsv() { return moduleDefInit(&kModule); }

}  // namespace krait::modules
