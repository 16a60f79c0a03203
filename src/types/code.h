// code: PyCodeObject's layout. Immutable for users; co_code_adaptive is the evaluator's working copy of the
// byte code, with inline caches and specialised opcodes; co_code (a bytes object) is de-specialised on
// demand.
#pragma once

#include "types/bytes.h"
#include "types/str.h"
#include "types/tuple.h"

namespace krait {

struct CodeObject : PyVarObject {
  PyObject *co_consts, *co_names, *co_exceptiontable;
  int co_flags;
  short co_warmup, _co_linearray_entry_size;
  int co_argcount, co_posonlyargcount, co_kwonlyargcount, co_stacksize, co_firstlineno;
  int co_nlocalsplus, co_nlocals, co_nplaincellvars, co_ncellvars, co_nfreevars;
  PyObject *co_localsplusnames, *co_localspluskinds, *co_filename, *co_name, *co_qualname, *co_linetable;
  PyObject *co_weakreflist, *_co_code;
  char* _co_linearray;
  int _co_firsttraceable;
  void* co_extra;
  uint16_t co_code_adaptive[1];  // ob_size code units

  TupleObject* consts() const { return static_cast<TupleObject*>(co_consts); }
  TupleObject* names() const { return static_cast<TupleObject*>(co_names); }
  BytesObject* exceptionTable() const { return static_cast<BytesObject*>(co_exceptiontable); }
  Py_ssize_t unitCount() const { return ob_size; }
};
static_assert(offsetof(CodeObject, co_code_adaptive) == 184);

// Everything a code object is made of; borrowed.
struct CodeParts {
  PyObject *filename, *name, *qualname;
  int flags;
  PyObject* code;  // bytes
  int firstlineno;
  PyObject *linetable, *consts, *names, *localsplusnames, *localspluskinds;
  int argcount, posonlyargcount, kwonlyargcount, stacksize;
  PyObject* exceptiontable;
};
// Validates; interns names and constants. The byte code itself is verified before it first runs
// (interp/code_prepare).
Result<Ref<CodeObject>> codeNew(const CodeParts& parts);
inline bool isCode(const PyObject* o) { return isExact(o, &PyCode_Type); }
int codeLineAt(CodeObject* code, int byte_offset);  // -1: none
struct CodePosition {
  int line, end_line, column, end_column;  // -1: unknown
};
CodePosition codePositionAt(CodeObject* code, int byte_offset);
Result<Ref<BytesObject>> codeBytes(CodeObject* code);  // co_code
Result<Ref<TupleObject>> codeVarnames(CodeObject* code);
Result<Ref<TupleObject>> codeCellvars(CodeObject* code);
Result<Ref<TupleObject>> codeFreevars(CodeObject* code);
// Frees co_extra; set by the C API when somebody asks for such storage.
extern void (*codeExtraFree)(void* extra);
extern "C" PyTypeObject _PyLineIterator, _PyPositionsIterator;  // of co_lines() and co_positions()

}  // namespace krait
