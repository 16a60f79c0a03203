// _symtable: the compiler's symbol tables as objects.
#include <map>

#include "compiler/future.h"
#include "compiler/parse_source.h"
#include "compiler/symtable.h"
#include "core/buffer.h"
#include "core/gc.h"
#include "core/native.h"
#include "core/scratch.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"

extern "C" PyTypeObject PySTEntry_Type;

namespace krait::modules {

using compiler::Scope;
using compiler::ScopeType;

namespace {

struct EntryObject : PyObject {
  PyObject *id, *symbols, *name, *varnames, *children;
  int type, nested, lineno;
  char unused[40];  // CPython's entries are this large
};
static_assert(sizeof(EntryObject) == 112 || sizeof(EntryObject) == 120);

void entryDealloc(PyObject* self) {
  auto* entry = static_cast<EntryObject*>(self);
  for (PyObject* field : {entry->id, entry->symbols, entry->name, entry->varnames, entry->children})
    xdecref(field);
  objectFreeMemory(self);
}

Result<Ref<StrObject>> entryRepr(EntryObject* entry) {
  return strFormat("<symtable entry %U(%R), line %d>", entry->name, entry->id, entry->lineno);
}

constexpr PyMemberDef objectMember(const char* name, size_t offset) {
  return {name, T_OBJECT, static_cast<Py_ssize_t>(offset), READONLY, nullptr};
}
constexpr PyMemberDef intMember(const char* name, size_t offset) {
  return {name, T_INT, static_cast<Py_ssize_t>(offset), READONLY, nullptr};
}

constinit PyMemberDef kEntryMembers[] = {
    objectMember("id", offsetof(EntryObject, id)),
    objectMember("name", offsetof(EntryObject, name)),
    objectMember("symbols", offsetof(EntryObject, symbols)),
    objectMember("varnames", offsetof(EntryObject, varnames)),
    objectMember("children", offsetof(EntryObject, children)),
    intMember("nested", offsetof(EntryObject, nested)),
    intMember("type", offsetof(EntryObject, type)),
    intMember("lineno", offsetof(EntryObject, lineno)),
    {},
};

class Exporter {
 public:
  explicit Exporter(compiler::Context& context) : context_(context) {}
  Result<Ref<>> entry(const Scope* scope);

 private:
  Result<Ref<DictObject>> symbols(const Scope* scope);
  Result<Ref<ListObject>> params(const Scope* scope);

  compiler::Context& context_;
};

Result<Ref<DictObject>> Exporter::symbols(const Scope* scope) {
  Ref<DictObject> dict = TRY(dictNew());
  for (int i = 0; i < scope->symbols.size(); i++) {
    Ref<IntObject> flags = TRY(intFromLong(scope->flags[static_cast<size_t>(i)]));
    TRY(dictSet(dict, TRY(context_.text(scope->symbols.at(i))), flags));
  }
  return dict;
}

Result<Ref<ListObject>> Exporter::params(const Scope* scope) {
  Ref<ListObject> list = TRY(listNew());
  for (compiler::Name name : scope->params) TRY(listAppend(list, TRY(context_.text(name))));
  return list;
}

Result<Ref<>> Exporter::entry(const Scope* scope) {
  auto guard = TRY(RecursionGuard::enter(" during compilation"));
  Ref<ListObject> children = TRY(listNew());
  for (const Scope* child : scope->children) TRY(listAppend(children, TRY(entry(child))));
  Ref<DictObject> names = TRY(symbols(scope));
  Ref<ListObject> varnames = TRY(params(scope));
  Ref<IntObject> id = TRY(intFromLong(static_cast<long>(reinterpret_cast<intptr_t>(scope->node))));
  Ref<StrObject> name = share(TRY(context_.text(scope->name)));
  Ref<EntryObject> made = TRY(objectNew<EntryObject>(&PySTEntry_Type));
  made->id = std::move(id).leak();
  made->symbols = std::move(names).leak();
  made->name = std::move(name).leak();
  made->varnames = std::move(varnames).leak();
  made->children = std::move(children).leak();
  made->type = static_cast<int>(scope->type);
  made->nested = scope->nested;
  made->lineno = scope->span.lineno;
  return Ref<>(std::move(made));
}

struct Source {
  std::string text;
  int flags = 0;
};

Result<Source> sourceOf(PyObject* source) {
  if (isStr(source))
    return Source{TRY(scratchText(TRY(strUtf8(static_cast<StrObject*>(source))))), kCfIgnoreCookie};
  if (!hasBuffer(source)) return raise(PyExc_TypeError, "symtable() arg 1 must be a string or bytes object");
  Buffer buffer = TRY(Buffer::acquire(source));
  return Source{
      TRY(scratchText({reinterpret_cast<const char*>(buffer.data()), static_cast<size_t>(buffer.size())})),
      0};
}

Result<CompileMode> modeOf(StrObject* start) {
  if (strEqualsAscii(start, "exec")) return CompileMode::kExec;
  if (strEqualsAscii(start, "eval")) return CompileMode::kEval;
  if (strEqualsAscii(start, "single")) return CompileMode::kSingle;
  return raise(PyExc_ValueError, "symtable() arg 3 must be 'exec' or 'eval' or 'single'");
}

Result<Ref<>> symtable(PyObject* source, PyObject* filename, PyObject* startstr) {
  Ref<StrObject> name = TRY(sourceFileName(filename));
  StrObject* start = TRY(ArgFrom<StrObject*>::from(startstr, {"symtable", nullptr, 3}));
  Source text = TRY(sourceOf(source));
  CompileOptions options;
  options.mode = TRY(modeOf(start));
  options.flags = text.flags;
  ast::Tree tree;
  ast::Mod* mod = TRY(compiler::parseSource(text.text, name, options, tree));
  compiler::Context context(tree, name);
  compiler::Future future = TRY(compiler::futureFeatures(context, mod));
  TRY(askForRoom(tree.arena().bytesReserved() * 2));
  compiler::SymbolTable table(context, future.flags);
  TRY(table.build(mod));
  return Exporter(context).entry(table.top());
}

constinit PyMethodDef kMethods[] = {
    function<"symtable($module, source, filename, startstr, /)", symtable,
             "The symbol tables of a piece of source text.">,
    {},
};

struct NamedInt {
  const char* name;
  int value;
};
constexpr NamedInt kConstants[] = {
    {"USE", compiler::kUse},
    {"DEF_GLOBAL", compiler::kDefGlobal},
    {"DEF_NONLOCAL", compiler::kDefNonlocal},
    {"DEF_LOCAL", compiler::kDefLocal},
    {"DEF_PARAM", compiler::kDefParam},
    {"DEF_FREE", compiler::kDefFree},
    {"DEF_FREE_CLASS", compiler::kDefFreeClass},
    {"DEF_IMPORT", compiler::kDefImport},
    {"DEF_BOUND", compiler::kDefBound},
    {"DEF_ANNOT", compiler::kDefAnnotation},
    {"TYPE_FUNCTION", static_cast<int>(ScopeType::kFunction)},
    {"TYPE_CLASS", static_cast<int>(ScopeType::kClass)},
    {"TYPE_MODULE", static_cast<int>(ScopeType::kModule)},
    {"LOCAL", static_cast<int>(compiler::NameScope::kLocal)},
    {"GLOBAL_EXPLICIT", static_cast<int>(compiler::NameScope::kGlobalExplicit)},
    {"GLOBAL_IMPLICIT", static_cast<int>(compiler::NameScope::kGlobalImplicit)},
    {"FREE", static_cast<int>(compiler::NameScope::kFree)},
    {"CELL", static_cast<int>(compiler::NameScope::kCell)},
    {"SCOPE_OFF", compiler::kScopeOffset},
    {"SCOPE_MASK", compiler::kScopeMask},
};

Status symtableExec(PyObject* module) {
  for (const NamedInt& constant : kConstants) TRY(moduleAddInt(module, constant.name, constant.value));
  return {};
}

constinit PyModuleDef kModule = moduleDef<"_symtable", symtableExec>(kMethods, nullptr);

}  // namespace

PyObject* initSymtable() { return moduleDefInit(&kModule); }

}  // namespace krait::modules

KR_EXPORT constinit PyTypeObject PySTEntry_Type = {
    KR_TYPE_HEAD,
    .tp_name = "symtable entry",
    .tp_basicsize = 120,
    .tp_dealloc = krait::modules::entryDealloc,
    .tp_repr = krait::slot<krait::modules::entryRepr>,
    .tp_getattro = krait::slot<krait::genericGetAttr>,
    .tp_flags = Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .tp_members = krait::modules::kEntryMembers,
};
