#include "bytecode/disassembler.h"

namespace krait {
namespace {

std::string padded(size_t number) {
  std::string text = std::to_string(number);
  return text.size() < 4 ? std::string(4 - text.size(), ' ') + text : text;
}

}  // namespace

std::string disassemble(std::span<const CodeUnit> code) {
  std::string out;
  int oparg = 0;
  for (size_t i = 0; i < code.size(); i++) {
    Op op = unitOp(code[i]);
    oparg = oparg << 8 | unitArg(code[i]);
    if (op == Op::EXTENDED_ARG) continue;
    const char* name = opName(op);
    size_t next = i + 1 + static_cast<size_t>(opCacheUnits(op));
    out += padded(i) + " " + (name ? name : "<" + std::to_string(static_cast<int>(op)) + ">");
    if (opHasArg(op)) out += " " + std::to_string(oparg);
    if (opHas(op, OpFlag::kForward)) out += " (to " + std::to_string(next + static_cast<size_t>(oparg)) + ")";
    if (opHas(op, OpFlag::kBackward))
      out += " (to " + std::to_string(next - static_cast<size_t>(oparg)) + ")";
    out += '\n';
    oparg = 0;
    i = next - 1;
  }
  return out;
}

}  // namespace krait
