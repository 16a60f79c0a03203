// The slot table: which special method belongs to which slot, in both directions. Rows of one slot stand
// together, in the order in which slot wrappers appear in a type's __dict__.
#include "types/type_slot_calls.h"
#include "types/type_wrappers.h"

namespace krait {

namespace {

template <class F>
void* slotAddress(F* function) {
  return reinterpret_cast<void*>(function);
}
void* slotAddress(std::nullptr_t) { return nullptr; }

}  // namespace

#define KR_SLOT(field, method, function, wrapper, signature, text)    \
  {method,  offsetof(PyHeapTypeObject, field), slotAddress(function), \
   wrapper, method signature "\n--\n\n" text,  0,                     \
   nullptr}
#define KR_BINARY(field, base, op)                                                                          \
  KR_SLOT(as_number.field, "__" base "__",                                                                  \
          (&slotBinary<offsetof(PyNumberMethods, field), "__" base "__", "__r" base "__">), wrapBinaryLeft, \
          "($self, value, /)", "self" op "value"),                                                          \
      KR_SLOT(as_number.field, "__r" base "__",                                                             \
              (&slotBinary<offsetof(PyNumberMethods, field), "__" base "__", "__r" base "__">),             \
              wrapBinaryReflected, "($self, value, /)", "value" op "self")
#define KR_INPLACE(field, method, op)                                                       \
  KR_SLOT(as_number.field, method, (&slotWithArg<method>), wrapBinary, "($self, value, /)", \
          "self" op "value in place")
#define KR_UNARY(field, method, text) \
  KR_SLOT(as_number.field, method, (&slotUnary<method>), wrapUnary, "($self, /)", text)
#define KR_COMPARE(method, op, text) \
  KR_SLOT(tp_richcompare, method, slotRichCompare, wrapCompare<op>, "($self, value, /)", "self" text "value")

SlotDef kSlotDefs[] = {
    KR_SLOT(tp_repr, "__repr__", slotRepr, wrapUnary, "($self, /)", "The text of repr(self)."),
    KR_SLOT(tp_hash, "__hash__", slotHash, wrapHash, "($self, /)", "The value of hash(self)."),
    {"__call__", offsetof(PyHeapTypeObject, tp_call), reinterpret_cast<void*>(slotCall), wrapCall,
     "__call__($self, /, *args, **kwargs)\n--\n\nCall self.", kWrapperTakesKeywords, nullptr},
    KR_SLOT(tp_str, "__str__", (&slotUnary<"__str__">), wrapUnary, "($self, /)", "The text of str(self)."),
    KR_SLOT(tp_getattro, "__getattribute__", slotTpGetattrHook, wrapBinary, "($self, name, /)",
            "The attribute that getattr(self, name) finds."),
    {"__getattr__", offsetof(PyHeapTypeObject, tp_getattro), reinterpret_cast<void*>(slotTpGetattrHook),
     nullptr, "", 0, nullptr},
    KR_SLOT(tp_setattro, "__setattr__", slotSetattro, wrapSetattr, "($self, name, value, /)",
            "Do what setattr(self, name, value) asks."),
    KR_SLOT(tp_setattro, "__delattr__", slotSetattro, wrapDelattr, "($self, name, /)",
            "Do what delattr(self, name) asks."),
    KR_COMPARE("__lt__", Py_LT, " < "),
    KR_COMPARE("__le__", Py_LE, " <= "),
    KR_COMPARE("__eq__", Py_EQ, " == "),
    KR_COMPARE("__ne__", Py_NE, " != "),
    KR_COMPARE("__gt__", Py_GT, " > "),
    KR_COMPARE("__ge__", Py_GE, " >= "),
    KR_SLOT(tp_iter, "__iter__", slotIter, wrapUnary, "($self, /)", "The iterator of iter(self)."),
    KR_SLOT(tp_iternext, "__next__", slotIterNext, wrapNext, "($self, /)", "Implement next(self)."),
    KR_SLOT(tp_descr_get, "__get__", slotDescrGet, wrapDescrGet, "($self, instance, owner=None, /)",
            "The attribute of the instance or owner."),
    KR_SLOT(tp_descr_set, "__set__", slotDescrSet, wrapDescrSet, "($self, instance, value, /)",
            "Give the instance's attribute a value."),
    KR_SLOT(tp_descr_set, "__delete__", slotDescrSet, wrapDescrDelete, "($self, instance, /)",
            "Take the instance's attribute away."),
    {"__init__", offsetof(PyHeapTypeObject, tp_init), reinterpret_cast<void*>(slotTpInit), wrapInit,
     "__init__($self, /, *args, **kwargs)\n--\n\nInitialize self.", kWrapperTakesKeywords, nullptr},
    KR_SLOT(tp_new, "__new__", slotTpNew, nullptr, "($type, /, *args, **kwargs)", "Create an object."),
    {"__del__", offsetof(PyHeapTypeObject, tp_finalize), reinterpret_cast<void*>(slotFinalize), wrapFinalize,
     "", 0, nullptr},
    KR_SLOT(as_async.am_await, "__await__", (&slotUnary<"__await__">), wrapUnary, "($self, /)",
            "The iterator that `await` drives."),
    KR_SLOT(as_async.am_aiter, "__aiter__", (&slotUnary<"__aiter__">), wrapUnary, "($self, /)",
            "The iterator of `async for`."),
    KR_SLOT(as_async.am_anext, "__anext__", (&slotUnary<"__anext__">), wrapUnary, "($self, /)",
            "An awaitable of the next item."),
    KR_BINARY(nb_add, "add", " + "),
    KR_BINARY(nb_subtract, "sub", " - "),
    KR_BINARY(nb_multiply, "mul", " * "),
    KR_BINARY(nb_remainder, "mod", " % "),
    KR_BINARY(nb_divmod, "divmod", " divmod "),
    KR_SLOT(as_number.nb_power, "__pow__", slotPower, wrapTernary, "($self, value, mod=None, /)",
            "pow(self, value, mod)"),
    KR_SLOT(as_number.nb_power, "__rpow__", slotPower, wrapTernaryReflected, "($self, value, mod=None, /)",
            "pow(value, self, mod)"),
    KR_UNARY(nb_negative, "__neg__", "-self"),
    KR_UNARY(nb_positive, "__pos__", "+self"),
    KR_UNARY(nb_absolute, "__abs__", "abs(self)"),
    KR_SLOT(as_number.nb_bool, "__bool__", slotBool, wrapInquiry, "($self, /)",
            "True unless self counts as false."),
    KR_UNARY(nb_invert, "__invert__", "~self"),
    KR_BINARY(nb_lshift, "lshift", " << "),
    KR_BINARY(nb_rshift, "rshift", " >> "),
    KR_BINARY(nb_and, "and", " & "),
    KR_BINARY(nb_xor, "xor", " ^ "),
    KR_BINARY(nb_or, "or", " | "),
    KR_UNARY(nb_int, "__int__", "int(self)"),
    KR_UNARY(nb_float, "__float__", "float(self)"),
    KR_INPLACE(nb_inplace_add, "__iadd__", " + "),
    KR_INPLACE(nb_inplace_subtract, "__isub__", " - "),
    KR_INPLACE(nb_inplace_multiply, "__imul__", " * "),
    KR_INPLACE(nb_inplace_remainder, "__imod__", " % "),
    KR_SLOT(as_number.nb_inplace_power, "__ipow__", slotInPlacePower, wrapTernary, "($self, value, /)",
            "self ** value in place"),
    KR_INPLACE(nb_inplace_lshift, "__ilshift__", " << "),
    KR_INPLACE(nb_inplace_rshift, "__irshift__", " >> "),
    KR_INPLACE(nb_inplace_and, "__iand__", " & "),
    KR_INPLACE(nb_inplace_xor, "__ixor__", " ^ "),
    KR_INPLACE(nb_inplace_or, "__ior__", " | "),
    KR_BINARY(nb_floor_divide, "floordiv", " // "),
    KR_BINARY(nb_true_divide, "truediv", " / "),
    KR_INPLACE(nb_inplace_floor_divide, "__ifloordiv__", " // "),
    KR_INPLACE(nb_inplace_true_divide, "__itruediv__", " / "),
    KR_UNARY(nb_index, "__index__", "self as an int, for use as an index."),
    KR_BINARY(nb_matrix_multiply, "matmul", " @ "),
    KR_INPLACE(nb_inplace_matrix_multiply, "__imatmul__", " @ "),
    KR_SLOT(as_mapping.mp_length, "__len__", slotLength, wrapLength, "($self, /)", "The value of len(self)."),
    KR_SLOT(as_mapping.mp_subscript, "__getitem__", (&slotWithArg<"__getitem__">), wrapBinary,
            "($self, key, /)", "self[key]"),
    KR_SLOT(as_mapping.mp_ass_subscript, "__setitem__", slotMpAssSubscript, wrapMpSetItem,
            "($self, key, value, /)", "Set self[key] to value."),
    KR_SLOT(as_mapping.mp_ass_subscript, "__delitem__", slotMpAssSubscript, wrapMpDelItem, "($self, key, /)",
            "Delete self[key]."),
    KR_SLOT(as_sequence.sq_length, "__len__", slotLength, wrapLength, "($self, /)",
            "The value of len(self)."),
    KR_SLOT(as_sequence.sq_concat, "__add__", nullptr, wrapBinary, "($self, value, /)", "self + value"),
    KR_SLOT(as_sequence.sq_repeat, "__mul__", nullptr, wrapIndexArg, "($self, value, /)", "self * value"),
    KR_SLOT(as_sequence.sq_repeat, "__rmul__", nullptr, wrapIndexArg, "($self, value, /)", "value * self"),
    KR_SLOT(as_sequence.sq_item, "__getitem__", slotSqItem, wrapSqItem, "($self, key, /)", "self[key]"),
    KR_SLOT(as_sequence.sq_ass_item, "__setitem__", slotSqAssItem, wrapSqSetItem, "($self, key, value, /)",
            "Set self[key] to value."),
    KR_SLOT(as_sequence.sq_ass_item, "__delitem__", slotSqAssItem, wrapSqDelItem, "($self, key, /)",
            "Delete self[key]."),
    KR_SLOT(as_sequence.sq_contains, "__contains__", slotContains, wrapContains, "($self, key, /)",
            "Is key among the items?"),
    KR_SLOT(as_sequence.sq_inplace_concat, "__iadd__", nullptr, wrapBinary, "($self, value, /)",
            "self + value in place"),
    KR_SLOT(as_sequence.sq_inplace_repeat, "__imul__", nullptr, wrapIndexArg, "($self, value, /)",
            "self * value in place"),
    {nullptr, 0, nullptr, nullptr, nullptr, 0, nullptr},
};

#undef KR_SLOT
#undef KR_BINARY
#undef KR_INPLACE
#undef KR_UNARY
#undef KR_COMPARE

namespace {

struct Suite {
  size_t start, end;
  size_t member;  // offset of the pointer to it in PyTypeObject
};
constexpr Suite kSuites[] = {
    {offsetof(PyHeapTypeObject, as_async), offsetof(PyHeapTypeObject, as_number),
     offsetof(PyTypeObject, tp_as_async)},
    {offsetof(PyHeapTypeObject, as_number), offsetof(PyHeapTypeObject, as_mapping),
     offsetof(PyTypeObject, tp_as_number)},
    {offsetof(PyHeapTypeObject, as_mapping), offsetof(PyHeapTypeObject, as_sequence),
     offsetof(PyTypeObject, tp_as_mapping)},
    {offsetof(PyHeapTypeObject, as_sequence), offsetof(PyHeapTypeObject, as_buffer),
     offsetof(PyTypeObject, tp_as_sequence)},
};

}  // namespace

void slotTableIntern() {
  if (kSlotDefs[0].name_strobj) return;
  for (SlotDef* def = kSlotDefs; def->name; def++)
    def->name_strobj = internForever(def->name, __builtin_strlen(def->name));
}

void** slotPointer(PyTypeObject* type, int offset) {
  auto* base = reinterpret_cast<char*>(type);
  auto at = static_cast<size_t>(offset);
  for (const Suite& suite : kSuites) {
    if (at < suite.start || at >= suite.end) continue;
    char* entries = *reinterpret_cast<char**>(base + suite.member);
    return entries ? reinterpret_cast<void**>(entries + (at - suite.start)) : nullptr;
  }
  return reinterpret_cast<void**>(base + at);
}

}  // namespace krait
