// The _sre module.
#include "modules/sre/chars.h"
#include "modules/sre/sre.h"

namespace krait::modules {

using namespace krait::sre;

namespace {

bool asciiIsCased(int character) {
  auto ch = static_cast<Code>(character);
  return lowerAscii(ch) - 'a' < 26;
}
bool unicodeIsCased(int character) {
  auto ch = static_cast<Code>(character);
  return lowerUnicode(ch) != ch || upperUnicode(ch) != ch;
}
int asciiToLower(int character) { return static_cast<int>(lowerAscii(static_cast<Code>(character))); }
int unicodeToLower(int character) { return static_cast<int>(lowerUnicode(static_cast<Code>(character))); }
int codeSize() { return sizeof(Code); }

Result<Ref<>> sreCompile(PyObject* pattern, int flags, ListObject* code, Py_ssize_t groups,
                         DictObject* groupindex, TupleObject* indexgroup) {
  return patternNew(pattern, flags, code, groups, groupindex, indexgroup);
}

// CPython's text signature has a line break here.
constexpr PyMethodDef kCompileRow = [] {
  PyMethodDef row =
      function<"compile($module, /, pattern, flags, code, groups, groupindex, indexgroup)", sreCompile>;
  row.ml_doc = "compile($module, /, pattern, flags, code, groups, groupindex,\n        indexgroup)\n--\n\n";
  return row;
}();

constinit PyMethodDef kMethods[] = {kCompileRow,
                                    function<"getcodesize($module, /)", codeSize>,
                                    function<"ascii_iscased($module, character, /)", asciiIsCased>,
                                    function<"unicode_iscased($module, character, /)", unicodeIsCased>,
                                    function<"ascii_tolower($module, character, /)", asciiToLower>,
                                    function<"unicode_tolower($module, character, /)", unicodeToLower>,
                                    {}};

Status sreExec(PyObject* module) {
  TRY(addPatternType(module));
  TRY(addMatchType(module));
  TRY(addScannerType(module));
  TRY(moduleAddInt(module, "MAGIC", kMagic));
  TRY(moduleAddInt(module, "CODESIZE", sizeof(Code)));
  TRY(moduleAddInt(module, "MAXREPEAT", kMaxRepeat));
  TRY(moduleAddInt(module, "MAXGROUPS", kMaxGroups));
  return moduleAddStr(module, "copyright", " SRE 2.2.2 byte code, matched by Krait ");
}

PyModuleDef kModule = moduleDef<"_sre", sreExec>(kMethods, nullptr);

}  // namespace

PyObject* initSre() { return moduleDefInit(&kModule); }

}  // namespace krait::modules
