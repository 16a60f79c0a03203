#include "types/codec_errors.h"

#include <cstring>

#include "core/call.h"
#include "types/int.h"
#include "types/tuple.h"

namespace krait {
namespace {

constexpr Py_UCS4 kReplacement = 0xFFFD;

// Exception objects of one run are reused: only the position and the reason change.
Status updateException(PyObject* exception, Py_ssize_t start, Py_ssize_t end, const char* reason) {
  auto* error = cast<UnicodeErrorObject>(exception);
  Ref<StrObject> text = TRY(strFromUtf8(reason));
  setField(error->reason, std::move(text));
  error->start = start;
  error->end = end;
  return {};
}

Result<Ref<>> newException(PyObject* type, const char* encoding, PyObject* object, Py_ssize_t start,
                           Py_ssize_t end, const char* reason) {
  Ref<StrObject> name = TRY(strFromUtf8(encoding)), text = TRY(strFromUtf8(reason));
  Ref<IntObject> first = TRY(intFromLong(start)), last = TRY(intFromLong(end));
  return call(type, name.get(), object, first.get(), last.get(), text.get());
}

struct HandlerAnswer {
  Ref<> value;
  Py_ssize_t next;
};

// Calls a handler and checks the form of its answer: (value, position).
Result<HandlerAnswer> callHandler(PyObject* handler, PyObject* exception, bool accepts_bytes,
                                  const char* message) {
  Ref<> answer = TRY(call(handler, exception));
  auto* pair = isTuple(answer.get()) ? cast<TupleObject>(answer.get()) : nullptr;
  bool ok = pair && pair->size() == 2 && isInt(pair->at(1)) &&
            (isStr(pair->at(0)) || (accepts_bytes && isBytes(pair->at(0))));
  if (!ok) return raise(PyExc_TypeError, "%s", message);
  Py_ssize_t next = TRY(intAsSsize(cast<IntObject>(pair->at(1))));
  return HandlerAnswer{share(pair->at(0)), next};
}

Result<Py_ssize_t> checkedPosition(Py_ssize_t next, Py_ssize_t size) {
  Py_ssize_t at = next < 0 ? next + size : next;
  if (at < 0 || at > size)
    return raise(PyExc_IndexError, "position %zd from error handler out of bounds", next);
  return at;
}

}  // namespace

ErrorMode errorModeOf(const char* errors) {
  if (!errors || std::strcmp(errors, "strict") == 0) return ErrorMode::kStrict;
  if (std::strcmp(errors, "surrogateescape") == 0) return ErrorMode::kSurrogateEscape;
  if (std::strcmp(errors, "replace") == 0) return ErrorMode::kReplace;
  if (std::strcmp(errors, "ignore") == 0) return ErrorMode::kIgnore;
  if (std::strcmp(errors, "backslashreplace") == 0) return ErrorMode::kBackslashReplace;
  if (std::strcmp(errors, "surrogatepass") == 0) return ErrorMode::kSurrogatePass;
  if (std::strcmp(errors, "xmlcharrefreplace") == 0) return ErrorMode::kXmlCharRefReplace;
  return ErrorMode::kOther;
}

void appendBackslashEscape(StrBuilder& out, Py_UCS4 c) {
  constexpr char kDigits[] = "0123456789abcdef";
  int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
  out.append('\\');
  out.append(c < 0x100 ? 'x' : c < 0x10000 ? 'u' : 'U');
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out.append(kDigits[c >> shift & 15]);
}

void appendCharRef(StrBuilder& out, Py_UCS4 c) {
  char text[16];
  std::snprintf(text, sizeof text, "&#%u;", c);
  out.append(text);
}

// --- decoding ----------------------------------------------------------------------------------------------

Result<Py_ssize_t> DecodeRun::handle(StrBuilder& out, Py_ssize_t start, Py_ssize_t end, const char* reason) {
  if (mode_ == ErrorMode::kIgnore) return end;
  if (mode_ == ErrorMode::kReplace) {
    out.append(kReplacement);
    return end;
  }
  if (mode_ == ErrorMode::kSurrogateEscape) {
    Py_ssize_t at = start;
    for (; at < end && at < start + 4; at++) {
      auto byte = static_cast<uint8_t>(input_[static_cast<size_t>(at)]);
      if (byte < 0x80) break;
      out.append(static_cast<Py_UCS4>(0xDC00 + byte));
    }
    if (at > start) return at;
  }
  return handleByCall(out, start, end, reason);
}

Status DecodeRun::prepareException(Py_ssize_t start, Py_ssize_t end, const char* reason) {
  if (exception_) return updateException(exception_.get(), start, end, reason);
  Ref<BytesObject> bytes = TRY(bytesFrom(input_));
  exception_ = TRY(newException(PyExc_UnicodeDecodeError, encoding_, bytes.get(), start, end, reason));
  return {};
}

Result<Py_ssize_t> DecodeRun::handleByCall(StrBuilder& out, Py_ssize_t start, Py_ssize_t end,
                                           const char* reason) {
  if (mode_ == ErrorMode::kStrict) {
    TRY(prepareException(start, end, reason));
    return raiseException(share(exception_.get()));
  }
  if (!handler_) handler_ = TRY(codecLookupError(errors_));
  TRY(prepareException(start, end, reason));
  HandlerAnswer answer = TRY(callHandler(handler_.get(), exception_.get(), false,
                                         "decoding error handler must return (str, int) tuple"));
  PyObject* object = cast<UnicodeErrorObject>(exception_.get())->object;
  if (!object || !isBytes(object)) return raise(PyExc_TypeError, "object attribute must be bytes");
  replaced_input_ = share(object);
  input_ = cast<BytesObject>(object)->view();
  Py_ssize_t next = TRY(checkedPosition(answer.next, static_cast<Py_ssize_t>(input_.size())));
  out.append(cast<StrObject>(answer.value.get()));
  return next;
}

// --- encoding ----------------------------------------------------------------------------------------------

Status EncodeRun::prepareException(Py_ssize_t start, Py_ssize_t end, const char* reason) {
  if (exception_) return updateException(exception_.get(), start, end, reason);
  exception_ = TRY(newException(PyExc_UnicodeEncodeError, encoding_, text_, start, end, reason));
  return {};
}

Raised EncodeRun::raiseStrict(Py_ssize_t start, Py_ssize_t end, const char* reason) {
  if (prepareException(start, end, reason).failed()) return Raised{};
  return raiseException(share(exception_.get()));
}

Result<EncodeRun::Replacement> EncodeRun::handle(Py_ssize_t start, Py_ssize_t end, const char* reason) {
  if (mode_ == ErrorMode::kStrict) return raiseStrict(start, end, reason);
  if (mode_ == ErrorMode::kIgnore) return Replacement{emptyStr(), end};
  if (mode_ == ErrorMode::kReplace) {
    StrBuilder marks;
    marks.appendRepeated('?', end - start);
    return Replacement{TRY(marks.finish()), end};
  }
  if (mode_ == ErrorMode::kBackslashReplace || mode_ == ErrorMode::kXmlCharRefReplace) {
    StrBuilder escapes;
    for (Py_ssize_t i = start; i < end; i++) {
      if (mode_ == ErrorMode::kBackslashReplace)
        appendBackslashEscape(escapes, text_->at(i));
      else
        appendCharRef(escapes, text_->at(i));
    }
    return Replacement{TRY(escapes.finish()), end};
  }
  if (!handler_) handler_ = TRY(codecLookupError(errors_));
  TRY(prepareException(start, end, reason));
  HandlerAnswer answer = TRY(callHandler(handler_.get(), exception_.get(), true,
                                         "encoding error handler must return (str/bytes, int) tuple"));
  Py_ssize_t next = TRY(checkedPosition(answer.next, text_->size()));
  return Replacement{std::move(answer.value), next};
}

}  // namespace krait
