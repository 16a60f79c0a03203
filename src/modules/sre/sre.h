// The types of the _sre module: Pattern, Match, SRE_Scanner.
#pragma once

#include "core/call.h"
#include "core/gc.h"
#include "core/native.h"
#include "modules/heap_type.h"
#include "modules/sre/state.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/iter_support.h"
#include "types/list.h"
#include "types/misc_objects.h"
#include "types/module.h"
#include "types/tuple.h"

namespace krait::sre {

struct PatternObject : PyVarObject {  // ob_size: words of code
  Py_ssize_t groups;                  // the whole match not counted
  PyObject *group_index, *index_group, *pattern;
  int flags;
  int8_t is_bytes;  // -1: no pattern text, matches both
  PyObject* weakrefs;
  Program* program;
  Py_ssize_t reserved;
  Code code[1];
};
static_assert(sizeof(PatternObject) == 96 && offsetof(PatternObject, weakrefs) == 64);

struct MatchObject : PyVarObject {  // ob_size: 2 * groups
  PyObject *string, *regs;          // regs: made on demand
  PatternObject* pattern;
  Py_ssize_t pos, endpos, last_index, groups;  // groups: the whole match counted
  Py_ssize_t marks[1];                         // begin and end of each group, -1: did not take part
};
static_assert(sizeof(MatchObject) == 88);

struct ScannerObject : PyObject {
  PyObject* pattern;
  State* state;
  bool exhausted, running;
  char unused[198];
};

extern PyTypeObject *pattern_type, *match_type, *scanner_type;

// text[start:end] as the pattern's kind of string.
Result<Ref<>> sliceText(const State& state, Py_ssize_t start, Py_ssize_t end);
Result<Ref<>> sliceText(PyObject* string, Py_ssize_t start, Py_ssize_t end);
// A group's text; did not take part: None, or the empty string.
Result<Ref<>> groupText(const State& state, Py_ssize_t group, bool empty);
// The Match of a successful run.
Result<Ref<>> matchNew(PatternObject* pattern, State& state);
Result<Ref<>> scannerNew(PatternObject* pattern, PyObject* string, Py_ssize_t pos, Py_ssize_t endpos);
Result<Ref<>> patternNew(PyObject* pattern, int flags, ListObject* code, Py_ssize_t groups,
                         DictObject* group_index, TupleObject* index_group);

Status addPatternType(PyObject* module);
Status addMatchType(PyObject* module);
Status addScannerType(PyObject* module);

}  // namespace krait::sre
