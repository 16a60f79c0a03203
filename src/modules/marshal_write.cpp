// Writing the marshal format.
#include <algorithm>
#include <cstring>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/float_text.h"
#include "core/buffer.h"
#include "core/c_stack.h"
#include "core/scratch.h"
#include "modules/marshal_format.h"
#include "types/bool.h"
#include "types/code.h"
#include "types/complex.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/list.h"
#include "types/set.h"

namespace krait::modules {
namespace {

constexpr Py_ssize_t kMaxSize = 0x7fffffff;
constexpr int kShortDigitBits = 15;

class Writer {
 public:
  explicit Writer(int version) : version_(version) {}
  Writer(const Writer&) = delete;
  ~Writer() {
    for (auto& entry : refs_) decref(entry.first);
  }
  Status object(PyObject* v);
  std::string take() && { return std::move(out_); }

 private:
  // For that much and what has a bounded size: numbers, lengths, short texts.
  Status room(size_t more = 0) { return reserveMore(out_, more + 300); }
  void byte(int value) { out_.push_back(static_cast<char>(value)); }
  void type(MarshalType type) { byte(static_cast<char>(type) | flag_); }
  void int16(int value) {
    byte(value & 0xff);
    byte(value >> 8 & 0xff);
  }
  void int32(long value) {
    for (int i = 0; i < 32; i += 8) byte(static_cast<int>(value >> i & 0xff));
  }
  void float64(double value) {
    char bytes[sizeof(double)];
    std::memcpy(bytes, &value, sizeof(bytes));
    out_.append(bytes, sizeof(bytes));
  }
  void floatText(double value) {
    std::string text = formatDouble(value);
    byte(static_cast<int>(text.size()));
    out_ += text;
  }
  static std::string formatDouble(double value);
  Status size(Py_ssize_t n);
  Status sized(std::string_view data) {
    TRY(room(data.size()));
    TRY(size(static_cast<Py_ssize_t>(data.size())));
    out_.append(data);
    return {};
  }
  bool singleton(PyObject* v);
  Result<bool> reference(PyObject* v);
  Status complexObject(PyObject* v);
  Status integer(IntObject* v);
  Status bigInteger(IntObject* v);
  Status string(StrObject* v);
  Status tuple(TupleObject* v);
  Status list(ListObject* v);
  Status dict(DictObject* v);
  Status set(SetObject* v, MarshalType kind);
  Status code(CodeObject* v);
  Status buffer(PyObject* v);

  std::string out_;
  std::unordered_map<PyObject*, int> refs_;  // owns its keys
  int version_;
  int depth_ = 0;
  int flag_ = 0;  // kMarshalFlagRef for the object being written, where it needs one
};

Raised raiseUnmarshallable() { return raise(PyExc_ValueError, "unmarshallable object"); }

std::string Writer::formatDouble(double value) {
  CharBuffer text;
  doubleToText(text, value, {.type = 'g', .precision = 17});
  return {text.data(), text.size()};
}

Status Writer::size(Py_ssize_t n) {
  if (n > kMaxSize) return raiseUnmarshallable();
  int32(n);
  return {};
}

bool Writer::singleton(PyObject* v) {
  MarshalType code;
  if (v == Py_None)
    code = MarshalType::kNone;
  else if (v == PyExc_StopIteration)
    code = MarshalType::kStopIteration;
  else if (v == Py_Ellipsis)
    code = MarshalType::kEllipsis;
  else if (v == Py_False)
    code = MarshalType::kFalse;
  else if (v == Py_True)
    code = MarshalType::kTrue;
  else
    return false;
  byte(static_cast<char>(code));
  return true;
}

// Writes a reference to an object that was written before; else remembers it, and whether it needs the flag.
// Who else holds an interned string is chance; it always gets one.
Result<bool> Writer::reference(PyObject* v) {
  flag_ = 0;
  if (version_ < 3) return false;
  if (v->ob_refcnt == 1 && !(isExactStr(v) && cast<StrObject>(v)->state.interned)) return false;
  auto found = refs_.find(v);
  if (found != refs_.end()) {
    byte(static_cast<char>(MarshalType::kRef));
    int32(found->second);
    return true;
  }
  if (refs_.size() >= kMaxSize) return raise(PyExc_ValueError, "too many objects");
  TRY(checkMemory());
  if (refs_.size() >= refs_.bucket_count()) TRY(askForRoom(refs_.bucket_count() * 3 * sizeof(void*)));
  refs_.emplace(share(v).leak(), static_cast<int>(refs_.size()));
  flag_ = kMarshalFlagRef;
  return false;
}

Status Writer::object(PyObject* v) {
  if (depth_ >= kMarshalMaxDepth || cStackIsLow())
    return raise(PyExc_ValueError, "object too deeply nested to marshal");
  TRY(room());
  if (singleton(v) || TRY(reference(v))) return {};
  depth_++;
  TRY(complexObject(v));
  depth_--;
  return {};
}

Status Writer::complexObject(PyObject* v) {
  if (isExactInt(v)) return integer(static_cast<IntObject*>(v));
  if (isExactFloat(v)) {
    bool binary = version_ > 1;
    type(binary ? MarshalType::kBinaryFloat : MarshalType::kFloat);
    double value = static_cast<FloatObject*>(v)->value;
    binary ? float64(value) : floatText(value);
    return {};
  }
  if (isExact(v, &PyComplex_Type)) {
    bool binary = version_ > 1;
    type(binary ? MarshalType::kBinaryComplex : MarshalType::kComplex);
    for (double part : {static_cast<ComplexObject*>(v)->real, static_cast<ComplexObject*>(v)->imag}) {
      binary ? float64(part) : floatText(part);
    }
    return {};
  }
  if (isExactBytes(v)) {
    type(MarshalType::kString);
    return sized(static_cast<BytesObject*>(v)->view());
  }
  if (isExactStr(v)) return string(static_cast<StrObject*>(v));
  if (isExactTuple(v)) return tuple(static_cast<TupleObject*>(v));
  if (isExactList(v)) return list(static_cast<ListObject*>(v));
  if (isExactDict(v)) return dict(static_cast<DictObject*>(v));
  if (isExact(v, &PySet_Type)) return set(static_cast<SetObject*>(v), MarshalType::kSet);
  if (isExact(v, &PyFrozenSet_Type)) return set(static_cast<SetObject*>(v), MarshalType::kFrozenset);
  if (isCode(v)) return code(static_cast<CodeObject*>(v));
  return buffer(v);
}

Status Writer::integer(IntObject* v) {
  long value;
  if (intFitsLong(v, &value) && value >= INT32_MIN && value <= INT32_MAX) {
    type(MarshalType::kInt);
    int32(value);
  } else {
    return bigInteger(v);
  }
  return {};
}

// Sign and count of 15-bit digits, then the digits from the lowest.
Status Writer::bigInteger(IntObject* v) {
  constexpr Digit kMask = (1 << kShortDigitBits) - 1;
  long count = v->digitCount() * 2;
  bool odd = v->digits[v->digitCount() - 1] >> kShortDigitBits == 0;
  if (odd) count--;
  TRY(room(static_cast<size_t>(count) * 2));
  type(MarshalType::kLong);
  int32(v->isNegative() ? -count : count);
  for (long i = 0; i < count; i++) {
    Digit digit = v->digits[i / 2];
    int16(static_cast<int>(i % 2 ? digit >> kShortDigitBits : digit & kMask));
  }
  return {};
}

Status Writer::string(StrObject* v) {
  bool interned = v->state.interned != 0;
  if (version_ >= 4 && v->isAscii()) {
    bool is_short = v->size() < 256;
    type(is_short ? (interned ? MarshalType::kShortAsciiInterned : MarshalType::kShortAscii)
                  : (interned ? MarshalType::kAsciiInterned : MarshalType::kAscii));
    if (!is_short) return sized(v->asciiView());
    byte(static_cast<int>(v->size()));
    out_.append(v->asciiView());
    return {};
  }
  type(version_ >= 3 && interned ? MarshalType::kInterned : MarshalType::kUnicode);
  Ref<> utf8 = TRY(strEncode(v, "utf-8", "surrogatepass"));
  return sized(static_cast<BytesObject*>(utf8.get())->view());
}

Status Writer::tuple(TupleObject* v) {
  Py_ssize_t n = v->size();
  if (version_ >= 4 && n < 256) {
    type(MarshalType::kSmallTuple);
    byte(static_cast<int>(n));
  } else {
    type(MarshalType::kTuple);
    TRY(size(n));
  }
  for (Py_ssize_t i = 0; i < n; i++) TRY(object(v->at(i)));
  return {};
}

Status Writer::list(ListObject* v) {
  type(MarshalType::kList);
  Py_ssize_t n = v->size();
  TRY(size(n));
  for (Py_ssize_t i = 0; i < n && i < v->size(); i++) TRY(object(v->at(i)));
  return {};
}

Status Writer::dict(DictObject* v) {
  type(MarshalType::kDict);
  Py_ssize_t position = 0;
  PyObject *key, *value;
  while (dictNext(v, &position, &key, &value)) {
    TRY(object(key));
    TRY(object(value));
  }
  TRY(room());
  byte(static_cast<char>(MarshalType::kNull));
  return {};
}

// Items go in the order of their own marshalled bytes, so that hash randomisation does not show.
Status Writer::set(SetObject* v, MarshalType kind) {
  type(kind);
  TRY(size(v->size()));
  std::vector<std::pair<std::string, Ref<>>> items;  // held, so that they get a reference's flag
  Py_ssize_t position = 0;
  PyObject* key;
  Py_hash_t hash;
  while (setNext(v, &position, &key, &hash)) {
    Writer alone(version_);
    alone.depth_ = depth_;
    TRY(alone.object(key));
    TRY(checkMemory());
    TRY(reserveMore(items, 1));
    items.emplace_back(std::move(alone).take(), share(key));
    items.back().first.shrink_to_fit();
  }
  std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& item : items) TRY(object(item.second.get()));
  return {};
}

Status Writer::code(CodeObject* v) {
  type(MarshalType::kCode);
  Ref<BytesObject> bytes = TRY(codeBytes(v));
  for (int number :
       {v->co_argcount, v->co_posonlyargcount, v->co_kwonlyargcount, v->co_stacksize, v->co_flags})
    int32(number);
  for (PyObject* part :
       {static_cast<PyObject*>(bytes.get()), v->co_consts, v->co_names, v->co_localsplusnames,
        v->co_localspluskinds, v->co_filename, v->co_name, v->co_qualname}) {
    TRY(object(part));
  }
  TRY(room());
  int32(v->co_firstlineno);
  TRY(object(v->co_linetable));
  return object(v->co_exceptiontable);
}

// Any other object that shows its bytes is written as bytes.
Status Writer::buffer(PyObject* v) {
  Result<Buffer> view = Buffer::acquire(v);
  if (view.failed()) {
    clearPending();
    return raiseUnmarshallable();
  }
  Buffer bytes = std::move(view).take();
  type(MarshalType::kString);
  return sized({reinterpret_cast<const char*>(bytes.data()), static_cast<size_t>(bytes.size())});
}

}  // namespace

Result<Ref<BytesObject>> marshalDumps(PyObject* value, int version) {
  Writer writer(version);
  TRY(writer.object(value));
  return bytesFrom(std::move(writer).take());
}

}  // namespace krait::modules
