// Calling a class: type(x), T(...), with and without packing the arguments.
#include "core/scratch.h"
#include "types/type_internal.h"

namespace krait {

namespace {

bool isEmptyDict(PyObject* kwargs) { return !kwargs || static_cast<DictObject*>(kwargs)->size() == 0; }

Raised raiseNotCreatable(PyTypeObject* type) {
  return raise(PyExc_TypeError, "cannot create '%s' instances", type->tp_name);
}

// type(x) answers its class; absent: an ordinary call of `type`.
Result<MaybeRef<>> oneArgumentForm(PyTypeObject* type, Py_ssize_t count, PyObject* first, bool has_keywords) {
  if (type != &PyType_Type) return MaybeRef<>{};
  if (count == 1 && !has_keywords) return MaybeRef<>(share<PyObject>(typeOf(first)));
  if (count == 1) return raise(PyExc_TypeError, "type() takes no keyword arguments");
  if (count != 3) return raise(PyExc_TypeError, "type() takes 1 or 3 arguments");
  return MaybeRef<>{};
}

Result<Ref<>> create(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  if (!type->tp_new) return raiseNotCreatable(type);
  auto object = TRY(Result<Ref<>>::fromC(type->tp_new(type, args, kwargs)));
  if (!typeIsSubtype(typeOf(object.get()), type)) return object;
  initproc init = typeOf(object.get())->tp_init;
  if (init && init(object.get(), args, kwargs) < 0) return Raised{};
  return object;
}

Result<Ref<DictObject>> keywordDict(PyObject* const* values, TupleObject* names) {
  auto dict = TRY(dictNewPresized(names->size()));
  for (Py_ssize_t i = 0; i < names->size(); i++) TRY(dictSet(dict.get(), names->at(i), values[i]));
  return dict;
}

Result<Ref<>> createPacked(PyTypeObject* type, PyObject* const* args, Py_ssize_t count,
                           Opt<TupleObject> names) {
  auto tuple = TRY(tupleFromItems(args, count));
  MaybeRef<DictObject> kwargs;
  if (names && names->size() > 0) kwargs = TRY(keywordDict(args + count, names.get()));
  return typeCall(type, tuple.get(), kwargs.get());
}

// A class without its own __new__ and with a Python __init__: nothing to pack.
Result<Ref<>> createDirect(PyTypeObject* type, PyObject* const* args, Py_ssize_t count,
                           Opt<TupleObject> names) {
  auto object = TRY(Result<Ref<>>::fromC(type->tp_alloc(type, 0)));
  SpecialMethod method = TRY(specialMethod(object.get(), name<"__init__">()));
  if (!method.function) return raiseObject(PyExc_AttributeError, name<"__init__">());
  Py_ssize_t total = count + (names ? names->size() : 0);
  InlineBuffer<PyObject*, 10> stack;
  TRY(resizeScratch(stack, static_cast<size_t>(total) + 2));
  stack[0] = nullptr;
  stack[1] = object.get();
  for (Py_ssize_t i = 0; i < total; i++) stack[i + 2] = args[i];
  PyObject** first = stack.data() + (method.unbound ? 1 : 2);
  size_t passed = static_cast<size_t>(count) + (method.unbound ? 1 : 0);
  auto answer = TRY(callVector(method.function.get(), first, passed | PY_VECTORCALL_ARGUMENTS_OFFSET, names));
  if (answer.get() == Py_None) return object;
  return raise(PyExc_TypeError, "__init__() should return None, not '%.200s'", typeName(answer.get()));
}

Result<Ref<>> callClass(PyTypeObject* type, PyObject* const* args, Py_ssize_t count, Opt<TupleObject> names) {
  if (classNeedsOnlyInit(type)) return createDirect(type, args, count, names);
  return createPacked(type, args, count, names);
}

// PyType_Type's own: type(x) without packing.
Result<Ref<>> callTypeItself(PyObject* const* args, Py_ssize_t count, Opt<TupleObject> names) {
  if (count == 1 && (!names || names->size() == 0)) return share<PyObject>(typeOf(args[0]));
  return createPacked(&PyType_Type, args, count, names);
}

}  // namespace

bool classNeedsOnlyInit(PyTypeObject* type) {
  return type->tp_new == objectNewSlot && type->tp_init == slotTpInit &&
         !hasFlag(type, Py_TPFLAGS_IS_ABSTRACT);
}

Result<Ref<>> typeCall(PyTypeObject* type, PyObject* args, PyObject* kwargs) {
  auto* tuple = cast<TupleObject>(args);
  MaybeRef<> answer =
      TRY(oneArgumentForm(type, tuple->size(), tuple->size() ? tuple->at(0) : nullptr, !isEmptyDict(kwargs)));
  if (answer) return std::move(answer).take();
  auto held = share<PyObject>(type);
  return create(type, args, kwargs);
}

PyObject* typeCallSlot(PyObject* type, PyObject* args, PyObject* kwargs) {
  return orNull(typeCall(asType(type), args, kwargs));
}

PyObject* classVectorcall(PyObject* type, PyObject* const* args, size_t nargsf, PyObject* keyword_names) {
  return orNull(
      callClass(asType(type), args, vectorcallCount(nargsf), static_cast<TupleObject*>(keyword_names)));
}

PyObject* typeTypeVectorcall(PyObject*, PyObject* const* args, size_t nargsf, PyObject* keyword_names) {
  return orNull(callTypeItself(args, vectorcallCount(nargsf), static_cast<TupleObject*>(keyword_names)));
}

}  // namespace krait
