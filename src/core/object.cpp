// repr, str, hash, truth, comparison, format, dir of any object.
#include "core/object.h"

#include <cstring>

#include "core/call.h"
#include "core/frame_hooks.h"
#include "core/gc_state.h"
#include "core/native.h"
#include "core/thread.h"
#include "types/bool.h"
#include "types/bytes.h"
#include "types/codecs.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/format_spec.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type.h"

namespace krait {

// Types without a DeallocGuard, extensions' among them, nest as deep as their chains are long: the stack is
// looked at.
void deallocate(PyObject* object) {
  Thread* thread = currentThread();
  if (static_cast<char*>(__builtin_frame_address(0)) < thread->c_stack_limit) [[unlikely]]
    if (deallocateLater(thread, object)) return;
  typeOf(object)->tp_dealloc(object);
}

const char* typeName(PyObject* object) { return typeOf(object)->tp_name; }
bool isCallable(PyObject* object) { return typeOf(object)->tp_call != nullptr; }

// --- texts -------------------------------------------------------------------------------------------------

namespace {

Result<Ref<StrObject>> expectStr(Ref<> result, const char* method) {
  if (isStr(result.get())) return std::move(result).as<StrObject>();
  return raise(PyExc_TypeError, "%s returned non-string (type %.200s)", method, typeName(result.get()));
}

}  // namespace

Result<Ref<StrObject>> objectRepr(PyObject* object) {
  reprfunc repr = typeOf(object)->tp_repr;
  if (!repr) return strFormat("<%s object at %p>", typeName(object), object);
  auto guard = TRY(RecursionGuard::enter(" while getting the repr of an object"));
  return expectStr(TRY(Result<Ref<>>::fromC(repr(object))), "__repr__");
}

Result<Ref<StrObject>> objectStr(PyObject* object) {
  if (isExactStr(object)) return share(cast<StrObject>(object));
  reprfunc str = typeOf(object)->tp_str;
  if (!str) return objectRepr(object);
  auto guard = TRY(RecursionGuard::enter(" while getting the str of an object"));
  return expectStr(TRY(Result<Ref<>>::fromC(str(object))), "__str__");
}

Result<Ref<>> objectBytes(PyObject* object) {
  if (isExactBytes(object)) return share(object);
  MaybeRef<> method = TRY(lookupSpecial(object, name<"__bytes__">()));
  if (!method) return TRY(bytesFromObject(object));
  Ref<> result = TRY(call(method.get()));
  if (isBytes(result.get())) return result;
  return raise(PyExc_TypeError, "__bytes__ returned non-bytes (type %.200s)", typeName(result.get()));
}

Result<Ref<StrObject>> objectFormat(PyObject* object, Opt<> spec) {
  if (spec && !isStr(spec.get()))
    return raise(PyExc_SystemError, "Format specifier must be a string, not %.200s", typeName(spec.get()));
  if (!spec || cast<StrObject>(spec.get())->size() == 0) {
    if (isExactStr(object)) return share(cast<StrObject>(object));
    if (isExactInt(object) || isExactFloat(object)) return objectStr(object);
  } else if (isExactStr(object)) {
    return strFormatSpec(cast<StrObject>(object), cast<StrObject>(spec.get()));
  } else if (isExactInt(object)) {
    return intFormat(cast<IntObject>(object), cast<StrObject>(spec.get()));
  } else if (isExactFloat(object)) {
    return floatFormat(cast<FloatObject>(object), cast<StrObject>(spec.get()));
  }
  MaybeRef<> method = TRY(lookupSpecial(object, name<"__format__">()));
  if (!method) return raise(PyExc_TypeError, "Type %.100s doesn't define __format__", typeName(object));
  Ref<StrObject> empty = emptyStr();
  Ref<> result = TRY(call(method.get(), spec ? spec.get() : empty.get()));
  if (isStr(result.get())) return std::move(result).as<StrObject>();
  return raise(PyExc_TypeError, "__format__ must return a str, not %.200s", typeName(result.get()));
}

Status objectPrint(PyObject* object, FILE* file, bool raw) {
  Ref<StrObject> text = TRY(raw ? objectStr(object) : objectRepr(object));
  Ref<BytesObject> bytes = TRY(encodeUtf8(text, "backslashreplace"));
  std::fwrite(bytes->data(), 1, bytes->size(), file);
  if (!std::ferror(file)) return {};
  std::clearerr(file);
  return raiseErrno();
}

// --- hash and truth ----------------------------------------------------------------------------------------

Raised raiseUnhashable(PyObject* object) {
  return raise(PyExc_TypeError, "unhashable type: '%.200s'", typeName(object));
}

Result<Py_hash_t> objectHash(PyObject* object) {
  PyTypeObject* type = typeOf(object);
  if (!type->tp_hash && !type->tp_dict) TRY(typeReady(type));
  if (!type->tp_hash) return raiseUnhashable(object);
  Py_hash_t hash = type->tp_hash(object);
  if (hash == -1) return Raised{};
  return hash;
}

Result<bool> objectIsTrue(PyObject* object) {
  if (object == Py_True) return true;
  if (object == Py_False || object == Py_None) return false;
  PyTypeObject* type = typeOf(object);
  if (type->tp_as_number && type->tp_as_number->nb_bool)
    return boolFromC(type->tp_as_number->nb_bool(object));
  lenfunc length = type->tp_as_mapping ? type->tp_as_mapping->mp_length : nullptr;
  if (!length && type->tp_as_sequence) length = type->tp_as_sequence->sq_length;
  if (!length) return true;
  Py_ssize_t size = length(object);
  if (size < 0) return Raised{};
  return size > 0;
}

// --- comparison --------------------------------------------------------------------------------------------

int compareTruth(int op, int order) {
  switch (op) {
    case Py_LT: return order < 0;
    case Py_LE: return order <= 0;
    case Py_EQ: return order == 0;
    case Py_NE: return order != 0;
    case Py_GT: return order > 0;
    default: return order >= 0;
  }
}

namespace {

constexpr int kSwapped[] = {Py_GT, Py_GE, Py_EQ, Py_NE, Py_LT, Py_LE};
constexpr const char* kOpTexts[] = {"<", "<=", "==", "!=", ">", ">="};

// Result of one side's tp_richcompare: absent when it has none or does not implement it.
Result<MaybeRef<>> tryCompare(PyObject* left, PyObject* right, int op) {
  richcmpfunc compare = typeOf(left)->tp_richcompare;
  if (!compare) return MaybeRef<>();
  Ref<> result = TRY(Result<Ref<>>::fromC(compare(left, right, op)));
  if (result.get() == Py_NotImplemented) return MaybeRef<>();
  return MaybeRef<>(std::move(result));
}

Result<Ref<>> compareUnguarded(PyObject* left, PyObject* right, int op) {
  bool reflected_first = typeOf(left) != typeOf(right) && typeOf(right)->tp_richcompare &&
                         typeIsSubtype(typeOf(right), typeOf(left));
  if (reflected_first) {
    MaybeRef<> result = TRY(tryCompare(right, left, kSwapped[op]));
    if (result) return std::move(result).take();
  }
  MaybeRef<> result = TRY(tryCompare(left, right, op));
  if (result) return std::move(result).take();
  if (!reflected_first) {
    result = TRY(tryCompare(right, left, kSwapped[op]));
    if (result) return std::move(result).take();
  }
  if (op == Py_EQ) return boolRef(left == right);
  if (op == Py_NE) return boolRef(left != right);
  return raise(PyExc_TypeError, "'%s' not supported between instances of '%.100s' and '%.100s'", kOpTexts[op],
               typeName(left), typeName(right));
}

}  // namespace

template <class T>
KR_ALWAYS_INLINE static bool compareMachine(T a, T b, int op) {
  switch (op) {
    case Py_LT: return a < b;
    case Py_LE: return a <= b;
    case Py_EQ: return a == b;
    case Py_NE: return a != b;
    case Py_GT: return a > b;
    default: return a >= b;
  }
}

// Exact strings, floats and one-digit ints of the same type need no call: 1 or 0; -1 for everything else.
KR_ALWAYS_INLINE static int comparePlain(PyObject* left, PyObject* right, int op) {
  PyTypeObject* type = typeOf(left);
  if (type != typeOf(right)) return -1;
  if (type == &PyUnicode_Type) {
    if (op != Py_EQ && op != Py_NE) return -1;
    return strEquals(cast<StrObject>(left), cast<StrObject>(right)) == (op == Py_EQ);
  }
  if (type == &PyLong_Type) {
    auto *a = cast<IntObject>(left), *b = cast<IntObject>(right);
    if (!a->isCompact() || !b->isCompact()) return -1;
    return compareMachine(a->compactValue(), b->compactValue(), op);
  }
  if (type != &PyFloat_Type) return -1;
  return compareMachine(cast<FloatObject>(left)->value, cast<FloatObject>(right)->value, op);
}

Result<Ref<>> richCompare(PyObject* left, PyObject* right, int op) {
  auto guard = TRY(RecursionGuard::enter(" in comparison"));
  return compareUnguarded(left, right, op);
}

Result<bool> richCompareBool(PyObject* left, PyObject* right, int op) {
  if (left == right) {
    if (op == Py_EQ) return true;
    if (op == Py_NE) return false;
  }
  if (int known = comparePlain(left, right, op); known >= 0) return known != 0;
  Ref<> result = TRY(richCompare(left, right, op));
  if (isBool(result.get())) return result.get() == Py_True;
  return objectIsTrue(result.get());
}

// --- dir ---------------------------------------------------------------------------------------------------

namespace {

Result<Ref<>> dirOfScope() {
  MaybeRef<> frame = frameHooks.current ? frameHooks.current(currentThread()) : MaybeRef<>();
  if (!frame) return raise(PyExc_SystemError, "frame does not exist");
  Ref<> locals = TRY(frameHooks.locals(frame.get()));
  Ref<ListObject> names = TRY(mappingKeys(locals.get()));
  TRY(listSort(names, nullptr, false));
  return names;
}

}  // namespace

Result<Ref<>> objectDir(Opt<> object) {
  if (!object) return dirOfScope();
  MaybeRef<> method = TRY(lookupSpecial(object.get(), name<"__dir__">()));
  if (!method) return raise(PyExc_TypeError, "object does not provide __dir__");
  Ref<> names = TRY(call(method.get()));
  Ref<ListObject> list = TRY(sequenceList(names.get()));
  TRY(listSort(list, nullptr, false));
  return list;
}

Result<Ref<>> objectSelfIter(PyObject* object) { return share(object); }

}  // namespace krait

KR_EXPORT Py_hash_t PyObject_HashNotImplemented(PyObject* self) {
  (void)krait::raiseUnhashable(self);
  return -1;
}
