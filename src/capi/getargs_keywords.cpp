// Exports of modsupport.h: parsing and unpacking with keywords.
#include <algorithm>
#include <climits>

#include "capi/getargs.h"
#include "types/dict.h"
#include "types/str.h"
#include "types/tuple.h"

// CPython's per-function record of generated code; kwtuple and the numbers are filled on first use there,
// unused here.
struct _PyArg_Parser {
  const char* format;
  const char* const* keywords;
  const char* fname;
  const char* custom_msg;
  int pos, min, max;
  PyObject* kwtuple;
  _PyArg_Parser* next;
};
static_assert(sizeof(_PyArg_Parser) == 64);

using namespace krait;

namespace {

// The arguments of one call, whichever way they came: keywords in a dict, or values behind the positional
// ones.
struct Given {
  PyObject* const* items;
  Py_ssize_t count;
  DictObject* kwargs = nullptr;
  TupleObject* names = nullptr;
  PyObject* const* values = nullptr;

  Py_ssize_t keywordCount() const { return kwargs ? kwargs->size() : names ? names->size() : 0; }
  Opt<> keyword(const char* wanted) const;
  bool next(Py_ssize_t* position, PyObject** key) const;  // over the keywords' names
};

bool matches(PyObject* key, const char* text) {
  if (!isStr(key)) return false;
  auto utf8 = strUtf8(static_cast<StrObject*>(key));
  if (!utf8.failed()) return std::move(utf8).take() == text;
  clearPending();
  return false;
}

bool Given::next(Py_ssize_t* position, PyObject** key) const {
  PyObject* value;
  if (kwargs) return dictNext(kwargs, position, key, &value);
  if (!names || *position >= names->size()) return false;
  *key = names->at((*position)++);
  return true;
}

Opt<> Given::keyword(const char* wanted) const {
  if (names) {
    for (Py_ssize_t i = 0; i < names->size(); i++) {
      if (matches(names->at(i), wanted)) return values[i];
    }
  }
  Py_ssize_t position = 0;
  PyObject *key, *value;
  while (kwargs && dictNext(kwargs, &position, &key, &value)) {
    if (matches(key, wanted)) return value;
  }
  return nullptr;
}

struct Keywords {
  const char* const* names;
  int positional_only = 0, count = 0;

  explicit Keywords(const char* const* list) : names(list) {
    while (names[count] && !*names[count]) count++;
    positional_only = count;
    while (names[count]) count++;
  }
  bool has(PyObject* key) const {
    for (int i = positional_only; i < count; i++) {
      if (matches(key, names[i])) return true;
    }
    return false;
  }
};

// How messages name the function.
struct Shown {
  const char* name;
  const char* orElse(const char* other) const { return name ? name : other; }
  const char* call() const { return name ? "()" : ""; }
};

bool refuseTooMany(const Given& given, const Keywords& keywords, Shown shown) {
  Py_ssize_t total = given.count + given.keywordCount();
  if (total <= keywords.count) return true;
  (void)raise(PyExc_TypeError, "%.200s%s takes at most %d %sargument%s (%zd given)", shown.orElse("function"),
              shown.call(), keywords.count, given.count == 0 ? "keyword " : "",
              keywords.count == 1 ? "" : "s", total);
  return false;
}

bool raisePositional(Shown shown, const char* bound, Py_ssize_t wanted, Py_ssize_t given) {
  if (wanted == 0) {
    (void)raise(PyExc_TypeError, "%.200s%s takes no positional arguments", shown.orElse("function"),
                shown.call());
  } else {
    (void)raise(PyExc_TypeError, "%.200s%s takes %s %zd positional argument%s (%zd given)",
                shown.orElse("function"), shown.call(), bound, wanted, wanted == 1 ? "" : "s", given);
  }
  return false;
}

bool raiseMissing(Shown shown, const char* name, int position) {
  (void)raise(PyExc_TypeError, "%.200s%s missing required argument '%s' (pos %i)", shown.orElse("function"),
              shown.call(), name, position);
  return false;
}

// Keywords that nothing took: given twice, or unknown.
bool raiseLeftOver(const Given& given, const Keywords& keywords, Shown shown) {
  for (Py_ssize_t i = keywords.positional_only; i < std::min<Py_ssize_t>(given.count, keywords.count); i++) {
    if (!given.keyword(keywords.names[i])) continue;
    (void)raise(PyExc_TypeError, "argument for %.200s%s given by name ('%s') and position (%d)",
                shown.orElse("function"), shown.call(), keywords.names[i], static_cast<int>(i) + 1);
    return false;
  }
  Py_ssize_t position = 0;
  PyObject* key;
  while (given.next(&position, &key)) {
    if (!isStr(key)) return (void)raise(PyExc_TypeError, "keywords must be strings"), false;
    if (keywords.has(key)) continue;
    (void)raise(PyExc_TypeError, "'%S' is an invalid keyword argument for %.200s%s", key,
                shown.orElse("this function"), shown.call());
    return false;
  }
  return true;
}

// One walk over format and keyword list.
class KeywordParse {
 public:
  KeywordParse(const Given& given, const char* format, const char* const* names, va_list* args, bool ssize)
      : given_(given),
        keywords_(names),
        shape_(readFormat(format)),
        converter_(format, args, ssize),
        left_(given.keywordCount()) {}

  bool run() {
    if (!refuseTooMany(given_, keywords_, shown())) return false;
    for (int i = 0; i < keywords_.count; i++) {
      if (!markers(i) || !step(i)) return false;
      if (done_) break;
    }
    if (missing_positional_) return raiseTooFew();
    if (left_ > 0 && !raiseLeftOver(given_, keywords_, shown())) return false;
    converter_.commit();
    return true;
  }

 private:
  Shown shown() const { return {shape_.function}; }
  // '|' and '$' before unit i.
  bool markers(int i) {
    if (*converter_.at == '|') {
      required_ = i;
      converter_.at++;
    }
    if (*converter_.at != '$') return true;
    positional_limit_ = i;
    converter_.at++;
    if (given_.count <= i) return true;
    return raisePositional(shown(), required_ != INT_MAX ? "at most" : "exactly", i, given_.count);
  }
  bool step(int i) {
    Opt<> value = i < given_.count ? Opt<>(given_.items[i]) : Opt<>();
    if (!value && left_ > 0 && i >= keywords_.positional_only) {
      value = given_.keyword(keywords_.names[i]);
      if (value) left_--;
    }
    if (value) return take(value.get(), i);
    if (i < required_) {
      if (i >= keywords_.positional_only) return raiseMissing(shown(), keywords_.names[i], i + 1);
      missing_positional_ = true;
    }
    if (left_ == 0 && !missing_positional_ && i >= required_) return done_ = true;
    return converter_.skip();
  }
  bool take(PyObject* value, int i) {
    const char* problem = converter_.convert(value);
    if (problem) converter_.fail(i + 1, problem, shape_.function, shape_.message);
    return !problem;
  }
  bool raiseTooFew() {
    int wanted = std::min(keywords_.positional_only, required_);
    return raisePositional(shown(), wanted < keywords_.count ? "at least" : "exactly", wanted, given_.count);
  }

  const Given& given_;
  Keywords keywords_;
  FormatShape shape_;
  ArgConverter converter_;
  Py_ssize_t left_;
  int required_ = INT_MAX, positional_limit_ = INT_MAX;
  bool missing_positional_ = false, done_ = false;
};

int parseKeywords(const Given& given, const char* format, const char* const* names, va_list args,
                  bool ssize) {
  va_list copy;
  va_copy(copy, args);
  bool ok = KeywordParse(given, format, names, &copy, ssize).run();
  va_end(copy);
  return ok;
}

int parseTupleKeywords(PyObject* args, PyObject* kwargs, const char* format, char** names, va_list outs,
                       bool ssize) {
  if (!args || !isTuple(args) || (kwargs && !isDict(kwargs)) || !format || !names) {
    return (void)raiseBadInternalCall(), 0;
  }
  auto* tuple = static_cast<TupleObject*>(args);
  Given given{tuple->items(), tuple->size(), static_cast<DictObject*>(kwargs)};
  return parseKeywords(given, format, names, outs, ssize);
}

// Where parameter i goes when a tuple of extra positional arguments stands at index `vararg` (-1: none).
Py_ssize_t slotOf(Py_ssize_t i, Py_ssize_t vararg) { return vararg >= 0 && i >= vararg ? i + 1 : i; }

// Parameters that may be given by keyword are not among those that too few positional arguments leave open.
bool checkPositionalRange(Shown shown, Py_ssize_t count, int positional_only, int least, int most,
                          bool variadic) {
  if (count > most && !variadic)
    return raisePositional(shown, least < most ? "at most" : "exactly", most, count);
  int needed = std::min(positional_only, least);
  if (count < needed)
    return raisePositional(shown, needed < most || variadic ? "at least" : "exactly", needed, count);
  return true;
}

// Fills buffer[] for generated code: borrowed, null where absent.
bool unpackInto(const Given& given, const _PyArg_Parser* parser, int least, int most, int least_keywords,
                Py_ssize_t vararg, PyObject** buffer) {
  Keywords keywords(parser->keywords);
  Shown shown{parser->fname};
  Py_ssize_t positional = vararg >= 0 ? std::min<Py_ssize_t>(given.count, vararg) : given.count;
  if (vararg < 0 && !refuseTooMany(given, keywords, shown)) return false;
  if (!checkPositionalRange(shown, given.count, keywords.positional_only, least, most, vararg >= 0))
    return false;
  for (Py_ssize_t i = 0; i < positional; i++) buffer[i] = given.items[i];
  Py_ssize_t left = given.keywordCount();
  int required_end = least_keywords ? most + least_keywords : least;
  for (Py_ssize_t i = std::max<Py_ssize_t>(positional, keywords.positional_only); i < keywords.count; i++) {
    Opt<> value = left > 0 ? given.keyword(keywords.names[i]) : Opt<>();
    buffer[slotOf(i, vararg)] = value.get();
    if (value)
      left--;
    else if (i < least || (most <= i && i < required_end)) {
      return raiseMissing(shown, keywords.names[i], static_cast<int>(i) + 1);
    }
  }
  for (Py_ssize_t i = positional; i < std::min(keywords.positional_only, keywords.count); i++)
    buffer[i] = nullptr;
  return left == 0 || raiseLeftOver(given, keywords, shown);
}

Given givenOf(PyObject* const* items, Py_ssize_t count, PyObject* kwargs, PyObject* names) {
  return {items, count, static_cast<DictObject*>(kwargs), static_cast<TupleObject*>(names), items + count};
}

}  // namespace

#define KR_PARSE_KEYWORDS(symbol, ssize)                                                          \
  KR_EXPORT int symbol(PyObject* args, PyObject* kwargs, const char* format, char** names, ...) { \
    va_list outs;                                                                                 \
    va_start(outs, names);                                                                        \
    int ok = parseTupleKeywords(args, kwargs, format, names, outs, ssize);                        \
    va_end(outs);                                                                                 \
    return ok;                                                                                    \
  }
KR_PARSE_KEYWORDS(PyArg_ParseTupleAndKeywords, false)
KR_PARSE_KEYWORDS(_PyArg_ParseTupleAndKeywords_SizeT, true)
#undef KR_PARSE_KEYWORDS

KR_EXPORT int PyArg_VaParseTupleAndKeywords(PyObject* args, PyObject* kwargs, const char* format,
                                            char** names, va_list outs) {
  return parseTupleKeywords(args, kwargs, format, names, outs, false);
}
KR_EXPORT int _PyArg_VaParseTupleAndKeywords_SizeT(PyObject* args, PyObject* kwargs, const char* format,
                                                   char** names, va_list outs) {
  return parseTupleKeywords(args, kwargs, format, names, outs, true);
}

#define KR_PARSE_STACK_KEYWORDS(symbol, ssize)                                                           \
  KR_EXPORT int symbol(PyObject* const* items, Py_ssize_t count, PyObject* names, _PyArg_Parser* parser, \
                       ...) {                                                                            \
    va_list outs;                                                                                        \
    va_start(outs, parser);                                                                              \
    Given given = givenOf(items, count, nullptr, names);                                                 \
    int ok = parseKeywords(given, parser->format, parser->keywords, outs, ssize);                        \
    va_end(outs);                                                                                        \
    return ok;                                                                                           \
  }
KR_PARSE_STACK_KEYWORDS(_PyArg_ParseStackAndKeywords, false)
KR_PARSE_STACK_KEYWORDS(_PyArg_ParseStackAndKeywords_SizeT, true)
#undef KR_PARSE_STACK_KEYWORDS

#define KR_PARSE_TUPLE_FAST(symbol, ssize)                                             \
  KR_EXPORT int symbol(PyObject* args, PyObject* kwargs, _PyArg_Parser* parser, ...) { \
    va_list outs;                                                                      \
    va_start(outs, parser);                                                            \
    auto* tuple = static_cast<TupleObject*>(args);                                     \
    Given given = givenOf(tuple->items(), tuple->size(), kwargs, nullptr);             \
    int ok = parseKeywords(given, parser->format, parser->keywords, outs, ssize);      \
    va_end(outs);                                                                      \
    return ok;                                                                         \
  }
KR_PARSE_TUPLE_FAST(_PyArg_ParseTupleAndKeywordsFast, false)
KR_PARSE_TUPLE_FAST(_PyArg_ParseTupleAndKeywordsFast_SizeT, true)
#undef KR_PARSE_TUPLE_FAST

KR_EXPORT PyObject* const* _PyArg_UnpackKeywords(PyObject* const* items, Py_ssize_t count, PyObject* kwargs,
                                                 PyObject* names, _PyArg_Parser* parser, int least, int most,
                                                 int least_keywords, PyObject** buffer) {
  if (!kwargs && !names && least_keywords == 0 && least <= count && count <= most) {
    Keywords keywords(parser->keywords);
    if (count == keywords.count) return items;
  }
  Given given = givenOf(items, count, kwargs, names);
  return unpackInto(given, parser, least, most, least_keywords, -1, buffer) ? buffer : nullptr;
}

KR_EXPORT PyObject* const* _PyArg_UnpackKeywordsWithVararg(PyObject* const* items, Py_ssize_t count,
                                                           PyObject* kwargs, PyObject* names,
                                                           _PyArg_Parser* parser, int least, int most,
                                                           int least_keywords, int vararg,
                                                           PyObject** buffer) {
  Py_ssize_t extra = std::max<Py_ssize_t>(count - vararg, 0);
  auto rest = tupleFromItems(items + (count - extra), extra);
  if (rest.failed()) return nullptr;
  buffer[vararg] = toC(std::move(rest));
  Given given = givenOf(items, count, kwargs, names);
  if (unpackInto(given, parser, least, most, least_keywords, vararg, buffer)) return buffer;
  clearField(buffer[vararg]);
  return nullptr;
}
