// The collector's state and its object header, shared by gc*.cpp, modules/gc.cpp and those who switch
// interpreters.
//
// Header words: `next` links the generation's ring (0: untracked); its low bit marks "tentatively
// unreachable" during a collection. `prev` carries two flags in its low bits and, above them, the ring's back
// link or (during a collection) the count of references from outside. An untracked object's `prev` may link
// the list of deferred deallocations.
#pragma once

#include <cstdint>

#include "core/gc.h"

namespace krait {
struct Interpreter;
}

namespace krait::gc {

constexpr uintptr_t kPrevFinalized = 1, kPrevCollecting = 2, kPrevFlags = 3, kRefsShift = 2;
constexpr uintptr_t kNextUnreachable = 1;

struct Head {
  uintptr_t next_bits, prev_bits;

  Head* next() const { return reinterpret_cast<Head*>(next_bits & ~kNextUnreachable); }
  Head* prev() const { return reinterpret_cast<Head*>(prev_bits & ~kPrevFlags); }
  void setNext(Head* head) { next_bits = reinterpret_cast<uintptr_t>(head); }
  void setPrev(Head* head) { prev_bits = (prev_bits & kPrevFlags) | reinterpret_cast<uintptr_t>(head); }
  bool isTracked() const { return next_bits != 0; }
  bool isCollecting() const { return prev_bits & kPrevCollecting; }
  void clearCollecting() { prev_bits &= ~kPrevCollecting; }
  bool isFinalized() const { return prev_bits & kPrevFinalized; }
  Py_ssize_t refs() const { return static_cast<Py_ssize_t>(prev_bits >> kRefsShift); }
  void setRefs(Py_ssize_t refs) {
    prev_bits = (prev_bits & kPrevFlags) | (static_cast<uintptr_t>(refs) << kRefsShift);
  }
  void startRefs(Py_ssize_t refs) {
    prev_bits = (prev_bits & kPrevFinalized) | kPrevCollecting | (static_cast<uintptr_t>(refs) << kRefsShift);
  }
  void dropRef() { prev_bits -= uintptr_t{1} << kRefsShift; }
};
static_assert(sizeof(Head) == 16);

inline Head* headOf(const PyObject* object) {
  return reinterpret_cast<Head*>(const_cast<PyObject*>(object)) - 1;
}
inline PyObject* objectOf(Head* head) { return reinterpret_cast<PyObject*>(head + 1); }

// A ring with a sentinel.
struct Ring : Head {
  constexpr Ring() : Head{0, 0} {}
  void init() { setNext(this), prev_bits = reinterpret_cast<uintptr_t>(static_cast<Head*>(this)); }
  bool empty() const { return next() == this; }
  void append(Head* head) {
    Head* last = prev();
    head->setPrev(last);
    last->setNext(head);
    head->setNext(this);
    prev_bits = reinterpret_cast<uintptr_t>(head);
  }
  void takeAll(Ring& from);
  Py_ssize_t size() const;
};
void unlink(Head* head);  // leaves the head's own words as they are
void moveTo(Head* head, Ring& ring);

struct Generation {
  Ring ring;
  int threshold, count;
};
struct GenerationStats {
  Py_ssize_t collections, collected, uncollectable;
};

constexpr int kGenerations = 3;
constexpr int kDebugStats = 1, kDebugCollectable = 2, kDebugUncollectable = 4, kDebugSaveAll = 32;

struct State {
  Generation generations[kGenerations];
  Ring permanent;
  GenerationStats stats[kGenerations];
  bool ready, enabled, collecting;
  int debug;
  PyObject* garbage;  // owned lists, made on first use
  PyObject* callbacks;
  Py_ssize_t long_lived_total, long_lived_pending;
};
extern State state;  // of the interpreter that runs
void ensureReady();

// Every interpreter has objects and settings of its own. Those of one that does not run are moved out of
// `state`, so that making an object costs the same however many there are.
void interpreterRuns(Interpreter* interpreter);   // its thread is about to become current
void interpreterEnds();                           // the running one: lets go of gc.garbage and gc.callbacks
void interpreterEnded(Interpreter* interpreter);  // what is left of its objects becomes the main one's

// Number of unreachable objects found; *uncollectable those left in gc.garbage.
Py_ssize_t collectGeneration(int generation, Py_ssize_t* uncollectable);
Py_ssize_t collectWithCallbacks(int generation);
void collectByThresholds();  // the oldest generation whose count is over its threshold
void freeze();
void unfreeze();

}  // namespace krait::gc

namespace krait {

struct Thread;
// The trashcan: puts an object aside whose deallocation would nest too deeply; deallocates what was put
// aside.
void deallocDefer(Thread* thread, PyObject* object);
void deallocRunDeferred(Thread* thread);
// Puts an object aside because the C stack is used up, whatever its type; false: deallocate it now after all.
bool deallocateLater(Thread* thread, PyObject* object);
void deallocRunLate();  // deallocates those; runs Python code

}  // namespace krait
