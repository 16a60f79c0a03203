#include "core/call.h"
#include "core/errors.h"
#include "core/gc.h"
#include "modules/csv/csv.h"
#include "modules/heap_type.h"
#include "types/str_builder.h"
#include "types/tuple.h"

namespace krait::modules {
namespace {

struct CsvWriter : PyObject {
  PyObject* write;
  CsvDialect* dialect;
};

// One record as text.
class RecordWriter {
 public:
  explicit RecordWriter(const CsvDialect& dialect) : dialect_(dialect) {}

  // text absent: an empty field.
  Status append(Opt<StrObject> text, bool quoted) {
    if (count_++ > 0) out_.append(dialect_.delimiter);
    Py_ssize_t size = text ? text->size() : 0;
    // Quotes may turn out to be needed late: the body is built aside.
    StrBuilder body;
    for (Py_ssize_t i = 0; i < size; i++) TRY(appendCharacter(body, text->at(i), &quoted));
    if (quoted) out_.append(dialect_.quotechar);
    Ref<StrObject> built = TRY(body.finish());
    out_.append(built);
    if (quoted) out_.append(dialect_.quotechar);
    return {};
  }

  Result<Ref<StrObject>> finish() {
    // A record of one empty field would read back as an empty record.
    if (count_ > 0 && out_.size() == 0) {
      if (dialect_.quoting == kQuoteNone) {
        return raise(csv_state.error, "single empty field record must be quoted");
      }
      count_ = 0;
      TRY(append(nullptr, true));
    }
    out_.append(cast<StrObject>(dialect_.lineterminator));
    return out_.finish();
  }

 private:
  bool isSpecial(Py_UCS4 c) const {
    auto* end = cast<StrObject>(dialect_.lineterminator);
    return c == dialect_.delimiter || c == dialect_.escapechar || c == dialect_.quotechar ||
           strFindChar(end, c, 0, end->size(), 1) >= 0;
  }

  Status appendCharacter(StrBuilder& body, Py_UCS4 c, bool* quoted) {
    if (isSpecial(c)) {
      bool escape = dialect_.quoting == kQuoteNone;
      if (!escape && c == dialect_.quotechar) {
        if (dialect_.doublequote)
          body.append(dialect_.quotechar);
        else
          escape = true;
      } else if (!escape && c == dialect_.escapechar) {
        escape = true;
      }
      if (!escape) *quoted = true;
      if (escape) {
        if (dialect_.escapechar == kUnset)
          return raise(csv_state.error, "need to escape, but no escapechar set");
        body.append(dialect_.escapechar);
      }
    }
    body.append(c);
    return {};
  }

  const CsvDialect& dialect_;
  StrBuilder out_;
  Py_ssize_t count_ = 0;
};

Status appendField(RecordWriter& record, const CsvDialect& dialect, PyObject* field) {
  bool quoted = dialect.quoting == kQuoteAll || (dialect.quoting == kQuoteNonnumeric && !isNumber(field));
  if (isStr(field)) return record.append(cast<StrObject>(field), quoted);
  if (field == Py_None) return record.append(nullptr, quoted);
  Ref<StrObject> text = TRY(objectStr(field));
  return record.append(text.get(), quoted);
}

Result<Ref<>> writeRow(CsvWriter* self, PyObject* row) {
  if (!self->write) return raise(PyExc_TypeError, "the writer has no output");
  Result<Ref<>> iterator = getIter(row);
  if (iterator.failed()) {
    if (!pendingMatches(PyExc_TypeError)) return Raised{};
    clearPending();
    return raise(csv_state.error, "iterable expected, not %.200s", typeName(row));
  }
  Ref<> fields = std::move(iterator).take();
  Ref<CsvDialect> dialect = share(self->dialect);
  RecordWriter record(*dialect);
  while (true) {
    MaybeRef<> field = TRY(iterNext(fields));
    if (!field) break;
    TRY(appendField(record, *dialect, field.get()));
  }
  Ref<StrObject> line = TRY(record.finish());
  return call(self->write, line.get());
}

Result<Ref<>> writeRows(CsvWriter* self, PyObject* rows) {
  TRY(forEach(rows, [&](Ref<> row) -> Status {
    TRY(writeRow(self, row));
    return {};
  }));
  return none();
}

void dealloc(CsvWriter* self) {
  gcUntrack(self);
  clearField(self->write);
  clearField(self->dialect);
  heapInstanceFree(self);
}
int traverse(CsvWriter* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, typeOf(self), self->write, self->dialect);
}
int clear(CsvWriter* self) {
  clearField(self->write);
  return 0;
}

constinit PyMethodDef kMethods[] = {
    method<"!writerow($self, row, /)", writeRow, "writerow(iterable)\n\nWrite one record.">,
    method<"!writerows($self, rows, /)", writeRows,
           "writerows(iterable of iterables)\n\nWrite several records.">,
    {}};
constinit PyMemberDef kMembers[] = {{"dialect", T_OBJECT, offsetof(CsvWriter, dialect), READONLY, nullptr},
                                    {}};

}  // namespace

Result<Ref<>> csvWriterNew(CallArgs args) {
  TRY(csvCheckCount(args));
  MaybeRef<> write = TRY(attrLookup(args.values[0], name<"write">()));
  if (!write || !isCallable(write.get())) {
    return raise(PyExc_TypeError, "argument 1 must have a \"write\" method");
  }
  Ref<CsvDialect> dialect = TRY(
      csvDialectNew(args.count > 1 ? Opt<>(args.values[1]) : Opt<>(), args.names, args.values + args.count));
  Ref<CsvWriter> self = TRY(typeAlloc<CsvWriter>(csv_state.writer_type));
  self->write = std::move(write).leak();
  self->dialect = std::move(dialect).leak();
  return self;
}

const PyTypeObject kCsvWriterType = {
    .tp_name = "_csv.writer",
    .tp_basicsize = reportedSize<CsvWriter>(72),
    .tp_dealloc = slot<dealloc>,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc = "CSV writer\n\nWrites records to an object with a write method.",
    .tp_traverse = slot<traverse>,
    .tp_clear = slot<clear>,
    .tp_methods = kMethods,
    .tp_members = kMembers,
};

}  // namespace krait::modules
