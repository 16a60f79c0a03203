// Types that a module makes when it is executed, described by a constant PyTypeObject in the style of static
// types.
#pragma once

#include "core/native.h"
#include "types/type.h"

namespace krait::modules {

// A heap type with the description's name ("module.Name"), sizes, flags and slots; bases: a type, a tuple or
// absent.
Result<Ref<PyTypeObject>> heapTypeNew(PyObject* module, const PyTypeObject& description,
                                      Opt<> bases = nullptr);
// Likewise, and adds it to the module under its name.
Result<Ref<PyTypeObject>> heapTypeAdd(PyObject* module, const PyTypeObject& description,
                                      Opt<> bases = nullptr);
// For types and exceptions that the module's functions know by a pointer: made when the module is executed
// first, the same ones when it is executed again.
Status typeAddOnce(PyObject* module, PyTypeObject** type, const PyTypeObject& description);
Status typeMakeOnce(PyObject* module, PyTypeObject** type, const PyTypeObject& description);
Status exceptionAddOnce(PyObject* module, PyObject** exception, const char* full_name, PyObject* base);

// module.Name as an exception class with one base; added to the module.
Result<Ref<>> exceptionAdd(PyObject* module, const char* full_name, PyObject* base,
                           const char* doc = nullptr);

// TypeError "math.gcd() takes no keyword arguments".
Status refuseKeywords(const CallArgs& args, const char* full_name);

}  // namespace krait::modules
