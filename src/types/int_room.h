// Memory that the kernels of integer arithmetic (base/digits.h, GMP) take beside their result: they cannot
// fail.
#pragma once

#include "core/scratch.h"

namespace krait {

constexpr size_t kWorkPerDigit =
    48;  // bytes: copies in limbs, the limbs of the result, and the library's scratch

inline Status roomForDigits(size_t operand_digits) { return askForRoom(operand_digits * kWorkPerDigit); }

}  // namespace krait
