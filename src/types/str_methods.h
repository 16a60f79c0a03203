// The bodies of str's methods, grouped by source file; str.cpp lists them in its method table.
#pragma once

#include "core/native.h"
#include "types/list.h"
#include "types/str_internal.h"
#include "types/tuple.h"

namespace krait {

// str_find.cpp
struct FindArgs {
  PyObject* sub;  // str for str methods
  Py_ssize_t start, end;
};
// Arguments of find, count, startswith ...: (sub[, start[, end]]).
Result<FindArgs> parseFindArgs(const char* type, const char* method, CallArgs args);
Result<Py_ssize_t> strFindMethod(StrObject* self, CallArgs args);
Result<Py_ssize_t> strRfindMethod(StrObject* self, CallArgs args);
Result<Py_ssize_t> strIndexMethod(StrObject* self, CallArgs args);
Result<Py_ssize_t> strRindexMethod(StrObject* self, CallArgs args);
Result<Py_ssize_t> strCountMethod(StrObject* self, CallArgs args);
Result<bool> strStartswith(StrObject* self, CallArgs args);
Result<bool> strEndswith(StrObject* self, CallArgs args);
Result<Ref<StrObject>> strReplaceMethod(StrObject* self, StrObject* old_part, StrObject* new_part,
                                        Py_ssize_t count);
Result<Ref<StrObject>> strRemovePrefix(StrObject* self, StrObject* prefix);
Result<Ref<StrObject>> strRemoveSuffix(StrObject* self, StrObject* suffix);
Py_ssize_t strCount(StrObject* s, StrObject* sub, Py_ssize_t start, Py_ssize_t end);
bool strTailMatch(StrObject* s, StrObject* sub, Py_ssize_t start, Py_ssize_t end, bool at_end);

// str_split.cpp
Result<Ref<ListObject>> strSplitMethod(StrObject* self, PyObject* separator, Py_ssize_t max_split);
Result<Ref<ListObject>> strRsplitMethod(StrObject* self, PyObject* separator, Py_ssize_t max_split);
Result<Ref<ListObject>> strRsplit(StrObject* self, Opt<StrObject> separator, Py_ssize_t max_split);
Result<Ref<ListObject>> strSplitlines(StrObject* self, IntTruth keep_ends);
Result<Ref<>> strPartition(StrObject* self, PyObject* separator);
Result<Ref<>> strRpartition(StrObject* self, PyObject* separator);
Result<Ref<StrObject>> strStripMethod(StrObject* self, PyObject* chars);
Result<Ref<StrObject>> strLstripMethod(StrObject* self, PyObject* chars);
Result<Ref<StrObject>> strRstripMethod(StrObject* self, PyObject* chars);

// str_case.cpp
Result<Ref<StrObject>> strLower(StrObject* self);
Result<Ref<StrObject>> strUpper(StrObject* self);
Result<Ref<StrObject>> strTitle(StrObject* self);
Result<Ref<StrObject>> strCapitalize(StrObject* self);
Result<Ref<StrObject>> strSwapcase(StrObject* self);
Result<Ref<StrObject>> strCasefold(StrObject* self);
bool strIsAlnum(StrObject* self);
bool strIsAlpha(StrObject* self);
bool strIsAsciiMethod(StrObject* self);
bool strIsDecimal(StrObject* self);
bool strIsDigit(StrObject* self);
bool strIsIdentifierMethod(StrObject* self);
bool strIsLower(StrObject* self);
bool strIsNumeric(StrObject* self);
bool strIsPrintable(StrObject* self);
bool strIsSpace(StrObject* self);
bool strIsTitle(StrObject* self);
bool strIsUpper(StrObject* self);

// str_layout.cpp
Result<Ref<StrObject>> strCenter(StrObject* self, Py_ssize_t width, Opt<> fill);
Result<Ref<StrObject>> strLjust(StrObject* self, Py_ssize_t width, Opt<> fill);
Result<Ref<StrObject>> strRjust(StrObject* self, Py_ssize_t width, Opt<> fill);
Result<Ref<StrObject>> strZfill(StrObject* self, Py_ssize_t width);
Result<Ref<StrObject>> strExpandtabs(StrObject* self, int tab_size);
Result<Ref<StrObject>> strTranslate(StrObject* self, PyObject* table);
Result<Ref<>> strMaketrans(PyObject* x, Opt<StrObject> y, Opt<StrObject> z);

// str_format.cpp
Result<Ref<StrObject>> strFormatMethod(StrObject* self, CallArgs args);
Result<Ref<StrObject>> strFormatMap(StrObject* self, PyObject* mapping);
Result<Ref<>> strFormatterParser(StrObject* self);
Result<Ref<>> strFormatterFieldNameSplit(StrObject* self);

}  // namespace krait
