// code: construction, attributes, comparison.
#include "types/code.h"

#include <algorithm>
#include <climits>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "bytecode/code_flags.h"
#include "bytecode/location_table.h"
#include "bytecode/opcode.h"
#include "core/gc.h"
#include "core/interpreter.h"
#include "core/native.h"
#include "core/scratch.h"
#include "core/thread.h"
#include "types/bool.h"
#include "types/byte_builder.h"
#include "types/code_const.h"
#include "types/code_iter.h"
#include "types/int.h"
#include "types/set.h"
#include "types/weakref.h"

namespace krait {

void (*codeExtraFree)(void* extra) = nullptr;

namespace {

constexpr short kInitialWarmup = -8;  // negative: not prepared for running yet

// --- interning

bool isNameLike(const StrObject* s) {
  if (!s->isAscii()) return false;
  for (char c : s->asciiView()) {
    bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!ok) return false;
  }
  return true;
}

// Replaces an item by its interned equal; answers whether that is another object.
bool internItem(PyObject*& item) {
  Ref<StrObject> interned = strIntern(share(static_cast<StrObject*>(item)));
  bool changed = interned.get() != item;
  setField(item, Ref<>(std::move(interned)));
  return changed;
}

Status internNames(PyObject* tuple) {
  auto* names = static_cast<TupleObject*>(tuple);
  for (Py_ssize_t i = 0; i < names->size(); i++) {
    if (!isExactStr(names->at(i))) return raise(PyExc_SystemError, "non-string found in code slot");
    internItem(names->ob_item[i]);
  }
  return {};
}

Result<bool> internConstants(TupleObject* consts);

Result<bool> internFrozenset(PyObject*& item) {
  Ref<TupleObject> items = TRY(sequenceTuple(item));
  if (!TRY(internConstants(items))) return false;
  setField(item, Ref<>(TRY(frozenSetNew(items.get()))));
  return true;
}

// Constants given by a program may be nested without end (a marshalled tuple may hold itself).
Status checkConstantNesting() {
  if (static_cast<char*>(__builtin_frame_address(0)) > currentThread()->c_stack_limit) [[likely]]
    return {};
  return raise(PyExc_RecursionError, "maximum recursion depth exceeded in constants");
}

// Strings that look like names are interned, inside tuples and frozensets too.
Result<bool> internConstants(TupleObject* consts) {
  TRY(checkConstantNesting());
  bool changed = false;
  for (Py_ssize_t i = 0; i < consts->size(); i++) {
    PyObject*& item = consts->ob_item[i];
    if (isExactStr(item)) {
      if (isNameLike(static_cast<StrObject*>(item)) && internItem(item)) changed = true;
    } else if (isExactTuple(item)) {
      TRY(internConstants(static_cast<TupleObject*>(item)));
    } else if (isExact(item, &PyFrozenSet_Type)) {
      if (TRY(internFrozenset(item))) changed = true;
    }
  }
  return changed;
}

// --- construction

struct LocalCounts {
  int locals = 0, plain_cells = 0, cells = 0, frees = 0;
};

LocalCounts countLocals(BytesObject* kinds) {
  LocalCounts counts;
  for (char c : kinds->view()) {
    int kind = static_cast<unsigned char>(c);
    if (kind & kLocalKindLocal) {
      counts.locals++;
      if (kind & kLocalKindCell) counts.cells++;
    } else if (kind & kLocalKindCell) {
      counts.cells++;
      counts.plain_cells++;
    } else if (kind & kLocalKindFree) {
      counts.frees++;
    }
  }
  return counts;
}

bool typesAreRight(const CodeParts& p) {
  return p.argcount >= p.posonlyargcount && p.posonlyargcount >= 0 && p.kwonlyargcount >= 0 &&
         p.stacksize >= 0 && p.flags >= 0 && isBytes(p.code) && isTuple(p.consts) && isTuple(p.names) &&
         isTuple(p.localsplusnames) && isBytes(p.localspluskinds) &&
         static_cast<TupleObject*>(p.localsplusnames)->size() ==
             static_cast<BytesObject*>(p.localspluskinds)->size() &&
         isStr(p.name) && isStr(p.qualname) && isStr(p.filename) && isBytes(p.linetable) &&
         isBytes(p.exceptiontable);
}

Status validate(const CodeParts& p) {
  if (!typesAreRight(p)) return raiseBadInternalCall();
  Py_ssize_t size = static_cast<BytesObject*>(p.code)->size();
  if (size > INT_MAX) return raise(PyExc_OverflowError, "code: co_code larger than INT_MAX");
  if (size % static_cast<Py_ssize_t>(sizeof(CodeUnit)) != 0)
    return raise(PyExc_ValueError, "code: co_code is malformed");
  long args = static_cast<long>(p.argcount) + p.kwonlyargcount + ((p.flags & kCoVarArgs) != 0) +
              ((p.flags & kCoVarKeywords) != 0);
  if (countLocals(static_cast<BytesObject*>(p.localspluskinds)).locals < args) {
    return raise(PyExc_ValueError, "code: co_varnames is too small");
  }
  return {};
}

int firstTraceable(const CodeObject* code) {
  int unit = 0;
  while (unit < code->unitCount() && opGeneric(unitOp(code->co_code_adaptive[unit])) != Op::RESUME) unit++;
  return unit;
}

// Opcodes that only this interpreter gives a meaning are undefined in what comes from outside.
void dropPrivateOpcodes(CodeObject* code) {
  auto is_private = [](CodeUnit unit) { return static_cast<int>(unitOp(unit)) >= kFirstPrivateOp; };
  CodeUnit *units = code->co_code_adaptive, *end = units + code->unitCount();
  bool any = false;
  for (CodeUnit* unit = units; unit < end; unit++) any |= is_private(*unit);
  if (!any) [[likely]]
    return;
  for (CodeUnit* unit = units; unit < end; unit++)
    if (is_private(*unit)) *unit = codeUnit(Op::CACHE, unitArg(*unit));
}

void fill(CodeObject* code, const CodeParts& p) {
  auto own = [](PyObject* o) { return share(o).leak(); };
  LocalCounts counts = countLocals(static_cast<BytesObject*>(p.localspluskinds));
  code->co_consts = own(p.consts);
  code->co_names = own(p.names);
  code->co_exceptiontable = own(p.exceptiontable);
  code->co_flags = p.flags;
  code->co_warmup = kInitialWarmup;
  code->_co_linearray_entry_size = 0;
  code->co_argcount = p.argcount;
  code->co_posonlyargcount = p.posonlyargcount;
  code->co_kwonlyargcount = p.kwonlyargcount;
  code->co_stacksize = p.stacksize;
  code->co_firstlineno = p.firstlineno;
  code->co_nlocals = counts.locals;
  code->co_nplaincellvars = counts.plain_cells;
  code->co_ncellvars = counts.cells;
  code->co_nfreevars = counts.frees;
  code->co_localsplusnames = own(p.localsplusnames);
  code->co_localspluskinds = own(p.localspluskinds);
  code->co_nlocalsplus = static_cast<int>(static_cast<TupleObject*>(p.localsplusnames)->size());
  code->co_filename = own(p.filename);
  code->co_name = own(p.name);
  code->co_qualname = own(p.qualname);
  code->co_linetable = own(p.linetable);
  code->co_weakreflist = code->_co_code = nullptr;
  code->_co_linearray = nullptr;
  code->co_extra = nullptr;
  std::memcpy(code->co_code_adaptive, static_cast<BytesObject*>(p.code)->data(),
              static_cast<size_t>(code->ob_size) * sizeof(CodeUnit));
  dropPrivateOpcodes(code);
  code->_co_firsttraceable = firstTraceable(code);
}

std::span<const uint8_t> tableOf(PyObject* bytes) {
  auto* table = static_cast<BytesObject*>(bytes);
  return {reinterpret_cast<const uint8_t*>(table->data()), static_cast<size_t>(table->size())};
}

// Counted afresh: hand-made kinds may be of several sorts at once.
Result<Ref<TupleObject>> localsOfKind(CodeObject* code, int kind) {
  auto* all = static_cast<TupleObject*>(code->co_localsplusnames);
  std::string_view kinds = static_cast<BytesObject*>(code->co_localspluskinds)->view();
  auto matches = [kind](char c) { return (c & kind) != 0; };
  Ref<TupleObject> names = TRY(tupleNew(std::count_if(kinds.begin(), kinds.end(), matches)));
  Py_ssize_t at = 0;
  for (Py_ssize_t i = 0; i < all->size(); i++) {
    if (matches(kinds[static_cast<size_t>(i)])) names->ob_item[at++] = share(all->at(i)).leak();
  }
  return names;
}

// The table with lines only, for -X no_debug_ranges.
Result<Ref<BytesObject>> withoutColumns(PyObject* linetable, int first_line) {
  TRY(askForRoom(tableOf(linetable).size() * 2));
  LocationReader reader(tableOf(linetable), first_line);
  LocationWriter writer(first_line);
  while (reader.next()) {
    int line = reader.range().line;
    writer.append({line, line, -1, -1}, reader.end() - reader.start());
  }
  std::vector<uint8_t> bytes = std::move(writer).take();
  return bytesFrom({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace

Result<Ref<CodeObject>> codeNew(const CodeParts& given) {
  CodeParts parts = given;
  TRY(validate(parts));
  MaybeRef<BytesObject> lines_only;
  if (!interpreter().config.code_debug_ranges) {
    lines_only = TRY(withoutColumns(parts.linetable, parts.firstlineno));
    parts.linetable = lines_only.get();
  }
  TRY(internNames(parts.names));
  TRY(internConstants(static_cast<TupleObject*>(parts.consts)));
  TRY(internNames(parts.localsplusnames));
  Py_ssize_t units =
      static_cast<BytesObject*>(parts.code)->size() / static_cast<Py_ssize_t>(sizeof(CodeUnit));
  Ref<CodeObject> code =
      TRY(objectNew<CodeObject>(&PyCode_Type, static_cast<size_t>(units) * sizeof(CodeUnit)));
  code->ob_size = units;
  fill(code.get(), parts);
  return code;
}

std::span<const uint8_t> codeLocations(const CodeObject* code) { return tableOf(code->co_linetable); }

namespace {

// Lines looked up lately: a traceback entry needs one, and programs raise at the same places again and again.
// An entry is valid while its code object lives.
struct KnownLine {
  const CodeObject* code;
  int unit, line;
};
constinit KnownLine known_lines[16] = {};

void forgetLines(const CodeObject* code) {
  for (KnownLine& known : known_lines) {
    if (known.code == code) known.code = nullptr;
  }
}

}  // namespace

int codeLineAt(CodeObject* code, int byte_offset) {
  if (byte_offset < 0) return code->co_firstlineno;
  int unit = byte_offset / 2;
  if (code->_co_linearray && unit < code->unitCount())
    return reinterpret_cast<const int*>(code->_co_linearray)[unit];
  size_t slot = reinterpret_cast<size_t>(code) / 16 + static_cast<size_t>(unit);
  KnownLine& known = known_lines[slot % std::size(known_lines)];
  if (known.code != code || known.unit != unit)
    known = {code, unit, lineAt(codeLocations(code), code->co_firstlineno, unit)};
  return known.line;
}

void codeKeepLines(CodeObject* code) {
  if (code->_co_linearray) return;
  auto count = static_cast<int>(code->unitCount());
  auto* lines = static_cast<int*>(memAlloc(static_cast<size_t>(count) * sizeof(int)));
  if (!lines) return;  // lines are looked up in the table then
  std::fill_n(lines, count, -1);
  LocationReader reader(codeLocations(code), code->co_firstlineno);
  while (reader.next())
    for (int unit = reader.start(); unit < std::min(reader.end(), count); unit++)
      lines[unit] = reader.range().line;
  code->_co_linearray = reinterpret_cast<char*>(lines);
  code->_co_linearray_entry_size = sizeof(int);
}

CodePosition codePositionAt(CodeObject* code, int byte_offset) {
  if (byte_offset < 0) return {code->co_firstlineno, -1, -1, -1};
  SourceRange at = locationAt(codeLocations(code), code->co_firstlineno, byte_offset / 2);
  return {at.line, at.end_line, at.column, at.end_column};
}

Result<Ref<TupleObject>> codeVarnames(CodeObject* code) { return localsOfKind(code, kLocalKindLocal); }
Result<Ref<TupleObject>> codeCellvars(CodeObject* code) { return localsOfKind(code, kLocalKindCell); }
Result<Ref<TupleObject>> codeFreevars(CodeObject* code) { return localsOfKind(code, kLocalKindFree); }

// The byte code as it was made: specialised opcodes back to their generic ones, caches empty.
Result<Ref<BytesObject>> codeBytes(CodeObject* code) {
  if (code->_co_code) return share(static_cast<BytesObject*>(code->_co_code));
  Py_ssize_t count = code->unitCount();
  Ref<BytesObject> bytes = TRY(bytesNew(count * 2));
  auto* units = reinterpret_cast<CodeUnit*>(bytes->data());
  std::memcpy(units, code->co_code_adaptive, static_cast<size_t>(count) * sizeof(CodeUnit));
  for (Py_ssize_t i = 0; i < count; i++) {
    bool defined = opName(unitOp(units[i])) != nullptr;
    Op op = defined ? opGeneric(unitOp(units[i])) : Op::CACHE;
    units[i] = codeUnit(op, unitArg(units[i]));
    for (int caches = opCacheUnits(op); caches > 0 && i + 1 < count; caches--)
      units[++i] = codeUnit(Op::CACHE, 0);
  }
  code->_co_code = bytes.clone().leak();
  return bytes;
}

namespace {

bool sameUnits(CodeObject* a, CodeObject* b) {
  for (Py_ssize_t i = 0; i < a->unitCount(); i++) {
    Op x = unitOp(a->co_code_adaptive[i]), y = unitOp(b->co_code_adaptive[i]);
    Op generic = opGeneric(x);
    if (generic != opGeneric(y) || unitArg(a->co_code_adaptive[i]) != unitArg(b->co_code_adaptive[i]))
      return false;
    i += opCacheUnits(generic);
  }
  return true;
}

}  // namespace

Result<bool> codeEquals(CodeObject* a, CodeObject* b) {
  if (a == b) return true;
  bool same = strEquals(static_cast<StrObject*>(a->co_name), static_cast<StrObject*>(b->co_name)) &&
              a->co_argcount == b->co_argcount && a->co_posonlyargcount == b->co_posonlyargcount &&
              a->co_kwonlyargcount == b->co_kwonlyargcount && a->co_flags == b->co_flags &&
              a->co_firstlineno == b->co_firstlineno && a->ob_size == b->ob_size;
  if (!same || !sameUnits(a, b)) return false;
  for (auto part : {&CodeObject::co_consts, &CodeObject::co_names, &CodeObject::co_localsplusnames,
                    &CodeObject::co_linetable, &CodeObject::co_exceptiontable}) {
    if (!TRY(constCompare(a->*part, b->*part))) return false;
  }
  return true;
}

// --- the Python side

namespace {

Result<Ref<>> codeCompare(PyObject* left, PyObject* right, int op) {
  if ((op != Py_EQ && op != Py_NE) || !isCode(left) || !isCode(right)) return notImplemented();
  bool equal = TRY(codeEquals(static_cast<CodeObject*>(left), static_cast<CodeObject*>(right)));
  return boolRef(equal == (op == Py_EQ));
}

Result<Ref<StrObject>> codeRepr(CodeObject* code) {
  int line = code->co_firstlineno != 0 ? code->co_firstlineno : -1;
  return strFormat("<code object %U at %p, file \"%U\", line %d>", code->co_name, static_cast<void*>(code),
                   code->co_filename, line);
}

void codeDealloc(PyObject* self) {
  auto* code = static_cast<CodeObject*>(self);
  if (code->co_weakreflist) clearWeakRefs(self);
  if (code->co_extra && codeExtraFree) codeExtraFree(code->co_extra);
  memFree(code->_co_linearray);
  forgetLines(code);
  for (PyObject* field : {code->co_consts, code->co_names, code->co_exceptiontable, code->co_localsplusnames,
                          code->co_localspluskinds, code->co_filename, code->co_name, code->co_qualname,
                          code->co_linetable, code->_co_code}) {
    xdecref(field);
  }
  objectFreeMemory(self);
}

// What the constructor and replace() take: names by kind instead of localsplus.
struct PublicParts {
  CodeParts parts;
  int nlocals;
  TupleObject *varnames, *cellvars, *freevars;
};

// The place of a cell among the locals that it shares; -1: it has its own.
Py_ssize_t sharedLocal(TupleObject* varnames, PyObject* cell) {
  for (Py_ssize_t i = 0; i < varnames->size(); i++) {
    PyObject* name = varnames->at(i);
    if (isStr(name) && isStr(cell) && strEquals(static_cast<StrObject*>(name), static_cast<StrObject*>(cell)))
      return i;
  }
  return -1;
}

Result<Ref<CodeObject>> codeFromPublic(PublicParts p) {
  std::vector<PyObject*> names;
  std::string kinds;
  auto most = static_cast<size_t>(p.varnames->size() + p.cellvars->size() + p.freevars->size());
  TRY(reserveMore(names, most));
  TRY(reserveMore(kinds, most));
  auto add = [&](PyObject* name, int kind) {
    names.push_back(name);
    kinds.push_back(static_cast<char>(kind));
  };
  for (Py_ssize_t i = 0; i < p.varnames->size(); i++) add(p.varnames->at(i), kLocalKindLocal);
  for (Py_ssize_t i = 0; i < p.cellvars->size(); i++) {
    Py_ssize_t local = sharedLocal(p.varnames, p.cellvars->at(i));
    if (local < 0)
      add(p.cellvars->at(i), kLocalKindCell);
    else
      kinds[static_cast<size_t>(local)] |= kLocalKindCell;
  }
  for (Py_ssize_t i = 0; i < p.freevars->size(); i++)
    add(p.freevars->at(i), static_cast<int>(kLocalKindFree));
  Ref<TupleObject> local_names = TRY(tupleFromItems(names.data(), static_cast<Py_ssize_t>(names.size())));
  Ref<BytesObject> local_kinds = TRY(bytesFrom(kinds));
  p.parts.localsplusnames = local_names.get();
  p.parts.localspluskinds = local_kinds.get();
  TRY(validate(p.parts));
  if (p.nlocals != p.varnames->size()) return raise(PyExc_ValueError, "code: co_nlocals != len(co_varnames)");
  return codeNew(p.parts);
}

Status auditNew(const PublicParts& p) {
  const CodeParts& c = p.parts;
  return audit("code.__new__", "OOOiiiiii", c.code, c.filename, c.name, c.argcount, c.posonlyargcount,
               c.kwonlyargcount, p.nlocals, c.stacksize, c.flags);
}

// A tuple of exact strs: the given one, or a copy with subclasses of str turned into str.
Result<Ref<TupleObject>> nameTuple(TupleObject* names) {
  Ref<TupleObject> copy = TRY(tupleNew(names->size()));
  for (Py_ssize_t i = 0; i < names->size(); i++) {
    PyObject* name = names->at(i);
    if (!isStr(name)) {
      return raise(PyExc_TypeError, "name tuples must contain only strings, not '%.500s'", typeName(name));
    }
    Ref<StrObject> exact =
        isExactStr(name)
            ? share(static_cast<StrObject*>(name))
            : TRY(strSubstring(static_cast<StrObject*>(name), 0, static_cast<StrObject*>(name)->size()));
    copy->ob_item[i] = Ref<>(std::move(exact)).leak();
  }
  return copy;
}

Result<Ref<>> codeTypeNew(PyTypeObject*, int argcount, int posonlyargcount, int kwonlyargcount, int nlocals,
                          int stacksize, int flags, BytesObject* code, TupleObject* consts,
                          TupleObject* names, TupleObject* varnames, StrObject* filename, StrObject* name,
                          StrObject* qualname, int firstlineno, BytesObject* linetable,
                          BytesObject* exceptiontable, Opt<TupleObject> freevars, Opt<TupleObject> cellvars) {
  PublicParts p{};
  p.parts = {filename,        name,           qualname,  flags,         code,    firstlineno,
             linetable,       consts,         nullptr,   nullptr,       nullptr, argcount,
             posonlyargcount, kwonlyargcount, stacksize, exceptiontable};
  p.nlocals = nlocals;
  TRY(auditNew(p));
  if (argcount < 0) return raise(PyExc_ValueError, "code: argcount must not be negative");
  if (posonlyargcount < 0) return raise(PyExc_ValueError, "code: posonlyargcount must not be negative");
  if (kwonlyargcount < 0) return raise(PyExc_ValueError, "code: kwonlyargcount must not be negative");
  if (nlocals < 0) return raise(PyExc_ValueError, "code: nlocals must not be negative");
  Ref<TupleObject> empty = emptyTuple();
  Ref<TupleObject> own_names = TRY(nameTuple(names)), own_varnames = TRY(nameTuple(varnames));
  Ref<TupleObject> own_freevars = TRY(nameTuple(freevars.orElse(empty))),
                   own_cellvars = TRY(nameTuple(cellvars.orElse(empty)));
  p.parts.names = own_names.get();
  p.varnames = own_varnames.get();
  p.freevars = own_freevars.get();
  p.cellvars = own_cellvars.get();
  return TRY(codeFromPublic(p));
}

Status checkNotNegative(const char* name, int value) {
  if (value >= 0) return {};
  return raise(PyExc_ValueError, "%s must be a positive integer", name);
}

Result<Ref<>> codeReplace(CodeObject* self, std::optional<int> argcount, std::optional<int> posonlyargcount,
                          std::optional<int> kwonlyargcount, std::optional<int> nlocals,
                          std::optional<int> stacksize, std::optional<int> flags,
                          std::optional<int> firstlineno, Opt<BytesObject> code, Opt<TupleObject> consts,
                          Opt<TupleObject> names, Opt<TupleObject> varnames, Opt<TupleObject> freevars,
                          Opt<TupleObject> cellvars, Opt<StrObject> filename, Opt<StrObject> name,
                          Opt<StrObject> qualname, Opt<BytesObject> linetable,
                          Opt<BytesObject> exceptiontable) {
  PublicParts p{};
  CodeParts& c = p.parts;
  c.argcount = argcount.value_or(self->co_argcount);
  c.posonlyargcount = posonlyargcount.value_or(self->co_posonlyargcount);
  c.kwonlyargcount = kwonlyargcount.value_or(self->co_kwonlyargcount);
  p.nlocals = nlocals.value_or(self->co_nlocals);
  c.stacksize = stacksize.value_or(self->co_stacksize);
  c.flags = flags.value_or(self->co_flags);
  c.firstlineno = firstlineno.value_or(self->co_firstlineno);
  TRY(checkNotNegative("co_argcount", c.argcount));
  TRY(checkNotNegative("co_posonlyargcount", c.posonlyargcount));
  TRY(checkNotNegative("co_kwonlyargcount", c.kwonlyargcount));
  TRY(checkNotNegative("co_nlocals", p.nlocals));
  TRY(checkNotNegative("co_stacksize", c.stacksize));
  TRY(checkNotNegative("co_flags", c.flags));
  TRY(checkNotNegative("co_firstlineno", c.firstlineno));
  Ref<BytesObject> bytes = code ? share(code.get()) : TRY(codeBytes(self));
  c.code = bytes.get();
  c.consts = consts ? consts.get() : self->co_consts;
  c.names = names ? names.get() : self->co_names;
  c.filename = filename ? filename.get() : self->co_filename;
  c.name = name ? name.get() : self->co_name;
  c.qualname = qualname ? qualname.get() : self->co_qualname;
  c.linetable = linetable ? linetable.get() : self->co_linetable;
  c.exceptiontable = exceptiontable ? exceptiontable.get() : self->co_exceptiontable;
  TRY(auditNew(p));
  Ref<TupleObject> own_varnames = varnames ? share(varnames.get()) : TRY(codeVarnames(self));
  Ref<TupleObject> own_cellvars = cellvars ? share(cellvars.get()) : TRY(codeCellvars(self));
  Ref<TupleObject> own_freevars = freevars ? share(freevars.get()) : TRY(codeFreevars(self));
  p.varnames = own_varnames.get();
  p.cellvars = own_cellvars.get();
  p.freevars = own_freevars.get();
  return TRY(codeFromPublic(p));
}

long codeSizeof(CodeObject* code) {
  long size = PyCode_Type.tp_basicsize + code->ob_size * PyCode_Type.tp_itemsize;
  return (size + 7) & ~7L;
}

Result<Ref<>> varnameFromOparg(CodeObject* code, int oparg) {
  auto* names = static_cast<TupleObject*>(code->co_localsplusnames);
  if (oparg < 0 || oparg >= names->size()) return raise(PyExc_IndexError, "tuple index out of range");
  return share(names->at(oparg));
}

void appendLnotab(ByteBuilder& out, int bytes, int lines) {
  auto pair = [&out](int first, int second) {
    out.append(static_cast<char>(first));
    out.append(static_cast<char>(second));
  };
  for (; bytes > 255; bytes -= 255) pair(255, 0);
  int step = lines > 127 ? 127 : -128;
  while (lines > 127 || lines < -128) {
    pair(bytes, step);
    bytes = 0;
    lines -= step;
  }
  pair(bytes, lines);
}

// The line table in its form before Python 3.10.
Result<Ref<>> codeLnotab(CodeObject* code) {
  ByteBuilder out;
  LocationReader reader(codeLocations(code), code->co_firstlineno);
  int line = code->co_firstlineno, offset = 0;
  while (reader.next()) {
    if (reader.computedLine() == line) continue;
    int start = reader.start() * 2;
    appendLnotab(out, start - offset, reader.computedLine() - line);
    offset = start;
    line = reader.computedLine();
  }
  return TRY(out.finish());
}

// The nearest of CPython's forms for those that opcode.py has no name for.
Op arithmeticForm(CodeUnit unit, Op add, Op multiply, Op subtract) {
  switch (static_cast<BinaryOp>(unitArg(unit))) {
    case BinaryOp::kAdd:
    case BinaryOp::kInplaceAdd: return add;
    case BinaryOp::kMultiply:
    case BinaryOp::kInplaceMultiply: return multiply;
    default: return subtract;
  }
}
Op publicForm(CodeUnit unit) {
  switch (unitOp(unit)) {
    case Op::BINARY_OP_INT:
    case Op::BINARY_OP_INT_STORE:
      return arithmeticForm(unit, Op::BINARY_OP_ADD_INT, Op::BINARY_OP_MULTIPLY_INT,
                            Op::BINARY_OP_SUBTRACT_INT);
    case Op::BINARY_OP_FLOAT:
    case Op::BINARY_OP_FLOAT_STORE:
      return arithmeticForm(unit, Op::BINARY_OP_ADD_FLOAT, Op::BINARY_OP_MULTIPLY_FLOAT,
                            Op::BINARY_OP_SUBTRACT_FLOAT);
    case Op::COMPARE_OP_INT_JUMP_BACK: return Op::COMPARE_OP_INT_JUMP;
    case Op::LOAD_ATTR_CLASS:
    case Op::LOAD_ATTR_CLASS_VALUE:
    case Op::LOAD_ATTR_PROPERTY: return Op::LOAD_ATTR_ADAPTIVE;  // CPython goes on trying
    case Op::CALL_CLASS: return Op::CALL_ADAPTIVE;
    default: return static_cast<int>(unitOp(unit)) < kFirstPrivateOp ? unitOp(unit) : opGeneric(unitOp(unit));
  }
}

// CPython joins any two neighbours of these kinds; here some are joined with more, some not at all.
Op pairedForm(Op first, Op second) {
  if (first == Op::LOAD_FAST && second == Op::LOAD_FAST) return Op::LOAD_FAST__LOAD_FAST;
  if (first == Op::LOAD_FAST && second == Op::LOAD_CONST) return Op::LOAD_FAST__LOAD_CONST;
  if (first == Op::LOAD_CONST && second == Op::LOAD_FAST) return Op::LOAD_CONST__LOAD_FAST;
  if (first == Op::STORE_FAST && second == Op::LOAD_FAST) return Op::STORE_FAST__LOAD_FAST;
  if (first == Op::STORE_FAST && second == Op::STORE_FAST) return Op::STORE_FAST__STORE_FAST;
  return first;
}

Result<Ref<>> codeAdaptiveBytes(CodeObject* code) {
  Ref<BytesObject> bytes = TRY(bytesFrom(
      {reinterpret_cast<const char*>(code->co_code_adaptive), static_cast<size_t>(code->ob_size) * 2}));
  bool is_quickened = code->co_warmup >= 0;
  auto* units = reinterpret_cast<CodeUnit*>(bytes->data());
  for (Py_ssize_t i = 0; i < code->ob_size; i++) {
    Op generic = opGeneric(unitOp(units[i])), shown = publicForm(units[i]);
    int caches = opCacheUnits(generic);
    if (is_quickened && caches == 0 && i + 1 < code->ob_size) {
      Op paired = pairedForm(generic, opGeneric(unitOp(units[i + 1])));
      if (paired != generic) shown = paired;
    }
    units[i] = codeUnit(shown, unitArg(units[i]));
    i += caches;
  }
  return bytes;
}

constexpr PyMethodDef kReplaceMethod = [] {
  PyMethodDef row = method<
      "replace($self, /, *, co_argcount=-1, co_posonlyargcount=-1, co_kwonlyargcount=-1, co_nlocals=-1, "
      "co_stacksize=-1, co_flags=-1, co_firstlineno=-1, co_code=None, co_consts=None, co_names=None, "
      "co_varnames=None, co_freevars=None, co_cellvars=None, co_filename=None, co_name=None, "
      "co_qualname=None, "
      "co_linetable=None, co_exceptiontable=None)",
      codeReplace>;
  row.ml_doc =
      "replace($self, /, *, co_argcount=-1, co_posonlyargcount=-1,\n"
      "        co_kwonlyargcount=-1, co_nlocals=-1, co_stacksize=-1,\n"
      "        co_flags=-1, co_firstlineno=-1, co_code=None, co_consts=None,\n"
      "        co_names=None, co_varnames=None, co_freevars=None,\n"
      "        co_cellvars=None, co_filename=None, co_name=None,\n"
      "        co_qualname=None, co_linetable=None, co_exceptiontable=None)\n"
      "--\n\n"
      "A copy of the code object with the given fields changed.";
  return row;
}();

constinit PyMethodDef kCodeMethods[] = {
    method<"!__sizeof__()", codeSizeof>,
    method<"!co_lines()", codeLines>,
    method<"!co_positions()", codePositions>,
    kReplaceMethod,
    method<"_varname_from_oparg($self, /, oparg)", varnameFromOparg,
           "The name of the local variable at an oparg.">,
    {},
};

constexpr PyMemberDef intMember(const char* name, size_t offset) {
  return {name, T_INT, static_cast<Py_ssize_t>(offset), READONLY, nullptr};
}
constexpr PyMemberDef objectMember(const char* name, size_t offset) {
  return {name, T_OBJECT, static_cast<Py_ssize_t>(offset), READONLY, nullptr};
}

constinit PyMemberDef kCodeMembers[] = {
    intMember("co_argcount", offsetof(CodeObject, co_argcount)),
    intMember("co_posonlyargcount", offsetof(CodeObject, co_posonlyargcount)),
    intMember("co_kwonlyargcount", offsetof(CodeObject, co_kwonlyargcount)),
    intMember("co_stacksize", offsetof(CodeObject, co_stacksize)),
    intMember("co_flags", offsetof(CodeObject, co_flags)),
    intMember("co_nlocals", offsetof(CodeObject, co_nlocals)),
    objectMember("co_consts", offsetof(CodeObject, co_consts)),
    objectMember("co_names", offsetof(CodeObject, co_names)),
    objectMember("co_filename", offsetof(CodeObject, co_filename)),
    objectMember("co_name", offsetof(CodeObject, co_name)),
    objectMember("co_qualname", offsetof(CodeObject, co_qualname)),
    intMember("co_firstlineno", offsetof(CodeObject, co_firstlineno)),
    objectMember("co_linetable", offsetof(CodeObject, co_linetable)),
    objectMember("co_exceptiontable", offsetof(CodeObject, co_exceptiontable)),
    {}};

constinit PyGetSetDef kCodeGetSet[] = {
    getset<"co_lnotab", codeLnotab>,
    getset<"_co_code_adaptive", codeAdaptiveBytes>,
    getset<"co_varnames", codeVarnames>,
    getset<"co_cellvars", codeCellvars>,
    getset<"co_freevars", codeFreevars>,
    getset<"co_code", codeBytes>,
    {},
};

}  // namespace

KR_EXPORT constinit PyTypeObject PyCode_Type = {
    KR_TYPE_HEAD,
    .tp_name = "code",
    .tp_basicsize = offsetof(CodeObject, co_code_adaptive),
    .tp_itemsize = sizeof(CodeUnit),
    .tp_dealloc = codeDealloc,
    .tp_repr = slot<codeRepr>,
    .tp_hash = slot<codeHash>,
    .tp_getattro = slot<genericGetAttr>,
    .tp_flags = Py_TPFLAGS_IMMUTABLETYPE,
    .tp_doc =
        "code(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize,\n"
        "     flags, codestring, constants, names, varnames, filename, name,\n"
        "     qualname, firstlineno, linetable, exceptiontable, freevars=(),\n"
        "     cellvars=(), /)\n"
        "--\n\n"
        "A code object: compiled byte code and what belongs to it.",
    .tp_richcompare = slot<codeCompare>,
    .tp_weaklistoffset = offsetof(CodeObject, co_weakreflist),
    .tp_methods = kCodeMethods,
    .tp_members = kCodeMembers,
    .tp_getset = kCodeGetSet,
    .tp_new = newSlot<
        "code(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, codestring, constants, "
        "names, varnames, filename, name, qualname, firstlineno, linetable, exceptiontable, freevars=(), "
        "cellvars=(), /)",
        codeTypeNew>,
};

}  // namespace krait
