// Before a code object runs for the first time its byte code is verified and quickened.
//
// co_warmup < 0 means "not prepared"; every way into a frame asks codeIsPrepared() first.
#pragma once

#include "types/code.h"

namespace krait {

inline bool codeIsPrepared(const CodeObject* code) { return code->co_warmup >= 0; }
// Fails with SystemError when the byte code could leave its own arrays.
Status codePrepare(CodeObject* code);
// Null: fine. Else what is wrong, in a few words.
const char* codeVerify(CodeObject* code);

}  // namespace krait
