#include "core/interpreter.h"

namespace krait {

Interpreter& interpreter() {
  static Interpreter* the = new Interpreter;  // never destroyed: exit handlers of extensions may still look
  return *the;
}

}  // namespace krait
