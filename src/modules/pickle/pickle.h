// What the parts of the _pickle module share: opcodes, the module's state, the pickler's and unpickler's
// objects.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "base/inline_buffer.h"
#include "core/native.h"
#include "modules/pickle/memo.h"
#include "types/str.h"
#include "types/tuple.h"

namespace krait::modules {

// One byte per instruction of the pickle machine.
enum Opcode : unsigned char {
  kMark = '(',
  kStop = '.',
  kPop = '0',
  kPopMark = '1',
  kDup = '2',
  kFloat = 'F',
  kInt = 'I',
  kBinInt = 'J',
  kBinInt1 = 'K',
  kLong = 'L',
  kBinInt2 = 'M',
  kNone = 'N',
  kPersid = 'P',
  kBinPersid = 'Q',
  kReduce = 'R',
  kString = 'S',
  kBinString = 'T',
  kShortBinString = 'U',
  kUnicode = 'V',
  kBinUnicode = 'X',
  kAppend = 'a',
  kBuild = 'b',
  kGlobal = 'c',
  kDict = 'd',
  kEmptyDict = '}',
  kAppends = 'e',
  kGet = 'g',
  kBinGet = 'h',
  kInst = 'i',
  kLongBinGet = 'j',
  kList = 'l',
  kEmptyList = ']',
  kObj = 'o',
  kPut = 'p',
  kBinPut = 'q',
  kLongBinPut = 'r',
  kSetItem = 's',
  kTuple = 't',
  kEmptyTuple = ')',
  kSetItems = 'u',
  kBinFloat = 'G',
  kBinBytes = 'B',
  kShortBinBytes = 'C',
  kProto = 0x80,
  kNewObj = 0x81,
  kExt1 = 0x82,
  kExt2 = 0x83,
  kExt4 = 0x84,
  kTuple1 = 0x85,
  kTuple2 = 0x86,
  kTuple3 = 0x87,
  kNewTrue = 0x88,
  kNewFalse = 0x89,
  kLong1 = 0x8a,
  kLong4 = 0x8b,
  kShortBinUnicode = 0x8c,
  kBinUnicode8 = 0x8d,
  kBinBytes8 = 0x8e,
  kEmptySet = 0x8f,
  kAddItems = 0x90,
  kFrozenSet = 0x91,
  kNewObjEx = 0x92,
  kStackGlobal = 0x93,
  kMemoize = 0x94,
  kFrame = 0x95,
  kByteArray8 = 0x96,
  kNextBuffer = 0x97,
  kReadonlyBuffer = 0x98,
};

constexpr int kHighestProtocol = 5, kDefaultProtocol = 4;
constexpr Py_ssize_t kBatchSize = 1000;
constexpr size_t kFrameTarget = 64 * 1024, kFrameLeast = 4, kFrameHeader = 9;

// Filled when the module is executed. All owned.
struct PickleState {
  PyObject *pickle_error, *pickling_error, *unpickling_error;
  DictObject *dispatch_table, *extension_registry, *inverted_registry, *extension_cache;
  DictObject *name_2to3, *import_2to3, *name_3to2, *import_3to2;
  PyObject *codecs_encode, *getattr, *partial;
};
extern PickleState pickle_state;

using PickleOutput = InlineBuffer<char, 512>;

struct PicklerObject : PyObject {
  PicklerMemo* memo;
  PyObject* persistent_id;     // null: none. A method of the pickler itself is kept as its function
  bool persistent_id_bound;    // ... and called with the pickler
  PyObject* dispatch_table;    // null: copyreg's
  PyObject* reducer_override;  // during dump(); null: none
  PyObject* write;             // null: dumps()
  PyObject* buffer_callback;   // null: none
  PickleOutput* output;
  Py_ssize_t frame_start;  // position of the open frame's header; -1: none
  int protocol, bin, fast, fast_nesting;
  bool framing, fix_imports;
  bool output_sent;      // by the last dump(): nothing is kept
  PyObject* fast_memo;   // dict, or null
  Py_ssize_t unused[4];  // sys.getsizeof() sees the size of CPython's
};

struct UnpicklerObject : PyObject {
  UnpicklerMemo* memo;
  std::vector<PyObject*>* stack;  // owned references
  std::vector<size_t>* marks;
  size_t fence;               // the stack below belongs to an outer mark
  PyObject* persistent_load;  // null: none
  bool persistent_load_bound;
  PyObject* buffers;                            // iterator, or null
  PyObject *read, *readline, *readinto, *peek;  // of the file; read is null for loads()
  PyObject* held;                               // keeps the input alive when it came from the file
  const char* input;
  Py_ssize_t input_size, next, prefetched;  // prefetched: bytes of the input that were peeked only
  std::string *line, *encoding, *errors;
  int protocol;
  bool fix_imports;
  Py_ssize_t unused[12];
};
static_assert(sizeof(PicklerObject) == 152 && sizeof(UnpicklerObject) == 272);

extern PyTypeObject kPicklerType, kUnpicklerType, kPicklerMemoProxyType, kUnpicklerMemoProxyType;

// An opcode with its binary argument, little-endian.
class Instruction {
 public:
  static constexpr size_t kMost = 16;  // bytes that may be copied from data(), whatever the size

  explicit Instruction(Opcode op, uint64_t argument = 0, size_t bytes = 0) : size_(1 + bytes) {
    text_[0] = static_cast<char>(op);
    std::memcpy(text_ + 1, &argument, sizeof argument);
  }
  const char* data() const { return text_; }
  size_t size() const { return size_; }
  std::string_view view() const { return {text_, size_}; }

 private:
  char text_[kMost] = {};
  size_t size_;
};

// --- writing (output.cpp) ---
Status pickleMakeRoom(PicklerObject* self, size_t size);  // and opens a frame where one is due
Status pickleWrite(PicklerObject* self, std::string_view bytes);
inline Status pickleWrite(PicklerObject* self, const Instruction& instruction) {
  PickleOutput& out = *self->output;
  bool frame_due = self->framing && self->frame_start < 0;
  if (frame_due || out.capacity() - out.size() < Instruction::kMost) [[unlikely]]
    TRY(pickleMakeRoom(self, Instruction::kMost));
  std::memcpy(out.end(), instruction.data(), Instruction::kMost);
  out.resize(out.size() + instruction.size());
  return {};
}
inline Status pickleWrite(PicklerObject* self, Opcode op) { return pickleWrite(self, Instruction(op)); }
// A header and its payload; a large payload stands outside of frames and goes to the file at once.
Status pickleWriteLarge(PicklerObject* self, const Instruction& header, std::string_view data, Opt<> payload);
Status pickleOpcodeBoundary(PicklerObject* self);
Status pickleCloseFrame(PicklerObject* self);
Status pickleFlush(PicklerObject* self);

// --- saving ---
Status pickleDump(PicklerObject* self, PyObject* object);
Status pickleSave(PicklerObject* self, PyObject* object, bool persistent_done = false);  // save.cpp
Status pickleMemoPut(PicklerObject* self, PyObject* object);
Result<bool> pickleMemoGet(PicklerObject* self, PyObject* object);            // true: written
Status pickleSaveReduce(PicklerObject* self, PyObject* tuple, Opt<> object);  // save_reduce.cpp
Status pickleSaveGlobal(PicklerObject* self, PyObject* object, Opt<> name);   // save_global.cpp
Status pickleSaveBytesData(PicklerObject* self, PyObject* object, std::string_view data);
Status pickleSaveByteArrayData(PicklerObject* self, PyObject* object, std::string_view data);
Status pickleSaveContainer(PicklerObject* self, PyObject* object, bool* handled);  // save_containers.cpp
Status pickleBatchList(PicklerObject* self, PyObject* iterator);
Status pickleBatchDict(PicklerObject* self, PyObject* iterator);
Status pickleSavePickleBuffer(PicklerObject* self, PyObject* object);  // pickle_buffer.cpp
Result<Ref<>> picklerNewFor(Opt<> file, PyObject* protocol, bool fix_imports, PyObject* buffer_callback);

// The parts of a dotted name; AttributeError for local objects.
Result<std::vector<Ref<StrObject>>> pickleDottedPath(Opt<> object, StrObject* dotted);
struct DeepAttribute {
  Ref<> value, parent;
};
Result<DeepAttribute> pickleDeepAttribute(PyObject* object, const std::vector<Ref<StrObject>>& path);

// --- reading ---
Result<std::string_view> unpickleReadMore(UnpicklerObject* self, Py_ssize_t size);
// Valid until the next read.
inline Result<std::string_view> unpickleRead(UnpicklerObject* self, Py_ssize_t size) {
  if (size < 0 || size > self->input_size - self->next) [[unlikely]]
    return unpickleReadMore(self, size);
  std::string_view data(self->input + self->next, static_cast<size_t>(size));
  self->next += size;
  return data;
}
Result<std::string_view> unpickleReadLine(UnpicklerObject* self);  // with its newline
Result<std::string> unpickleLine(UnpicklerObject* self);           // a copy of it
Status unpickleReadInto(UnpicklerObject* self, char* out, Py_ssize_t size);
Status unpickleSkipConsumed(UnpicklerObject* self);
Result<Ref<>> unpickleLoad(UnpicklerObject* self);
Result<Ref<>> unpickleFindClass(UnpicklerObject* self, PyObject* module_name, PyObject* global_name);
Raised unpickleTruncated();
Result<Ref<>> unpicklerNewFor(Opt<> file, std::string_view data, bool fix_imports, std::string_view encoding,
                              std::string_view errors, PyObject* buffers);

// An attribute that subclasses define as a method: kept as its function when it is bound to `self`.
Status pickleMethodRef(PyObject* self, StrObject* name, PyObject** out, bool* bound);
Result<Ref<>> pickleCallMethodRef(PyObject* self, PyObject* function, bool bound, PyObject* argument);

}  // namespace krait::modules
