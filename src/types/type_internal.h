// What the files of `type` share: the slot table, the steps of making a type, and the instance slots of
// classes. Nothing outside src/types/type*.cpp, object*.cpp and descr*.cpp includes this.
#pragma once

#include "base/inline_buffer.h"
#include "core/call.h"
#include "core/errors.h"
#include "core/gc.h"
#include "core/native.h"
#include "types/descr_wrapper.h"
#include "types/list.h"
#include "types/str.h"
#include "types/type.h"

extern "C" Py_hash_t PyObject_HashNotImplemented(PyObject* self);

namespace krait {

// --- the slot table (type_slot_table.cpp) ---

extern SlotDef kSlotDefs[];  // rows of one slot stand together; ends with a null name
void slotTableIntern();      // fills name_strobj; no effect when done
// Where the slot stands in the type; null when the type lacks the structure that holds it.
void** slotPointer(PyTypeObject* type, int offset);

// Slot functions that run the Python method of a class (type_slot_calls*.cpp), compared by address elsewhere.
PyObject* slotTpNew(PyTypeObject* type, PyObject* args, PyObject* kwargs);
int slotTpInit(PyObject* self, PyObject* args, PyObject* kwargs);
PyObject* slotTpGetattrHook(PyObject* self, PyObject* name);
PyObject* slotTpGetattro(PyObject* self, PyObject* name);
PyObject* nextNotImplemented(PyObject* self);
PyObject* newWrapper(PyObject* self, PyObject* args, PyObject* kwargs);  // the C function behind T.__new__

// The special method of the object's type, ready to be called: `unbound` tells that self must be passed
// first.
struct SpecialMethod {
  MaybeRef<> function;
  bool unbound = false;
};
Result<SpecialMethod> specialMethod(PyObject* self, StrObject* method_name);
Result<Ref<>> callFound(const SpecialMethod& method, PyObject* const* args, size_t count);  // args[0] is self
// args[0] is self. Absent: the type has no such method.
Result<MaybeRef<>> callSpecialMaybe(StrObject* method_name, PyObject* const* args, size_t count);
Result<Ref<>> callSpecial(StrObject* method_name, PyObject* const* args,
                          size_t count);  // AttributeError when absent

// --- keeping slots and dict in step (type_update.cpp) ---

void typeFixupSlots(PyTypeObject* type);                      // all slots of a new class
void typeUpdateSlot(PyTypeObject* type, StrObject* changed);  // after an assignment, subclasses too
void typeUpdateAllSlots(PyTypeObject* type);                  // after a change of bases
Status typeAddOperators(PyTypeObject* type);                  // slot wrappers for the filled slots

// --- bases, layout, MRO ---

PyTypeObject* solidBase(PyTypeObject* type);
Result<PyTypeObject*> bestBase(TupleObject* bases);
Status checkAssignable(PyTypeObject* old_type, PyTypeObject* new_type, const char* attribute);
// Computes and stores tp_mro. false: a nested change of the bases has already stored a newer one.
Result<bool> typeSetMro(PyTypeObject* type, MaybeRef<>* old_mro);
Result<Ref<ListObject>> typeMroDefault(PyTypeObject* type);  // the C3 order
Status typeSetBases(PyTypeObject* type, Opt<> value);
inline TupleObject* mroOf(const PyTypeObject* type) { return static_cast<TupleObject*>(type->tp_mro); }
inline TupleObject* basesOf(const PyTypeObject* type) { return static_cast<TupleObject*>(type->tp_bases); }
inline DictObject* dictOf(const PyTypeObject* type) { return static_cast<DictObject*>(type->tp_dict); }
inline PyTypeObject* asType(PyObject* object) { return static_cast<PyTypeObject*>(object); }

// --- subclasses (type_subclass.cpp) ---

Status typeAddSubclass(PyTypeObject* base, PyTypeObject* type);
void typeRemoveSubclass(PyTypeObject* base, PyTypeObject* type);
Result<Ref<ListObject>> typeSubclasses(PyTypeObject* type);
// Walks the living subclasses. The list must not change meanwhile.
class SubclassCursor {
 public:
  explicit SubclassCursor(PyTypeObject* type) : dict_(static_cast<DictObject*>(type->tp_subclasses)) {}
  MaybeRef<> next();

 private:
  DictObject* dict_;
  Py_ssize_t position_ = 0;
};

// --- instances of classes made in Python (type_instance.cpp) ---

void subtypeDealloc(PyObject* self);
int subtypeTraverse(PyObject* self, visitproc visit, void* arg);
int subtypeClear(PyObject* self);
PyMemberDef* heapTypeMembers(PyTypeObject* type);  // the slots' member table behind the type
extern PyGetSetDef kSubtypeDictGetSet[], kSubtypeWeakrefGetSet[], kSubtypeBothGetSet[];

// --- making types ---

PyObject* typeNewSlot(PyTypeObject* metatype, PyObject* args, PyObject* kwargs);
PyObject* typeCallSlot(PyObject* type, PyObject* args, PyObject* kwargs);
// Vectorcall of a class whose metaclass is `type`: allocates and initialises without packing the arguments.
PyObject* classVectorcall(PyObject* type, PyObject* const* args, size_t nargsf, PyObject* keyword_names);
PyObject* typeTypeVectorcall(PyObject* type, PyObject* const* args, size_t nargsf, PyObject* keyword_names);
Result<Ref<>> typeGetAttr(PyTypeObject* type, PyObject* name);
Status typeSetAttr(PyTypeObject* type, PyObject* name, Opt<> value);
Status objectSetClass(PyObject* self, Opt<> value);

// A plain failure of a function whose C form answers null.
template <class T>
PyObject* orNull(Result<Ref<T>>&& result) {
  return std::move(result).toC();
}

}  // namespace krait
