// sys.stdin, sys.stdout and sys.stderr.
#pragma once

#include "core/result.h"

namespace krait {

Status createStandardStreams();
Status flushStandardStreams();  // fails when stdout could not be flushed

}  // namespace krait
