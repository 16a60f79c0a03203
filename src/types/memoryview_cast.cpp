// memoryview.cast and comparison.
#include <cstring>

#include "core/call.h"
#include "core/import.h"
#include "core/native.h"
#include "types/bool.h"
#include "types/bytes.h"
#include "types/codecs.h"
#include "types/int.h"
#include "types/list.h"
#include "types/memory_items.h"
#include "types/memoryview.h"
#include "types/misc_objects.h"
#include "types/str.h"
#include "types/tuple.h"

namespace krait {
namespace {

// --- cast --------------------------------------------------------------------------------------------------

constexpr const char* kNativeFormats[] = {"c", "b", "B", "h", "H", "i", "I", "l", "L",
                                          "q", "Q", "n", "N", "f", "d", "e", "?", "P"};
constexpr const char* kNativeFormatsAt[] = {"@c", "@b", "@B", "@h", "@H", "@i", "@I", "@l", "@L",
                                            "@q", "@Q", "@n", "@N", "@f", "@d", "@e", "@?", "@P"};

// A static copy of a native format, which outlives the str it came from.
const char* staticFormat(const char* format) {
  for (auto& table :
       {std::span<const char* const>(kNativeFormats), std::span<const char* const>(kNativeFormatsAt)})
    for (const char* known : table)
      if (std::strcmp(known, format) == 0) return known;
  return nullptr;
}

bool isByteFormat(char c) { return c == 'b' || c == 'B' || c == 'c'; }

Status castTo1d(MemoryViewObject* view, StrObject* format) {
  Ref<BytesObject> text = TRY(encodeAscii(format, nullptr));
  const char* known = staticFormat(text->view().data());
  if (!known)
    return raise(PyExc_ValueError,
                 "memoryview: destination format must be a native single character format prefixed "
                 "with an optional '@'");
  char source = nativeItemSize(view->view.format) > 0 ? nativeFormatChar(view->view.format) : 0;
  if (!isByteFormat(source) && !isByteFormat(nativeFormatChar(known)))
    return raise(PyExc_TypeError, "memoryview: cannot cast between two non-byte formats");
  Py_ssize_t item_size = nativeItemSize(known);
  if (view->view.len % item_size)
    return raise(PyExc_TypeError, "memoryview: length is not a multiple of itemsize");
  view->view.format = const_cast<char*>(known);
  view->view.itemsize = item_size;
  view->view.ndim = 1;
  view->view.shape[0] = view->view.len / item_size;
  view->view.strides[0] = item_size;
  view->view.suboffsets = nullptr;
  memoryInitFlags(view);
  return {};
}

Result<Py_ssize_t> shapeItem(PyObject* value) {
  if (!isInt(value)) return raise(PyExc_TypeError, "memoryview.cast(): elements of shape must be integers");
  Py_ssize_t count = TRY(intAsSsize(cast<IntObject>(value)));
  if (count <= 0) return raise(PyExc_ValueError, "memoryview.cast(): elements of shape must be integers > 0");
  return count;
}

Status castToNd(MemoryViewObject* view, PyObject* shape, int ndim) {
  auto& info = view->view;
  info.ndim = ndim;
  info.shape = view->ob_array;
  info.strides = view->ob_array + ndim;
  info.suboffsets = nullptr;
  Py_ssize_t total = info.itemsize;
  for (int i = 0; i < ndim; i++) {
    info.shape[i] = TRY(shapeItem(fastItems(shape)[i]));
    if (info.shape[i] > PY_SSIZE_T_MAX / total)
      return raise(PyExc_ValueError, "memoryview.cast(): product(shape) > SSIZE_MAX");
    total *= info.shape[i];
  }
  if (total != info.len)
    return raise(PyExc_TypeError, "memoryview: product(shape) * itemsize != buffer size");
  Py_ssize_t stride = info.itemsize;
  for (int i = ndim; i-- > 0;) {
    info.strides[i] = stride;
    stride *= info.shape[i];
  }
  if (ndim == 0) info.shape = info.strides = nullptr;
  memoryInitFlags(view);
  return {};
}

bool hasZeros(const Py_buffer* view) {
  for (int i = 0; i < view->ndim; i++)
    if (view->shape[i] == 0 || view->strides[i] == 0) return true;
  return false;
}

// A copy of the view with room for ndim dimensions.
Result<Ref<MemoryViewObject>> copyWithRoom(MemoryViewObject* self, int ndim) {
  Py_ssize_t shape[kMemoryMaxDimensions] = {}, strides[kMemoryMaxDimensions] = {};
  Py_buffer source = self->view;
  source.ndim = std::max(ndim, 1);
  source.shape = shape;
  source.strides = strides;
  source.suboffsets = nullptr;
  return memoryViewOver(self->mbuf, &source);
}

// --- comparison --------------------------------------------------------------------------------------------

// Reads the elements of one side: natively, or through struct.unpack_from.
class ItemReader {
 public:
  static Result<ItemReader> make(const Py_buffer* view) {
    char format = nativeItemSize(view->format) > 0 || !view->format ? nativeFormatChar(view->format) : 0;
    if (format) return ItemReader(format, {});
    Ref<> factory = TRY(importAttr("struct", "Struct"));
    Ref<StrObject> text = TRY(strFromUtf8(view->format));
    Ref<> made = TRY(call(factory.get(), text.get()));
    return ItemReader(0, TRY(attrGet(made.get(), "unpack_from")));
  }
  char format() const { return format_; }

  Result<Ref<>> read(const char* item, Py_ssize_t size) const {
    if (format_) return memoryUnpack(item, format_, "");
    Ref<BytesObject> bytes = TRY(bytesFrom({item, static_cast<size_t>(size)}));
    Ref<> values = TRY(call(unpack_.get(), bytes.get()));
    if (isTuple(values.get()) && cast<TupleObject>(values.get())->size() == 1)
      return share(cast<TupleObject>(values.get())->at(0));
    return values;
  }

 private:
  ItemReader(char format, MaybeRef<> unpack) : format_(format), unpack_(std::move(unpack)) {}
  char format_;  // 0: through unpack_
  MaybeRef<> unpack_;
};

struct Side {
  const Py_buffer* view;
  const ItemReader* reader;
};

char* itemAt(const Py_buffer* view, char* base, int dimension, Py_ssize_t index) {
  char* item = base + view->strides[dimension] * index;
  bool indirect = view->suboffsets && view->suboffsets[dimension] >= 0;
  return indirect ? *reinterpret_cast<char**>(item) + view->suboffsets[dimension] : item;
}

Result<bool> itemsEqual(const Side& a, const char* p, const Side& b, const char* q) {
  bool integral = a.reader->format() && std::strchr("cbBhHiIlLqQnN?P", a.reader->format());
  if (integral && a.reader->format() == b.reader->format() && a.reader->format() != '?')
    return std::memcmp(p, q, static_cast<size_t>(a.view->itemsize)) == 0;
  Ref<> left = TRY(a.reader->read(p, a.view->itemsize)), right = TRY(b.reader->read(q, b.view->itemsize));
  Ref<> answer = TRY(richCompare(left.get(), right.get(), Py_EQ));
  return objectIsTrue(answer.get());
}

Result<bool> levelsEqual(const Side& a, char* p, const Side& b, char* q, int dimension) {
  if (dimension == a.view->ndim) return itemsEqual(a, p, b, q);
  for (Py_ssize_t i = 0; i < a.view->shape[dimension]; i++)
    if (!TRY(levelsEqual(a, itemAt(a.view, p, dimension, i), b, itemAt(b.view, q, dimension, i),
                         dimension + 1)))
      return false;
  return true;
}

bool sameShape(const Py_buffer* a, const Py_buffer* b) {
  if (a->ndim != b->ndim) return false;
  for (int i = 0; i < a->ndim; i++) {
    if (a->shape[i] != b->shape[i]) return false;
    if (a->shape[i] == 0) break;
  }
  return true;
}

// Equality of two live views; formats that struct does not know make them different.
Result<bool> viewsEqual(MemoryViewObject* a, MemoryViewObject* b) {
  if (!sameShape(&a->view, &b->view)) return false;
  auto left = ItemReader::make(&a->view);
  auto right = left.failed() ? Result<ItemReader>(Raised{}) : ItemReader::make(&b->view);
  if (left.failed() || right.failed()) {
    if (pendingMatches(PyExc_MemoryError)) return Raised{};
    clearPending();
    return false;
  }
  ItemReader x = std::move(left).take(), y = std::move(right).take();
  a->exports++;  // comparing elements may run Python
  b->exports++;
  auto equal = levelsEqual({&a->view, &x}, static_cast<char*>(a->view.buf), {&b->view, &y},
                           static_cast<char*>(b->view.buf), 0);
  a->exports--;
  b->exports--;
  return equal;
}

bool isReleased(MemoryViewObject* view) {
  return (view->flags & kMemoryReleased) || (view->mbuf->flags & kMemoryReleased);
}

}  // namespace

Result<Ref<>> memoryCast(MemoryViewObject* self, StrObject* format, Opt<> shape) {
  TRY(memoryCheckAlive(self));
  if (!(self->flags & kMemoryC))
    return raise(PyExc_TypeError, "memoryview: casts are restricted to C-contiguous views");
  if ((shape || self->view.ndim != 1) && hasZeros(&self->view))
    return raise(PyExc_TypeError, "memoryview: cannot cast view with zeros in shape or strides");
  int ndim = 1;
  if (shape) {
    if (!isList(shape.get()) && !isTuple(shape.get()))
      return raise(PyExc_TypeError, "shape must be a list or a tuple");
    Py_ssize_t count = fastSize(shape.get());
    if (count > kMemoryMaxDimensions)
      return raise(PyExc_ValueError, "memoryview: number of dimensions must not exceed %d",
                   kMemoryMaxDimensions);
    ndim = static_cast<int>(count);
    if (self->view.ndim != 1 && ndim != 1)
      return raise(PyExc_TypeError, "memoryview: cast must be 1D -> ND or ND -> 1D");
  }
  Ref<MemoryViewObject> view = TRY(copyWithRoom(self, ndim));
  TRY(castTo1d(view.get(), format));
  if (shape) TRY(castToNd(view.get(), shape.get(), ndim));
  return Ref<>(std::move(view));
}

Result<Ref<>> memoryRichCompare(PyObject* left, PyObject* right, int op) {
  if (op != Py_EQ && op != Py_NE) return notImplemented();
  auto* a = cast<MemoryViewObject>(left);
  if (isReleased(a)) return Ref<>(boolRef((left == right) == (op == Py_EQ)));
  Ref<> other = share(right);
  if (isMemoryView(right)) {
    if (isReleased(cast<MemoryViewObject>(right))) return Ref<>(boolRef(op == Py_NE));
  } else {
    auto made = memoryViewFromObject(right);
    if (made.failed()) {
      if (pendingMatches(PyExc_MemoryError)) return Raised{};
      clearPending();
      return notImplemented();
    }
    other = std::move(made).take();
  }
  bool equal = TRY(viewsEqual(a, cast<MemoryViewObject>(other.get())));
  return Ref<>(boolRef(equal == (op == Py_EQ)));
}

}  // namespace krait
