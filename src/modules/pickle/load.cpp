// The pickle machine: one function per instruction.
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/float_text.h"
#include "core/call.h"
#include "core/errors.h"
#include "core/interpreter.h"
#include "core/scratch.h"
#include "modules/pickle/machine.h"
#include "types/bool.h"
#include "types/codecs.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/list_internal.h"
#include "types/misc_objects.h"
#include "types/set.h"

namespace krait::modules {

// --- the stack ---

Raised Machine::underflow() {
  return raise(pickle_state.unpickling_error,
               marks().empty() ? "unpickling stack underflow" : "unexpected MARK found");
}

Result<Ref<>> Machine::pop() {
  if (size() <= self_->fence) return underflow();
  Ref<> top = Ref<>::steal(stack().back());
  stack().pop_back();
  return top;
}

Status Machine::push(Ref<> value) {
  TRY(reserveMore(stack(), 1));
  stack().push_back(std::move(value).leak());
  return {};
}

Result<size_t> Machine::popMark() {
  if (marks().empty()) return raise(pickle_state.unpickling_error, "could not find MARK");
  size_t mark = marks().back();
  marks().pop_back();
  self_->fence = marks().empty() ? 0 : marks().back();
  return mark;
}

void Machine::drop(size_t to) {
  while (size() > to) {
    PyObject* top = stack().back();
    stack().pop_back();
    decref(top);
  }
}

Result<Ref<TupleObject>> Machine::popTuple(size_t from) {
  if (from < self_->fence || from > size()) return underflow();
  auto count = static_cast<Py_ssize_t>(size() - from);
  Ref<TupleObject> tuple = TRY(tupleNew(count));
  moveFrom(from, tuple->ob_item);
  return tuple;
}

Result<Ref<ListObject>> Machine::popList(size_t from) {
  if (from < self_->fence || from > size()) return underflow();
  Ref<ListObject> list = TRY(listFromItems(stack().data() + from, static_cast<Py_ssize_t>(size() - from)));
  drop(from);
  return list;
}

// Adds what stands above `from` to the list, without a copy of it in between. Runs no Python.
Status Machine::appendTo(ListObject* list, size_t from) {
  Py_ssize_t old_size = list->ob_size;
  TRY(listResize(list, old_size + static_cast<Py_ssize_t>(size() - from)));
  moveFrom(from, list->ob_item + old_size);
  return {};
}

void Machine::moveFrom(size_t from, PyObject** to) {
  std::copy(stack().begin() + static_cast<Py_ssize_t>(from), stack().end(), to);
  stack().resize(from);
}

namespace {

// --- numbers in the stream ---

uint64_t unsignedOf(std::string_view bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes.size() && i < 8; i++)
    value |= uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return value;
}

// A length field; -1 is no length.
Result<Py_ssize_t> readLength(Machine& m, int width, const char* what) {
  std::string_view bytes = TRY(unpickleRead(m.self(), width));
  uint64_t size = unsignedOf(bytes);
  if (size <= static_cast<uint64_t>(PY_SSIZE_T_MAX)) return static_cast<Py_ssize_t>(size);
  return raise(PyExc_OverflowError, "%s exceeds system's maximum size of %zd bytes", what, PY_SSIZE_T_MAX);
}

// --- atoms ---

Status loadInt(Machine& m) {
  std::string line = TRY(unpickleLine(m.self()));
  if (line.size() < 2) return unpickleTruncated();
  char* stop;
  errno = 0;
  long value = std::strtol(line.c_str(), &stop, 0);
  if (errno != 0 || *stop != '\n') {
    // Longer than a machine word, perhaps.
    const char* end;
    Result<MaybeRef<IntObject>> parsed = intParse(line, 0, &end);
    if (parsed.failed()) clearPending();
    MaybeRef<IntObject> big = parsed.failed() ? MaybeRef<IntObject>() : std::move(parsed).take();
    if (!big || end != line.data() + line.size()) {
      return raise(PyExc_ValueError, "could not convert string to int");
    }
    return m.push(std::move(big).take());
  }
  if (line.size() == 3 && (value == 0 || value == 1)) return m.push(boolRef(value == 1));
  return m.push(TRY(intFromLong(value)));
}

Status loadLong(Machine& m) {
  std::string line = TRY(unpickleLine(m.self()));
  if (line.size() < 2) return unpickleTruncated();
  line.pop_back();
  if (line.back() == 'L') line.pop_back();
  return m.push(TRY(intFromText(line, 0)));
}

Status loadBinInt(Machine& m, int width) {
  std::string_view bytes = TRY(unpickleRead(m.self(), width));
  auto value = static_cast<long>(unsignedOf(bytes));
  if (width == 4) value = static_cast<int32_t>(value);
  return m.push(TRY(intFromLong(value)));
}

Status loadCountedLong(Machine& m, int width) {
  std::string_view head = TRY(unpickleRead(m.self(), width));
  auto size = static_cast<int32_t>(unsignedOf(head));
  if (size < 0) return raise(pickle_state.unpickling_error, "LONG pickle has negative byte count");
  std::string_view data = TRY(unpickleRead(m.self(), size));
  return m.push(TRY(intFromBytes(reinterpret_cast<const uint8_t*>(data.data()), data.size(), true, true)));
}

Status loadFloat(Machine& m) {
  std::string line = TRY(unpickleLine(m.self()));
  if (line.size() < 2) return unpickleTruncated();
  ParsedDouble parsed = doubleParse(line.data(), line.data() + line.size());
  if (parsed.end == line.data()) {
    return raise(PyExc_ValueError, "could not convert string to float: '%.200s'", line.c_str());
  }
  if (*parsed.end != '\n') return raise(PyExc_ValueError, "could not convert string to float");
  if (parsed.overflow) {
    return raise(PyExc_OverflowError, "value too large to convert to float: '%.200s'", line.c_str());
  }
  return m.push(TRY(floatNew(parsed.value)));
}

Status loadBinFloat(Machine& m) {
  std::string_view bytes = TRY(unpickleRead(m.self(), 8));
  uint64_t bits = __builtin_bswap64(unsignedOf(bytes));
  double value;
  std::memcpy(&value, &bits, 8);
  return m.push(TRY(floatNew(value)));
}

// --- text ---

// Python 2's str: decoded as the unpickler was told, or kept as bytes.
Status pushOldString(Machine& m, std::string_view data) {
  const std::string& encoding = *m.self()->encoding;
  if (encoding == "bytes") return m.push(TRY(bytesFrom(data)));
  std::string copy(data);
  return m.push(TRY(decodeText(copy, encoding.c_str(), m.self()->errors->c_str())));
}

Status loadString(Machine& m) {
  std::string line = TRY(unpickleLine(m.self()));
  if (line.size() < 2) return unpickleTruncated();
  std::string_view text = line;
  text.remove_suffix(1);
  bool quoted =
      text.size() >= 2 && text.front() == text.back() && (text.front() == '\'' || text.front() == '"');
  if (!quoted) return raise(pickle_state.unpickling_error, "the STRING opcode argument must be quoted");
  Ref<BytesObject> bytes = TRY(decodeBytesEscape(text.substr(1, text.size() - 2), nullptr));
  return pushOldString(m, bytes->view());
}

Status loadBinString(Machine& m, int width) {
  Py_ssize_t size = TRY(readLength(m, width, "BINSTRING"));
  std::string_view read = TRY(unpickleRead(m.self(), size));
  TRY(askForRoom(read.size() * 2));
  std::string data(read);
  return pushOldString(m, data);
}

Status loadUnicode(Machine& m) {
  std::string line = TRY(unpickleLine(m.self()));
  if (line.empty()) return unpickleTruncated();
  line.pop_back();
  return m.push(TRY(decodeRawUnicodeEscape(line, nullptr)));
}

Status loadBinUnicode(Machine& m, int width) {
  Py_ssize_t size = TRY(readLength(m, width, "BINUNICODE"));
  std::string_view data = TRY(unpickleRead(m.self(), size));
  Ref<> held = m.self()->held ? share(m.self()->held) : none();
  return m.push(TRY(decodeUtf8(data, "surrogatepass")));
}

Status loadBinBytes(Machine& m, int width) {
  Py_ssize_t size = TRY(readLength(m, width, "BINBYTES"));
  if (size < 2 || m.self()->next + size <= m.self()->input_size) {
    return m.push(TRY(bytesFrom(TRY(unpickleRead(m.self(), size)))));
  }
  if (!m.self()->read) return unpickleTruncated();
  Ref<BytesObject> bytes = TRY(bytesNew(size));
  TRY(unpickleReadInto(m.self(), bytes->data(), size));
  return m.push(std::move(bytes));
}

Status loadByteArray(Machine& m) {
  Py_ssize_t size = TRY(readLength(m, 8, "BYTEARRAY8"));
  if (!m.self()->read && m.self()->next + size > m.self()->input_size) return unpickleTruncated();
  Ref<ByteArrayObject> array = TRY(byteArrayNew({}));
  TRY(byteArrayResize(array, size));
  TRY(unpickleReadInto(m.self(), array->ob_start, size));
  return m.push(std::move(array));
}

// --- out-of-band buffers ---

Status loadNextBuffer(Machine& m) {
  if (!m.self()->buffers) {
    return raise(pickle_state.unpickling_error,
                 "pickle stream refers to out-of-band data but no *buffers* argument was given");
  }
  MaybeRef<> buffer = TRY(iterNext(m.self()->buffers));
  if (!buffer) return raise(pickle_state.unpickling_error, "not enough out-of-band buffers");
  return m.push(std::move(buffer).take());
}

Status loadReadonlyBuffer(Machine& m) {
  if (m.size() <= m.self()->fence) return m.underflow();
  Ref<> view = TRY(memoryViewFromObject(m.stack().back()));
  Ref<> readonly = TRY(attrGet(view, name<"readonly">()));
  if (TRY(objectIsTrue(readonly))) return {};
  Ref<> locked = TRY(callMethod(view.get(), name<"toreadonly">()));
  if (m.size() <= m.self()->fence) return m.underflow();
  decref(std::exchange(m.stack().back(), std::move(locked).leak()));
  return {};
}

// --- containers ---

Status loadTuple(Machine& m) {
  size_t mark = TRY(m.popMark());
  return m.push(TRY(m.popTuple(mark)));
}

Status loadShortTuple(Machine& m, size_t count) {
  if (m.size() < m.self()->fence + count) return m.underflow();
  return m.push(TRY(m.popTuple(m.size() - count)));
}

Status loadList(Machine& m) {
  size_t mark = TRY(m.popMark());
  return m.push(TRY(m.popList(mark)));
}

Status loadDict(Machine& m) {
  size_t mark = TRY(m.popMark());
  size_t count = m.size() - mark;
  if (count % 2 != 0) return raise(pickle_state.unpickling_error, "odd number of items for DICT");
  Ref<DictObject> dict = TRY(dictNew());
  Ref<TupleObject> items = TRY(m.popTuple(mark));
  for (Py_ssize_t i = 0; i + 1 < items->size(); i += 2) TRY(dictSet(dict, items->at(i), items->at(i + 1)));
  return m.push(std::move(dict));
}

Status loadFrozenSet(Machine& m) {
  size_t mark = TRY(m.popMark());
  Ref<TupleObject> items = TRY(m.popTuple(mark));
  return m.push(TRY(frozenSetNew(static_cast<PyObject*>(items.get()))));
}

Status extendList(PyObject* list, PyObject* items) {
  MaybeRef<> extend = TRY(attrLookup(list, name<"extend">()));
  if (extend) {
    TRY(call(extend.get(), items));
    return {};
  }
  Ref<> append = TRY(attrGet(list, name<"append">()));
  return forEach(items, [&](Ref<> item) -> Status {
    TRY(call(append.get(), item.get()));
    return {};
  });
}

Status appendFrom(Machine& m, size_t from) {
  if (from > m.size() || from <= m.self()->fence) return m.underflow();
  if (from == m.size()) return {};
  if (PyObject* list = m.stack()[from - 1]; isExactList(list))
    return m.appendTo(cast<ListObject>(list), from);
  Ref<ListObject> items = TRY(m.popList(from));
  Ref<> list = share(m.stack()[from - 1]);
  return extendList(list, items);
}

Status setItemsFrom(Machine& m, size_t from) {
  if (from > m.size() || from <= m.self()->fence) return m.underflow();
  if (from == m.size()) return {};
  if ((m.size() - from) % 2 != 0)
    return raise(pickle_state.unpickling_error, "odd number of items for SETITEMS");
  Ref<TupleObject> items = TRY(m.popTuple(from));
  Ref<> dict = share(m.stack()[from - 1]);
  bool exact = isExactDict(dict.get());
  for (Py_ssize_t i = 0; i + 1 < items->size(); i += 2) {
    PyObject *key = items->at(i), *value = items->at(i + 1);
    TRY(exact ? dictSet(cast<DictObject>(dict.get()), key, value) : itemSet(dict, key, value));
  }
  return {};
}

Status loadAddItems(Machine& m) {
  size_t mark = TRY(m.popMark());
  if (mark > m.size() || mark <= m.self()->fence) return m.underflow();
  if (mark == m.size()) return {};
  Ref<TupleObject> items = TRY(m.popTuple(mark));
  Ref<> set = share(m.stack()[mark - 1]);
  if (isSet(set.get())) return setUpdate(cast<SetObject>(set.get()), items);
  Ref<> add = TRY(attrGet(set, name<"add">()));
  for (Py_ssize_t i = 0; i < items->size(); i++) TRY(call(add.get(), items->at(i)));
  return {};
}

// --- the memo ---

Result<size_t> readDecimalIndex(Machine& m, bool* negative) {
  std::string line = TRY(unpickleLine(m.self()));
  if (line.size() < 2) return unpickleTruncated();
  const char* end;
  MaybeRef<IntObject> parsed = TRY(intParse(line, 10, &end));
  if (!parsed || end != line.data() + line.size()) {
    Ref<StrObject> shown = TRY(strFromLatin1(line));
    return raise(PyExc_ValueError, "invalid literal for int() with base 10: %R", shown.get());
  }
  Py_ssize_t index = TRY(intAsSsize(parsed.get()));
  *negative = index < 0;
  return static_cast<size_t>(index);
}

Status pushMemo(Machine& m, size_t index) {
  PyObject* value = m.self()->memo->get(index);
  if (value) return m.push(share(value));
  return raise(pickle_state.unpickling_error, "Memo value not found at index %ld", static_cast<long>(index));
}

Status putMemo(Machine& m, size_t index) {
  if (m.size() <= m.self()->fence) return m.underflow();
  if (!m.self()->memo->set(index, m.stack().back())) return raiseNoMemory();
  return {};
}

Status loadGet(Machine& m) {
  bool negative;
  return pushMemo(m, TRY(readDecimalIndex(m, &negative)));
}
Status loadPut(Machine& m) {
  bool negative;
  size_t index = TRY(readDecimalIndex(m, &negative));
  if (m.size() <= m.self()->fence) return m.underflow();
  if (negative) return raise(PyExc_ValueError, "negative PUT argument");
  return putMemo(m, index);
}
Status loadBinGet(Machine& m, int width) {
  return pushMemo(m, unsignedOf(TRY(unpickleRead(m.self(), width))));
}
Status loadBinPut(Machine& m, int width) {
  return putMemo(m, unsignedOf(TRY(unpickleRead(m.self(), width))));
}

// --- marks and the stack ---

Status loadMark(Machine& m) {
  auto& marks = m.marks();
  if (marks.size() == marks.capacity())
    TRY(reserveMore(marks, marks.size() + 20));  // the steps sys.getsizeof() sees
  marks.push_back(m.size());
  m.self()->fence = m.size();
  return {};
}

Status loadPop(Machine& m) {
  if (!m.marks().empty() && m.marks().back() == m.size()) {
    TRY(m.popMark());
    return {};
  }
  TRY(m.pop());
  return {};
}

Status loadPopMark(Machine& m) {
  m.drop(TRY(m.popMark()));
  return {};
}

Status loadDup(Machine& m) {
  if (m.size() <= m.self()->fence) return m.underflow();
  return m.push(share(m.stack().back()));
}

// --- the stream itself ---

Status loadProto(Machine& m) {
  auto protocol = static_cast<unsigned char>(TRY(unpickleRead(m.self(), 1))[0]);
  if (protocol > kHighestProtocol) {
    return raise(PyExc_ValueError, "unsupported pickle protocol: %d", static_cast<int>(protocol));
  }
  m.self()->protocol = protocol;
  return {};
}

Status loadFrame(Machine& m) {
  uint64_t size = unsignedOf(TRY(unpickleRead(m.self(), 8)));
  if (size > static_cast<uint64_t>(PY_SSIZE_T_MAX)) {
    return raise(PyExc_OverflowError, "FRAME length exceeds system's maximum of %zu bytes",
                 static_cast<size_t>(PY_SSIZE_T_MAX));
  }
  // The whole frame in one go; its instructions follow.
  TRY(unpickleRead(m.self(), static_cast<Py_ssize_t>(size)));
  m.self()->next -= static_cast<Py_ssize_t>(size);
  return {};
}

Status loadPersistentId(Machine& m) {
  if (!m.self()->persistent_load) {
    return raise(
        pickle_state.unpickling_error,
        "A load persistent id instruction was encountered,\nbut no persistent_load function was specified.");
  }
  std::string line = TRY(unpickleLine(m.self()));
  if (line.empty()) return unpickleTruncated();
  line.pop_back();
  Result<Ref<StrObject>> id = decodeAscii(line, "strict");
  if (id.failed()) {
    if (!pendingMatches(PyExc_UnicodeDecodeError)) return Raised{};
    clearPending();
    return raise(pickle_state.unpickling_error, "persistent IDs in protocol 0 must be ASCII strings");
  }
  Ref<StrObject> text = std::move(id).take();
  return m.push(
      TRY(pickleCallMethodRef(m.self(), m.self()->persistent_load, m.self()->persistent_load_bound, text)));
}

Status loadBinPersistentId(Machine& m) {
  if (!m.self()->persistent_load) {
    return raise(
        pickle_state.unpickling_error,
        "A load persistent id instruction was encountered,\nbut no persistent_load function was specified.");
  }
  Ref<> id = TRY(m.pop());
  return m.push(
      TRY(pickleCallMethodRef(m.self(), m.self()->persistent_load, m.self()->persistent_load_bound, id)));
}

Raised invalidKey(unsigned char key) {
  if (key >= 0x20 && key <= 0x7e && key != '\'' && key != '\\') {
    return raise(pickle_state.unpickling_error, "invalid load key, '%c'.", key);
  }
  return raise(pickle_state.unpickling_error, "invalid load key, '\\x%02x'.", key);
}

Status loadAtom(Machine& m, unsigned char op, bool* known) {
  switch (op) {
    case kNone: return m.push(none());
    case kNewTrue: return m.push(boolRef(true));
    case kNewFalse: return m.push(boolRef(false));
    case kInt: return loadInt(m);
    case kBinInt: return loadBinInt(m, 4);
    case kBinInt1: return loadBinInt(m, 1);
    case kBinInt2: return loadBinInt(m, 2);
    case kLong: return loadLong(m);
    case kLong1: return loadCountedLong(m, 1);
    case kLong4: return loadCountedLong(m, 4);
    case kFloat: return loadFloat(m);
    case kBinFloat: return loadBinFloat(m);
    case kString: return loadString(m);
    case kShortBinString: return loadBinString(m, 1);
    case kBinString: return loadBinString(m, 4);
    case kUnicode: return loadUnicode(m);
    case kShortBinUnicode: return loadBinUnicode(m, 1);
    case kBinUnicode: return loadBinUnicode(m, 4);
    case kBinUnicode8: return loadBinUnicode(m, 8);
    case kShortBinBytes: return loadBinBytes(m, 1);
    case kBinBytes: return loadBinBytes(m, 4);
    case kBinBytes8: return loadBinBytes(m, 8);
    case kByteArray8: return loadByteArray(m);
    case kNextBuffer: return loadNextBuffer(m);
    case kReadonlyBuffer: return loadReadonlyBuffer(m);
    default: *known = false; return {};
  }
}

Status loadContainer(Machine& m, unsigned char op, bool* known) {
  switch (op) {
    case kEmptyTuple: return m.push(emptyTuple());
    case kTuple1: return loadShortTuple(m, 1);
    case kTuple2: return loadShortTuple(m, 2);
    case kTuple3: return loadShortTuple(m, 3);
    case kTuple: return loadTuple(m);
    case kEmptyList: return m.push(TRY(listNew()));
    case kList: return loadList(m);
    case kAppend:
      return m.size() - 1 <= m.self()->fence || m.size() == 0 ? Status(m.underflow())
                                                              : appendFrom(m, m.size() - 1);
    case kAppends: return appendFrom(m, TRY(m.popMark()));
    case kEmptyDict: return m.push(TRY(dictNew()));
    case kDict: return loadDict(m);
    case kSetItem: return m.size() < 2 ? Status(m.underflow()) : setItemsFrom(m, m.size() - 2);
    case kSetItems: return setItemsFrom(m, TRY(m.popMark()));
    case kEmptySet: return m.push(TRY(setNew()));
    case kAddItems: return loadAddItems(m);
    case kFrozenSet: return loadFrozenSet(m);
    default: *known = false; return {};
  }
}

Status loadMachinery(Machine& m, unsigned char op, bool* known) {
  switch (op) {
    case kMark: return loadMark(m);
    case kPop: return loadPop(m);
    case kPopMark: return loadPopMark(m);
    case kDup: return loadDup(m);
    case kGet: return loadGet(m);
    case kBinGet: return loadBinGet(m, 1);
    case kLongBinGet: return loadBinGet(m, 4);
    case kPut: return loadPut(m);
    case kBinPut: return loadBinPut(m, 1);
    case kLongBinPut: return loadBinPut(m, 4);
    case kMemoize: return putMemo(m, m.self()->memo->count());
    case kPersid: return loadPersistentId(m);
    case kBinPersid: return loadBinPersistentId(m);
    case kProto: return loadProto(m);
    case kFrame: return loadFrame(m);
    default: *known = false; return {};
  }
}

Status step(Machine& m, unsigned char op) {
  using Group = Status (*)(Machine&, unsigned char, bool*);
  constexpr Group kGroups[] = {loadAtom, loadContainer, loadMachinery, loadObjectOp};
  for (Group group : kGroups) {
    bool known = true;
    TRY(group(m, op, &known));
    if (known) return {};
  }
  return invalidKey(op);
}

}  // namespace

Result<Ref<>> unpickleLoad(UnpicklerObject* self) {
  Machine m(self);
  m.drop(0);
  m.marks().clear();
  self->fence = 0;
  self->protocol = 0;
  while (true) {
    Result<std::string_view> next = unpickleRead(self, 1);
    if (next.failed()) {
      if (!pendingMatches(pickle_state.unpickling_error)) return Raised{};
      clearPending();
      return raise(PyExc_EOFError, "Ran out of input");
    }
    auto op = static_cast<unsigned char>(std::move(next).take()[0]);
    if (op == kStop) break;
    TRY(step(m, op));
  }
  TRY(unpickleSkipConsumed(self));
  return m.pop();
}

}  // namespace krait::modules
