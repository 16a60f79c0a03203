// The type bytes: the shared short objects, construction, slots and the method table.
#include "types/bytes.h"

#include <array>

#include "core/call.h"
#include "core/gc.h"
#include "core/interpreter.h"
#include "core/native_order.h"
#include "types/byte_iter.h"
#include "types/byte_methods.h"
#include "types/hash_bytes.h"
#include "types/int.h"
#include "types/slice.h"
#include "types/str_builder.h"

namespace krait {
namespace {

constexpr size_t kHeader = offsetof(BytesObject, ob_sval);

constexpr void initStatic(BytesObject& b, Py_ssize_t size, char value) {
  b.ob_refcnt = kImmortalRefcount;
  b.ob_type = &PyBytes_Type;
  b.ob_size = size;
  b.ob_shash = -1;
  b.ob_sval[0] = value;
}
struct StaticBytes : BytesObject {};  // its tail padding holds the NUL
static_assert(sizeof(StaticBytes) >= kHeader + 2);

constexpr auto makeSingles() {
  std::array<StaticBytes, 257> singles{};  // the last one is empty
  for (int i = 0; i < 257; i++) initStatic(singles[i], i < 256, static_cast<char>(i < 256 ? i : 0));
  return singles;
}
constinit auto g_singles = makeSingles();

bool isStaticBytes(const PyObject* o) {
  auto* p = reinterpret_cast<const char*>(o);
  auto* first = reinterpret_cast<const char*>(g_singles.data());
  return p >= first && p < first + sizeof g_singles;
}

struct BytesOps {
  using Object = BytesObject;
  static constexpr const char* kName = "bytes";
  static constexpr bool kImmutable = true;
  static std::string_view view(BytesObject* self) { return self->view(); }
  static bool isSelf(PyObject* o) { return isBytes(o); }
  static Result<Ref<>> make(std::string_view text) { return TRY(bytesFrom(text)); }
  static Result<Ref<>> whole(BytesObject* self) {
    if (isExactBytes(self)) return share<PyObject>(self);
    return make(self->view());
  }
};
using Methods = ByteMethods<BytesOps>;

// --- construction ------------------------------------------------------------------------------------------

Result<Ref<BytesObject>> encodedFrom(PyObject* source, Opt<StrObject> encoding, Opt<StrObject> errors) {
  if (!isStr(source))
    return raise(PyExc_TypeError,
                 encoding ? "encoding without a string argument" : "errors without a string argument");
  const char* encoding_text = encoding ? TRY(strUtf8NoNul(encoding.get())) : nullptr;
  const char* errors_text = errors ? TRY(strUtf8NoNul(errors.get())) : nullptr;
  if (!encoding) return raise(PyExc_TypeError, "string argument without an encoding");
  return TRY(strEncode(cast<StrObject>(source), encoding_text, errors_text)).as<BytesObject>();
}

Result<Ref<BytesObject>> zeros(Py_ssize_t count) {
  if (count < 0) return raise(PyExc_ValueError, "negative count");
  Ref<BytesObject> bytes = TRY(bytesNew(count));
  if (count > 0) std::memset(bytes->data(), 0, static_cast<size_t>(count));
  return bytes->size() == 1 ? bytesFrom(bytes->view()) : Result<Ref<BytesObject>>(std::move(bytes));
}

Result<Ref<BytesObject>> plainFrom(PyObject* source) {
  if (MaybeRef<> convert = TRY(lookupSpecial(source, name<"__bytes__">()))) {
    Ref<> bytes = TRY(call(convert.get()));
    if (!isBytes(bytes.get()))
      return raise(PyExc_TypeError, "__bytes__ returned non-bytes (type %.200s)", typeName(bytes.get()));
    return std::move(bytes).as<BytesObject>();
  }
  if (isStr(source)) return raise(PyExc_TypeError, "string argument without an encoding");
  if (isIndex(source)) {
    auto count = asSsize(source, PyExc_OverflowError);
    if (!count.failed()) return zeros(std::move(count).take());
    if (!pendingMatches(PyExc_TypeError)) return Raised{};
    clearPending();
  }
  return bytesFromObject(source);
}

Result<Ref<>> bytesNewSlot(PyTypeObject* type, Opt<> source, Opt<StrObject> encoding, Opt<StrObject> errors) {
  if (!source && (encoding || errors))
    return raise(PyExc_TypeError,
                 encoding ? "encoding without a string argument" : "errors without a string argument");
  Ref<BytesObject> value = !source              ? TRY(bytesFrom(""))
                           : encoding || errors ? TRY(encodedFrom(source.get(), encoding, errors))
                                                : TRY(plainFrom(source.get()));
  if (type == &PyBytes_Type) return Ref<>(std::move(value));
  Ref<BytesObject> self = TRY(typeAlloc<BytesObject>(type, value->size()));
  self->ob_shash = -1;
  std::memcpy(self->data(), value->data(), static_cast<size_t>(value->size()) + 1);
  return Ref<>(std::move(self));
}

// --- slots -------------------------------------------------------------------------------------------------

void bytesDealloc(PyObject* self) {
  if (isStaticBytes(self)) [[unlikely]] {
    self->ob_refcnt = kImmortalRefcount;
    return;
  }
  objectFreeMemory(self);
}

Result<Ref<StrObject>> bytesReprSlot(BytesObject* self) { return bytesRepr(self->view(), true); }

Result<Ref<StrObject>> bytesStr(BytesObject* self) {
  if (interpreter().config.bytes_warning) TRY(warn(PyExc_BytesWarning, 1, "str() on a bytes instance"));
  return bytesReprSlot(self);
}

Py_hash_t bytesHash(BytesObject* self) {
  if (self->ob_shash == -1) self->ob_shash = hashBytes(self->data(), self->size());
  return self->ob_shash;
}

// With -b: comparing bytes with str or int is suspicious.
Status warnOfMixedComparison(PyObject* left, PyObject* right) {
  if (isStr(left) || isStr(right)) return warn(PyExc_BytesWarning, 1, "Comparison between bytes and string");
  if (isInt(left) || isInt(right)) return warn(PyExc_BytesWarning, 1, "Comparison between bytes and int");
  return {};
}

Result<Ref<>> bytesRichCompare(PyObject* left, PyObject* right, int op) {
  if (!isBytes(left) || !isBytes(right)) {
    if (interpreter().config.bytes_warning && (op == Py_EQ || op == Py_NE))
      TRY(warnOfMixedComparison(left, right));
    return notImplemented();
  }
  auto a = cast<BytesObject>(left)->view(), b = cast<BytesObject>(right)->view();
  if (op == Py_EQ || op == Py_NE) return boolObject((a == b) == (op == Py_EQ));
  return boolObject(compareTruth(op, a.compare(b)) != 0);
}

Result<Ref<>> bytesAdd(PyObject* left, PyObject* right) { return TRY(bytesConcat(left, right)); }

Result<Ref<BytesObject>> allocateBytes(Py_ssize_t size) {
  Ref<> object = TRY(objectNewRaw(&PyBytes_Type, kHeader + 1 + static_cast<size_t>(size)));
  Ref<BytesObject> bytes = std::move(object).as<BytesObject>();
  bytes->ob_size = size;
  bytes->ob_shash = -1;
  bytes->data()[size] = 0;
  return bytes;
}

// Copies of `unit` one after another; each step doubles what is there.
void fillRepeating(char* out, size_t size, std::string_view unit) {
  if (size == 0) return;
  std::memcpy(out, unit.data(), unit.size());
  for (size_t done = unit.size(); done < size;) {
    size_t step = std::min(done, size - done);
    std::memcpy(out + done, out, step);
    done += step;
  }
}

Result<Ref<>> bytesRepeat(BytesObject* self, Py_ssize_t count) {
  if (count == 1 && isExactBytes(self)) return share<PyObject>(self);
  auto size = self->size();
  if (count > 0 && size > 0 && size > PY_SSIZE_T_MAX / count)
    return raise(PyExc_OverflowError, "repeated bytes are too long");
  Py_ssize_t total = size * std::max<Py_ssize_t>(count, 0);
  if (total == size && isExactBytes(self)) return share<PyObject>(self);
  Ref<BytesObject> out = TRY(allocateBytes(total));
  fillRepeating(out->data(), static_cast<size_t>(total), self->view());
  return out;
}

Result<Ref<>> bytesItem(BytesObject* self, Py_ssize_t index) {
  if (index < 0 || index >= self->size()) return raise(PyExc_IndexError, "index out of range");
  return intObject(static_cast<uint8_t>(self->data()[index]));
}

Result<Ref<>> bytesSlice(BytesObject* self, SliceObject* slice) {
  SliceBounds bounds = TRY(sliceUnpack(slice));
  Py_ssize_t count = sliceAdjust(bounds, self->size());
  if (count <= 0) return TRY(bytesFrom(""));
  if (bounds.step == 1) {
    if (count == self->size()) return BytesOps::whole(self);
    return TRY(bytesFrom(self->view().substr(static_cast<size_t>(bounds.start), static_cast<size_t>(count))));
  }
  ByteBuilder out;
  out.reserve(count);
  for (Py_ssize_t i = 0, at = bounds.start; i < count; i++, at += bounds.step) out.append(self->data()[at]);
  return TRY(out.finish());
}

Result<Ref<>> bytesSubscript(BytesObject* self, PyObject* key) {
  if (isIndex(key)) {
    Py_ssize_t index = TRY(asSsize(key, PyExc_IndexError));
    return bytesItem(self, index < 0 ? index + self->size() : index);
  }
  if (isSlice(key)) return bytesSlice(self, cast<SliceObject>(key));
  return raise(PyExc_TypeError, "byte indices must be integers or slices, not %.200s", typeName(key));
}

int bytesGetBuffer(PyObject* self, Py_buffer* view, int flags) {
  auto* bytes = static_cast<BytesObject*>(self);
  return bufferFillInfo(view, self, bytes->data(), bytes->size(), true, flags).toC();
}

// --- methods -----------------------------------------------------------------------------------------------

Result<Ref<>> bytesDunderBytes(BytesObject* self) { return BytesOps::whole(self); }
Result<Ref<TupleObject>> bytesGetNewArgs(BytesObject* self) {
  Ref<BytesObject> copy = TRY(bytesFrom(self->view()));
  return tupleOf(copy.get());
}
Result<Ref<>> bytesFromhex(PyTypeObject* type, StrObject* text) {
  ByteBuilder out;
  TRY(byteFromHex(out, text));
  Ref<BytesObject> bytes = TRY(out.finish());
  if (type == &PyBytes_Type) return Ref<>(std::move(bytes));
  return call(type, bytes.get());
}

constinit auto kBytesMethods = inOrder(
    "__getnewargs__ __bytes__ capitalize center count decode endswith expandtabs find fromhex hex "
    "index isalnum isalpha isascii isdigit islower isspace istitle isupper join ljust lower lstrip "
    "maketrans partition replace removeprefix removesuffix rfind rindex rjust rpartition rsplit "
    "rstrip split splitlines startswith strip swapcase title translate upper zfill",
    {method<"!__getnewargs__($self, /)", bytesGetNewArgs>,
     method<"__bytes__($self, /)", bytesDunderBytes, "Convert to exact type bytes.">,
     classMethod<"fromhex($type, string, /)", bytesFromhex, "Make bytes from pairs of hexadecimal digits.">,
     KR_BYTE_METHODS(Methods),
     {}});

constinit PyNumberMethods kBytesNumber = {.nb_remainder = slot<Methods::percent>};
Py_ssize_t bytesLength(BytesObject* self) { return self->size(); }
constinit PySequenceMethods kBytesSequence = {
    .sq_length = slot<bytesLength>,
    .sq_concat = slot<bytesAdd>,
    .sq_repeat = slot<bytesRepeat>,
    .sq_item = slot<bytesItem>,
    .sq_contains = slot<Methods::contains>,
};
constinit PyMappingMethods kBytesMapping = {.mp_length = slot<bytesLength>,
                                            .mp_subscript = slot<bytesSubscript>};
constinit PyBufferProcs kBytesBuffer = {.bf_getbuffer = bytesGetBuffer};

char quoteFor(std::string_view data, bool smart_quotes) {
  bool single = smart_quotes && data.find('\'') != std::string_view::npos;
  return single && data.find('"') == std::string_view::npos ? '"' : '\'';
}

}  // namespace

Result<Ref<BytesObject>> bytesNew(Py_ssize_t size) {
  if (size == 0) return share<BytesObject>(&g_singles[256]);
  if (size < 0) return raise(PyExc_SystemError, "Negative size passed to PyBytes_FromStringAndSize");
  if (size > PY_SSIZE_T_MAX - static_cast<Py_ssize_t>(kHeader) - 1)
    return raise(PyExc_OverflowError, "byte string is too large");
  return allocateBytes(size);
}

Result<Ref<BytesObject>> bytesFrom(std::string_view data) {
  if (data.size() == 1) return share<BytesObject>(&g_singles[static_cast<uint8_t>(data[0])]);
  Ref<BytesObject> bytes = TRY(bytesNew(static_cast<Py_ssize_t>(data.size())));
  if (!data.empty()) std::memcpy(bytes->data(), data.data(), data.size());
  return bytes;
}

Result<Ref<BytesObject>> bytesFromObject(PyObject* object) {
  if (isExactBytes(object)) return share(cast<BytesObject>(object));
  ByteBuilder out;
  TRY(byteCollect(out, object, "bytes must be in range(0, 256)", "bytes", true));
  return out.finish();
}

Result<Ref<BytesObject>> bytesResize(Ref<BytesObject> bytes, Py_ssize_t size) {
  if (size == bytes->size()) return bytes;
  if (size == 0) return bytesNew(0);
  if (isStaticBytes(bytes.get()) || bytes->ob_refcnt != 1) {
    Ref<BytesObject> copy = TRY(bytesNew(size));
    std::memcpy(copy->data(), bytes->data(), static_cast<size_t>(std::min(size, bytes->size())));
    return copy;
  }
  auto* moved =
      static_cast<BytesObject*>(objectRealloc(bytes.get(), kHeader + 1 + static_cast<size_t>(size)));
  if (!moved) return raiseNoMemory();
  (void)std::move(bytes).leak();
  moved->ob_size = size;
  moved->ob_shash = -1;
  moved->data()[size] = 0;
  return steal(moved);
}

static Result<Ref<BytesObject>> concatenated(std::string_view left, std::string_view right) {
  Py_ssize_t size;
  if (__builtin_add_overflow(left.size(), right.size(), &size)) return raiseNoMemory();
  Ref<BytesObject> bytes = TRY(bytesNew(size));
  std::memcpy(bytes->data(), left.data(), left.size());
  std::memcpy(bytes->data() + left.size(), right.data(), right.size());
  return bytes;
}

Result<Ref<BytesObject>> bytesConcat(PyObject* a, PyObject* b) {
  if (isExactBytes(a) && isExactBytes(b)) {
    auto *left = cast<BytesObject>(a), *right = cast<BytesObject>(b);
    if (left->size() == 0) return share(right);
    if (right->size() == 0) return share(left);
    return concatenated(left->view(), right->view());
  }
  if (!hasBuffer(a) || !hasBuffer(b))
    return raise(PyExc_TypeError, "can't concat %.100s to %.100s", typeName(b), typeName(a));
  Buffer left = TRY(Buffer::acquire(a)), right = TRY(Buffer::acquire(b));
  if (left.size() == 0 && isExactBytes(b)) return share(cast<BytesObject>(b));
  if (right.size() == 0 && isExactBytes(a)) return share(cast<BytesObject>(a));
  if (left.size() + right.size() < 2) return bytesFrom(left.size() ? viewOf(left) : viewOf(right));
  return concatenated(viewOf(left), viewOf(right));
}

Result<Ref<StrObject>> bytesRepr(std::string_view data, bool smart_quotes) {
  constexpr char kDigits[] = "0123456789abcdef";
  char quote = quoteFor(data, smart_quotes);
  StrBuilder out;
  out.reserve(static_cast<Py_ssize_t>(data.size()) + 3);
  out.append('b');
  out.append(quote);
  for (char c : data) {
    if (c == quote || c == '\\')
      out.append('\\'), out.append(c);
    else if (c == '\t')
      out.append("\\t");
    else if (c == '\n')
      out.append("\\n");
    else if (c == '\r')
      out.append("\\r");
    else if (c < ' ' || c == 0x7f) {
      auto byte = static_cast<uint8_t>(c);
      out.append("\\x");
      out.append(kDigits[byte >> 4]);
      out.append(kDigits[byte & 15]);
    } else
      out.append(c);
  }
  return out.finish(quote);
}

}  // namespace krait

using namespace krait;

KR_EXPORT constinit PyTypeObject PyBytes_Type = {
    KR_TYPE_HEAD,
    .tp_name = "bytes",
    .tp_basicsize = kHeader + 1,
    .tp_itemsize = 1,
    .tp_dealloc = bytesDealloc,
    .tp_repr = slot<bytesReprSlot>,
    .tp_as_number = &kBytesNumber,
    .tp_as_sequence = &kBytesSequence,
    .tp_as_mapping = &kBytesMapping,
    .tp_hash = slot<bytesHash>,
    .tp_str = slot<bytesStr>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_as_buffer = &kBytesBuffer,
    .tp_flags =
        Py_TPFLAGS_BASETYPE | Py_TPFLAGS_BYTES_SUBCLASS | Py_TPFLAGS_MATCH_SELF | Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc = docText<
        "!bytes()",
        "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\n"
        "bytes(bytes_or_buffer) -> immutable copy\nbytes(int) -> that many zero bytes\nbytes() -> empty\n\n"
        "An immutable array of bytes.">,
    .tp_richcompare = slot<bytesRichCompare>,
    .tp_iter = slot<bytesIter>,
    .tp_methods = kBytesMethods.data(),
    .tp_new = newSlot<"bytes(source=None, encoding=None, errors=None)", bytesNewSlot>,
};
