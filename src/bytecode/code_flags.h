// Numbers that describe a code object: co_flags, kinds of local variables, compiler flags.
#pragma once

#include <cstdint>

namespace krait {

enum CodeFlag : int {
  kCoOptimized = 0x1,
  kCoNewLocals = 0x2,
  kCoVarArgs = 0x4,
  kCoVarKeywords = 0x8,
  kCoNested = 0x10,
  kCoGenerator = 0x20,
  kCoCoroutine = 0x80,
  kCoIterableCoroutine = 0x100,
  kCoAsyncGenerator = 0x200,
  kCoFutureDivision = 0x20000,
  kCoFutureAbsoluteImport = 0x40000,
  kCoFutureWithStatement = 0x80000,
  kCoFuturePrintFunction = 0x100000,
  kCoFutureUnicodeLiterals = 0x200000,
  kCoFutureBarryAsBdfl = 0x400000,
  kCoFutureGeneratorStop = 0x800000,
  kCoFutureAnnotations = 0x1000000,
};

// One byte per entry of co_localsplusnames.
enum LocalKind : uint8_t { kLocalKindLocal = 0x20, kLocalKindCell = 0x40, kLocalKindFree = 0x80 };

// compile()'s flags besides the __future__ ones above (PyCF_*).
enum CompileFlag : int {
  kCfSourceIsUtf8 = 0x0100,
  kCfDontImplyDedent = 0x0200,
  kCfOnlyAst = 0x0400,
  kCfIgnoreCookie = 0x0800,
  kCfTypeComments = 0x1000,
  kCfAllowTopLevelAwait = 0x2000,
  kCfAllowIncompleteInput = 0x4000,
};
constexpr int kFutureMask = 0x1fe0000;  // every kCoFuture* bit
constexpr int kCfMaskObsolete = kCoNested;
constexpr int kCfCompileMask =
    kCfOnlyAst | kCfAllowTopLevelAwait | kCfTypeComments | kCfDontImplyDedent | kCfAllowIncompleteInput;

}  // namespace krait
