// Exports of modsupport.h: positional parsing, unpacking and the checks that generated code makes.
#include "capi/getargs.h"

#include <cctype>
#include <cstring>

#include "core/object.h"
#include "types/dict.h"
#include "types/tuple.h"

using namespace krait;

namespace {

bool checkCount(const FormatShape& shape, Py_ssize_t given) {
  if (given >= shape.least && given <= shape.most) return true;
  if (shape.message) return (void)raise(PyExc_TypeError, "%s", shape.message), false;
  const char* name = shape.function ? shape.function : "function";
  const char* call = shape.function ? "()" : "";
  int wanted = given < shape.least ? shape.least : shape.most;
  const char* bound = shape.least == shape.most ? "exactly" : given < shape.least ? "at least" : "at most";
  (void)raise(PyExc_TypeError, "%.150s%s takes %s %d argument%s (%zd given)", name, call, bound, wanted,
              wanted == 1 ? "" : "s", given);
  return false;
}

bool checkEnd(const char* rest, const char* format) {
  if (!*rest || std::isalpha(static_cast<unsigned char>(*rest)) || *rest == '(' || *rest == '|' ||
      *rest == ':' || *rest == ';' || *rest == ')') {
    return true;
  }
  (void)raise(PyExc_SystemError, "bad format string: %.200s", format);
  return false;
}

bool parseStack(PyObject* const* items, Py_ssize_t count, const char* format, va_list args, bool ssize) {
  FormatShape shape = readFormat(format);
  if (shape.bad) return (void)raise(PyExc_SystemError, "missing ')' in getargs format"), false;
  if (!checkCount(shape, count)) return false;
  va_list copy;
  va_copy(copy, args);
  bool ok = true;
  {
    ArgConverter converter(format, &copy, ssize);
    for (Py_ssize_t i = 0; i < count && ok; i++) {
      if (*converter.at == '|') converter.at++;
      const char* problem = converter.convert(items[i]);
      if (problem) converter.fail(static_cast<int>(i) + 1, problem, shape.function, shape.message);
      ok = !problem;
    }
    ok = ok && checkEnd(converter.at, format);
    if (ok) converter.commit();
  }
  va_end(copy);
  return ok;
}

int parseTuple(PyObject* tuple, const char* format, va_list args, bool ssize) {
  if (!isTuple(tuple)) {
    (void)raise(PyExc_SystemError, "new style getargs format but argument is not a tuple");
    return 0;
  }
  auto* t = static_cast<TupleObject*>(tuple);
  return parseStack(t->items(), t->size(), format, args, ssize);
}

// PyArg_Parse: the "arguments" are one object.
int parseOne(PyObject* value, const char* format, va_list args, bool ssize) {
  FormatShape shape = readFormat(format);
  if (shape.most == 0) {
    if (!value) return 1;
    (void)raise(PyExc_TypeError, "%.200s%s takes no arguments", shape.function ? shape.function : "function",
                shape.function ? "()" : "");
    return 0;
  }
  if (shape.least != 1 || shape.most != 1 || !value) {
    (void)raise(PyExc_SystemError, "old style getargs format uses new features");
    return 0;
  }
  va_list copy;
  va_copy(copy, args);
  bool ok;
  {
    ArgConverter converter(format, &copy, ssize);
    const char* problem = converter.convert(value);
    if (problem) converter.fail(0, problem, shape.function, shape.message);
    ok = !problem;
    if (ok) converter.commit();
  }
  va_end(copy);
  return ok;
}

}  // namespace

#define KR_PARSE(symbol, parse, ssize)                             \
  KR_EXPORT int symbol(PyObject* given, const char* format, ...) { \
    va_list args;                                                  \
    va_start(args, format);                                        \
    int ok = parse(given, format, args, ssize);                    \
    va_end(args);                                                  \
    return ok;                                                     \
  }
KR_PARSE(PyArg_ParseTuple, parseTuple, false)
KR_PARSE(_PyArg_ParseTuple_SizeT, parseTuple, true)
KR_PARSE(PyArg_Parse, parseOne, false)
KR_PARSE(_PyArg_Parse_SizeT, parseOne, true)
#undef KR_PARSE

KR_EXPORT int PyArg_VaParse(PyObject* tuple, const char* format, va_list args) {
  return parseTuple(tuple, format, args, false);
}
KR_EXPORT int _PyArg_VaParse_SizeT(PyObject* tuple, const char* format, va_list args) {
  return parseTuple(tuple, format, args, true);
}

#define KR_PARSE_STACK(symbol, ssize)                                                       \
  KR_EXPORT int symbol(PyObject* const* items, Py_ssize_t count, const char* format, ...) { \
    va_list args;                                                                           \
    va_start(args, format);                                                                 \
    int ok = parseStack(items, count, format, args, ssize);                                 \
    va_end(args);                                                                           \
    return ok;                                                                              \
  }
KR_PARSE_STACK(_PyArg_ParseStack, false)
KR_PARSE_STACK(_PyArg_ParseStack_SizeT, true)
#undef KR_PARSE_STACK

// --- counts and kinds ---

KR_EXPORT int _PyArg_CheckPositional(const char* name, Py_ssize_t count, Py_ssize_t least, Py_ssize_t most) {
  if (count >= least && count <= most) return 1;
  Py_ssize_t wanted = count < least ? least : most;
  const char* bound = least == most ? "" : count < least ? "at least " : "at most ";
  if (name) {
    (void)raise(PyExc_TypeError, "%.200s expected %s%zd argument%s, got %zd", name, bound, wanted,
                wanted == 1 ? "" : "s", count);
  } else {
    (void)raise(PyExc_TypeError, "unpacked tuple should have %s%zd element%s, but has %zd", bound, wanted,
                wanted == 1 ? "" : "s", count);
  }
  return 0;
}

KR_EXPORT void _PyArg_BadArgument(const char* function, const char* shown, const char* expected,
                                  PyObject* given) {
  (void)raise(PyExc_TypeError, "%.200s() %.200s must be %.50s, not %.50s", function, shown, expected,
              given == Py_None ? "None" : typeName(given));
}

KR_EXPORT int _PyArg_NoKeywords(const char* function, PyObject* kwargs) {
  if (!kwargs || static_cast<DictObject*>(kwargs)->size() == 0) return 1;
  (void)raise(PyExc_TypeError, "%.200s() takes no keyword arguments", function);
  return 0;
}
KR_EXPORT int _PyArg_NoKwnames(const char* function, PyObject* names) {
  if (!names || static_cast<TupleObject*>(names)->size() == 0) return 1;
  (void)raise(PyExc_TypeError, "%s() takes no keyword arguments", function);
  return 0;
}
KR_EXPORT int _PyArg_NoPositional(const char* function, PyObject* args) {
  if (!args || static_cast<TupleObject*>(args)->size() == 0) return 1;
  (void)raise(PyExc_TypeError, "%.200s() takes no positional arguments", function);
  return 0;
}

KR_EXPORT int PyArg_ValidateKeywordArguments(PyObject* kwargs) {
  if (!isDict(kwargs)) return (void)raiseBadInternalCall(), 0;
  Py_ssize_t position = 0;
  PyObject *key, *value;
  while (dictNext(static_cast<DictObject*>(kwargs), &position, &key, &value)) {
    if (!isStr(key)) return (void)raise(PyExc_TypeError, "keywords must be strings"), 0;
  }
  return 1;
}

namespace {

int unpack(PyObject* const* items, Py_ssize_t count, const char* name, Py_ssize_t least, Py_ssize_t most,
           va_list outs) {
  if (!_PyArg_CheckPositional(name, count, least, most)) return 0;
  va_list copy;
  va_copy(copy, outs);
  for (Py_ssize_t i = 0; i < count; i++) *va_arg(copy, PyObject**) = items[i];
  va_end(copy);
  return 1;
}

}  // namespace

KR_EXPORT int PyArg_UnpackTuple(PyObject* tuple, const char* name, Py_ssize_t least, Py_ssize_t most, ...) {
  if (!isTuple(tuple)) {
    (void)raise(PyExc_SystemError, "PyArg_UnpackTuple() argument list is not a tuple");
    return 0;
  }
  auto* t = static_cast<TupleObject*>(tuple);
  va_list outs;
  va_start(outs, most);
  int ok = unpack(t->items(), t->size(), name, least, most, outs);
  va_end(outs);
  return ok;
}
KR_EXPORT int _PyArg_UnpackStack(PyObject* const* items, Py_ssize_t count, const char* name, Py_ssize_t least,
                                 Py_ssize_t most, ...) {
  va_list outs;
  va_start(outs, most);
  int ok = unpack(items, count, name, least, most, outs);
  va_end(outs);
  return ok;
}
