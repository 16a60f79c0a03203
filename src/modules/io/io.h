// The io stack: what its files share.
//
// FileIO (system calls) <- BufferedReader/Writer/Random (blocks) <- TextIOWrapper (characters); BytesIO and
// StringIO in memory. Each layer talks to the one below through Python methods, since any of them may be user
// classes.
#pragma once

#include "core/call.h"
#include "core/gc.h"
#include "core/native.h"
#include "types/bytes.h"
#include "types/float.h"
#include "types/int.h"
#include "types/str.h"
#include "types/weakref.h"

extern "C" {
extern PyTypeObject PyIOBase_Type, PyRawIOBase_Type, PyBufferedIOBase_Type, PyTextIOBase_Type, PyFileIO_Type,
    PyBytesIO_Type, _PyBytesIOBuffer_Type, PyStringIO_Type, PyBufferedReader_Type, PyBufferedWriter_Type,
    PyBufferedRandom_Type, PyBufferedRWPair_Type, PyTextIOWrapper_Type, PyIncrementalNewlineDecoder_Type;
}

namespace krait::modules {

constexpr Py_ssize_t kDefaultBufferSize = 8192;

struct IOBaseObject : PyObject {
  PyObject *dict, *weakreflist;
};

PyObject* unsupportedOperation();  // io.UnsupportedOperation, borrowed
Raised raiseUnsupported(const char* message);
Status ioCheckClosed(PyObject* file);  // `closed` attribute: "I/O operation on closed file."
Status ioCheckReadable(PyObject* file);
Status ioCheckWritable(PyObject* file);
Status ioCheckSeekable(PyObject* file);
// tp_finalize of every file type: closes a file that is still open, quietly.
void ioFinalize(PyObject* file);
// A size argument: None or absent means -1.
Result<Py_ssize_t> ioSize(PyObject* size);
Result<bool> ioIsClosed(PyObject* file);
// An OSError with EINTR happened: it is cleared and signal handlers have run.
Result<bool> ioRetryAfterInterrupt();
Result<Ref<>> ioBaseNew(PyTypeObject* type, PyObject* args, Opt<> kwargs);
// Offsets of files are 64 bits; TypeError for non-integers.
Result<int64_t> ioOffset(PyObject* object);

// FileIO's own transfers, for buffers above an exact FileIO (no method call, no memoryview). absent: would
// block.
Result<std::optional<size_t>> fileReadDirect(PyObject* file, void* data, size_t size);
Result<std::optional<size_t>> fileWriteDirect(PyObject* file, const void* data, size_t size);

// Start of a tp_dealloc: false when the finaliser resurrected the object (return at once). Untracks and
// clears weak references.
bool ioDeallocBegin(PyObject* file, PyObject* weakreflist);

Result<Ref<>> ioOpen(PyObject* file, StrObject* mode, int buffering, Opt<StrObject> encoding,
                     Opt<StrObject> errors, Opt<StrObject> newline, bool closefd, Opt<> opener);

// The argument of readinto(): bytes that can be written.
struct WritableArg {
  Buffer buffer;
};

// A converter row for "size=-1" style arguments that also accept None.
struct SizeArg {
  Py_ssize_t value;
};

}  // namespace krait::modules

template <>
struct krait::ArgFrom<krait::modules::WritableArg> {
  static krait::Result<krait::modules::WritableArg> from(PyObject* o, const krait::ArgContext& where) {
    krait::Result<krait::Buffer> buffer = krait::Buffer::acquire(o, PyBUF_WRITABLE);
    if (!buffer.failed()) return krait::modules::WritableArg{std::move(buffer).take()};
    krait::clearPending();
    return krait::raiseBadArgument(where, "read-write bytes-like object", o);
  }
};
template <>
struct krait::ArgFrom<krait::modules::SizeArg> {
  static krait::Result<krait::modules::SizeArg> from(PyObject* o, const krait::ArgContext&) {
    return krait::modules::SizeArg{TRY(krait::modules::ioSize(o))};
  }
  template <krait::Text D>
  static krait::modules::SizeArg fallback() {
    return {-1};
  }
};
