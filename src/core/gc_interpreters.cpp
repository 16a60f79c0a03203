// Collectors of several interpreters: what moves when another one runs.
#include "core/gc_state.h"
#include "core/interpreter.h"
#include "core/ref.h"

namespace krait::gc {
namespace {

Interpreter* running = nullptr;  // whose objects stand in `state`; null: the main one's, from the start

// Rings know their own address: their objects are linked anew.
void moveState(State& from, State& to) {
  if (!from.ready) {
    to = State{};
    return;
  }
  to = from;
  for (int i = 0; i < kGenerations; i++) {
    to.generations[i].ring.init();
    to.generations[i].ring.takeAll(from.generations[i].ring);
  }
  to.permanent.init();
  to.permanent.takeAll(from.permanent);
  from = State{};
}

State& waitingState(Interpreter* interpreter) {
  if (!interpreter->collector) interpreter->collector = new State{};
  return *static_cast<State*>(interpreter->collector);
}

}  // namespace

void interpreterRuns(Interpreter* interpreter) {
  if (interpreter == running) [[likely]]
    return;
  Interpreter* former = running ? running : &mainInterpreter();
  running = interpreter;
  if (former == interpreter) return;
  moveState(state, waitingState(former));
  moveState(waitingState(interpreter), state);
}

void interpreterEnds() {
  clearField(state.garbage);
  clearField(state.callbacks);
}

void interpreterEnded(Interpreter* interpreter) {
  interpreterRuns(&mainInterpreter());
  auto* left = static_cast<State*>(std::exchange(interpreter->collector, nullptr));
  if (!left) return;
  Ring& oldest = state.generations[kGenerations - 1].ring;
  if (left->ready) {
    for (Generation& g : left->generations) oldest.takeAll(g.ring);
    oldest.takeAll(left->permanent);
  }
  delete left;
}

}  // namespace krait::gc
