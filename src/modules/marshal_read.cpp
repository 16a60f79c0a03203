// Reading the marshal format. Whatever the bytes are, the answer is an object or an exception.
#include <array>
#include <bit>
#include <cstring>
#include <string>
#include <vector>

#include "base/float_text.h"
#include "core/c_stack.h"
#include "core/call.h"
#include "core/number.h"
#include "modules/marshal_format.h"
#include "types/bool.h"
#include "types/code.h"
#include "types/codecs.h"
#include "types/complex.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/list.h"
#include "types/set.h"

namespace krait::modules {
namespace {

constexpr int kShortDigitBits = 15;

// Where the bytes come from: memory, or a file object or C stream read piece by piece.
class Input {
 public:
  explicit Input(std::string_view data) : next_(data.data()), end_(next_ + data.size()) {}
  explicit Input(PyObject* file) : file_(file) {}
  explicit Input(std::FILE* stream) : stream_(stream) {}

  // The next n bytes, valid until the next call.
  Result<const char*> take(Py_ssize_t n) {
    if (!next_ || end_ - next_ < n) [[unlikely]]
      return takeMore(n);
    return std::exchange(next_, next_ + n);
  }
  Result<int> byte();
  // Whether at least n more bytes can follow.
  bool mayHold(Py_ssize_t n) const { return file_ || stream_ || end_ - next_ >= n; }

 private:
  Result<const char*> takeMore(Py_ssize_t n);
  Result<const char*> fromFile(Py_ssize_t n);
  Result<const char*> fromStream(Py_ssize_t n);

  const char* next_ = nullptr;
  const char* end_ = nullptr;
  PyObject* file_ = nullptr;
  std::FILE* stream_ = nullptr;
  MaybeRef<ByteArrayObject> buffer_;
};

Result<const char*> Input::takeMore(Py_ssize_t n) {
  if (file_) return fromFile(n);
  if (stream_) return fromStream(n);
  return raise(PyExc_EOFError, "marshal data too short");
}

Result<const char*> Input::fromFile(Py_ssize_t n) {
  buffer_ = TRY(byteArrayNew({}));
  TRY(byteArrayResize(buffer_.get(), n));
  Ref<> view = TRY(call(reinterpret_cast<PyObject*>(&PyMemoryView_Type), buffer_.get()));
  Ref<> count = TRY(callMethod(file_, name<"readinto">(), view.get()));
  Py_ssize_t read = TRY(asSsize(count.get(), PyExc_ValueError));
  if (read > n) {
    return raise(PyExc_ValueError, "read() returned too much data: %zd bytes requested, %zd returned", n,
                 read);
  }
  if (read < n) return raise(PyExc_EOFError, "EOF read where not expected");
  if (buffer_->ob_size < n) return raise(PyExc_ValueError, "readinto() made its buffer smaller");
  return static_cast<const char*>(buffer_->ob_start);
}

Result<const char*> Input::fromStream(Py_ssize_t n) {
  buffer_ = TRY(byteArrayNew({}));
  TRY(byteArrayResize(buffer_.get(), n));
  size_t wanted = static_cast<size_t>(n);
  if (std::fread(buffer_->ob_start, 1, wanted, stream_) == wanted)
    return static_cast<const char*>(buffer_->ob_start);
  return raise(PyExc_EOFError, "EOF read where not expected");
}

Result<int> Input::byte() {
  Result<const char*> taken = take(1);
  if (!taken.failed()) return static_cast<unsigned char>(*std::move(taken).take());
  if (!pendingMatches(PyExc_EOFError)) return Raised{};
  clearPending();
  return raise(PyExc_EOFError, "EOF read where object expected");
}

class Reader {
 public:
  explicit Reader(Input input) : input_(std::move(input)) {}
  Reader(const Reader&) = delete;

  Result<Ref<>> top();

 private:
  Result<MaybeRef<>> object();  // absent: TYPE_NULL
  Result<MaybeRef<>> objectOf(MarshalType type);
  Result<Ref<>> item(const char* container);

  Result<int> int16();
  Result<long> int32();
  Result<double> float64();
  Result<double> floatText();
  Result<Py_ssize_t> size(const char* what);  // a length that is not negative

  Result<Ref<>> integer64();
  Result<Ref<>> bigInteger();
  Result<Ref<>> bytes();
  Result<Ref<>> ascii(Py_ssize_t n, bool interned);
  Result<Ref<>> unicode(bool interned);
  Result<Ref<>> tuple(Py_ssize_t n);
  Result<Ref<>> list();
  Result<Ref<>> dict();
  Result<Ref<>> set();
  Result<Ref<>> frozenset();
  Result<MaybeRef<>> code();
  Result<Ref<>> reference();

  // The object's place among those that can be referred to; empty until it is complete (or filled from the
  // start).
  size_t reserve() {
    if (flag_) refs_.emplace_back();
    return flag_ ? refs_.size() - 1 : kNoPlace;
  }
  Ref<> remember(size_t place, Ref<> object) {
    if (place != kNoPlace) refs_[place] = object.clone();
    return object;
  }
  Ref<> remember(Ref<> object) { return remember(reserve(), std::move(object)); }

  static constexpr size_t kNoPlace = static_cast<size_t>(-1);
  Input input_;
  std::vector<MaybeRef<>> refs_;
  int depth_ = 0;
  bool flag_ = false;
};

Raised raiseBad(const char* what) { return raise(PyExc_ValueError, "bad marshal data (%s)", what); }

Result<int> Reader::int16() {
  const char* at = TRY(input_.take(2));
  int value = static_cast<unsigned char>(at[0]) | static_cast<unsigned char>(at[1]) << 8;
  return static_cast<int16_t>(value);
}

Result<long> Reader::int32() {
  const char* at = TRY(input_.take(4));
  uint32_t value;
  std::memcpy(&value, at, sizeof(value));
  return static_cast<long>(static_cast<int32_t>(value));
}

Result<double> Reader::float64() {
  const char* at = TRY(input_.take(8));
  double value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

Result<double> Reader::floatText() {
  int n = TRY(input_.byte());
  std::string text(TRY(input_.take(n)), static_cast<size_t>(n));
  ParsedDouble parsed = doubleParse(text.c_str(), text.c_str() + std::strlen(text.c_str()));
  if (parsed.end == text.c_str() || *parsed.end)
    return raise(PyExc_ValueError, "could not convert string to float: '%.200s'", text.c_str());
  return parsed.value;
}

Result<Py_ssize_t> Reader::size(const char* what) {
  long n = TRY(int32());
  if (n < 0) return raiseBad(what);
  return n;
}

Result<Ref<>> Reader::top() {
  MaybeRef<> value = TRY(object());
  if (!value) return raise(PyExc_TypeError, "NULL object in marshal data for object");
  return std::move(value).take();
}

Result<Ref<>> Reader::item(const char* container) {
  MaybeRef<> value = TRY(object());
  if (!value) return raise(PyExc_TypeError, "NULL object in marshal data for %s", container);
  return std::move(value).take();
}

Result<MaybeRef<>> Reader::object() {
  int byte = TRY(input_.byte());
  if (depth_ >= kMarshalMaxDepth || cStackIsLow()) return raise(PyExc_ValueError, "recursion limit exceeded");
  depth_++;
  flag_ = byte & kMarshalFlagRef;
  MaybeRef<> value = TRY(objectOf(static_cast<MarshalType>(byte & ~kMarshalFlagRef)));
  depth_--;
  return value;
}

Result<MaybeRef<>> Reader::objectOf(MarshalType type) {
  switch (type) {
    case MarshalType::kNull: return MaybeRef<>();
    case MarshalType::kNone: return MaybeRef<>(none());
    case MarshalType::kStopIteration: return MaybeRef<>(share(PyExc_StopIteration));
    case MarshalType::kEllipsis: return MaybeRef<>(share(Py_Ellipsis));
    case MarshalType::kFalse: return MaybeRef<>(boolRef(false));
    case MarshalType::kTrue: return MaybeRef<>(boolRef(true));
    case MarshalType::kInt: return MaybeRef<>(remember(TRY(intFromLong(TRY(int32())))));
    case MarshalType::kInt64: return MaybeRef<>(TRY(integer64()));
    case MarshalType::kLong: return MaybeRef<>(TRY(bigInteger()));
    case MarshalType::kFloat: return MaybeRef<>(remember(TRY(floatNew(TRY(floatText())))));
    case MarshalType::kBinaryFloat: return MaybeRef<>(remember(TRY(floatNew(TRY(float64())))));
    case MarshalType::kComplex: {
      double real = TRY(floatText());
      return MaybeRef<>(remember(TRY(complexNew(real, TRY(floatText())))));
    }
    case MarshalType::kBinaryComplex: {
      double real = TRY(float64());
      return MaybeRef<>(remember(TRY(complexNew(real, TRY(float64())))));
    }
    case MarshalType::kString: return MaybeRef<>(TRY(bytes()));
    case MarshalType::kAscii:
    case MarshalType::kAsciiInterned:
      return MaybeRef<>(
          TRY(ascii(TRY(size("string size out of range")), type == MarshalType::kAsciiInterned)));
    case MarshalType::kShortAscii:
    case MarshalType::kShortAsciiInterned:
      return MaybeRef<>(TRY(ascii(TRY(input_.byte()), type == MarshalType::kShortAsciiInterned)));
    case MarshalType::kUnicode:
    case MarshalType::kInterned: return MaybeRef<>(TRY(unicode(type == MarshalType::kInterned)));
    case MarshalType::kSmallTuple: return MaybeRef<>(TRY(tuple(TRY(input_.byte()))));
    case MarshalType::kTuple: return MaybeRef<>(TRY(tuple(TRY(size("tuple size out of range")))));
    case MarshalType::kList: return MaybeRef<>(TRY(list()));
    case MarshalType::kDict: return MaybeRef<>(TRY(dict()));
    case MarshalType::kSet: return MaybeRef<>(TRY(set()));
    case MarshalType::kFrozenset: return MaybeRef<>(TRY(frozenset()));
    case MarshalType::kCode: return code();
    case MarshalType::kRef: return MaybeRef<>(TRY(reference()));
    case MarshalType::kUnknown: break;
  }
  return raiseBad("unknown type code");
}

Result<Ref<>> Reader::integer64() {
  const char* at = TRY(input_.take(8));
  long value;
  std::memcpy(&value, at, sizeof(value));
  return remember(TRY(intFromLong(value)));
}

Result<Ref<>> Reader::bigInteger() {
  long n = TRY(int32());
  if (n == 0) return remember(TRY(intFromLong(0)));
  if (n < -0x7fffffffL) return raiseBad("long size out of range");
  long count = n < 0 ? -n : n;
  std::vector<Digit> digits;
  if (input_.mayHold(2 * count)) digits.reserve(static_cast<size_t>(count + 1) / 2);
  for (long i = 0; i < count; i++) {
    int digit = TRY(int16());
    if (digit < 0) return raiseBad("digit out of range in long");
    if (digit == 0 && i + 1 == count) return raiseBad("unnormalized long data");
    if (i % 2 == 0) digits.push_back(0);
    digits.back() |= static_cast<Digit>(digit) << (i % 2 * kShortDigitBits);
  }
  Ref<IntObject> made = TRY(intNew(static_cast<Py_ssize_t>(digits.size())));
  std::memcpy(made->digits, digits.data(), digits.size() * sizeof(Digit));
  if (n < 0) made->ob_size = -made->ob_size;
  return remember(std::move(made));
}

Result<Ref<>> Reader::bytes() {
  Py_ssize_t n = TRY(size("bytes object size out of range"));
  const char* at = TRY(input_.take(n));
  return remember(TRY(bytesFrom({at, static_cast<size_t>(n)})));
}

Result<Ref<>> Reader::ascii(Py_ssize_t n, bool interned) {
  const char* at = TRY(input_.take(n));
  std::string_view text(at, static_cast<size_t>(n));
  return remember(TRY(interned ? strInternLatin1(text) : strFromLatin1(text)));
}

Result<Ref<>> Reader::unicode(bool interned) {
  Py_ssize_t n = TRY(size("string size out of range"));
  const char* at = TRY(input_.take(n));
  Ref<StrObject> text = TRY(decodeUtf8({at, static_cast<size_t>(n)}, "surrogatepass"));
  if (interned) text = strIntern(std::move(text));
  return remember(std::move(text));
}

// A tuple may hold itself: until an item comes its place holds None, so that what looks at it half-built
// finds objects.
Result<Ref<>> Reader::tuple(Py_ssize_t n) {
  bool is_shared = flag_;
  size_t place = reserve();
  // Each takes a byte at least: no room is made for more than can come, but the first error is found as ever.
  if (!input_.mayHold(n)) remember(place, emptyTuple());  // somebody may refer to it before that error
  while (!input_.mayHold(n)) TRY(item("tuple"));
  Ref<TupleObject> made = TRY(tupleNew(n));
  if (is_shared) {
    for (Py_ssize_t i = 0; i < n; i++) made->ob_item[i] = none().leak();
    remember(place, made.clone());
  }
  for (Py_ssize_t i = 0; i < n; i++) {
    PyObject* old = std::exchange(made->ob_item[i], TRY(item("tuple")).leak());
    xdecref(old);
  }
  return made;
}

Result<Ref<>> Reader::list() {
  Py_ssize_t n = TRY(size("list size out of range"));
  Ref<ListObject> made = TRY(listNew());
  remember(made.clone());
  for (Py_ssize_t i = 0; i < n; i++) TRY(listAppend(made, TRY(item("list"))));
  return Ref<>(std::move(made));
}

Result<Ref<>> Reader::dict() {
  Ref<DictObject> made = TRY(dictNew());
  remember(made.clone());
  for (;;) {
    MaybeRef<> key = TRY(object());
    if (!key) return Ref<>(std::move(made));
    MaybeRef<> value = TRY(object());
    if (!value) return Ref<>(std::move(made));
    TRY(dictSet(made, key.get(), value.get()));
  }
}

Result<Ref<>> Reader::set() {
  Py_ssize_t n = TRY(size("set size out of range"));
  Ref<SetObject> made = TRY(setNew());
  remember(made.clone());
  for (Py_ssize_t i = 0; i < n; i++) {
    Ref<> value = TRY(item("set"));
    TRY(setAdd(made, value));
  }
  return Ref<>(std::move(made));
}

// A frozenset can be referred to only when it is complete.
Result<Ref<>> Reader::frozenset() {
  Py_ssize_t n = TRY(size("set size out of range"));
  size_t place = reserve();
  Ref<SetObject> made = TRY(frozenSetNew());
  for (Py_ssize_t i = 0; i < n; i++) {
    Ref<> value = TRY(item("set"));
    TRY(setAdd(made, value.get()));
  }
  return remember(place, Ref<>(std::move(made)));
}

// A NULL where an object belongs makes the whole code object one.
Result<MaybeRef<>> Reader::code() {
  size_t place = reserve();
  CodeParts parts{};
  parts.argcount = static_cast<int>(TRY(int32()));
  parts.posonlyargcount = static_cast<int>(TRY(int32()));
  parts.kwonlyargcount = static_cast<int>(TRY(int32()));
  parts.stacksize = static_cast<int>(TRY(int32()));
  parts.flags = static_cast<int>(TRY(int32()));
  PyObject** fields[] = {
      &parts.code,     &parts.consts, &parts.names,    &parts.localsplusnames, &parts.localspluskinds,
      &parts.filename, &parts.name,   &parts.qualname, &parts.linetable,       &parts.exceptiontable};
  std::array<MaybeRef<>, std::size(fields)> held;
  for (size_t i = 0; i < held.size(); i++) {
    if (fields[i] == &parts.linetable) parts.firstlineno = static_cast<int>(TRY(int32()));
    held[i] = TRY(object());
    if (!held[i]) return MaybeRef<>();
    *fields[i] = held[i].get();
  }
  Ref<CodeObject> made = TRY(codeNew(parts));
  return MaybeRef<>(remember(place, std::move(made)));
}

Result<Ref<>> Reader::reference() {
  long n = TRY(int32());
  if (n < 0 || static_cast<size_t>(n) >= refs_.size() || !refs_[static_cast<size_t>(n)]) {
    return raiseBad("invalid reference");
  }
  return share(refs_[static_cast<size_t>(n)].get());
}

}  // namespace

Result<Ref<>> marshalLoads(std::string_view data) {
  TRY(audit("marshal.loads", "y#", data.data(), static_cast<Py_ssize_t>(data.size())));
  return Reader(Input(data)).top();
}

Result<Ref<>> marshalLoadFile(PyObject* file) {
  TRY(audit("marshal.load", nullptr));
  return Reader(Input(file)).top();
}

Result<Ref<>> marshalLoadStream(std::FILE* stream) { return Reader(Input(stream)).top(); }

}  // namespace krait::modules
