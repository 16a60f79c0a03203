// __slots__, __dict__ and __weakref__ of a class that is being made.
#pragma once

#include "types/type_internal.h"

namespace krait {

struct ClassSlots {
  MaybeRef<TupleObject> names;  // sorted, mangled; absent: the class has no __slots__
  bool add_dict = false, add_weak = false;
};
// Reads and checks __slots__ of the body.
Result<ClassSlots> classSlotsPlan(StrObject* class_name, TupleObject* bases, PyTypeObject* base,
                                  DictObject* body);
// Lays them out behind the base's fields: member table, offsets, basicsize, getsets.
Status classSlotsPlace(PyTypeObject* type, PyTypeObject* base, ClassSlots& slots);

}  // namespace krait
