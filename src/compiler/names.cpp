// Names and imports.
#include "compiler/codegen.h"
#include "compiler/future.h"

namespace krait::compiler {

using namespace ast;

Status CodeGen::forbidName(compiler::Name name, NameUse how) {
  if (how == NameUse::kLoad || name->text != "__debug__") return {};
  return error(how == NameUse::kStore ? "cannot assign to __debug__" : "cannot delete __debug__");
}

Status CodeGen::nameOp(compiler::Name name, NameUse how) {
  static constexpr Op kNameOps[] = {Op::LOAD_NAME, Op::STORE_NAME, Op::DELETE_NAME};
  static constexpr Op kFastOps[] = {Op::LOAD_FAST, Op::STORE_FAST, Op::DELETE_FAST};
  static constexpr Op kGlobalOps[] = {Op::LOAD_GLOBAL, Op::STORE_GLOBAL, Op::DELETE_GLOBAL};
  static constexpr Op kDerefOps[] = {Op::LOAD_DEREF, Op::STORE_DEREF, Op::DELETE_DEREF};
  TRY(forbidName(name, how));
  compiler::Name mangled = mangle(name);
  size_t use = static_cast<size_t>(how);
  NameScope where = unit_->scope->scopeOf(mangled);
  bool is_class = unit_->scope->type == ScopeType::kClass;
  Op deref = is_class && how == NameUse::kLoad ? Op::LOAD_CLASSDEREF : kDerefOps[use];
  if (where == NameScope::kFree) return op(deref, unit_->cellvars.size() + unit_->freevars.add(mangled));
  if (where == NameScope::kCell) return op(deref, unit_->cellvars.add(mangled));
  if (where == NameScope::kLocal && unit_->isFunctionBlock())
    return op(kFastOps[use], unit_->varnames.add(mangled));
  bool global = where == NameScope::kGlobalExplicit ||
                (where == NameScope::kGlobalImplicit && unit_->isFunctionBlock());
  int index = unit_->names.add(mangled);
  if (!global) return op(kNameOps[use], index);
  return op(kGlobalOps[use], how == NameUse::kLoad ? index << 1 : index);
}

// `import a.b.c as d` stores c; without `as` the statement stores a.
Status CodeGen::importAs(compiler::Name name, compiler::Name as) {
  std::string_view text = name->text;
  size_t dot = text.find('.');
  if (dot == text.npos) return nameOp(as, NameUse::kStore);
  for (;;) {
    size_t start = dot + 1;
    dot = text.find('.', start);
    bool last = dot == text.npos;
    TRY(opName(Op::IMPORT_FROM, intern(text.substr(start, last ? text.npos : dot - start))));
    if (last) break;
    TRY(op(Op::SWAP, 2));
    TRY(op(Op::POP_TOP));
  }
  TRY(nameOp(as, NameUse::kStore));
  return op(Op::POP_TOP);
}

Status CodeGen::import(Import* s) {
  for (Alias* alias : s->names) {
    TRY(loadInt(0));
    TRY(loadConst(Py_None));
    TRY(opName(Op::IMPORT_NAME, alias->name));
    if (alias->asname) {
      TRY(importAs(alias->name, alias->asname));
      continue;
    }
    std::string_view text = alias->name->text;
    size_t dot = text.find('.');
    TRY(nameOp(dot == text.npos ? alias->name : intern(text.substr(0, dot)), NameUse::kStore));
  }
  return {};
}

Status CodeGen::importFrom(ImportFrom* s) {
  TRY(loadInt(s->level));
  Ref<TupleObject> names = TRY(tupleNew(s->names.size()));
  for (uint32_t i = 0; i < s->names.size(); i++) {
    names->ob_item[i] = share<PyObject>(TRY(context_.text(s->names[i]->name))).leak();
  }
  if (s->span.lineno > settings_.future_line && s->module && s->module->text == "__future__") {
    return error("%s", kLateFuture);
  }
  TRY(loadConst(Ref<>(std::move(names))));
  TRY(opName(Op::IMPORT_NAME, s->module ? s->module : intern("")));
  for (uint32_t i = 0; i < s->names.size(); i++) {
    Alias* alias = s->names[i];
    if (i == 0 && alias->name->text.starts_with('*')) return op(Op::IMPORT_STAR);
    TRY(opName(Op::IMPORT_FROM, alias->name));
    TRY(nameOp(alias->asname ? alias->asname : alias->name, NameUse::kStore));
  }
  return op(Op::POP_TOP);
}

}  // namespace krait::compiler
