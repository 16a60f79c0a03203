#include "modules/struct/layout.h"

#include <algorithm>
#include <cstring>

#include "base/float_text.h"
#include "core/native.h"
#include "core/scratch.h"
#include "types/bytes.h"
#include "types/float.h"
#include "types/int.h"
#include "types/tuple.h"

namespace krait::modules {

PyObject* struct_error = nullptr;

namespace {

struct Letter {
  char letter;
  StructKind kind;
  uint8_t native_size, standard_size;  // standard 0: native formats only
};
constexpr Letter kLetters[] = {
    {'b', StructKind::kSigned, 1, 1}, {'B', StructKind::kUnsigned, 1, 1},
    {'c', StructKind::kChar, 1, 1},   {'s', StructKind::kText, 1, 1},
    {'p', StructKind::kPascal, 1, 1}, {'?', StructKind::kBool, 1, 1},
    {'h', StructKind::kSigned, 2, 2}, {'H', StructKind::kUnsigned, 2, 2},
    {'i', StructKind::kSigned, 4, 4}, {'I', StructKind::kUnsigned, 4, 4},
    {'l', StructKind::kSigned, 8, 4}, {'L', StructKind::kUnsigned, 8, 4},
    {'q', StructKind::kSigned, 8, 8}, {'Q', StructKind::kUnsigned, 8, 8},
    {'n', StructKind::kSigned, 8, 0}, {'N', StructKind::kUnsigned, 8, 0},
    {'e', StructKind::kHalf, 2, 2},   {'f', StructKind::kSingle, 4, 4},
    {'d', StructKind::kDouble, 8, 8}, {'P', StructKind::kPointer, 8, 0},
};

const Letter* findLetter(char c) {
  for (const Letter& row : kLetters) {
    if (row.letter == c) return &row;
  }
  return nullptr;
}

Raised tooLong() { return raise(struct_error, "total struct size too long"); }
bool isBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Reads a format from left to right into a layout.
class Compiler {
 public:
  explicit Compiler(std::string_view format) : format_(format) {}

  Status compile(StructLayout& out) {
    readOrder();
    while (at_ < format_.size()) {
      if (isBlank(format_[at_])) {
        at_++;
        continue;
      }
      TRY(readItem(out));
    }
    return {};
  }

 private:
  void readOrder() {
    if (format_.empty()) return;
    char order = format_[0];
    at_ = 1;
    switch (order) {
      case '@': return;
      case '<':
      case '=': native_ = false; return;
      case '>':
      case '!':
        native_ = false;
        swap_ = true;
        return;
      default: at_ = 0;
    }
  }

  // The repeat count; `given` tells a missing one from 1.
  Result<Py_ssize_t> readCount(bool* given) {
    Py_ssize_t count = 0;
    *given = false;
    for (; at_ < format_.size() && format_[at_] >= '0' && format_[at_] <= '9'; at_++) {
      *given = true;
      if (__builtin_mul_overflow(count, 10, &count) ||
          __builtin_add_overflow(count, format_[at_] - '0', &count)) {
        return tooLong();
      }
    }
    if (!*given) return 1;
    if (at_ == format_.size()) return raise(struct_error, "repeat count given without format specifier");
    return count;
  }

  Status readItem(StructLayout& out) {
    bool given;
    Py_ssize_t count = TRY(readCount(&given));
    char c = format_[at_++];
    if (c == 'x') return grow(out, count);
    const Letter* row = findLetter(c);
    Py_ssize_t size = !row ? 0 : native_ ? row->native_size : row->standard_size;
    if (size == 0) return raise(struct_error, "bad char in struct format");
    if (native_ && size > 1) {
      Py_ssize_t padding = (size - out.size % size) % size;
      TRY(grow(out, padding));
    }
    bool text = row->kind == StructKind::kText || row->kind == StructKind::kPascal;
    // Little-endian formats reuse the native types of equal size, floats and bools apart.
    bool native =
        native_ || size == 1 || (!swap_ && size == row->native_size && row->kind != StructKind::kSingle);
    StructItem item{row->kind, c, swap_, native, out.size, text ? count : size, text ? 1 : count};
    Py_ssize_t bytes;
    if (__builtin_mul_overflow(size, count, &bytes)) return tooLong();
    TRY(grow(out, bytes));
    if (item.repeat > 0) {
      TRY(reserveMore(out.items, 1));
      out.items.push_back(item);
    }
    out.count += item.repeat;
    return {};
  }

  Status grow(StructLayout& out, Py_ssize_t bytes) {
    if (__builtin_add_overflow(out.size, bytes, &out.size)) return tooLong();
    return {};
  }

  std::string_view format_;
  size_t at_ = 0;
  bool native_ = true, swap_ = false;
};

// --- integers ---

Result<Ref<IntObject>> integerOf(PyObject* v) {
  if (isInt(v)) return share(cast<IntObject>(v));
  if (!isIndex(v)) return raise(struct_error, "required argument is not an integer");
  return numberIndex(v);
}

Raised outOfRange() { return raise(struct_error, "argument out of range"); }

Raised rangeError(const StructItem& item) {
  if (item.native && item.size <= 2) {
    switch (item.letter) {
      case 'b': return raise(struct_error, "byte format requires -128 <= number <= 127");
      case 'B': return raise(struct_error, "ubyte format requires 0 <= number <= 255");
      case 'h': return raise(struct_error, "short format requires -32768 <= number <= 32767");
      default: return raise(struct_error, "ushort format requires 0 <= number <= 65535");
    }
  }
  int bits = static_cast<int>(item.size) * 8;
  if (item.kind == StructKind::kUnsigned) {
    return raise(struct_error, "'%c' format requires 0 <= number <= %zu", item.letter,
                 (size_t{1} << bits) - 1);
  }
  Py_ssize_t limit = Py_ssize_t{1} << (bits - 1);
  return raise(struct_error, "'%c' format requires %zd <= number <= %zd", item.letter, -limit, limit - 1);
}

void storeWord(unsigned char* out, uint64_t word, const StructItem& item) {
  if (item.swap) word = __builtin_bswap64(word) >> (64 - 8 * item.size);
  std::memcpy(out, &word, item.size);
}

uint64_t loadWord(const unsigned char* in, const StructItem& item) {
  uint64_t word = 0;
  std::memcpy(&word, in, item.size);
  return item.swap ? __builtin_bswap64(word) >> (64 - 8 * item.size) : word;
}

Status packSigned(const StructItem& item, PyObject* v, unsigned char* out) {
  Ref<IntObject> number = TRY(integerOf(v));
  long value;
  if (!intFitsLong(number, &value)) {
    if (item.size == 8 && !item.native) return raise(struct_error, "int too large to convert");
    return outOfRange();
  }
  int spare = 64 - 8 * static_cast<int>(item.size);
  if (value << spare >> spare != value) return rangeError(item);
  storeWord(out, static_cast<uint64_t>(value), item);
  return {};
}

Status packUnsigned(const StructItem& item, PyObject* v, unsigned char* out) {
  Ref<IntObject> number = TRY(integerOf(v));
  uint64_t value = intAsUnsignedLongMask(number);
  bool small_native = item.native && item.size <= 2;
  long as_long;
  bool fits =
      small_native ? intFitsLong(number, &as_long) : !number->isNegative() && intBitCount(number) <= 64;
  if (!fits) {
    if (item.size == 8 && !item.native) return raise(struct_error, "int too large to convert");
    return outOfRange();
  }
  if (number->isNegative() || (item.size < 8 && value >> (8 * item.size) != 0)) return rangeError(item);
  storeWord(out, value, item);
  return {};
}

Status packPointer(PyObject* v, unsigned char* out) {
  Ref<IntObject> number = TRY(integerOf(v));
  long as_long;
  if (!intFitsLong(number, &as_long) && (number->isNegative() || intBitCount(number) > 64)) {
    return raise(struct_error, "int too large to convert");
  }
  uint64_t value = intAsUnsignedLongMask(number);
  std::memcpy(out, &value, 8);
  return {};
}

// --- floats ---

Result<double> doubleOf(PyObject* v) {
  if (isExactFloat(v)) return cast<FloatObject>(v)->value;
  Result<double> value = asDouble(v);
  if (value.failed()) {
    clearPending();
    return raise(struct_error, "required argument is not a float");
  }
  return value;
}

Status overflowed(char letter, PyObject* v) {
  if (isInt(v)) return raise(struct_error, "int too large to convert");
  return raise(PyExc_OverflowError, "float too large to pack with %c format", letter);
}

Status packFloat(const StructItem& item, PyObject* v, unsigned char* out) {
  double value = TRY(doubleOf(v));
  uint64_t word = 0;
  if (item.kind == StructKind::kDouble) {
    std::memcpy(&word, &value, 8);
  } else if (item.kind == StructKind::kSingle) {
    auto single = static_cast<float>(value);
    uint32_t bits;
    if (!item.native && !doubleToSingle(value, &bits)) return overflowed('f', v);
    std::memcpy(&word, &single, 4);
  } else {
    uint16_t bits;
    if (!doubleToHalf(value, &bits)) return overflowed('e', v);
    word = bits;
  }
  storeWord(out, word, item);
  return {};
}

// --- text ---

Result<std::string_view> textOf(const StructItem& item, PyObject* v) {
  if (isBytes(v)) return cast<BytesObject>(v)->view();
  if (isByteArray(v)) {
    auto* array = cast<ByteArrayObject>(v);
    return std::string_view(array->ob_start, static_cast<size_t>(array->ob_size));
  }
  return raise(struct_error, "argument for '%c' must be a bytes object", item.letter);
}

Status packText(const StructItem& item, PyObject* v, unsigned char* out) {
  std::string_view text = TRY(textOf(item, v));
  if (item.size == 0) return {};
  size_t room = item.size;
  if (item.kind == StructKind::kPascal) {
    room--;
    *out++ = static_cast<unsigned char>(std::min({text.size(), room, size_t{255}}));
  }
  std::memcpy(out, text.data(), std::min(text.size(), room));
  return {};
}

Status packChar(PyObject* v, unsigned char* out) {
  if (!isBytes(v) || cast<BytesObject>(v)->size() != 1) {
    return raise(struct_error, "char format requires a bytes object of length 1");
  }
  *out = static_cast<unsigned char>(cast<BytesObject>(v)->data()[0]);
  return {};
}

Status packItem(const StructItem& item, PyObject* v, unsigned char* out) {
  switch (item.kind) {
    case StructKind::kSigned: return packSigned(item, v, out);
    case StructKind::kUnsigned: return packUnsigned(item, v, out);
    case StructKind::kChar: return packChar(v, out);
    case StructKind::kBool: *out = TRY(objectIsTrue(v)); return {};
    case StructKind::kPointer: return packPointer(v, out);
    case StructKind::kText:
    case StructKind::kPascal: return packText(item, v, out);
    default: return packFloat(item, v, out);
  }
}

// --- unpacking ---

Result<Ref<>> unpackSigned(const StructItem& item, const unsigned char* in) {
  int spare = 64 - 8 * static_cast<int>(item.size);
  return intFromLong(static_cast<long>(loadWord(in, item) << spare) >> spare);
}

Result<Ref<>> unpackDouble(const StructItem& item, const unsigned char* in) {
  uint64_t word = loadWord(in, item);
  double value;
  std::memcpy(&value, &word, 8);
  return floatNew(value);
}

Result<Ref<>> unpackText(const StructItem& item, const unsigned char* in) {
  auto* text = reinterpret_cast<const char*>(in);
  if (item.kind == StructKind::kText) return bytesFrom({text, static_cast<size_t>(item.size)});
  if (item.size == 0) return bytesNew(-1);  // "0p" has no room for its length: SystemError, as ever
  if (item.size == 0) return bytesFrom({});
  return bytesFrom({text + 1, std::min<size_t>(in[0], item.size - 1)});
}

Result<Ref<>> unpackItem(const StructItem& item, const unsigned char* in) {
  switch (item.kind) {
    case StructKind::kSigned: return unpackSigned(item, in);
    case StructKind::kPointer:
    case StructKind::kUnsigned: return intFromUnsignedLong(loadWord(in, item));
    case StructKind::kChar: return bytesFrom({reinterpret_cast<const char*>(in), 1});
    case StructKind::kBool: return boolObject(*in != 0);
    case StructKind::kHalf: return floatNew(doubleFromHalf(static_cast<uint16_t>(loadWord(in, item))));
    case StructKind::kSingle: return floatNew(doubleFromSingle(static_cast<uint32_t>(loadWord(in, item))));
    case StructKind::kDouble: return unpackDouble(item, in);
    default: return unpackText(item, in);
  }
}

}  // namespace

Result<StructLayout*> structCompile(std::string_view format) {
  if (format.find('\0') != format.npos) return raise(struct_error, "embedded null character");
  TRY(checkMemory());
  auto* layout = new StructLayout;
  if (Compiler(format).compile(*layout).failed()) {
    delete layout;
    return Raised{};
  }
  return layout;
}

Status structPack(const StructLayout& layout, PyObject* const* args, unsigned char* out) {
  std::memset(out, 0, layout.size);
  for (const StructItem& item : layout.items) {
    unsigned char* at = out + item.offset;
    for (Py_ssize_t i = 0; i < item.repeat; i++, at += item.size) TRY(packItem(item, *args++, at));
  }
  return {};
}

Result<Ref<>> structUnpack(const StructLayout& layout, const unsigned char* in) {
  Ref<TupleObject> result = TRY(tupleNew(layout.count));
  Py_ssize_t next = 0;
  for (const StructItem& item : layout.items) {
    const unsigned char* at = in + item.offset;
    for (Py_ssize_t i = 0; i < item.repeat; i++, at += item.size) {
      result->ob_item[next++] = TRY(unpackItem(item, at)).leak();
    }
  }
  return result;
}

}  // namespace krait::modules
