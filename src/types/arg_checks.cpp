#include "types/arg_checks.h"

#include "types/dict.h"

namespace krait {

Status checkPositional(const char* function, Py_ssize_t count, Py_ssize_t least, Py_ssize_t most) {
  if (count < least) {
    return raise(PyExc_TypeError, "%.200s expected %s%zd argument%s, got %zd", function,
                 least == most ? "" : "at least ", least, least == 1 ? "" : "s", count);
  }
  if (count > most) {
    return raise(PyExc_TypeError, "%.200s expected %s%zd argument%s, got %zd", function,
                 least == most ? "" : "at most ", most, most == 1 ? "" : "s", count);
  }
  return {};
}

Status checkNoKeywords(const char* function, Opt<> kwargs) {
  if (!kwargs || cast<DictObject>(kwargs.get())->size() == 0) return {};
  return raise(PyExc_TypeError, "%.200s() takes no keyword arguments", function);
}

Status checkNoKeywordNames(const char* function, Opt<TupleObject> names) {
  if (!names || names->size() == 0) return {};
  return raise(PyExc_TypeError, "%.200s() takes no keyword arguments", function);
}

Status checkKeywordDict(DictObject* kwargs) {
  Py_ssize_t position = 0;
  PyObject *key, *value;
  while (dictNext(kwargs, &position, &key, &value)) {
    if (!isStr(key)) return raise(PyExc_TypeError, "keywords must be strings");
  }
  return {};
}

}  // namespace krait
