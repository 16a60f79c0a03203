// Opcodes of CPython 3.11: the enum and the facts of opcodes.def, indexed by opcode. No mutable state.
//
// A code unit is 16 bits: opcode in the low byte, oparg in the high one. Inline caches are further units that
// follow the instruction. Everything below the enum is a constexpr table look-up.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace krait {

enum class Op : uint16_t {
#define OP(name, number, ...) name = number,
#define SPEC(name, number, ...) name = number,
#define PSEUDO(name, number, ...) name = number,
#include "bytecode/opcodes.def"
  kDoTracing = 255,  // replaces the opcode in `dispatch` while tracing; never stored
};

using CodeUnit = uint16_t;

constexpr CodeUnit codeUnit(Op op, int oparg) {
  return static_cast<CodeUnit>((static_cast<int>(op) & 0xff) | (oparg << 8));
}
constexpr Op unitOp(CodeUnit unit) { return static_cast<Op>(unit & 0xff); }
constexpr int unitArg(CodeUnit unit) { return unit >> 8; }

constexpr int kHaveArgument = 90;
constexpr int kFirstPrivateOp = 181;  // from here on: specialised forms that CPython does not know
constexpr int kFirstPseudoOp = 256;
constexpr int kOpCount = 256 + 10;
constexpr int kMaxCacheUnits = 10;

// OpInfo::pops/pushes for "depends on oparg" (kVar in opcodes.def).
constexpr int kVarOperands = -1;

enum class OpFlag : uint16_t {
  kArg = 1 << 0,
  kConst = 1 << 1,
  kName = 1 << 2,
  kLocal = 1 << 3,
  kFree = 1 << 4,
  kCompare = 1 << 5,
  kForward = 1 << 6,
  kBackward = 1 << 7,
  kNoFall = 1 << 8,
  kRaises = 1 << 9,
  kRunsPython = 1 << 10,
};
constexpr OpFlag operator|(OpFlag a, OpFlag b) {
  return static_cast<OpFlag>(static_cast<uint16_t>(a) | static_cast<uint16_t>(b));
}

struct OpInfo {
  const char* name = nullptr;  // null: no such opcode
  uint16_t flags = 0;
  uint8_t cache_units = 0;
  int8_t pops = 0;
  int8_t pushes = 0;
  Op generic = Op::CACHE;  // the opcode itself unless it is a specialised form
};

consteval std::array<OpInfo, kOpCount> makeOpTable() {
  using enum OpFlag;
  constexpr int kVar = kVarOperands;
  std::array<OpInfo, kOpCount> table{};
#define OP(op, number, units, pop, push, flag) \
  table[number] = {#op, static_cast<uint16_t>(flag), units, pop, push, Op::op};
#define PSEUDO(op, number, flag) table[number] = {#op, static_cast<uint16_t>(flag), 0, 0, 0, Op::op};
#include "bytecode/opcodes.def"
#define SPEC(special, number, generic_name)                  \
  table[number] = table[static_cast<int>(Op::generic_name)]; \
  table[number].name = #special;
#include "bytecode/opcodes.def"
  return table;
}

inline constexpr std::array<OpInfo, kOpCount> kOpTable = makeOpTable();

// Any value 0..255 may be asked for; holes answer with an empty row.
constexpr const OpInfo& opInfo(Op op) { return kOpTable[static_cast<int>(op)]; }
constexpr const OpInfo& opInfo(int op) { return kOpTable[op]; }

constexpr bool opExists(int op) { return op >= 0 && op < kOpCount && kOpTable[op].name != nullptr; }
constexpr const char* opName(Op op) { return opInfo(op).name; }
constexpr bool opHas(Op op, OpFlag flag) { return (opInfo(op).flags & static_cast<uint16_t>(flag)) != 0; }
constexpr bool opHasArg(Op op) { return opHas(op, OpFlag::kArg); }
constexpr bool opIsJump(Op op) { return opHas(op, OpFlag::kForward | OpFlag::kBackward); }
constexpr bool opIsSpecialized(Op op) { return opInfo(op).name && opInfo(op).generic != op; }
constexpr int opCacheUnits(Op op) { return opInfo(op).cache_units; }

// The de-specialisation table: what an instruction of quickened code stands for.
constexpr Op opGeneric(Op op) { return opInfo(op).generic; }

// The oparg of COMPARE_OP equals the Py_LT..Py_GE of rich comparison.
enum class CompareOp : uint8_t { kLt, kLe, kEq, kNe, kGt, kGe };

// The oparg of BINARY_OP. An in-place operator is its plain one plus kInplaceAdd.
enum class BinaryOp : uint8_t {
  kAdd,
  kAnd,
  kFloorDivide,
  kLshift,
  kMatrixMultiply,
  kMultiply,
  kRemainder,
  kOr,
  kPower,
  kRshift,
  kSubtract,
  kTrueDivide,
  kXor,
  kInplaceAdd,
  kInplaceAnd,
  kInplaceFloorDivide,
  kInplaceLshift,
  kInplaceMatrixMultiply,
  kInplaceMultiply,
  kInplaceRemainder,
  kInplaceOr,
  kInplacePower,
  kInplaceRshift,
  kInplaceSubtract,
  kInplaceTrueDivide,
  kInplaceXor,
};
constexpr int kBinaryOpCount = 26;

// The source spelling: "+", "//=" ...
constexpr const char* binaryOpText(BinaryOp op) {
  constexpr const char* kText[] = {
      "+",  "&",  "//",  "<<",  "@",  "*",  "%",  "|",  "**",  ">>",  "-",  "/",  "^",
      "+=", "&=", "//=", "<<=", "@=", "*=", "%=", "|=", "**=", ">>=", "-=", "/=", "^="};
  return kText[static_cast<int>(op)];
}
constexpr const char* compareOpText(CompareOp op) {
  constexpr const char* kText[] = {"<", "<=", "==", "!=", ">", ">="};
  return kText[static_cast<int>(op)];
}

// MAKE_FUNCTION's oparg.
enum MakeFunctionFlag : int {
  kMakeDefaults = 1,
  kMakeKwDefaults = 2,
  kMakeAnnotations = 4,
  kMakeClosure = 8
};

// FORMAT_VALUE's oparg: conversion in the low bits, then whether a spec is on the stack.
enum FormatValueFlag : int {
  kFvcNone = 0,
  kFvcStr = 1,
  kFvcRepr = 2,
  kFvcAscii = 3,
  kFvcMask = 3,
  kFvsHaveSpec = 4
};

// RESUME's oparg: where execution (re)starts.
enum ResumeKind : int { kResumeStart = 0, kResumeYield = 1, kResumeYieldFrom = 2, kResumeAwait = 3 };

}  // namespace krait
