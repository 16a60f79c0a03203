#include <string>

#include "core/errors.h"
#include "core/gc.h"
#include "core/scratch.h"
#include "modules/csv/csv.h"
#include "modules/heap_type.h"
#include "types/float.h"
#include "types/list.h"
#include "types/tuple.h"

namespace krait::modules {
namespace {

enum class State : uint8_t {
  kStartRecord,
  kStartField,
  kEscaped,
  kInField,
  kInQuoted,
  kEscapedInQuoted,
  kQuoteInQuoted,
  kEatNewline,
  kAfterEscapedNewline,
};

// Stands for the end of a line, behind its last character.
constexpr Py_UCS4 kEndOfLine = 0xfffffffe;

struct CsvReader : PyObject {
  PyObject* input;
  CsvDialect* dialect;
  std::u32string* field;  // the characters of the current field
  unsigned long line_num;
  State state;
  bool numeric;
};

bool isNewline(Py_UCS4 c) { return c == '\n' || c == '\r'; }
bool endsField(Py_UCS4 c) { return isNewline(c) || c == kEndOfLine; }

// One record under construction. The list is local: reading a line may run code that uses the reader itself.
class RecordParser {
 public:
  RecordParser(CsvReader* reader, ListObject* fields)
      : reader_(reader), dialect_(*reader->dialect), fields_(fields) {}

  Status process(Py_UCS4 c) {
    switch (reader_->state) {
      case State::kStartRecord: return startRecord(c);
      case State::kStartField: return startField(c);
      case State::kEscaped: return escaped(c);
      case State::kAfterEscapedNewline:
        if (c == kEndOfLine) return {};
        [[fallthrough]];
      case State::kInField: return inField(c);
      case State::kInQuoted: return inQuoted(c);
      case State::kEscapedInQuoted: reader_->state = State::kInQuoted; return add(c == kEndOfLine ? '\n' : c);
      case State::kQuoteInQuoted: return quoteInQuoted(c);
      case State::kEatNewline: return eatNewline(c);
    }
    return {};
  }

  Status saveField() {
    auto& text = *reader_->field;
    Ref<> field =
        TRY(strFromUcs4(reinterpret_cast<const Py_UCS4*>(text.data()), static_cast<Py_ssize_t>(text.size())));
    text.clear();
    if (reader_->numeric) {
      reader_->numeric = false;
      field = TRY(numberFloat(field));
    }
    return listAppend(fields_, std::move(field));
  }

 private:
  Status add(Py_UCS4 c) {
    if (static_cast<long>(reader_->field->size()) >= csv_state.field_limit) {
      return raise(csv_state.error, "field larger than field limit (%ld)", csv_state.field_limit);
    }
    return pushMore(*reader_->field, static_cast<char32_t>(c));
  }

  Status finishField(Py_UCS4 c) {
    TRY(saveField());
    reader_->state = c == kEndOfLine ? State::kStartRecord : State::kEatNewline;
    return {};
  }

  Status startRecord(Py_UCS4 c) {
    if (c == kEndOfLine) return {};
    if (isNewline(c)) {
      reader_->state = State::kEatNewline;
      return {};
    }
    reader_->state = State::kStartField;
    return startField(c);
  }

  Status startField(Py_UCS4 c) {
    if (endsField(c)) return finishField(c);
    if (c == dialect_.quotechar && dialect_.quoting != kQuoteNone) {
      reader_->state = State::kInQuoted;
    } else if (c == dialect_.escapechar) {
      reader_->state = State::kEscaped;
    } else if (c == ' ' && dialect_.skipinitialspace) {
      return {};
    } else if (c == dialect_.delimiter) {
      return saveField();
    } else {
      if (dialect_.quoting == kQuoteNonnumeric) reader_->numeric = true;
      reader_->state = State::kInField;
      return add(c);
    }
    return {};
  }

  Status escaped(Py_UCS4 c) {
    reader_->state = isNewline(c) ? State::kAfterEscapedNewline : State::kInField;
    return add(c == kEndOfLine ? '\n' : c);
  }

  Status inField(Py_UCS4 c) {
    if (endsField(c)) return finishField(c);
    if (c == dialect_.escapechar) {
      reader_->state = State::kEscaped;
      return {};
    }
    if (c == dialect_.delimiter) {
      TRY(saveField());
      reader_->state = State::kStartField;
      return {};
    }
    reader_->state = State::kInField;
    return add(c);
  }

  Status inQuoted(Py_UCS4 c) {
    if (c == kEndOfLine) return {};
    if (c == dialect_.escapechar) {
      reader_->state = State::kEscapedInQuoted;
      return {};
    }
    if (c == dialect_.quotechar && dialect_.quoting != kQuoteNone) {
      reader_->state = dialect_.doublequote ? State::kQuoteInQuoted : State::kInField;
      return {};
    }
    return add(c);
  }

  Status quoteInQuoted(Py_UCS4 c) {
    if (dialect_.quoting != kQuoteNone && c == dialect_.quotechar) {
      reader_->state = State::kInQuoted;
      return add(c);
    }
    if (c == dialect_.delimiter) {
      TRY(saveField());
      reader_->state = State::kStartField;
      return {};
    }
    if (endsField(c)) return finishField(c);
    if (dialect_.strict) {
      return raise(csv_state.error, "'%c' expected after '%c'", static_cast<int>(dialect_.delimiter),
                   static_cast<int>(dialect_.quotechar));
    }
    reader_->state = State::kInField;
    return add(c);
  }

  Status eatNewline(Py_UCS4 c) {
    if (isNewline(c)) return {};
    if (c == kEndOfLine) {
      reader_->state = State::kStartRecord;
      return {};
    }
    return raise(csv_state.error,
                 "new-line character seen in unquoted field - do you need to open the file in "
                 "universal-newline mode?");
  }

  CsvReader* reader_;
  const CsvDialect& dialect_;
  ListObject* fields_;
};

Status processLine(RecordParser& parser, PyObject* line) {
  if (!isStr(line)) {
    return raise(csv_state.error,
                 "iterator should return strings, not %.200s (the file should be opened in text mode)",
                 typeName(line));
  }
  auto* text = cast<StrObject>(line);
  for (Py_ssize_t i = 0; i < text->size(); i++) TRY(parser.process(text->at(i)));
  return parser.process(kEndOfLine);
}

Result<MaybeRef<>> next(CsvReader* self) {
  if (!self->input) return raise(PyExc_TypeError, "the reader has no input");
  self->field->clear();
  self->state = State::kStartRecord;
  self->numeric = false;
  Ref<ListObject> fields = TRY(listNew());
  RecordParser parser(self, fields);
  do {
    MaybeRef<> line = TRY(iterNext(self->input));
    if (!line) {
      if (self->field->empty() && self->state != State::kInQuoted) return MaybeRef<>();
      if (self->dialect->strict) return raise(csv_state.error, "unexpected end of data");
      TRY(parser.saveField());
      break;
    }
    self->line_num++;
    TRY(processLine(parser, line.get()));
  } while (self->state != State::kStartRecord);
  return MaybeRef<>(std::move(fields));
}

void dealloc(CsvReader* self) {
  gcUntrack(self);
  delete self->field;
  clearField(self->input);
  clearField(self->dialect);
  heapInstanceFree(self);
}
int traverse(CsvReader* self, visitproc visit, void* arg) {
  return visitAll(visit, arg, typeOf(self), self->input, self->dialect);
}

constinit PyMemberDef kMembers[] = {{"dialect", T_OBJECT, offsetof(CsvReader, dialect), READONLY, nullptr},
                                    {"line_num", T_ULONG, offsetof(CsvReader, line_num), READONLY, nullptr},
                                    {}};

}  // namespace

Result<Ref<>> csvReaderNew(CallArgs args) {
  TRY(csvCheckCount(args));
  Ref<> input = TRY(getIter(args.values[0]));
  Ref<CsvDialect> dialect = TRY(
      csvDialectNew(args.count > 1 ? Opt<>(args.values[1]) : Opt<>(), args.names, args.values + args.count));
  Ref<CsvReader> self = TRY(typeAlloc<CsvReader>(csv_state.reader_type));
  TRY(checkMemory());
  self->field = new std::u32string;
  self->input = std::move(input).leak();
  self->dialect = std::move(dialect).leak();
  return self;
}

const PyTypeObject kCsvReaderType = {
    .tp_name = "_csv.reader",
    .tp_basicsize = reportedSize<CsvReader>(88),
    .tp_dealloc = slot<dealloc>,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc = "CSV reader\n\nIterates over the records of lines of text.",
    .tp_traverse = slot<traverse>,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<next>,
    .tp_members = kMembers,
};

}  // namespace krait::modules
