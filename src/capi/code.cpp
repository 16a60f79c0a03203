// Exports of code.h: code objects, and the storage that debuggers and compilers attach to them.
#include "types/code.h"

#include "bytecode/code_flags.h"
#include "bytecode/opcode.h"
#include "capi/capi.h"
#include "core/memory.h"
#include "core/object.h"
#include "types/list.h"

using namespace krait;

namespace {

CodeObject* codeArg(PyObject* object) { return castOrBadCall<CodeObject>(object, &PyCode_Type); }

// --- per-code storage (PEP 523) ---

constexpr Py_ssize_t kMaxExtras = 255;
freefunc extra_free[kMaxExtras];
Py_ssize_t extra_count = 0;

struct CodeExtras {
  Py_ssize_t size;
  void* at[1];
};

void freeExtras(void* memory) {
  auto* extras = static_cast<CodeExtras*>(memory);
  for (Py_ssize_t i = 0; i < extras->size; i++) {
    if (extras->at[i] && extra_free[i]) extra_free[i](extras->at[i]);
  }
  memFree(extras);
}

CodeExtras* extrasOfSize(CodeObject* code, Py_ssize_t size) {
  auto* extras = static_cast<CodeExtras*>(code->co_extra);
  Py_ssize_t old_size = extras ? extras->size : 0;
  if (old_size >= size) return extras;
  auto* grown = static_cast<CodeExtras*>(
      memRealloc(extras, sizeof(CodeExtras) + static_cast<size_t>(size) * sizeof(void*)));
  if (!grown) return (void)raiseNoMemory(), nullptr;
  for (Py_ssize_t i = old_size; i < size; i++) grown->at[i] = nullptr;
  grown->size = size;
  code->co_extra = grown;
  codeExtraFree = freeExtras;
  return grown;
}

// --- making code objects ---

// The old-style lists of variables; a cell variable that is also an argument is one entry of both kinds.
struct Locals {
  Ref<TupleObject> names;
  Ref<BytesObject> kinds;
};

Result<Py_ssize_t> indexIn(TupleObject* names, PyObject* wanted) {
  for (Py_ssize_t i = 0; i < names->size(); i++) {
    if (TRY(richCompareBool(names->at(i), wanted, Py_EQ))) return i;
  }
  return Py_ssize_t{-1};
}

Result<Locals> mergeLocals(TupleObject* varnames, TupleObject* cellvars, TupleObject* freevars) {
  std::string kinds(static_cast<size_t>(varnames->size()), static_cast<char>(kLocalKindLocal));
  Ref<ListObject> names = TRY(listFromItems(varnames->items(), varnames->size()));
  for (Py_ssize_t i = 0; i < cellvars->size(); i++) {
    Py_ssize_t same = TRY(indexIn(varnames, cellvars->at(i)));
    if (same >= 0) {
      kinds[static_cast<size_t>(same)] |= static_cast<char>(kLocalKindCell);
      continue;
    }
    TRY(listAppend(names, cellvars->at(i)));
    kinds += static_cast<char>(kLocalKindCell);
  }
  for (Py_ssize_t i = 0; i < freevars->size(); i++) {
    TRY(listAppend(names, freevars->at(i)));
    kinds += static_cast<char>(kLocalKindFree);
  }
  return Locals{TRY(listAsTuple(names)), TRY(bytesFrom(kinds))};
}

bool areAll(PyTypeObject* type, std::initializer_list<PyObject*> objects) {
  for (PyObject* o : objects) {
    if (!o || !isInstanceOf(o, type)) return false;
  }
  return true;
}

struct OldParts {
  int argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags;
  PyObject *code, *consts, *names, *varnames, *freevars, *cellvars, *filename, *name, *qualname;
  int firstlineno;
  PyObject *linetable, *exceptiontable;
};

Result<Ref<CodeObject>> codeFromOldParts(const OldParts& p) {
  if (!areAll(&PyTuple_Type, {p.consts, p.names, p.varnames, p.freevars, p.cellvars}) ||
      !areAll(&PyUnicode_Type, {p.filename, p.name, p.qualname}) ||
      !areAll(&PyBytes_Type, {p.code, p.linetable, p.exceptiontable})) {
    return raiseBadInternalCall();
  }
  auto* varnames = static_cast<TupleObject*>(p.varnames);
  if (varnames->size() != p.nlocals) {
    return raise(PyExc_ValueError, "code: co_nlocals != len(co_varnames)");
  }
  Locals locals = TRY(
      mergeLocals(varnames, static_cast<TupleObject*>(p.cellvars), static_cast<TupleObject*>(p.freevars)));
  return codeNew({.filename = p.filename,
                  .name = p.name,
                  .qualname = p.qualname,
                  .flags = p.flags,
                  .code = p.code,
                  .firstlineno = p.firstlineno,
                  .linetable = p.linetable,
                  .consts = p.consts,
                  .names = p.names,
                  .localsplusnames = locals.names.get(),
                  .localspluskinds = locals.kinds.get(),
                  .argcount = p.argcount,
                  .posonlyargcount = p.posonlyargcount,
                  .kwonlyargcount = p.kwonlyargcount,
                  .stacksize = p.stacksize,
                  .exceptiontable = p.exceptiontable});
}

// Three units on the first line: running such a code object raises AssertionError.
Result<Ref<CodeObject>> emptyCode(const char* filename, const char* function, int line) {
  constexpr uint8_t kUnits[] = {
      static_cast<uint8_t>(Op::RESUME),        0, static_cast<uint8_t>(Op::LOAD_ASSERTION_ERROR), 0,
      static_cast<uint8_t>(Op::RAISE_VARARGS), 1};
  constexpr uint8_t kNoColumns = 13;
  constexpr uint8_t kLines[] = {0x80 | kNoColumns << 3 | (sizeof kUnits / 2 - 1), 0};
  auto bytes_of = [](auto& table) { return bytesFrom({reinterpret_cast<const char*>(table), sizeof table}); };
  Ref<StrObject> file = TRY(fsDecode(filename));
  Ref<StrObject> name_text = TRY(strFromUtf8(function));
  Ref<BytesObject> code = TRY(bytes_of(kUnits)), lines = TRY(bytes_of(kLines)), nothing = TRY(bytesFrom(""));
  Ref<TupleObject> none_of = emptyTuple();
  return codeNew({.filename = file,
                  .name = name_text,
                  .qualname = name_text,
                  .flags = 0,
                  .code = code,
                  .firstlineno = line,
                  .linetable = lines,
                  .consts = none_of,
                  .names = none_of,
                  .localsplusnames = none_of,
                  .localspluskinds = nothing,
                  .argcount = 0,
                  .posonlyargcount = 0,
                  .kwonlyargcount = 0,
                  .stacksize = 1,
                  .exceptiontable = nothing});
}

}  // namespace

KR_EXPORT PyObject* PyCode_NewEmpty(const char* filename, const char* function, int line) {
  return toC(emptyCode(filename, function, line));
}
KR_EXPORT PyObject* PyCode_NewWithPosOnlyArgs(int argcount, int posonlyargcount, int kwonlyargcount,
                                              int nlocals, int stacksize, int flags, PyObject* code,
                                              PyObject* consts, PyObject* names, PyObject* varnames,
                                              PyObject* freevars, PyObject* cellvars, PyObject* filename,
                                              PyObject* name, PyObject* qualname, int firstlineno,
                                              PyObject* linetable, PyObject* exceptiontable) {
  return toC(codeFromOldParts({argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, code,
                               consts, names, varnames, freevars, cellvars, filename, name, qualname,
                               firstlineno, linetable, exceptiontable}));
}
KR_EXPORT PyObject* PyCode_New(int argcount, int kwonlyargcount, int nlocals, int stacksize, int flags,
                               PyObject* code, PyObject* consts, PyObject* names, PyObject* varnames,
                               PyObject* freevars, PyObject* cellvars, PyObject* filename, PyObject* name,
                               PyObject* qualname, int firstlineno, PyObject* linetable,
                               PyObject* exceptiontable) {
  return toC(codeFromOldParts({argcount, 0, kwonlyargcount, nlocals, stacksize, flags, code, consts, names,
                               varnames, freevars, cellvars, filename, name, qualname, firstlineno, linetable,
                               exceptiontable}));
}
KR_EXPORT PyObject* PyCode_Optimize(PyObject* code, PyObject*, PyObject*, PyObject*) {
  return share(code).leak();
}

KR_EXPORT PyObject* PyCode_GetCode(PyObject* code) { return toC(codeBytes(static_cast<CodeObject*>(code))); }
KR_EXPORT PyObject* PyCode_GetVarnames(PyObject* code) {
  return toC(codeVarnames(static_cast<CodeObject*>(code)));
}
KR_EXPORT PyObject* PyCode_GetCellvars(PyObject* code) {
  return toC(codeCellvars(static_cast<CodeObject*>(code)));
}
KR_EXPORT PyObject* PyCode_GetFreevars(PyObject* code) {
  return toC(codeFreevars(static_cast<CodeObject*>(code)));
}
KR_EXPORT int PyCode_Addr2Line(PyObject* code, int offset) {
  return codeLineAt(static_cast<CodeObject*>(code), offset);
}
KR_EXPORT int PyCode_Addr2Location(PyObject* code, int offset, int* line, int* column, int* end_line,
                                   int* end_column) {
  CodePosition at = codePositionAt(static_cast<CodeObject*>(code), offset);
  *line = at.line, *column = at.column, *end_line = at.end_line, *end_column = at.end_column;
  return 1;
}

// -1: all indices are taken.
KR_EXPORT Py_ssize_t _PyEval_RequestCodeExtraIndex(freefunc free) {
  if (extra_count == kMaxExtras) return -1;
  extra_free[extra_count] = free;
  return extra_count++;
}
KR_EXPORT int _PyCode_GetExtra(PyObject* object, Py_ssize_t index, void** out) {
  CodeObject* code = codeArg(object);
  if (!code) return -1;
  auto* extras = static_cast<CodeExtras*>(code->co_extra);
  *out = extras && index >= 0 && index < extras->size ? extras->at[index] : nullptr;
  return 0;
}
KR_EXPORT int _PyCode_SetExtra(PyObject* object, Py_ssize_t index, void* value) {
  if (index < 0 || index >= extra_count) return (void)raiseBadInternalCall(), -1;
  CodeObject* code = codeArg(object);
  CodeExtras* extras = code ? extrasOfSize(code, index + 1) : nullptr;
  if (!extras) return -1;
  void* old = std::exchange(extras->at[index], value);
  if (old && extra_free[index]) extra_free[index](old);
  return 0;
}
