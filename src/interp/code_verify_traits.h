// What the verifier (code_verify.cpp) knows of each opcode, in a table: most instructions need nothing else.
#pragma once

#include <array>
#include <climits>
#include <cstdint>

#include "bytecode/opcode.h"

namespace krait {

// What is known of a value on the stack.
enum class Kind : uint8_t {
  kObject,     // any object
  kNull,       // the null below a callable
  kMaybeNull,  // one or the other (LOAD_METHOD)
  kList,       // built here; nothing else is appended to
  kSet,
  kDict,
  kTuple,
  kStr,
  kException,  // the exception being handled
  kHandled,    // what was handled before it: None or an exception
};

// Instructions with a rule of their own in the verifier, though their row in opcodes.def says how many values
// they take and leave.
constexpr bool hasOwnRule(Op op) {
  switch (op) {
    case Op::RETURN_GENERATOR:
    case Op::KW_NAMES:
    case Op::RERAISE:
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

// How many values an instruction takes and leaves: numbers that grow with its operand.
struct Shape {
  int8_t pops = 0, pops_per_arg = 0;  // takes pops + oparg * pops_per_arg
  int8_t pushes = 0;
  int pushes_mask = 0;  // leaves pushes + (oparg & pushes_mask)
};
constexpr int8_t kNoShape = -1;  // for `pops`: not that simple

constexpr Shape shapeOf(Op op) {
  switch (op) {
    case Op::BUILD_TUPLE:
    case Op::BUILD_LIST:
    case Op::BUILD_SET: return {0, 1, 1, 0};
    case Op::BUILD_MAP: return {0, 2, 1, 0};
    case Op::BUILD_CONST_KEY_MAP: return {1, 1, 1, 0};
    case Op::CALL: return {2, 1, 1, 0};
    case Op::UNPACK_SEQUENCE: return {1, 0, 0, INT_MAX};
    case Op::LOAD_GLOBAL: return {0, 0, 1, 1};
    case Op::FOR_ITER:
    case Op::SEND:
    case Op::JUMP_IF_FALSE_OR_POP:
    case Op::JUMP_IF_TRUE_OR_POP: return {kNoShape};
    default: break;
  }
  const OpInfo& info = opInfo(op);
  bool variable = info.pops == kVarOperands || info.pushes == kVarOperands;
  if (variable || hasOwnRule(op)) return {kNoShape};
  return {static_cast<int8_t>(info.pops), 0, static_cast<int8_t>(info.pushes), 0};
}
// Instructions that do not simply go on with the next one, or may only stand at certain places.
constexpr bool isNotable(Op op) {
  return opIsJump(op) || op == Op::MAKE_CELL || op == Op::COPY_FREE_VARS || op == Op::RETURN_GENERATOR ||
         op == Op::YIELD_VALUE || op == Op::ASYNC_GEN_WRAP;
}
// What is on top of the stack behind an instruction.
constexpr Kind resultOf(Op op) {
  switch (op) {
    case Op::PUSH_NULL: return Kind::kNull;
    case Op::BUILD_LIST: return Kind::kList;
    case Op::BUILD_SET: return Kind::kSet;
    case Op::BUILD_MAP:
    case Op::BUILD_CONST_KEY_MAP: return Kind::kDict;
    case Op::BUILD_TUPLE:
    case Op::LIST_TO_TUPLE: return Kind::kTuple;
    case Op::BUILD_STRING:
    case Op::FORMAT_VALUE: return Kind::kStr;
    case Op::PUSH_EXC_INFO: return Kind::kException;
    default: return Kind::kObject;
  }
}
// Instructions of which more is to be said (Verifier::applyTyped).
constexpr bool isTyped(Op op) {
  return op == Op::LOAD_GLOBAL || op == Op::LOAD_METHOD || op == Op::LOAD_CONST || op == Op::PUSH_EXC_INFO;
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
  bool notable, typed;
  // A plain instruction takes what its shape says, objects whatever they are, leaves objects with `result` on
  // top, and goes on with the next one; a plain jump does so on both of its ways. Nearly all instructions are
  // plain.
  bool plain;
  bool takes_null;  // the lowest value it takes may be a null
  uint8_t cache_units;
  Operand operand;
  CellRule cell_rule;
  Kind result;
  bool jumps, falls, backward, raises;
  Shape shape;
};
consteval std::array<Traits, 256> makeTraits() {
  std::array<Traits, 256> all{};
  for (int number = 0; number < 256; number++) {
    Op op = static_cast<Op>(number);
    Traits& traits = all[static_cast<size_t>(number)];
    traits.valid = op != Op::CACHE && opExists(number) && !opIsSpecialized(op);
    if (!traits.valid) continue;
    traits.falls = !opHas(op, OpFlag::kNoFall);
    traits.jumps = opIsJump(op);
    traits.shape = shapeOf(op);
    traits.plain = traits.shape.pops != kNoShape && (traits.falls || !traits.jumps);  // RETURN_VALUE, too
    traits.takes_null = op == Op::CALL;
    traits.notable = isNotable(op);
    traits.typed = isTyped(op);
    traits.cache_units = static_cast<uint8_t>(opCacheUnits(op));
    traits.operand = operandOf(op);
    traits.cell_rule = cellRuleOf(op);
    traits.result = resultOf(op);
    traits.backward = opHas(op, OpFlag::kBackward);
    traits.raises = opHas(op, OpFlag::kRaises);
  }
  return all;
}
constexpr std::array<Traits, 256> kTraits = makeTraits();
constexpr const Traits& traitsOf(Op op) { return kTraits[static_cast<size_t>(op) & 0xff]; }

}  // namespace krait
