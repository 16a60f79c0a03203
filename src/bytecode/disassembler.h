// Byte code as text, for debugging. Names and constants are not known here; opargs are shown as numbers.
#pragma once

#include <span>
#include <string>

#include "bytecode/opcode.h"

namespace krait {

// One line per instruction: "  12 LOAD_FAST 1", jumps with their target unit, specialised forms by their own
// name.
std::string disassemble(std::span<const CodeUnit> code);

}  // namespace krait
