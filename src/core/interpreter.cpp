#include "core/interpreter.h"

#include "core/thread.h"

namespace krait {
namespace {

Interpreter* newest = nullptr;
int64_t next_id = 1;

}  // namespace

Interpreter& mainInterpreter() {
  static Interpreter* the = newest =
      new Interpreter;  // never destroyed: exit handlers of extensions may still look
  return *the;
}

Interpreter& interpreter() {
  Thread* thread = currentThread();
  return thread ? *interpreterOf(thread->interp) : mainInterpreter();
}

Interpreter* newestInterpreter() { return newest; }

Interpreter* interpreterById(int64_t id) {
  for (Interpreter* i = newest; i; i = i->older) {
    if (i->id == id) return i;
  }
  return nullptr;
}

Interpreter* interpreterAdd() {
  auto* added = new Interpreter;
  added->config = mainInterpreter().config;
  added->dlopen_flags = mainInterpreter().dlopen_flags;
  added->id = next_id++;
  added->older = newest;
  return newest = added;
}

void interpreterRemove(Interpreter* removed) {
  Interpreter** link = &newest;
  while (*link != removed) link = &(*link)->older;
  *link = removed->older;
  delete removed;
}

}  // namespace krait
