// One collection of a generation and everything younger.
//
// References from inside the collected set are subtracted from a copy of each object's count; what is left
// comes from outside and marks roots. Everything not reachable from them is garbage: weak references to it
// are cleared (with their callbacks), finalizers run once, and what they did not resurrect is torn apart with
// tp_clear.
#include <time.h>

#include "core/call.h"
#include "core/errors.h"
#include "core/frame_hooks.h"
#include "core/gc_state.h"
#include "core/interpreter.h"
#include "core/object.h"
#include "core/thread.h"
#include "types/dict.h"
#include "types/free_list.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/weakref.h"

namespace krait {
namespace gc {
namespace {

// --- which objects are unreachable -------------------------------------------------------------------------

int subtractReference(PyObject* object, void*) {
  if (!isGcObject(object)) return 0;
  Head* head = headOf(object);
  if (head->isCollecting()) head->dropRef();
  return 0;
}

void countOutsideReferences(Ring& ring) {
  for (Head* head = ring.next(); head != &ring; head = head->next())
    head->startRefs(objectOf(head)->ob_refcnt);
  for (Head* head = ring.next(); head != &ring; head = head->next()) {
    PyObject* object = objectOf(head);
    typeOf(object)->tp_traverse(object, subtractReference, nullptr);
  }
}

void appendUnreachable(Head* head, Ring& unreachable) {
  Head* last = unreachable.prev();
  last->next_bits = reinterpret_cast<uintptr_t>(head) | kNextUnreachable;
  head->setPrev(last);
  head->next_bits = reinterpret_cast<uintptr_t>(static_cast<Head*>(&unreachable)) | kNextUnreachable;
  unreachable.setPrev(head);
}

void unlinkUnreachable(Head* head) {
  Head* prev = head->prev();
  Head* next = head->next();
  prev->next_bits = reinterpret_cast<uintptr_t>(next) | kNextUnreachable;
  next->setPrev(prev);
}

// The object is reachable: make sure the walk in splitUnreachable() comes to it (again).
int markReachable(PyObject* object, void* ring) {
  if (!isGcObject(object)) return 0;
  Head* head = headOf(object);
  if (!head->isCollecting()) return 0;
  if (head->next_bits & kNextUnreachable) {
    unlinkUnreachable(head);
    auto* reachable = static_cast<Ring*>(ring);
    Head* last = reachable->prev();
    last->setNext(head);
    head->setNext(reachable);
    reachable->setPrev(head);
    head->startRefs(1);
  } else if (head->refs() == 0) {
    head->setRefs(1);
  }
  return 0;
}

// `ring` keeps what is reachable; the rest moves to `unreachable`, flagged as collecting and in its `next`
// words.
void splitUnreachable(Ring& ring, Ring& unreachable) {
  Head* prev = &ring;
  for (Head* head = ring.next(); head != &ring; head = prev->next()) {
    if (head->refs() > 0) {
      PyObject* object = objectOf(head);
      typeOf(object)->tp_traverse(object, markReachable, &ring);
      head->setPrev(prev);
      head->clearCollecting();
      prev = head;
    } else {
      prev->setNext(head->next());
      appendUnreachable(head, unreachable);
    }
  }
  ring.setPrev(prev);
  unreachable.next_bits &= ~kNextUnreachable;
}

void findUnreachable(Ring& ring, Ring& unreachable) {
  unreachable.init();
  countOutsideReferences(ring);
  splitUnreachable(ring, unreachable);
}

void clearUnreachableMarks(Ring& ring) {
  for (Head* head = ring.next(); head != &ring; head = head->next()) head->next_bits &= ~kNextUnreachable;
}

// --- containers that can take no part in a cycle -----------------------------------------------------------

bool mayBeTracked(PyObject* object) {
  return isGcObject(object) && (!isExactTuple(object) || headOf(object)->isTracked());
}

bool tupleNeedsTracking(TupleObject* tuple) {
  for (Py_ssize_t i = 0; i < tuple->size(); i++)
    if (!tuple->at(i) || mayBeTracked(tuple->at(i))) return true;
  return false;
}

void untrackTuples(Ring& ring) {
  for (Head* head = ring.next(); head != &ring;) {
    Head* next = head->next();
    PyObject* object = objectOf(head);
    if (isExactTuple(object) && !tupleNeedsTracking(cast<TupleObject>(object))) gcUntrack(object);
    head = next;
  }
}

void untrackDicts(Ring& ring) {
  for (Head* head = ring.next(); head != &ring;) {
    Head* next = head->next();
    PyObject* object = objectOf(head);
    if (isExactDict(object)) dictMaybeUntrack(cast<DictObject>(object));
    head = next;
  }
}

// --- old-style finalizers (tp_del) -------------------------------------------------------------------------

void takeLegacyFinalizers(Ring& unreachable, Ring& finalizers) {
  for (Head* head = unreachable.next(); head != &unreachable;) {
    Head* next = head->next();
    head->next_bits &= ~kNextUnreachable;
    if (typeOf(objectOf(head))->tp_del) {
      head->clearCollecting();
      moveTo(head, finalizers);
    }
    head = next;
  }
}

int takeReachableFromFinalizer(PyObject* object, void* ring) {
  if (!isGcObject(object)) return 0;
  Head* head = headOf(object);
  if (!head->isCollecting()) return 0;
  moveTo(head, *static_cast<Ring*>(ring));
  head->clearCollecting();
  return 0;
}

void takeReachableFromFinalizers(Ring& finalizers) {
  for (Head* head = finalizers.next(); head != &finalizers; head = head->next()) {
    PyObject* object = objectOf(head);
    typeOf(object)->tp_traverse(object, takeReachableFromFinalizer, &finalizers);
  }
}

void appendGarbage(PyObject* object) {
  if (!state.garbage) {
    auto list = listNew();
    if (list.failed()) return writeUnraisable(nullptr, "while creating gc.garbage");
    state.garbage = std::move(list).toC();
  }
  if (listAppend(cast<ListObject>(state.garbage), object).failed()) writeUnraisable(object);
}

void keepUncollectable(Ring& finalizers, Ring& old) {
  for (Head* head = finalizers.next(); head != &finalizers; head = head->next()) {
    PyObject* object = objectOf(head);
    if ((state.debug & kDebugSaveAll) || typeOf(object)->tp_del) appendGarbage(object);
  }
  old.takeAll(finalizers);
}

// --- weak references ---------------------------------------------------------------------------------------

// Clears the weak references to one unreachable object; those with a callback that survive move to `to_call`,
// owned.
void clearWeakRefsOf(PyObject* object, Ring& to_call) {
  if (isWeakRef(object)) weakRefClear(cast<WeakRefObject>(object));
  PyObject** slot = weakRefSlot(object);
  if (!slot) return;
  while (auto* ref = static_cast<WeakRefObject*>(*slot)) {
    weakRefClear(ref);
    if (!ref->wr_callback || headOf(ref)->isCollecting()) continue;
    incref(ref);
    moveTo(headOf(ref), to_call);
  }
}

void callWeakRefCallbacks(Ring& to_call, Ring& old) {
  while (!to_call.empty()) {
    Head* head = to_call.next();
    PyObject* object = objectOf(head);
    auto callback = share(cast<WeakRefObject>(object)->wr_callback);
    if (call(callback.get(), object).failed()) writeUnraisable(callback.get());
    if (to_call.next() == head) moveTo(head, old);  // before the reference goes: it may be the last
    decref(object);
  }
}

void handleWeakRefs(Ring& unreachable, Ring& old) {
  Ring to_call;
  to_call.init();
  for (Head* head = unreachable.next(); head != &unreachable; head = head->next())
    clearWeakRefsOf(objectOf(head), to_call);
  callWeakRefCallbacks(to_call, old);
}

// --- finalizers and the end --------------------------------------------------------------------------------

void finalizeAll(Ring& garbage) {
  Ring seen;
  seen.init();
  while (!garbage.empty()) {
    Head* head = garbage.next();
    PyObject* object = objectOf(head);
    moveTo(head, seen);
    destructor finalize = typeOf(object)->tp_finalize;
    if (head->isFinalized() || !finalize) continue;
    head->prev_bits |= kPrevFinalized;
    auto keep = share(object);
    finalize(object);
  }
  garbage.takeAll(seen);
}

// What finalizers made reachable again goes to `old`; `garbage` receives the rest.
void separateResurrected(Ring& unreachable, Ring& garbage, Ring& old) {
  for (Head* head = unreachable.next(); head != &unreachable; head = head->next()) head->clearCollecting();
  findUnreachable(unreachable, garbage);
  clearUnreachableMarks(garbage);
  old.takeAll(unreachable);
}

void tearApart(Ring& garbage, Ring& old) {
  while (!garbage.empty()) {
    Head* head = garbage.next();
    PyObject* object = objectOf(head);
    if (state.debug & kDebugSaveAll) {
      appendGarbage(object);
    } else if (inquiry clear = typeOf(object)->tp_clear) {
      auto keep = share(object);
      clear(object);
      if (exceptionPending()) writeUnraisable(reinterpret_cast<PyObject*>(typeOf(object)), "in tp_clear of");
    }
    if (garbage.next() != head) continue;
    head->clearCollecting();
    moveTo(head, old);
  }
}

// --- reports -----------------------------------------------------------------------------------------------

double now() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

void printObjects(const char* what, Ring& ring) {
  for (Head* head = ring.next(); head != &ring; head = head->next()) {
    PyObject* object = objectOf(head);
    stderrWrite("gc: %s <%s %p>\n", what, typeName(object), static_cast<void*>(object));
  }
}

void printStart(int generation) {
  stderrWrite("gc: collecting generation %d...\n", generation);
  stderrWrite("gc: objects in each generation:");
  for (Generation& g : state.generations) stderrWrite(" %zd", g.ring.size());
  stderrWrite("\ngc: objects in permanent generation: %zd\n", state.permanent.size());
}

struct Collection {
  int generation;
  Ring unreachable, finalizers, garbage;
  Py_ssize_t collected = 0, uncollectable = 0;
};

// Merges the younger generations; returns the ring that survivors end up in.
Ring& splitGenerations(Collection& c) {
  Generation* g = state.generations;
  if (c.generation + 1 < kGenerations) g[c.generation + 1].count++;
  for (int i = 0; i <= c.generation; i++) g[i].count = 0;
  Ring& young = g[c.generation].ring;
  for (int i = 0; i < c.generation; i++) young.takeAll(g[i].ring);
  findUnreachable(young, c.unreachable);
  untrackTuples(young);
  if (c.generation == kGenerations - 1) {
    untrackDicts(young);
    state.long_lived_pending = 0;
    state.long_lived_total = young.size();
    return young;
  }
  Ring& old = g[c.generation + 1].ring;
  if (c.generation == kGenerations - 2) state.long_lived_pending += young.size();
  old.takeAll(young);
  return old;
}

void destroyUnreachable(Collection& c, Ring& old) {
  c.finalizers.init();
  takeLegacyFinalizers(c.unreachable, c.finalizers);
  takeReachableFromFinalizers(c.finalizers);
  if (state.debug & kDebugCollectable) printObjects("collectable", c.unreachable);
  handleWeakRefs(c.unreachable, old);
  finalizeAll(c.unreachable);
  separateResurrected(c.unreachable, c.garbage, old);
  c.collected = c.garbage.size();
  tearApart(c.garbage, old);
  c.uncollectable = c.finalizers.size();
  if (state.debug & kDebugUncollectable) printObjects("uncollectable", c.finalizers);
  keepUncollectable(c.finalizers, old);
}

void clearFreeLists() {
  tupleClearFreeList();
  listClearFreeList();
  dictClearFreeList();
  dictKeysClearFreeList();
  floatClearFreeList();
  intClearFreeList();
}

}  // namespace

Py_ssize_t collectGeneration(int generation, Py_ssize_t* uncollectable) {
  double start = 0;
  if (state.debug & kDebugStats) {
    printStart(generation);
    start = now();
  }
  Collection c{.generation = generation};
  Ring& old = splitGenerations(c);
  destroyUnreachable(c, old);
  if (generation == kGenerations - 1) clearFreeLists();
  if (state.debug & kDebugStats)
    stderrWrite("gc: done, %zd unreachable, %zd uncollectable, %.4fs elapsed\n",
                c.collected + c.uncollectable, c.uncollectable, now() - start);
  GenerationStats& stats = state.stats[generation];
  stats.collections++;
  stats.collected += c.collected;
  stats.uncollectable += c.uncollectable;
  *uncollectable = c.uncollectable;
  return c.collected + c.uncollectable;
}

namespace {

Status callCallbacks(const char* phase, int generation, Py_ssize_t collected, Py_ssize_t uncollectable) {
  Ref<DictObject> info = TRY(dictNew());
  TRY(dictSet(info, "generation", TRY(intFromLong(generation)).get()));
  TRY(dictSet(info, "collected", TRY(intFromLong(collected)).get()));
  TRY(dictSet(info, "uncollectable", TRY(intFromLong(uncollectable)).get()));
  Ref<StrObject> phase_text = TRY(strFromAscii(phase));
  auto* callbacks = cast<ListObject>(state.callbacks);
  for (Py_ssize_t i = 0; i < callbacks->size(); i++) {
    auto callback = share(callbacks->at(i));
    if (call(callback.get(), phase_text.get(), info.get()).failed()) writeUnraisable(callback.get());
  }
  return {};
}

void runCallbacks(const char* phase, int generation, Py_ssize_t collected, Py_ssize_t uncollectable) {
  if (!state.callbacks || cast<ListObject>(state.callbacks)->size() == 0) return;
  if (callCallbacks(phase, generation, collected, uncollectable).failed()) writeUnraisable(nullptr);
}

}  // namespace

Py_ssize_t collectWithCallbacks(int generation) {
  PendingSaved saved;
  deallocRunLate();
  state.collecting = true;
  runCallbacks("start", generation, 0, 0);
  Py_ssize_t uncollectable = 0;
  Py_ssize_t found = collectGeneration(generation, &uncollectable);
  runCallbacks("stop", generation, found - uncollectable, uncollectable);
  state.collecting = false;
  return found;
}

// A full collection waits until the objects that survived middle ones make a quarter of the old generation:
// the cost of full collections stays linear in the number of objects made.
void collectByThresholds() {
  for (int i = kGenerations - 1; i >= 0; i--) {
    if (state.generations[i].count <= state.generations[i].threshold) continue;
    if (i == kGenerations - 1 && state.long_lived_pending < state.long_lived_total / 4) continue;
    collectWithCallbacks(i);
    return;
  }
}

void freeze() {
  for (Generation& g : state.generations) {
    state.permanent.takeAll(g.ring);
    g.count = 0;
  }
}

void unfreeze() { state.generations[kGenerations - 1].ring.takeAll(state.permanent); }

}  // namespace gc

Py_ssize_t gcCollect(int generation) {
  gc::ensureReady();
  return gc::state.collecting ? 0 : gc::collectWithCallbacks(generation);
}

Py_ssize_t gcCollectAtExit() {
  gc::ensureReady();
  if (gc::state.collecting) return 0;
  PendingSaved saved;
  deallocRunLate();
  gc::state.collecting = true;
  Py_ssize_t uncollectable;
  Py_ssize_t found = gc::collectGeneration(gc::kGenerations - 1, &uncollectable);
  gc::state.collecting = false;
  return found;
}

void gcReportUncollectable() {
  auto* garbage = static_cast<ListObject*>(gc::state.garbage);
  if ((gc::state.debug & gc::kDebugSaveAll) || !garbage || garbage->size() == 0) return;
  const char* hint = gc::state.debug & gc::kDebugUncollectable
                         ? "gc: %zd uncollectable objects at shutdown"
                         : "gc: %zd uncollectable objects at shutdown; use "
                           "gc.set_debug(gc.DEBUG_UNCOLLECTABLE) to list them";
  Ref<StrObject> name = MUST(strFromAscii("gc"));
  auto message = strFormat(hint, garbage->size());
  if (message.failed()) return writeUnraisable(nullptr);
  Ref<StrObject> text = std::move(message).take();
  if (warnExplicit(PyExc_ResourceWarning, text, name, 0, name.get(), nullptr).failed())
    writeUnraisable(nullptr);
  if (!(gc::state.debug & gc::kDebugUncollectable)) return;
  auto repr = objectRepr(garbage);
  if (repr.failed()) return writeUnraisable(garbage);
  Ref<StrObject> shown = std::move(repr).take();
  auto utf8 = strUtf8(shown);
  if (utf8.failed()) return writeUnraisable(garbage);
  stderrWrite("      %s\n", std::string(std::move(utf8).take()).c_str());
}

bool gcEnabled() { return gc::ensureReady(), gc::state.enabled; }
bool gcEnable() { return gc::ensureReady(), std::exchange(gc::state.enabled, true); }
bool gcDisable() { return gc::ensureReady(), std::exchange(gc::state.enabled, false); }

void gcVisitObjects(int (*visit)(PyObject* object, void* arg), void* arg) {
  gc::ensureReady();
  gc::Ring* rings[] = {&gc::state.generations[0].ring, &gc::state.generations[1].ring,
                       &gc::state.generations[2].ring, &gc::state.permanent};
  bool was_enabled = gcDisable();
  for (gc::Ring* ring : rings)
    for (gc::Head* head = ring->next(); head != ring; head = head->next()) {
      auto object = share(gc::objectOf(head));
      if (!visit(object, arg)) {
        gc::state.enabled = was_enabled;
        return;
      }
    }
  gc::state.enabled = was_enabled;
}

}  // namespace krait
