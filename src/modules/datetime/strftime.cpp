// strftime(): what the C library does not know (%z, %Z, %f) is filled in, the rest goes to time.strftime().
#include "core/call.h"
#include "core/errors.h"
#include "core/import.h"
#include "modules/datetime/datetime.h"
#include "types/str_builder.h"

namespace krait::modules {
namespace {

Status appendZoneName(StrBuilder& out, PyObject* tzinfo, PyObject* about) {
  Ref<> zone_name = TRY(zoneName(tzinfo, about));
  if (zone_name.get() == Py_None) return {};
  // Percent signs of the name stand for themselves.
  Ref<StrObject> percent = TRY(strFromAscii("%")), doubled = TRY(strFromAscii("%%"));
  Ref<> escaped = TRY(callMethod(zone_name.get(), name<"replace">(), percent.get(), doubled.get()));
  if (!isStr(escaped.get())) return raise(PyExc_TypeError, "bad argument type for built-in operation");
  out.append(cast<StrObject>(escaped.get()));
  return {};
}

Status appendDirective(StrBuilder& out, Py_UCS4 directive, PyObject* tzinfo, PyObject* about,
                       int microsecond) {
  if (directive == 'z') {
    std::string offset;
    TRY(appendOffset(offset, "", tzinfo, about));
    out.append(std::string_view(offset));
  } else if (directive == 'Z') {
    return appendZoneName(out, tzinfo, about);
  } else if (directive == 'f') {
    char digits[16];
    std::snprintf(digits, sizeof digits, "%06d", microsecond);
    out.append(digits);
  } else {
    out.append('%');
    out.append(directive);
  }
  return {};
}

// The C library's format ends at the first null character, one in a time zone's name as well.
Result<Ref<StrObject>> upToNull(Ref<StrObject> text) {
  Py_ssize_t end = 0;
  while (end < text->size() && text->at(end) != 0) end++;
  if (end == text->size()) return text;
  return strSubstring(text.get(), 0, end);
}

}  // namespace

Result<Ref<>> strftimeWrap(PyObject* self, StrObject* format, PyObject* timetuple, PyObject* tzinfo,
                           PyObject* about, int microsecond) {
  TRY(strUtf8(format));
  StrBuilder out;
  Py_ssize_t size = format->size();
  for (Py_ssize_t i = 0; i < size; i++) {
    Py_UCS4 c = format->at(i);
    if (c != '%' || i + 1 == size) {
      out.append(c);
    } else {
      TRY(appendDirective(out, format->at(++i), tzinfo, about, microsecond));
    }
  }
  Ref<StrObject> expanded = TRY(upToNull(TRY(out.finish())));
  Ref<> time_module = TRY(importModule("time"));
  return callMethod(time_module.get(), name<"strftime">(), expanded.get(), timetuple);
}

Result<Ref<>> dateFormatMethod(PyObject* self, PyObject* format) {
  if (!isStr(format)) {
    return raise(PyExc_TypeError, "__format__() argument 1 must be str, not %.50s",
                 format == Py_None ? "None" : typeName(format));
  }
  if (cast<StrObject>(format)->size() == 0) return objectStr(self);
  return callMethod(self, name<"strftime">(), format);
}

}  // namespace krait::modules
