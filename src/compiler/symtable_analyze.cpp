// Second step of the symbol tables: decides for every name of every scope whether it is local, a cell, free
// or global.
//
// Walks from the outside in. `bound` are the names that enclosing functions bind (null at module level),
// `global` those declared global around; each scope answers the names it leaves free.
#include "compiler/symtable.h"
#include "core/errors.h"

namespace krait::compiler {
namespace {

class Analyzer {
 public:
  Analyzer(Context& context, const std::deque<Scope>& scopes)
      : context_(context), class_name_(context.intern("__class__")) {
    for (const Scope& scope : scopes) {
      for (Name name : scope.symbols.names()) remember(name);
    }
    remember(class_name_);
  }

  // Changes `bound` and `global`, which are the caller's copies; adds to `free`.
  Status scope(Scope* scope, NameSet* bound, NameSet& free, NameSet& global);

 private:
  struct Resolved {
    NameSet local;
    std::vector<NameScope> scopes;  // by position in scope->symbols
  };

  void remember(Name name) {
    if (name->index >= by_index_.size()) by_index_.resize(name->index + 1);
    by_index_[name->index] = name;
  }
  Status directiveError(Scope* scope, Name name, const char* format);
  Result<NameScope> resolve(Scope* scope, Name name, int flags, NameSet* bound, NameSet& local, NameSet& free,
                            NameSet& global);
  void makeCells(Scope* scope, Resolved& resolved, NameSet& free);
  void record(Scope* scope, const Resolved& resolved, const NameSet* bound, const NameSet& free);

  Context& context_;
  Name class_name_;
  std::vector<Name> by_index_;
};

Status Analyzer::directiveError(Scope* scope, Name name, const char* format) {
  StrObject* text = TRY(context_.text(name));
  for (const Directive& directive : scope->directives) {
    if (directive.name == name) return raiseAtRange(context_.filename(), directive.span, format, text);
  }
  return raise(PyExc_RuntimeError, "BUG: internal directive bookkeeping broken");
}

Result<NameScope> Analyzer::resolve(Scope* scope, Name name, int flags, NameSet* bound, NameSet& local,
                                    NameSet& free, NameSet& global) {
  if (flags & kDefGlobal) {
    if (flags & kDefNonlocal) TRY(directiveError(scope, name, "name '%U' is nonlocal and global"));
    global.add(name);
    if (bound) bound->remove(name);
    return NameScope::kGlobalExplicit;
  }
  if (flags & kDefNonlocal) {
    if (!bound) TRY(directiveError(scope, name, "nonlocal declaration not allowed at module level"));
    if (!bound->contains(name)) TRY(directiveError(scope, name, "no binding for nonlocal '%U' found"));
    scope->has_free = true;
    free.add(name);
    return NameScope::kFree;
  }
  if (flags & kDefBound) {
    local.add(name);
    global.remove(name);
    return NameScope::kLocal;
  }
  if (bound && bound->contains(name)) {
    scope->has_free = true;
    free.add(name);
    return NameScope::kFree;
  }
  if (!global.contains(name) && scope->nested) scope->has_free = true;
  return NameScope::kGlobalImplicit;
}

void Analyzer::makeCells(Scope* scope, Resolved& resolved, NameSet& free) {
  for (int i = 0; i < static_cast<int>(resolved.scopes.size()); i++) {
    NameScope& where = resolved.scopes[static_cast<size_t>(i)];
    if (where == NameScope::kLocal && free.remove(scope->symbols.at(i))) where = NameScope::kCell;
  }
}

void Analyzer::record(Scope* scope, const Resolved& resolved, const NameSet* bound, const NameSet& free) {
  for (size_t i = 0; i < resolved.scopes.size(); i++) {
    scope->flags[i] |= static_cast<int>(resolved.scopes[i]) << kScopeOffset;
  }
  free.forEachIndex([&](uint32_t index) {
    Name name = by_index_[index];
    if (scope->symbols.contains(name)) {
      // A method's free variable that has the name of something in the class body.
      int flags = scope->flagsOf(name);
      if (scope->type == ScopeType::kClass && (flags & (kDefBound | kDefGlobal))) {
        scope->setFlags(name, flags | kDefFreeClass);
      }
      return;
    }
    if (bound && !bound->contains(name)) return;  // a global
    scope->setFlags(name, static_cast<int>(NameScope::kFree) << kScopeOffset);
  });
}

Status Analyzer::scope(Scope* scope, NameSet* bound, NameSet& free, NameSet& global) {
  auto nested = TRY(context_.nest());
  bool is_class = scope->type == ScopeType::kClass;
  Resolved resolved;
  NameSet child_bound, child_global, child_free;
  // A class body's own names are not visible in the functions it contains.
  if (is_class) {
    child_global.addAll(global);
    if (bound) child_bound.addAll(*bound);
  }
  for (int i = 0; i < scope->symbols.size(); i++) {
    int flags = scope->flags[static_cast<size_t>(i)];
    resolved.scopes.push_back(
        TRY(resolve(scope, scope->symbols.at(i), flags, bound, resolved.local, free, global)));
  }
  if (is_class) {
    child_bound.add(class_name_);
  } else {
    if (scope->type == ScopeType::kFunction) child_bound.addAll(resolved.local);
    if (bound) child_bound.addAll(*bound);
    child_global.addAll(global);
  }
  for (Scope* child : scope->children) {
    NameSet its_bound = child_bound, its_global = child_global;
    TRY(this->scope(child, &its_bound, child_free, its_global));
    if (child->has_free || child->child_has_free) scope->child_has_free = true;
  }
  if (scope->type == ScopeType::kFunction) makeCells(scope, resolved, child_free);
  if (is_class && child_free.remove(class_name_)) scope->needs_class_closure = true;
  record(scope, resolved, bound, child_free);
  free.addAll(child_free);
  return {};
}

}  // namespace

Status SymbolTable::analyze() {
  NameSet free, global;
  return Analyzer(context_, scopes_).scope(top_, nullptr, free, global);
}

}  // namespace krait::compiler
