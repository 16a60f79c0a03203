// The C stack of the calling OS thread, and how far down it recursion may go.
//
// Three marks, from the top: walks whose steps are large (parser, compiler) end at nestingStackLimit() with
// an error; everything else that recurses ends at Thread::c_stack_limit with RecursionError, and below that
// mark deallocation puts objects aside instead of nesting further (deallocateLater). What is left serves code
// that does not recurse.
#pragma once

#include <cstddef>

#include "base/sanitizer.h"
#include "core/result.h"

namespace krait {

struct CStack {
  char* low;  // its lowest usable address
  size_t size;
};
CStack ownCStack();  // measured once per OS thread

// The process's first stack gets its addresses as it grows, and dies where a limit of the address space
// refuses them. Takes them all now, as far as that is possible; for programs that may recurse deeply.
void takeFirstCStack();

// Kept free below Thread::c_stack_limit.
size_t cStackMargin(const CStack& stack);
char* nestingStackLimit();

// The current thread is below its limit: raises RecursionError "maximum recursion depth exceeded{where}".
// False: the error is being made or handled already, there is room for that.
bool raiseStackIsLow(const char* where);

// For steps that nest without being counted as recursion (RecursionGuard).
bool cStackIsLow();
Status checkCStack(const char* where);  // RecursionError when it is low

// Stacks that we make are larger by this than what threading.stack_size() asks for: a stack of the smallest
// size allowed leaves room for the margins.
constexpr size_t kStackSlack = (kAddressSanitizer ? 1024 : 256) * 1024;

}  // namespace krait
