// The iterators behind co_lines() and co_positions().
#pragma once

#include <span>

#include "types/code.h"

namespace krait {

std::span<const uint8_t> codeLocations(const CodeObject* code);
Result<Ref<>> codeLines(CodeObject* code);
Result<Ref<>> codePositions(CodeObject* code);

}  // namespace krait
