// The zlib module: compression through libz.
//
// The GIL is kept while compressing: the objects need no lock of their own then.
#include <zlib.h>

#include <algorithm>
#include <climits>

#include "core/errors.h"
#include "core/gc.h"
#include "core/reported_size.h"
#include "modules/counted_method.h"
#include "modules/heap_type.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/module.h"

namespace krait::modules {
namespace {

PyObject* zlib_error = nullptr;
PyTypeObject *compress_type = nullptr, *decompress_type = nullptr;
constexpr Py_ssize_t kDefaultBuffer = 16 * 1024;

void* allocate(void*, unsigned items, unsigned size) { return rawAlloc(size_t{items} * size); }
void release(void*, void* block) { rawFree(block); }

const char* reasonOf(const z_stream& stream, int code) {
  if (code == Z_VERSION_ERROR) return "library version mismatch";
  if (stream.msg) return stream.msg;
  switch (code) {
    case Z_BUF_ERROR: return "incomplete or truncated stream";
    case Z_STREAM_ERROR: return "inconsistent stream state";
    case Z_DATA_ERROR: return "invalid input data";
    default: return nullptr;
  }
}

Raised raiseZlib(const z_stream& stream, int code, const char* what) {
  const char* reason = reasonOf(stream, code);
  if (!reason) return raise(zlib_error, "Error %d %s", code, what);
  return raise(zlib_error, "Error %d %s: %.200s", code, what, reason);
}

// Input of any size, handed to libz in pieces that its counters hold.
class Input {
 public:
  Input(z_stream& stream, const uint8_t* data, size_t size) : stream_(stream), left_(size) {
    stream.next_in = const_cast<uint8_t*>(data);
    stream.avail_in = 0;
  }
  void feed() {
    auto piece = static_cast<unsigned>(std::min<size_t>(left_, UINT_MAX));
    stream_.avail_in = piece;
    left_ -= piece;
  }
  bool isLast() const { return left_ == 0; }
  size_t remaining() const { return left_ + stream_.avail_in; }

 private:
  z_stream& stream_;
  size_t left_;
};

// Collects output in the bytes object that will be the result, at most `limit` bytes of it (0: any number).
class Output {
 public:
  static Result<Output> make(Py_ssize_t first, Py_ssize_t limit = 0) {
    return Output(TRY(bytesNew(limit ? std::min(first, limit) : first)), limit);
  }

  // Points the stream at free room; false when the limit is reached.
  Result<bool> open(z_stream& stream) {
    if (used_ == bytes_->size()) {
      if (used_ == limit_) return false;
      Py_ssize_t size = used_ > PY_SSIZE_T_MAX / 2 ? PY_SSIZE_T_MAX : used_ * 2;
      bytes_ = TRY(bytesResize(std::move(bytes_), limit_ ? std::min(size, limit_) : size));
    }
    stream.next_out = reinterpret_cast<uint8_t*>(bytes_->data()) + used_;
    room_ = static_cast<unsigned>(std::min<Py_ssize_t>(bytes_->size() - used_, UINT_MAX));
    stream.avail_out = room_;
    return true;
  }
  void close(z_stream& stream) { used_ += room_ - stream.avail_out; }
  Result<Ref<>> finish() { return Ref<>(TRY(bytesResize(std::move(bytes_), used_))); }

 private:
  Output(Ref<BytesObject> bytes, Py_ssize_t limit) : bytes_(std::move(bytes)), limit_(limit) {}

  Ref<BytesObject> bytes_;
  Py_ssize_t limit_, used_ = 0;
  unsigned room_ = 0;
};

// A stream of one call.
template <auto End>
struct LocalStream : z_stream {
  LocalStream() : z_stream{} { zalloc = allocate, zfree = release; }
  ~LocalStream() { End(this); }  // does nothing the second time
};

// Runs deflate over all input; `last` is the flush mode that goes with its last piece.
Result<int> deflateAll(z_stream& stream, Input& input, Output& output, int last) {
  int code;
  do {
    input.feed();
    int flush = input.isLast() ? last : Z_NO_FLUSH;
    do {
      TRY(output.open(stream));
      code = deflate(&stream, flush);
      output.close(stream);
      if (code == Z_STREAM_ERROR) return code;
    } while (stream.avail_out == 0);
  } while (!input.isLast());
  return code;
}

bool mayContinue(int code) { return code == Z_OK || code == Z_BUF_ERROR || code == Z_STREAM_END; }

// --- one-shot functions ---

Result<Ref<>> compressFunction(Buffer data, std::optional<int> level, std::optional<int> wbits) {
  LocalStream<deflateEnd> stream;
  int code = deflateInit2(&stream, level.value_or(Z_DEFAULT_COMPRESSION), Z_DEFLATED,
                          wbits.value_or(MAX_WBITS), 8, Z_DEFAULT_STRATEGY);
  if (code == Z_MEM_ERROR) return raise(PyExc_MemoryError, "Out of memory while compressing data");
  if (code == Z_STREAM_ERROR) return raise(zlib_error, "Bad compression level");
  if (code != Z_OK) return raiseZlib(stream, code, "while compressing data");
  Input input(stream, data.data(), static_cast<size_t>(data.size()));
  auto output = TRY(Output::make(kDefaultBuffer));
  code = TRY(deflateAll(stream, input, output, Z_FINISH));
  if (code == Z_STREAM_ERROR) return raiseZlib(stream, code, "while compressing data");
  code = deflateEnd(&stream);
  if (code != Z_OK) return raiseZlib(stream, code, "while finishing compression");
  return output.finish();
}

// Inflates until the input or the stream ends; a dictionary is handed over when the stream asks for it.
template <class OnDictionary>
Result<int> inflateAll(z_stream& stream, Input& input, Output& output, OnDictionary on_dictionary) {
  int code = Z_OK;
  do {
    input.feed();
    do {
      if (!TRY(output.open(stream))) return code;
      code = inflate(&stream, Z_SYNC_FLUSH);
      output.close(stream);
      if (code == Z_NEED_DICT && TRY(on_dictionary())) continue;
      if (!mayContinue(code)) return code;
    } while (stream.avail_out == 0 || code == Z_NEED_DICT);
  } while (code != Z_STREAM_END && !input.isLast());
  return code;
}

Result<Ref<>> decompressFunction(Buffer data, std::optional<int> wbits, std::optional<Py_ssize_t> bufsize) {
  Py_ssize_t first = bufsize.value_or(kDefaultBuffer);
  if (first < 0) return raise(PyExc_ValueError, "bufsize must be non-negative");
  auto output = TRY(Output::make(first == 0 ? 1 : first));
  LocalStream<inflateEnd> stream;
  int code = inflateInit2(&stream, wbits.value_or(MAX_WBITS));
  if (code == Z_MEM_ERROR) return raise(PyExc_MemoryError, "Out of memory while decompressing data");
  if (code != Z_OK) return raiseZlib(stream, code, "while preparing to decompress data");
  Input input(stream, data.data(), static_cast<size_t>(data.size()));
  code = TRY(inflateAll(stream, input, output, []() -> Result<bool> { return false; }));
  if (code == Z_MEM_ERROR) return raise(PyExc_MemoryError, "Out of memory while decompressing data");
  if (code == Z_STREAM_END) return output.finish();
  return raiseZlib(stream, mayContinue(code) ? Z_BUF_ERROR : code, "while decompressing data");
}

// --- the stream objects ---

struct StreamObject : PyObject {
  z_stream stream;
  PyObject *unused_data, *unconsumed_tail;  // bytes; null in compressors
  char eof;
  bool initialised;
  PyObject* dictionary;  // owned, or null
};

void dealloc(StreamObject* self) {
  if (self->initialised) isExact(self, compress_type) ? deflateEnd(&self->stream) : inflateEnd(&self->stream);
  clearField(self->unused_data);
  clearField(self->unconsumed_tail);
  clearField(self->dictionary);
  heapInstanceFree(self);
}

Result<Ref<StreamObject>> streamNew(PyTypeObject* type) {
  Ref<StreamObject> self = TRY(typeAlloc<StreamObject>(type));
  if (type == decompress_type) {
    self->unused_data = TRY(bytesFrom({})).leak();
    self->unconsumed_tail = TRY(bytesFrom({})).leak();
  }
  self->stream.zalloc = allocate;
  self->stream.zfree = release;
  return self;
}

Raised raiseInit(const z_stream& stream, int code, bool compressing) {
  if (code == Z_MEM_ERROR) {
    return raise(PyExc_MemoryError, compressing ? "Can't allocate memory for compression object"
                                                : "Can't allocate memory for decompression object");
  }
  if (code == Z_STREAM_ERROR) return raise(PyExc_ValueError, "Invalid initialization option");
  return raiseZlib(stream, code,
                   compressing ? "while creating compression object" : "while creating decompression object");
}

Result<Ref<>> compressobj(std::optional<int> level, std::optional<int> method, std::optional<int> wbits,
                          std::optional<int> mem_level, std::optional<int> strategy,
                          std::optional<Buffer> zdict) {
  Ref<StreamObject> self = TRY(streamNew(compress_type));
  int code =
      deflateInit2(&self->stream, level.value_or(Z_DEFAULT_COMPRESSION), method.value_or(Z_DEFLATED),
                   wbits.value_or(MAX_WBITS), mem_level.value_or(8), strategy.value_or(Z_DEFAULT_STRATEGY));
  if (code != Z_OK) return raiseInit(self->stream, code, true);
  self->initialised = true;
  if (!zdict) return self;
  if (zdict->size() > UINT_MAX) {
    return raise(PyExc_OverflowError, "zdict length does not fit in an unsigned int");
  }
  code = deflateSetDictionary(&self->stream, zdict->data(), static_cast<unsigned>(zdict->size()));
  if (code == Z_STREAM_ERROR) return raise(PyExc_ValueError, "Invalid dictionary");
  if (code != Z_OK) return raise(PyExc_ValueError, "deflateSetDictionary()");
  return self;
}

Status setDictionary(StreamObject* self) {
  Buffer dictionary = TRY(Buffer::acquire(self->dictionary));
  if (dictionary.size() > UINT_MAX) {
    return raise(PyExc_OverflowError, "zdict length does not fit in an unsigned int");
  }
  int code = inflateSetDictionary(&self->stream, dictionary.data(), static_cast<unsigned>(dictionary.size()));
  if (code != Z_OK) return raiseZlib(self->stream, code, "while setting zdict");
  return {};
}

Result<Ref<>> decompressobj(std::optional<int> wbits, Opt<> zdict) {
  if (zdict && !hasBuffer(zdict.get())) {
    return raise(PyExc_TypeError, "zdict argument must support the buffer protocol");
  }
  Ref<StreamObject> self = TRY(streamNew(decompress_type));
  int code = inflateInit2(&self->stream, wbits.value_or(MAX_WBITS));
  if (code != Z_OK) return raiseInit(self->stream, code, false);
  self->initialised = true;
  if (zdict) self->dictionary = share(zdict.get()).leak();
  // Raw streams never ask for their dictionary.
  if (zdict && wbits.value_or(MAX_WBITS) < 0) TRY(setDictionary(self));
  return self;
}

Result<Ref<>> compressMethod(StreamObject* self, Buffer data) {
  Input input(self->stream, data.data(), static_cast<size_t>(data.size()));
  auto output = TRY(Output::make(kDefaultBuffer));
  int code = TRY(deflateAll(self->stream, input, output, Z_NO_FLUSH));
  if (code == Z_STREAM_ERROR) return raiseZlib(self->stream, code, "while compressing data");
  return output.finish();
}

Result<Ref<>> flushCompressor(StreamObject* self, std::optional<int> mode_argument) {
  int mode = mode_argument.value_or(Z_FINISH);
  if (mode == Z_NO_FLUSH) return bytesFrom({});
  Input input(self->stream, nullptr, 0);
  auto output = TRY(Output::make(kDefaultBuffer));
  int code = TRY(deflateAll(self->stream, input, output, mode));
  if (code == Z_STREAM_ERROR) return raiseZlib(self->stream, code, "while flushing");
  if (code == Z_STREAM_END && mode == Z_FINISH) {
    code = deflateEnd(&self->stream);
    if (code != Z_OK) return raiseZlib(self->stream, code, "while finishing compression");
    self->initialised = false;
  } else if (code != Z_OK && code != Z_BUF_ERROR) {
    return raiseZlib(self->stream, code, "while flushing");
  }
  return output.finish();
}

// What inflate left over goes where Python code finds it.
Status saveRest(StreamObject* self, const Input& input, int code) {
  std::string_view rest(reinterpret_cast<const char*>(self->stream.next_in), input.remaining());
  if (code == Z_STREAM_END) {
    if (!rest.empty()) {
      Ref<BytesObject> tail = TRY(bytesFrom(rest));
      Ref<BytesObject> joined = TRY(bytesConcat(self->unused_data, tail));
      setField<PyObject>(self->unused_data, std::move(joined));
    }
    rest = {};
  }
  if (!rest.empty() || cast<BytesObject>(self->unconsumed_tail)->size() > 0) {
    Ref<BytesObject> tail = TRY(bytesFrom(rest));
    setField<PyObject>(self->unconsumed_tail, std::move(tail));
  }
  return {};
}

Result<Ref<>> inflateInto(StreamObject* self, const uint8_t* data, size_t size, Py_ssize_t first,
                          Py_ssize_t limit, bool finishing) {
  Input input(self->stream, data, size);
  auto output = TRY(Output::make(first, limit));
  int code = TRY(inflateAll(self->stream, input, output, [&]() -> Result<bool> {
    if (!self->dictionary) return false;
    TRY(setDictionary(self));
    return true;
  }));
  TRY(saveRest(self, input, code));
  if (code == Z_STREAM_END) {
    self->eof = 1;
    if (finishing) {
      self->initialised = false;
      code = inflateEnd(&self->stream);
      if (code != Z_OK) return raiseZlib(self->stream, code, "while finishing decompression");
    }
  } else if (!finishing && !mayContinue(code)) {
    return raiseZlib(self->stream, code, "while decompressing data");
  }
  return output.finish();
}

Result<Ref<>> decompressMethod(StreamObject* self, Buffer data, Py_ssize_t max_length) {
  if (max_length < 0) return raise(PyExc_ValueError, "max_length must be non-negative");
  return inflateInto(self, data.data(), static_cast<size_t>(data.size()), kDefaultBuffer, max_length, false);
}

Result<Ref<>> flushDecompressor(StreamObject* self, std::optional<Py_ssize_t> length) {
  Py_ssize_t first = length.value_or(kDefaultBuffer);
  if (first <= 0) return raise(PyExc_ValueError, "length must be greater than zero");
  if (!self->initialised) return bytesFrom({});
  Ref<> tail = share(self->unconsumed_tail);
  std::string_view view = cast<BytesObject>(tail.get())->view();
  return inflateInto(self, reinterpret_cast<const uint8_t*>(view.data()), view.size(), first, 0, true);
}

Result<Ref<>> copyStream(StreamObject* self) {
  bool compressing = isExact(self, compress_type);
  Ref<StreamObject> made = TRY(streamNew(typeOf(self)));
  int code = !self->initialised ? Z_STREAM_ERROR
             : compressing      ? deflateCopy(&made->stream, &self->stream)
                                : inflateCopy(&made->stream, &self->stream);
  if (code == Z_STREAM_ERROR) return raise(PyExc_ValueError, "Inconsistent stream state");
  if (code == Z_MEM_ERROR) {
    return raise(PyExc_MemoryError, compressing ? "Can't allocate memory for compression object"
                                                : "Can't allocate memory for decompression object");
  }
  if (code != Z_OK) {
    return raiseZlib(self->stream, code,
                     compressing ? "while copying compression object" : "while copying decompression object");
  }
  made->initialised = true;
  made->eof = self->eof;
  if (self->dictionary) made->dictionary = share(self->dictionary).leak();
  if (!compressing) {
    setField<PyObject>(made->unused_data, share(self->unused_data));
    setField<PyObject>(made->unconsumed_tail, share(self->unconsumed_tail));
  }
  return made;
}
Result<Ref<>> deepcopyStream(StreamObject* self, PyObject*) { return copyStream(self); }

constinit PyMethodDef kCompressMethods[] = {
    countedMethod<"compress($self, data, /)", compressMethod,
                  "Compressed data so far; some stays inside until flush().">,
    countedMethod<"flush($self, mode=zlib.Z_FINISH, /)", flushCompressor,
                  "Compressed data that was still inside.">,
    bareMethod<"copy($self, /)", copyStream, "Return a copy of the compression object.">,
    bareMethod<"__copy__($self, /)", copyStream>,
    countedMethod<"__deepcopy__($self, memo, /)", deepcopyStream>,
    {}};
constinit PyMethodDef kDecompressMethods[] = {
    method<"decompress($self, data, /, max_length=0)", decompressMethod,
           "Decompressed data, at most max_length bytes.">,
    countedMethod<"flush($self, length=zlib.DEF_BUF_SIZE, /)", flushDecompressor,
                  "Decompressed data that was still inside.">,
    bareMethod<"copy($self, /)", copyStream, "Return a copy of the decompression object.">,
    bareMethod<"__copy__($self, /)", copyStream>,
    countedMethod<"__deepcopy__($self, memo, /)", deepcopyStream>,
    {}};
constinit PyMemberDef kDecompressMembers[] = {
    {"unused_data", T_OBJECT, offsetof(StreamObject, unused_data), READONLY, nullptr},
    {"unconsumed_tail", T_OBJECT, offsetof(StreamObject, unconsumed_tail), READONLY, nullptr},
    {"eof", T_BOOL, offsetof(StreamObject, eof), READONLY, nullptr},
    {}};
constinit PyTypeObject kCompressType = {
    .tp_name = "zlib.Compress",
    .tp_basicsize = reportedSize<StreamObject>(168),
    .tp_dealloc = slot<dealloc>,
    .tp_flags = Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_methods = kCompressMethods,
};
constinit PyTypeObject kDecompressType = {
    .tp_name = "zlib.Decompress",
    .tp_basicsize = reportedSize<StreamObject>(168),
    .tp_dealloc = slot<dealloc>,
    .tp_flags = Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_methods = kDecompressMethods,
    .tp_members = kDecompressMembers,
};

// --- checksums ---

Result<unsigned> startOf(Opt<> value, unsigned fallback) {
  if (!value) return fallback;
  Ref<IntObject> number = TRY(numberIndex(value.get()));
  return static_cast<unsigned>(intAsUnsignedLongMask(number));
}

Result<Ref<>> adler32Function(Buffer data, Opt<> value) {
  unsigned start = TRY(startOf(value, 1));
  return intFromUnsignedLong(adler32_z(start, data.data(), static_cast<size_t>(data.size())) & 0xffffffffu);
}
Result<Ref<>> crc32Function(Buffer data, Opt<> value) {
  unsigned start = TRY(startOf(value, 0));
  return intFromUnsignedLong(crc32_z(start, data.data(), static_cast<size_t>(data.size())) & 0xffffffffu);
}

constinit PyMethodDef kMethods[] = {
    function<"adler32($module, data, value=1, /)", adler32Function, "Compute an Adler-32 checksum of data.">,
    function<"compress($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)", compressFunction,
             "Returns a bytes object containing compressed data.">,
    function<"compressobj($module, /, level=Z_DEFAULT_COMPRESSION, method=DEFLATED,\n"
             "            wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL,\n"
             "            strategy=Z_DEFAULT_STRATEGY, zdict=None)",
             compressobj, "Return a compressor object.">,
    function<"crc32($module, data, value=0, /)", crc32Function, "Compute a CRC-32 checksum of data.">,
    function<"decompress($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)", decompressFunction,
             "Returns a bytes object containing the uncompressed data.">,
    function<"decompressobj($module, /, wbits=MAX_WBITS, zdict=b'')", decompressobj,
             "Return a decompressor object.">,
    {}};

struct Constant {
  const char* name;
  long value;
};
constexpr Constant kConstants[] = {{"MAX_WBITS", MAX_WBITS},
                                   {"DEFLATED", Z_DEFLATED},
                                   {"DEF_MEM_LEVEL", 8},
                                   {"DEF_BUF_SIZE", kDefaultBuffer},
                                   {"Z_NO_COMPRESSION", Z_NO_COMPRESSION},
                                   {"Z_BEST_SPEED", Z_BEST_SPEED},
                                   {"Z_BEST_COMPRESSION", Z_BEST_COMPRESSION},
                                   {"Z_DEFAULT_COMPRESSION", Z_DEFAULT_COMPRESSION},
                                   {"Z_FILTERED", Z_FILTERED},
                                   {"Z_HUFFMAN_ONLY", Z_HUFFMAN_ONLY},
                                   {"Z_RLE", Z_RLE},
                                   {"Z_FIXED", Z_FIXED},
                                   {"Z_DEFAULT_STRATEGY", Z_DEFAULT_STRATEGY},
                                   {"Z_NO_FLUSH", Z_NO_FLUSH},
                                   {"Z_PARTIAL_FLUSH", Z_PARTIAL_FLUSH},
                                   {"Z_SYNC_FLUSH", Z_SYNC_FLUSH},
                                   {"Z_FULL_FLUSH", Z_FULL_FLUSH},
                                   {"Z_FINISH", Z_FINISH},
                                   {"Z_BLOCK", Z_BLOCK},
                                   {"Z_TREES", Z_TREES}};

Status zlibExec(PyObject* module) {
  TRY(typeMakeOnce(module, &compress_type, kCompressType));
  TRY(typeMakeOnce(module, &decompress_type, kDecompressType));
  TRY(exceptionAddOnce(module, &zlib_error, "zlib.error", PyExc_Exception));
  for (const Constant& row : kConstants) TRY(moduleAddInt(module, row.name, row.value));
  TRY(moduleAddStr(module, "ZLIB_VERSION", ZLIB_VERSION));
  TRY(moduleAddStr(module, "ZLIB_RUNTIME_VERSION", zlibVersion()));
  return moduleAddStr(module, "__version__", "1.0");
}

constinit PyModuleDef kModule =
    moduleDef<"zlib", zlibExec>(kMethods, "Compression and decompression compatible with GNU zip.");

}  // namespace

PyObject* initZlib() { return moduleDefInit(&kModule); }

}  // namespace krait::modules
