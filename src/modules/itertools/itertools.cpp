// The itertools module.
#include "modules/itertools/itertools.h"

namespace krait::modules {
namespace {

constinit PyMethodDef kMethods[] = {function<"tee($module, iterable, n=2, /)", teeSplit,
                                             "Several independent iterators over one iterable, as a tuple.">,
                                    {}};

// The files add their types by kinship; vars(itertools) has them in this order.
constexpr const char* kOrder[] = {"accumulate",  "combinations", "combinations_with_replacement",
                                  "cycle",       "dropwhile",    "takewhile",
                                  "islice",      "starmap",      "chain",
                                  "compress",    "filterfalse",  "count",
                                  "zip_longest", "pairwise",     "permutations",
                                  "product",     "repeat",       "groupby",
                                  "_grouper",    "_tee",         "_tee_dataobject"};

Status putInOrder(DictObject* dict) {
  for (const char* type_name : kOrder) {
    Ref<StrObject> key = TRY(strInternUtf8(type_name));
    Opt<> found = TRY(dictGet(dict, key));
    Ref<> type = share(found.get());
    TRY(dictDiscard(dict, key));
    TRY(dictSet(dict, key.get(), type.get()));
  }
  return {};
}

Status itertoolsExec(PyObject* module) {
  TRY(addEndless(module));
  TRY(addFilters(module));
  TRY(addCombinatorics(module));
  TRY(addTee(module));
  return putInOrder(static_cast<ModuleObject*>(module)->dict());
}

PyModuleDef kModule = moduleDef<"itertools", itertoolsExec>(kMethods, "Building blocks for iterators.");

}  // namespace

PyObject* initItertools() { return moduleDefInit(&kModule); }

}  // namespace krait::modules
