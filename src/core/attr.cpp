// Attribute access: dispatch to the type's slots, and the generic implementation over type lookup and
// instance dict.
#include <string_view>

#include "core/call.h"
#include "core/native.h"
#include "core/object.h"
#include "core/scratch.h"
#include "types/dict_keys.h"
#include "types/exceptions.h"
#include "types/str.h"
#include "types/type.h"

namespace krait {
namespace {

constexpr getattrofunc kGenericGetAttr = slot<genericGetAttr>;
bool isGeneric(const PyTypeObject* type) {
  return type->tp_getattro == PyObject_GenericGetAttr || type->tp_getattro == kGenericGetAttr;
}

// An AttributeError that knows neither object nor name learns them (for its "did you mean").
void addAttributeContext(PyObject* object, PyObject* attr) {
  if (!pendingMatches(PyExc_AttributeError)) return;
  PendingTriple triple = fetchPending();
  normalizePending(triple);
  if (triple.value && isInstanceOf(triple.value, reinterpret_cast<PyTypeObject*>(PyExc_AttributeError))) {
    auto* error = static_cast<AttributeErrorObject*>(cast<ExceptionObject>(triple.value));
    if (!error->name && !error->obj) {
      setField(error->name, Ref<>::share(attr));
      setField(error->obj, Ref<>::share(object));
    }
  }
  restorePending(triple);
}

Result<Ref<>> getThroughSlot(PyObject* object, PyObject* attr) {
  PyTypeObject* type = typeOf(object);
  if (type->tp_getattro) return Result<Ref<>>::fromC(type->tp_getattro(object, attr));
  if (type->tp_getattr) {
    std::string text = TRY(scratchText(TRY(strUtf8(cast<StrObject>(attr)))));
    return Result<Ref<>>::fromC(type->tp_getattr(object, text.data()));
  }
  return raise(PyExc_AttributeError, "'%.50s' object has no attribute '%U'", type->tp_name, attr);
}

Raised raiseNameNotStr(PyObject* attr) {
  return raise(PyExc_TypeError, "attribute name must be string, not '%.200s'", typeName(attr));
}

// AttributeError swallowed.
Result<MaybeRef<>> absentOnAttributeError(Result<Ref<>> result) {
  if (!result.failed()) return MaybeRef<>(std::move(result).take());
  if (!pendingMatches(PyExc_AttributeError)) return Raised{};
  clearPending();
  return MaybeRef<>();
}

Result<Ref<StrObject>> nameFromC(const char* text) { return strInternUtf8(text); }

Status ensureReady(PyTypeObject* type) {
  if (type->tp_dict) return {};
  return typeReady(type);
}

// The instance dict where it stands for types without managed storage; null when the type has none.
PyObject** plainDictSlot(PyObject* object) {
  PyTypeObject* type = typeOf(object);
  Py_ssize_t offset = type->tp_dictoffset;
  if (offset == 0) return nullptr;
  if (offset < 0) {
    Py_ssize_t items = static_cast<PyVarObject*>(object)->ob_size;
    if (items < 0) items = -items;
    offset += (type->tp_basicsize + items * type->tp_itemsize + 7) & ~Py_ssize_t{7};
  }
  return reinterpret_cast<PyObject**>(reinterpret_cast<char*>(object) + offset);
}

Result<MaybeRef<>> instanceValue(PyObject* object, StrObject* attr, DictObject* instead = nullptr) {
  if (instead) return MaybeRef<>::share(TRY(dictGet(instead, attr)).get());
  if (hasFlag(typeOf(object), Py_TPFLAGS_MANAGED_DICT))
    return MaybeRef<>::share(managedGet(object, attr).get());
  PyObject** slot_address = plainDictSlot(object);
  if (!slot_address || !*slot_address) return MaybeRef<>();
  auto dict = share(cast<DictObject>(*slot_address));
  return MaybeRef<>::share(TRY(dictGet(dict, attr)).get());
}

// A descriptor of an extension may answer null without an exception. Asking whether there is a value (getattr
// with a default, hasattr), that means no: protobuf's message classes count on it. Otherwise it is the
// descriptor's error.
enum class Silence { kError, kAbsent };

Result<MaybeRef<>> bindTo(PyObject* object, PyObject* descr, descrgetfunc get, Silence silence) {
  PyObject* bound = get(descr, object, reinterpret_cast<PyObject*>(typeOf(object)));
  if (bound) [[likely]]
    return MaybeRef<>::steal(bound);
  if (exceptionPending()) return Raised{};
  if (silence == Silence::kAbsent) return MaybeRef<>();
  return raise(PyExc_SystemError, "error return without exception set");
}

// Data descriptor, then instance, then other descriptor, then class attribute.
Result<MaybeRef<>> genericFind(PyObject* object, StrObject* attr, Silence silence,
                               DictObject* instead = nullptr) {
  PyTypeObject* type = typeOf(object);
  TRY(ensureReady(type));
  auto descr = MaybeRef<>::share(typeLookup(type, attr).get());
  descrgetfunc get = descr ? typeOf(descr.get())->tp_descr_get : nullptr;
  if (get && typeOf(descr.get())->tp_descr_set) return bindTo(object, descr.get(), get, silence);
  MaybeRef<> value = TRY(instanceValue(object, attr, instead));
  if (value) return value;
  if (get) return bindTo(object, descr.get(), get, silence);
  return descr;
}

}  // namespace

Result<Ref<>> attrGet(PyObject* object, StrObject* attr) {
  auto result = getThroughSlot(object, attr);
  if (result.failed()) [[unlikely]]
    addAttributeContext(object, attr);
  return result;
}
Result<Ref<>> attrGet(PyObject* object, PyObject* attr) {
  if (!isStr(attr)) return raiseNameNotStr(attr);
  return attrGet(object, cast<StrObject>(attr));
}
Result<Ref<>> attrGet(PyObject* object, const char* attr) {
  Ref<StrObject> text = TRY(nameFromC(attr));
  return attrGet(object, text.get());
}

Result<MaybeRef<>> attrLookup(PyObject* object, StrObject* attr) {
  if (isGeneric(typeOf(object))) return genericLookupAttr(object, attr);
  return absentOnAttributeError(getThroughSlot(object, attr));
}
Result<MaybeRef<>> attrLookup(PyObject* object, const char* attr) {
  Ref<StrObject> text = TRY(nameFromC(attr));
  return attrLookup(object, text.get());
}
Result<bool> attrHas(PyObject* object, StrObject* attr) {
  return static_cast<bool>(TRY(attrLookup(object, attr)));
}

namespace {

Status setThroughSlot(PyObject* object, PyObject* attr, Opt<> value) {
  if (!isStr(attr)) return raiseNameNotStr(attr);
  PyTypeObject* type = typeOf(object);
  auto interned = isExactStr(attr) ? Ref<>(strIntern(share(cast<StrObject>(attr)))) : share(attr);
  if (type->tp_setattro) return Status::fromC(type->tp_setattro(object, interned.get(), value.get()));
  if (type->tp_setattr) {
    std::string text = TRY(scratchText(TRY(strUtf8(cast<StrObject>(interned.get())))));
    return Status::fromC(type->tp_setattr(object, text.data(), value.get()));
  }
  bool readable = type->tp_getattro || type->tp_getattr;
  return raise(PyExc_TypeError,
               readable ? "'%.100s' object has only read-only attributes (%s .%U)"
                        : "'%.100s' object has no attributes (%s .%U)",
               type->tp_name, value ? "assign to" : "del", attr);
}

}  // namespace

Status attrSet(PyObject* object, PyObject* attr, PyObject* value) {
  return setThroughSlot(object, attr, value);
}
Status attrSet(PyObject* object, const char* attr, PyObject* value) {
  Ref<StrObject> text = TRY(nameFromC(attr));
  return setThroughSlot(object, text.get(), value);
}
Status attrDelete(PyObject* object, PyObject* attr) { return setThroughSlot(object, attr, nullptr); }

Result<Ref<>> genericGetAttr(PyObject* object, PyObject* attr) {
  if (!isStr(attr)) return raiseNameNotStr(attr);
  MaybeRef<> found = TRY(genericFind(object, cast<StrObject>(attr), Silence::kError));
  if (found) [[likely]]
    return std::move(found).take();
  (void)raiseAttributeError(object, attr).failed();
  return Raised{};
}

Result<Ref<>> genericGetAttrWithDict(PyObject* object, PyObject* attr, DictObject* dict) {
  if (!isStr(attr)) return raiseNameNotStr(attr);
  MaybeRef<> found = TRY(genericFind(object, cast<StrObject>(attr), Silence::kError, dict));
  if (found) return std::move(found).take();
  (void)raiseAttributeError(object, attr).failed();
  return Raised{};
}

Result<MaybeRef<>> genericLookupAttr(PyObject* object, PyObject* attr) {
  if (!isStr(attr)) return raiseNameNotStr(attr);
  auto found = genericFind(object, cast<StrObject>(attr), Silence::kAbsent);
  if (!found.failed()) [[likely]]
    return found;
  if (!pendingMatches(PyExc_AttributeError)) return Raised{};
  clearPending();
  return MaybeRef<>();
}

// --- setting -----------------------------------------------------------------------------------------------

namespace {

Raised raiseNotSettable(PyObject* object, PyObject* attr, bool class_has_it) {
  if (class_has_it)
    return raise(PyExc_AttributeError, "'%.50s' object attribute '%U' is read-only", typeName(object), attr);
  return raise(PyExc_AttributeError, "'%.100s' object has no attribute '%U'", typeName(object), attr);
}

Raised raiseMissing(PyObject* object, PyObject* attr) {
  if (isType(object))
    return raise(PyExc_AttributeError, "type object '%.50s' has no attribute '%U'",
                 reinterpret_cast<PyTypeObject*>(object)->tp_name, attr);
  return raise(PyExc_AttributeError, "'%.100s' object has no attribute '%U'", typeName(object), attr);
}

Status setInDict(PyObject* object, PyObject** slot_address, PyObject* attr, Opt<> value) {
  if (!*slot_address) {
    if (!value) return raiseMissing(object, attr);
    Ref<DictObject> made = TRY(dictNew());
    if (!*slot_address) *slot_address = std::move(made).leak();  // making it may have run the collector
  }
  auto dict = share(cast<DictObject>(*slot_address));
  if (value) return dictSet(dict, attr, value.get());
  if (TRY(dictDiscard(dict, attr))) return {};
  return raiseMissing(object, attr);
}

}  // namespace

namespace {

Status setGeneric(PyObject* object, PyObject* attr, Opt<> value, DictObject* instead) {
  if (!isStr(attr)) return raiseNameNotStr(attr);
  PyTypeObject* type = typeOf(object);
  TRY(ensureReady(type));
  auto keep_name = share(attr);
  auto keep_type = share(type);
  auto descr = MaybeRef<>::share(typeLookup(type, cast<StrObject>(attr)).get());
  if (descr)
    if (descrsetfunc set = typeOf(descr.get())->tp_descr_set)
      return Status::fromC(set(descr.get(), object, value.get()));
  PyObject* own_dict = instead;
  if (instead) return setInDict(object, &own_dict, attr, value);
  if (hasFlag(type, Py_TPFLAGS_MANAGED_DICT)) return managedSet(object, cast<StrObject>(attr), value);
  PyObject** slot_address = plainDictSlot(object);
  if (!slot_address) return raiseNotSettable(object, attr, static_cast<bool>(descr));
  return setInDict(object, slot_address, attr, value);
}

}  // namespace

Status genericSetAttr(PyObject* object, PyObject* attr, Opt<> value) {
  return setGeneric(object, attr, value, nullptr);
}
Status genericSetAttrWithDict(PyObject* object, PyObject* attr, Opt<> value, DictObject* dict) {
  return setGeneric(object, attr, value, dict);
}

// --- __dict__ ----------------------------------------------------------------------------------------------

PyObject** dictSlot(PyObject* object) {
  if (!hasFlag(typeOf(object), Py_TPFLAGS_MANAGED_DICT)) return plainDictSlot(object);
  if (managedDictMaterialise(object).failed()) {
    clearPending();
    return nullptr;
  }
  return reinterpret_cast<PyObject**>(&managedDictOf(object)->dict);
}

Result<Ref<>> genericGetDict(PyObject* object) {
  if (hasFlag(typeOf(object), Py_TPFLAGS_MANAGED_DICT)) return TRY(managedDictMaterialise(object));
  PyObject** slot_address = plainDictSlot(object);
  if (!slot_address) return raise(PyExc_AttributeError, "This object has no __dict__");
  if (!*slot_address) {
    Ref<DictObject> made = TRY(dictNew());
    if (!*slot_address) *slot_address = std::move(made).leak();
  }
  return share(*slot_address);
}

Status genericSetDict(PyObject* object, Opt<> value) {
  PyObject** slot_address = dictSlot(object);
  if (!slot_address) return raise(PyExc_AttributeError, "This object has no __dict__");
  if (!value) return raise(PyExc_TypeError, "cannot delete __dict__");
  if (!isDict(value.get()))
    return raise(PyExc_TypeError, "__dict__ must be set to a dictionary, not a '%.200s'",
                 typeName(value.get()));
  PyObject* old = std::exchange(*slot_address, share(value.get()).leak());
  xdecref(old);
  return {};
}

// --- special methods ---------------------------------------------------------------------------------------

Result<MaybeRef<>> lookupSpecial(PyObject* object, StrObject* method_name) {
  PyTypeObject* type = typeOf(object);
  TRY(ensureReady(type));
  auto found = MaybeRef<>::share(typeLookup(type, method_name).get());
  if (!found) return found;
  descrgetfunc get = typeOf(found.get())->tp_descr_get;
  if (!get) return found;
  return MaybeRef<>(TRY(Result<Ref<>>::fromC(get(found.get(), object, reinterpret_cast<PyObject*>(type)))));
}

Result<MethodLookup> methodLookup(PyObject* self, StrObject* method_name) {
  PyTypeObject* type = typeOf(self);
  if (!isGeneric(type)) return MethodLookup{TRY(attrGet(self, method_name)), false};
  TRY(ensureReady(type));
  auto descr = MaybeRef<>::share(typeLookup(type, method_name).get());
  if (!descr || !hasFlag(typeOf(descr.get()), Py_TPFLAGS_METHOD_DESCRIPTOR))
    return MethodLookup{TRY(attrGet(self, method_name)), false};
  MaybeRef<> own = TRY(instanceValue(self, method_name));
  if (own) return MethodLookup{std::move(own).take(), false};
  return MethodLookup{std::move(descr).take(), true};
}

}  // namespace krait

KR_EXPORT PyObject* PyObject_GenericGetAttr(PyObject* self, PyObject* attr) {
  return krait::genericGetAttr(self, attr).toC();
}
KR_EXPORT int PyObject_GenericSetAttr(PyObject* self, PyObject* attr, PyObject* value) {
  return krait::genericSetAttr(self, attr, value).toC();
}
