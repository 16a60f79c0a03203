// The gc module.
#include "core/gc.h"

#include "core/call.h"
#include "core/gc_state.h"
#include "core/native.h"
#include "types/bool.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace krait {
namespace {

using gc::Head;
using gc::kGenerations;
using gc::state;

Result<Ref<>> gcEnableFunction() { return gcEnable(), none(); }
Result<Ref<>> gcDisableFunction() { return gcDisable(), none(); }
bool gcIsEnabled() { return gcEnabled(); }

Result<Ref<>> gcCollectFunction(int generation) {
  if (generation < 0 || generation >= kGenerations) return raise(PyExc_ValueError, "invalid generation");
  return TRY(intFromLong(gcCollect(generation)));
}

Result<Ref<>> gcSetDebug(int flags) {
  state.debug = flags;
  return none();
}
int gcGetDebug() { return state.debug; }

Result<Ref<>> gcSetThreshold(CallArgs args) {
  if (args.names && args.names->size() > 0)
    return raise(PyExc_TypeError, "gc.set_threshold() takes no keyword arguments");
  if (args.count < 1 || args.count > 3)
    return raise(PyExc_TypeError, "set_threshold() takes at %s %d argument%s (%zd given)",
                 args.count < 1 ? "least" : "most", args.count < 1 ? 1 : 3, args.count < 1 ? "" : "s",
                 args.count);
  int values[3];
  for (Py_ssize_t i = 0; i < args.count; i++) values[i] = TRY(asInt(args.values[i]));
  for (Py_ssize_t i = 0; i < args.count; i++) state.generations[i].threshold = values[i];
  for (Py_ssize_t i = args.count; args.count > 1 && i < kGenerations; i++)
    state.generations[i].threshold = values[args.count - 1];
  return none();
}

Result<Ref<>> threeInts(long a, long b, long c) {
  Ref<IntObject> x = TRY(intFromLong(a)), y = TRY(intFromLong(b)), z = TRY(intFromLong(c));
  return TRY(tupleOf(x.get(), y.get(), z.get()));
}
Result<Ref<>> gcGetThreshold() {
  return threeInts(state.generations[0].threshold, state.generations[1].threshold,
                   state.generations[2].threshold);
}
Result<Ref<>> gcGetCount() {
  return threeInts(state.generations[0].count, state.generations[1].count, state.generations[2].count);
}

// --- looking at objects ------------------------------------------------------------------------------------

struct Search {
  TupleObject* wanted;
};
int isWanted(PyObject* object, void* arg) {
  auto* wanted = static_cast<Search*>(arg)->wanted;
  for (Py_ssize_t i = 0; i < wanted->size(); i++)
    if (wanted->at(i) == object) return 1;
  return 0;
}

Status addReferrers(gc::Ring& ring, TupleObject* wanted, ListObject* found) {
  for (Head* head = ring.next(); head != &ring; head = head->next()) {
    PyObject* object = gc::objectOf(head);
    if (object == wanted || object == found) continue;
    Search search{wanted};
    if (typeOf(object)->tp_traverse(object, isWanted, &search)) TRY(listAppend(found, object));
  }
  return {};
}

Result<Ref<>> gcGetReferrers(CallArgs args) {
  Ref<TupleObject> wanted = TRY(tupleFromItems(args.values, args.count));
  TRY(audit("gc.get_referrers", "O", static_cast<PyObject*>(wanted.get())));
  Ref<ListObject> found = TRY(listNew());
  for (gc::Generation& g : state.generations) TRY(addReferrers(g.ring, wanted, found));
  TRY(addReferrers(state.permanent, wanted, found));
  return found;
}

int appendReferent(PyObject* object, void* list) {
  return listAppend(static_cast<ListObject*>(list), object).failed() ? 1 : 0;
}

Result<Ref<>> gcGetReferents(CallArgs args) {
  Ref<TupleObject> objects = TRY(tupleFromItems(args.values, args.count));
  TRY(audit("gc.get_referents", "O", static_cast<PyObject*>(objects.get())));
  Ref<ListObject> found = TRY(listNew());
  for (Py_ssize_t i = 0; i < args.count; i++) {
    PyObject* object = args.values[i];
    if (!isGcObject(object) || !typeOf(object)->tp_traverse) continue;
    if (typeOf(object)->tp_traverse(object, appendReferent, found.get())) return Raised{};
  }
  return found;
}

Status appendObjects(gc::Ring& ring, ListObject* found) {
  for (Head* head = ring.next(); head != &ring; head = head->next()) {
    PyObject* object = gc::objectOf(head);
    if (object != found) TRY(listAppend(found, object));
  }
  return {};
}

constexpr Py_ssize_t kAllGenerations = -1;  // what None stands for, and may be written instead

Result<Py_ssize_t> generationNumber(PyObject* given) {
  if (given == Py_None) return kAllGenerations;
  if (isIndex(given)) return asSsize(given, PyExc_OverflowError);
  return raise(PyExc_TypeError, "argument should be integer or None, not '%.200s'", typeName(given));
}

Result<Ref<>> gcGetObjects(PyObject* generation) {
  Py_ssize_t number = TRY(generationNumber(generation));
  TRY(audit("gc.get_objects", "n", number));
  Ref<ListObject> found = TRY(listNew());
  if (number == kAllGenerations) {
    for (gc::Generation& g : state.generations) TRY(appendObjects(g.ring, found));
    return found;
  }
  if (number >= kGenerations)
    return raise(PyExc_ValueError,
                 "generation parameter must be less than the number of available generations (%i)",
                 kGenerations);
  if (number < 0) return raise(PyExc_ValueError, "generation parameter cannot be negative");
  TRY(appendObjects(state.generations[number].ring, found));
  return found;
}

Result<Ref<>> gcGetStats() {
  Ref<ListObject> list = TRY(listNew());
  for (const gc::GenerationStats& stats : state.stats) {
    Ref<DictObject> row = TRY(dictNew());
    TRY(dictSet(row, "collections", TRY(intFromLong(stats.collections)).get()));
    TRY(dictSet(row, "collected", TRY(intFromLong(stats.collected)).get()));
    TRY(dictSet(row, "uncollectable", TRY(intFromLong(stats.uncollectable)).get()));
    TRY(listAppend(list, row.get()));
  }
  return list;
}

bool gcIsTrackedFunction(PyObject* object) { return isGcObject(object) && gcIsTracked(object); }
bool gcIsFinalizedFunction(PyObject* object) { return isGcObject(object) && gcFinalized(object); }

Result<Ref<>> gcFreeze() { return gc::freeze(), none(); }
Result<Ref<>> gcUnfreeze() { return gc::unfreeze(), none(); }
Py_ssize_t gcGetFreezeCount() { return state.permanent.size(); }

constinit PyMethodDef kGcMethods[] = {
    function<"enable($module, /)", gcEnableFunction, "Enable automatic collection.">,
    function<"disable($module, /)", gcDisableFunction, "Disable automatic collection.">,
    function<"isenabled($module, /)", gcIsEnabled, "Whether automatic collection is enabled.">,
    function<"set_debug($module, flags, /)", gcSetDebug, "Set the debugging flags.">,
    function<"get_debug($module, /)", gcGetDebug, "The debugging flags.">,
    function<"get_count($module, /)", gcGetCount, "The current collection counts.">,
    function<"!%set_threshold($module, *args)", gcSetThreshold, "Set the collection thresholds.">,
    function<"get_threshold($module, /)", gcGetThreshold, "The collection thresholds.">,
    function<"collect($module, /, generation=2)", gcCollectFunction,
             "Run a collection; number of unreachable objects.">,
    function<"get_objects($module, /, generation=None)", gcGetObjects,
             "List of the objects tracked by the collector.">,
    function<"get_stats($module, /)", gcGetStats, "Statistics, one dict per generation.">,
    function<"is_tracked($module, obj, /)", gcIsTrackedFunction,
             "Whether the object is tracked by the collector.">,
    function<"is_finalized($module, obj, /)", gcIsFinalizedFunction,
             "Whether the object's finalizer has run.">,
    function<"!%get_referrers($module, *objs)", gcGetReferrers,
             "Objects that directly refer to any of the objs.">,
    function<"!%get_referents($module, *objs)", gcGetReferents,
             "Objects that are directly referred to by the objs.">,
    function<"freeze($module, /)", gcFreeze, "Keep all tracked objects out of future collections.">,
    function<"unfreeze($module, /)", gcUnfreeze, "Give the frozen objects back to the oldest generation.">,
    function<"get_freeze_count($module, /)", gcGetFreezeCount, "Number of frozen objects.">,
    {}};

Status addList(PyObject* module, const char* attr, PyObject*& list) {
  if (!list) list = TRY(listNew()).leak();
  return moduleAdd(module, attr, share(list));
}

Status gcExec(PyObject* module) {
  gc::ensureReady();
  TRY(addList(module, "garbage", state.garbage));
  TRY(addList(module, "callbacks", state.callbacks));
  TRY(moduleAddInt(module, "DEBUG_STATS", gc::kDebugStats));
  TRY(moduleAddInt(module, "DEBUG_COLLECTABLE", gc::kDebugCollectable));
  TRY(moduleAddInt(module, "DEBUG_UNCOLLECTABLE", gc::kDebugUncollectable));
  TRY(moduleAddInt(module, "DEBUG_SAVEALL", gc::kDebugSaveAll));
  return moduleAddInt(module, "DEBUG_LEAK",
                      gc::kDebugCollectable | gc::kDebugUncollectable | gc::kDebugSaveAll);
}

constinit PyModuleDef kGcModule = moduleDef<"gc", gcExec>(kGcMethods, "The cycle collector.");

}  // namespace

namespace modules {
PyObject* initGc() { return moduleDefInit(&kGcModule); }
}  // namespace modules

}  // namespace krait
