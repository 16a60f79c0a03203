// The end of an interpreter's warning filters. Issuing warnings: core/errors.h.
#pragma once

namespace krait {

void warningsForget();

}  // namespace krait
