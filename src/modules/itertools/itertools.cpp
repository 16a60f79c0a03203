// The itertools module.
#include "modules/itertools/itertools.h"

namespace krait::modules {
namespace {

constinit PyMethodDef kMethods[] = {function<"tee($module, iterable, n=2, /)", teeSplit,
                                             "Several independent iterators over one iterable, as a tuple.">,
                                    {}};

Status itertoolsExec(PyObject* module) {
  TRY(addEndless(module));
  TRY(addFilters(module));
  TRY(addCombinatorics(module));
  return addTee(module);
}

PyModuleDef kModule = moduleDef<"itertools", itertoolsExec>(kMethods, "Building blocks for iterators.");

}  // namespace

PyObject* initItertools() { return moduleDefInit(&kModule); }

}  // namespace krait::modules
