// array.array: a resizable sequence of equal machine values.
#pragma once

#include "core/result.h"
#include "types/bytes.h"

namespace krait::modules {

struct ArrayObject;

// One type code: how an item becomes an object and back. `set` stores nothing when it fails.
struct ArrayKind {
  char code;
  uint8_t size;
  const char* format;  // of the buffer protocol
  bool is_integer, is_signed;
  Result<Ref<>> (*get)(const char* item);
  Status (*set)(char* item, PyObject* value);
};
extern const ArrayKind kArrayKinds[];
constexpr int kArrayKindCount = 13;
const ArrayKind* arrayKindOf(Py_UCS4 code);  // null: unknown

struct ArrayObject : PyVarObject {
  char* items;
  Py_ssize_t allocated;
  const ArrayKind* kind;
  PyObject* weak_references;
  Py_ssize_t exports;

  Py_ssize_t size() const { return ob_size; }
  char* at(Py_ssize_t index) const { return items + index * kind->size; }
  std::string_view bytes() const { return {items, static_cast<size_t>(ob_size * kind->size)}; }
};
static_assert(sizeof(ArrayObject) == 64);

extern PyTypeObject *array_type, *array_iterator_type;
inline bool isArray(const PyObject* o) { return isInstanceOf(o, array_type); }

Result<Ref<ArrayObject>> arrayNew(PyTypeObject* type, Py_ssize_t size, const ArrayKind* kind);
Status arrayResize(ArrayObject* array, Py_ssize_t size);  // BufferError while exported
inline Result<Ref<>> arrayItem(const ArrayObject* array, Py_ssize_t index) {
  return array->kind->get(array->at(index));
}
Status arrayAppend(ArrayObject* array, PyObject* value);
Status arrayExtend(ArrayObject* array, PyObject* iterable);
Status arrayFromBytes(ArrayObject* array, PyObject* buffer);
Result<Ref<>> arrayConstruct(PyTypeObject* type, PyObject* args, Opt<> kwargs);

// Pickling in a machine-independent form (array_pickle.cpp).
int arrayMachineFormat(const ArrayKind* kind);
Result<Ref<>> arrayReduce(ArrayObject* self, PyObject* protocol);
Result<Ref<>> arrayReconstruct(PyObject* type, char32_t typecode, int format, PyObject* items);

}  // namespace krait::modules
