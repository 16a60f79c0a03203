// sys.stdin, sys.stdout and sys.stderr.
#pragma once

#include "core/result.h"

namespace krait {

// The codec behind config.stdio_encoding must exist; its own name is kept.
Status normaliseStreamEncoding();
Status createStandardStreams();
Status flushStandardStreams();  // fails when one of them could not be flushed
void flushQuietly();            // whatever fails; a pending exception stays

}  // namespace krait
