// The direct subclasses of a type: a dict from the subclass's address to a weak reference, in order of
// creation.
#include "types/int.h"
#include "types/type_internal.h"
#include "types/weakref.h"

namespace krait {

namespace {

Result<Ref<IntObject>> addressKey(PyTypeObject* type) {
  return intFromUnsignedLong(reinterpret_cast<uintptr_t>(type));
}

}  // namespace

MaybeRef<> SubclassCursor::next() {
  PyObject *key, *value;
  while (dict_ && dictNext(dict_, &position_, &key, &value)) {
    MaybeRef<> subclass = weakRefGet(static_cast<WeakRefObject*>(value));
    if (subclass) return subclass;
  }
  return nullptr;
}

Status typeAddSubclass(PyTypeObject* base, PyTypeObject* type) {
  auto key = TRY(addressKey(type));
  auto ref = TRY(weakRefNew(type));
  if (!base->tp_subclasses) base->tp_subclasses = TRY(dictNew()).leak();
  return dictSet(static_cast<DictObject*>(base->tp_subclasses), key.get(), ref.get());
}

void typeRemoveSubclass(PyTypeObject* base, PyTypeObject* type) {
  auto* dict = static_cast<DictObject*>(base->tp_subclasses);
  if (!dict) return;
  PendingSaved saved;
  auto key = addressKey(type);
  if (key.failed() || dictDiscard(dict, std::move(key).take().get()).failed()) {
    clearPending();
    return;
  }
  if (dict->size() == 0) clearField(base->tp_subclasses);
}

Result<Ref<ListObject>> typeSubclasses(PyTypeObject* type) {
  auto list = TRY(listNew());
  SubclassCursor cursor(type);
  while (MaybeRef<> subclass = cursor.next()) TRY(listAppend(list.get(), subclass.get()));
  return list;
}

}  // namespace krait
