// What the parts of the _csv module share.
#pragma once

#include "core/native.h"
#include "core/reported_size.h"
#include "types/str.h"

namespace krait::modules {

enum Quoting { kQuoteMinimal, kQuoteAll, kQuoteNonnumeric, kQuoteNone };

// Characters of a dialect; kUnset where it has none.
constexpr Py_UCS4 kUnset = 0xffffffff;
struct CsvDialect : PyObject {
  bool doublequote, skipinitialspace, strict;
  int quoting;
  Py_UCS4 delimiter, quotechar, escapechar;
  PyObject* lineterminator;  // str
};
static_assert(sizeof(CsvDialect) == 48);

struct CsvState {
  PyObject *error, *dialects;  // csv.Error, name -> Dialect
  PyTypeObject *dialect_type, *reader_type, *writer_type;
  long field_limit;
};
extern CsvState csv_state;

extern const PyTypeObject kCsvDialectType, kCsvReaderType, kCsvWriterType;

Result<Ref<>> csvDialectByName(PyObject* name);
// A Dialect from a dialect, its name or any object with attributes, and keyword arguments.
Result<Ref<CsvDialect>> csvDialectNew(Opt<> dialect, Opt<TupleObject> names, PyObject* const* values);
Result<Ref<>> csvReaderNew(CallArgs args);
Result<Ref<>> csvWriterNew(CallArgs args);
// One or two positional arguments.
Status csvCheckCount(const CallArgs& args);

}  // namespace krait::modules
