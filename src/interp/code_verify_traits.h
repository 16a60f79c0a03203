// What the verifier (code_verify.cpp) knows of each opcode, in a table: most instructions need nothing else.
#pragma once

#include <array>
#include <cstdint>

#include "bytecode/opcode.h"

namespace krait {

// Instructions with a rule of their own in the verifier, though their row in opcodes.def says how many values
// they take and leave.
constexpr bool hasOwnRule(Op op) {
  switch (op) {
    case Op::RETURN_GENERATOR:
    case Op::KW_NAMES:
    case Op::LIST_APPEND:
    case Op::LIST_EXTEND:
    case Op::LIST_TO_TUPLE:
    case Op::SET_ADD:
    case Op::SET_UPDATE:
    case Op::MAP_ADD:
    case Op::DICT_UPDATE:
    case Op::DICT_MERGE:
    case Op::GET_LEN:
    case Op::MATCH_MAPPING:
    case Op::MATCH_SEQUENCE:
    case Op::MATCH_KEYS:
    case Op::MATCH_CLASS:
    case Op::PUSH_EXC_INFO:
    case Op::CHECK_EXC_MATCH:
    case Op::PREP_RERAISE_STAR:
    case Op::WITH_EXCEPT_START:
    case Op::POP_EXCEPT:
    case Op::END_ASYNC_FOR:
    case Op::GET_ANEXT: return true;
    default: return false;
  }
}

// A plain instruction takes as many objects as its row says, whatever they are, leaves objects (or what
// Verifier::applyTyped() says), and goes on with the next one; a plain jump does so on both of its ways. Most
// instructions are plain, and each is looked at whenever its block is walked.
constexpr bool isPlain(Op op) {
  const OpInfo& info = opInfo(op);
  bool variable = info.pops == kVarOperands || info.pushes == kVarOperands;
  return info.name && !opIsSpecialized(op) && !variable && !opHas(op, OpFlag::kNoFall) && !hasOwnRule(op) &&
         op != Op::FOR_ITER && op != Op::SEND && op != Op::JUMP_IF_FALSE_OR_POP &&
         op != Op::JUMP_IF_TRUE_OR_POP;
}
// Instructions that do not simply go on with the next one, or may only stand at certain places.
constexpr bool isNotable(Op op) {
  return opIsJump(op) || op == Op::MAKE_CELL || op == Op::COPY_FREE_VARS || op == Op::RETURN_GENERATOR ||
         op == Op::YIELD_VALUE || op == Op::ASYNC_GEN_WRAP;
}
// Instructions whose results are more than objects.
constexpr bool isTyped(Op op) {
  switch (op) {
    case Op::PUSH_NULL:
    case Op::LOAD_GLOBAL:
    case Op::LOAD_METHOD:
    case Op::LOAD_CONST:
    case Op::BUILD_LIST:
    case Op::BUILD_SET:
    case Op::BUILD_MAP:
    case Op::BUILD_CONST_KEY_MAP:
    case Op::BUILD_TUPLE:
    case Op::LIST_TO_TUPLE:
    case Op::BUILD_STRING:
    case Op::FORMAT_VALUE:
    case Op::PUSH_EXC_INFO: return true;
    default: return false;
  }
}

// What the operand of an instruction counts, and so what bounds it.
enum Operand : uint8_t {
  kAnything,
  kConstIndex,
  kNameIndex,
  kGlobalNameIndex,
  kLocalIndex,
  kCompareOp,
  kBinaryOp
};
constexpr std::array<const char*, 7> kBeyond = {nullptr,
                                                "constant index out of range",
                                                "name index out of range",
                                                "name index out of range",
                                                "local index out of range",
                                                "comparison operator out of range",
                                                "binary operator out of range"};

constexpr Operand operandOf(Op op) {
  if (op == Op::COMPARE_OP) return kCompareOp;
  if (op == Op::BINARY_OP) return kBinaryOp;
  if (op == Op::LOAD_GLOBAL) return kGlobalNameIndex;
  if (opHas(op, OpFlag::kConst)) return kConstIndex;
  if (opHas(op, OpFlag::kName)) return kNameIndex;
  return opHas(op, OpFlag::kLocal | OpFlag::kFree) ? kLocalIndex : kAnything;
}

// Slots of cells hold cells from the prologue on; nothing else is stored there.
enum CellRule : uint8_t { kCellOrNot, kNoCell, kCell };
constexpr CellRule cellRuleOf(Op op) {
  if (opHas(op, OpFlag::kFree)) return kCell;
  return op == Op::STORE_FAST || op == Op::DELETE_FAST ? kNoCell : kCellOrNot;
}

struct Traits {
  bool valid;  // may stand in code that has not been quickened
  bool plain, notable, typed;
  uint8_t cache_units;
  int8_t pops, pushes;  // of plain ones
  Operand operand;
  CellRule cell_rule;
  bool jumps, falls, backward, raises;
};
consteval std::array<Traits, 256> makeTraits() {
  std::array<Traits, 256> all{};
  for (int number = 0; number < 256; number++) {
    Op op = static_cast<Op>(number);
    const OpInfo& info = opInfo(op);
    Traits& traits = all[static_cast<size_t>(number)];
    traits.valid = op != Op::CACHE && opExists(number) && !opIsSpecialized(op);
    if (!traits.valid) continue;
    traits.plain = isPlain(op);
    traits.notable = isNotable(op);
    traits.typed = isTyped(op);
    traits.cache_units = static_cast<uint8_t>(opCacheUnits(op));
    traits.pops = traits.plain ? static_cast<int8_t>(info.pops) : int8_t{0};
    traits.pushes = traits.plain ? static_cast<int8_t>(info.pushes) : int8_t{0};
    traits.operand = operandOf(op);
    traits.cell_rule = cellRuleOf(op);
    traits.jumps = opIsJump(op);
    traits.falls = !opHas(op, OpFlag::kNoFall);
    traits.backward = opHas(op, OpFlag::kBackward);
    traits.raises = opHas(op, OpFlag::kRaises);
  }
  return all;
}
constexpr std::array<Traits, 256> kTraits = makeTraits();
constexpr const Traits& traitsOf(Op op) { return kTraits[static_cast<size_t>(op) & 0xff]; }

}  // namespace krait
