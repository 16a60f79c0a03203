#include "types/code_iter.h"

#include <new>

#include "bytecode/location_table.h"
#include "core/gc.h"
#include "core/native.h"
#include "types/int.h"
#include "types/type.h"

namespace krait {
namespace {

// Both keep the code object alive and read its location table one entry at a time.
struct LineIterator : PyObject {
  CodeObject* code;
  LocationReader reader;
};
struct PositionsIterator : LineIterator {
  int unit;  // the next code unit to answer for
};

constexpr Py_ssize_t kLineIteratorSize = 64, kPositionsIteratorSize = 80;

template <class T>
Result<Ref<>> iteratorNew(PyTypeObject* type, CodeObject* code, size_t size) {
  Ref<> made = TRY(objectNewRaw(type, size));
  auto* it = static_cast<T*>(made.get());
  it->code = share(code).leak();
  new (&it->reader) LocationReader(codeLocations(code), code->co_firstlineno);
  return made;
}

void iteratorDealloc(PyObject* self) {
  decref(static_cast<LineIterator*>(self)->code);
  objectFreeMemory(self);
}

Result<Ref<>> numberOrNone(int value) {
  if (value < 0) return none();
  return intObject(value);
}

Result<MaybeRef<>> lineNext(LineIterator* it) {
  if (it->reader.end() >= it->code->unitCount() || !it->reader.next()) return MaybeRef<>();
  Ref<> start = TRY(intObject(it->reader.start() * 2)), end = TRY(intObject(it->reader.end() * 2));
  Ref<> line = TRY(numberOrNone(it->reader.range().line));
  return MaybeRef<>(TRY(tupleOf(start.get(), end.get(), line.get())));
}

Result<MaybeRef<>> positionNext(PositionsIterator* it) {
  while (it->unit >= it->reader.end()) {
    if (!it->reader.next()) return MaybeRef<>();
  }
  it->unit++;
  const SourceRange& at = it->reader.range();
  Ref<> line = TRY(numberOrNone(at.line)), end_line = TRY(numberOrNone(at.end_line));
  Ref<> column = TRY(numberOrNone(at.column)), end_column = TRY(numberOrNone(at.end_column));
  return MaybeRef<>(TRY(tupleOf(line.get(), end_line.get(), column.get(), end_column.get())));
}

}  // namespace

KR_EXPORT constinit PyTypeObject _PyLineIterator = {
    KR_TYPE_HEAD,
    .tp_name = "line_iterator",
    .tp_basicsize = kLineIteratorSize,
    .tp_dealloc = iteratorDealloc,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<lineNext>,
};

KR_EXPORT constinit PyTypeObject _PyPositionsIterator = {
    KR_TYPE_HEAD,
    .tp_name = "positions_iterator",
    .tp_basicsize = kPositionsIteratorSize,
    .tp_dealloc = iteratorDealloc,
    .tp_flags = Py_TPFLAGS_BASETYPE | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_iter = slot<objectSelfIter>,
    .tp_iternext = slot<positionNext>,
};

// The types are readied when they are needed first: until then object does not list them.
Result<Ref<>> codeLines(CodeObject* code) {
  TRY(typeReady(&_PyLineIterator));
  return iteratorNew<LineIterator>(&_PyLineIterator, code, sizeof(LineIterator));
}

Result<Ref<>> codePositions(CodeObject* code) {
  TRY(typeReady(&_PyPositionsIterator));
  Ref<> made = TRY(iteratorNew<PositionsIterator>(&_PyPositionsIterator, code, sizeof(PositionsIterator)));
  static_cast<PositionsIterator*>(made.get())->unit = 0;
  return made;
}

}  // namespace krait
