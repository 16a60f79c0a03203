// First step of the symbol tables: collects what every scope defines and uses, in source order.
#include "bytecode/code_flags.h"
#include "compiler/symtable.h"
#include "core/errors.h"

namespace krait::compiler {

using namespace ast;

class SymbolVisitor {
 public:
  explicit SymbolVisitor(SymbolTable& table) : table_(table), context_(table.context_) {}

  Status visitMod(Mod* mod);

 private:
  Name intern(std::string_view text) { return context_.intern(text); }
  Name mangle(Name name) { return context_.mangle(private_, name); }
  int lookup(const Scope* scope, Name name) { return scope->flagsOf(mangle(name)); }
  template <class... A>
  Raised error(const Span& where, const char* format, A... args) {
    return raiseAtRange(context_.filename(), where, format, args...);
  }
  // An error text with the identifier in place of %U.
  Raised nameError(const Span& where, const char* format, Name name);

  void enter(Name name, ScopeType type, const void* node, const Span& span);
  void leave();
  Status define(Name name, int flag, const Span& where) { return define(name, flag, cur_, where); }
  Status define(Name name, int flag, Scope* scope, const Span& where);
  void recordDirective(Name name, const Span& where) { cur_->directives.push_back({mangle(name), where}); }

  template <class T>
  Status each(const Seq<T>& seq) {
    for (T item : seq) TRY(visit(item));
    return {};
  }
  Status exprs(const Seq<Expr*>& seq, uint32_t from = 0);
  Status stmts(const Seq<Stmt*>& seq) { return each(seq); }
  Status patterns(const Seq<Pattern*>& seq) { return each(seq); }
  Status visitOpt(Expr* e) { return e ? visit(e) : Status(); }

  Status visit(Stmt* s);
  Status visit(Expr* e);
  Status visit(Pattern* p);
  Status visit(ExceptHandler* handler);
  Status visit(WithItem* item);
  Status visit(MatchCase* match_case);
  Status visit(Alias* alias);
  Status visit(Keyword* keyword) { return visit(keyword->value); }
  Status visit(Comprehension* generator);

  template <class Def>
  Status functionDef(Def* def, bool is_async);
  Status classDef(ClassDef* def);
  Status annAssign(AnnAssign* s);
  template <class Declaration>
  Status declaration(Declaration* s, int flag, const char* const (&texts)[4]);
  template <class Loop>
  Status forLoop(Loop* s);
  template <class TryStmt>
  Status tryStmt(TryStmt* s);

  Status defaults(Arguments* args);
  Status arguments(Arguments* args);
  Status params(const Seq<Arg*>& args);
  Status annotation(Expr* e);
  Status annotations(const void* node, const Span& span, Arguments* args, Expr* returns);
  Status annotationsOf(const Seq<Arg*>& args);

  Status lambda(Lambda* e);
  Status nameExpr(ast::Name* e);
  Status namedExpr(NamedExpr* e);
  Status extendNamedExprScope(ast::Name* target);
  Status comprehension(Expr* e, const char* name, ComprehensionType type,
                       const Seq<Comprehension*>& generators, Expr* elt, Expr* value);
  Status refuseInAnnotation(const char* what, const Span& where);
  Status refuseInComprehension(const Span& where);
  Status yieldExpr(Expr* e, Expr* value);

  SymbolTable& table_;
  Context& context_;
  Scope* cur_ = nullptr;
  std::vector<Scope*> stack_;
  compiler::Name private_ = nullptr;
};

Raised SymbolVisitor::nameError(const Span& where, const char* format, compiler::Name name) {
  return error(where, format, TRY(context_.text(name)));
}

void SymbolVisitor::enter(compiler::Name name, ScopeType type, const void* node, const Span& span) {
  Scope* scope = &table_.scopes_.emplace_back();
  scope->name = name;
  scope->type = type;
  scope->node = node;
  scope->span = span;
  scope->nested = cur_ && (cur_->nested || cur_->type == ScopeType::kFunction);
  if (cur_) scope->iterable_depth = cur_->iterable_depth;
  table_.by_node_[node] = scope;
  // Annotations become text: what they contain must not influence the scopes around them.
  if (cur_ && type != ScopeType::kAnnotation) cur_->children.push_back(scope);
  stack_.push_back(scope);
  cur_ = scope;
}

void SymbolVisitor::leave() {
  stack_.pop_back();
  cur_ = stack_.empty() ? nullptr : stack_.back();
}

Status SymbolVisitor::define(compiler::Name name, int flag, Scope* scope, const Span& where) {
  compiler::Name mangled = mangle(name);
  int flags = scope->flagsOf(mangled);
  if ((flag & kDefParam) && (flags & kDefParam)) {
    return nameError(where, "duplicate argument '%U' in function definition", name);
  }
  flags |= flag;
  if (scope->in_comp_target) {
    if (flags & (kDefGlobal | kDefNonlocal)) {
      return nameError(where, "comprehension inner loop cannot rebind assignment expression target '%U'",
                       name);
    }
    flags |= kDefCompIter;
  }
  scope->setFlags(mangled, flags);
  if (flag & kDefParam) {
    scope->params.push_back(mangled);
  } else if (flag & kDefGlobal) {
    Scope* module = table_.top_;
    module->setFlags(mangled, module->flagsOf(mangled) | flag);
  }
  return {};
}

Status SymbolVisitor::exprs(const Seq<Expr*>& seq, uint32_t from) {
  for (uint32_t i = from; i < seq.size(); i++) {
    if (seq[i]) TRY(visit(seq[i]));
  }
  return {};
}

Status SymbolVisitor::visitMod(Mod* mod) {
  enter(intern("top"), ScopeType::kModule, mod, {});
  table_.top_ = cur_;
  switch (mod->kind) {
    case ModKind::Module: TRY(stmts(mod->as<Module>()->body)); break;
    case ModKind::Interactive: TRY(stmts(mod->as<Interactive>()->body)); break;
    case ModKind::Expression: TRY(visit(mod->as<Expression>()->body)); break;
    case ModKind::FunctionType:
      return raise(PyExc_RuntimeError, "this compiler does not handle FunctionTypes");
  }
  leave();
  return {};
}

// --- statements

template <class Def>
Status SymbolVisitor::functionDef(Def* def, bool is_async) {
  TRY(define(def->name, kDefLocal, def->span));
  TRY(defaults(def->args));
  TRY(annotations(def, def->span, def->args, def->returns));
  TRY(exprs(def->decorator_list));
  enter(def->name, ScopeType::kFunction, def, def->span);
  cur_->is_coroutine = is_async;
  TRY(arguments(def->args));
  TRY(stmts(def->body));
  leave();
  return {};
}

Status SymbolVisitor::classDef(ClassDef* def) {
  TRY(define(def->name, kDefLocal, def->span));
  TRY(exprs(def->bases));
  TRY(each(def->keywords));
  TRY(exprs(def->decorator_list));
  enter(def->name, ScopeType::kClass, def, def->span);
  compiler::Name outer = std::exchange(private_, def->name);
  TRY(stmts(def->body));
  private_ = outer;
  leave();
  return {};
}

Status SymbolVisitor::annAssign(AnnAssign* s) {
  if (auto* target = s->target->asIf<ast::Name>()) {
    int flags = lookup(cur_, target->id);
    if ((flags & (kDefGlobal | kDefNonlocal)) && cur_ != table_.top_ && s->simple) {
      return nameError(s->span,
                       flags & kDefGlobal ? "annotated name '%U' can't be global"
                                          : "annotated name '%U' can't be nonlocal",
                       target->id);
    }
    if (s->simple) TRY(define(target->id, kDefAnnotation | kDefLocal, target->span));
    if (s->value) TRY(define(target->id, kDefLocal, target->span));
  } else {
    TRY(visit(s->target));
  }
  TRY(annotation(s->annotation));
  return visitOpt(s->value);
}

template <class Declaration>
Status SymbolVisitor::declaration(Declaration* s, int flag, const char* const (&texts)[4]) {
  for (compiler::Name name : s->names) {
    int flags = lookup(cur_, name);
    if (flags & (kDefParam | kDefLocal | kUse | kDefAnnotation)) {
      int which = flags & kDefParam ? 0 : flags & kUse ? 1 : flags & kDefAnnotation ? 2 : 3;
      return nameError(s->span, texts[which], name);
    }
    TRY(define(name, flag, s->span));
    recordDirective(name, s->span);
  }
  return {};
}

constexpr const char* kGlobalErrors[4] = {
    "name '%U' is parameter and global", "name '%U' is used prior to global declaration",
    "annotated name '%U' can't be global", "name '%U' is assigned to before global declaration"};
constexpr const char* kNonlocalErrors[4] = {
    "name '%U' is parameter and nonlocal", "name '%U' is used prior to nonlocal declaration",
    "annotated name '%U' can't be nonlocal", "name '%U' is assigned to before nonlocal declaration"};

template <class Loop>
Status SymbolVisitor::forLoop(Loop* s) {
  TRY(visit(s->target));
  TRY(visit(s->iter));
  TRY(stmts(s->body));
  return stmts(s->orelse);
}

template <class TryStmt>
Status SymbolVisitor::tryStmt(TryStmt* s) {
  TRY(stmts(s->body));
  TRY(stmts(s->orelse));
  TRY(each(s->handlers));
  return stmts(s->finalbody);
}

Status SymbolVisitor::visit(Stmt* s) {
  auto nested = TRY(context_.nest());
  switch (s->kind) {
    case StmtKind::FunctionDef: return functionDef(s->as<FunctionDef>(), false);
    case StmtKind::AsyncFunctionDef: return functionDef(s->as<AsyncFunctionDef>(), true);
    case StmtKind::ClassDef: return classDef(s->as<ClassDef>());
    case StmtKind::Return: return visitOpt(s->as<Return>()->value);
    case StmtKind::Delete: return exprs(s->as<Delete>()->targets);
    case StmtKind::Assign: TRY(exprs(s->as<Assign>()->targets)); return visit(s->as<Assign>()->value);
    case StmtKind::AugAssign: TRY(visit(s->as<AugAssign>()->target)); return visit(s->as<AugAssign>()->value);
    case StmtKind::AnnAssign: return annAssign(s->as<AnnAssign>());
    case StmtKind::For: return forLoop(s->as<For>());
    case StmtKind::AsyncFor: return forLoop(s->as<AsyncFor>());
    case StmtKind::While: {
      auto* loop = s->as<While>();
      TRY(visit(loop->test));
      TRY(stmts(loop->body));
      return stmts(loop->orelse);
    }
    case StmtKind::If: {
      auto* branch = s->as<If>();
      TRY(visit(branch->test));
      TRY(stmts(branch->body));
      return stmts(branch->orelse);
    }
    case StmtKind::With: TRY(each(s->as<With>()->items)); return stmts(s->as<With>()->body);
    case StmtKind::AsyncWith: TRY(each(s->as<AsyncWith>()->items)); return stmts(s->as<AsyncWith>()->body);
    case StmtKind::Match: TRY(visit(s->as<Match>()->subject)); return each(s->as<Match>()->cases);
    case StmtKind::Raise:
      if (!s->as<Raise>()->exc) return {};
      TRY(visit(s->as<Raise>()->exc));
      return visitOpt(s->as<Raise>()->cause);
    case StmtKind::Try: return tryStmt(s->as<Try>());
    case StmtKind::TryStar: return tryStmt(s->as<TryStar>());
    case StmtKind::Assert: TRY(visit(s->as<Assert>()->test)); return visitOpt(s->as<Assert>()->msg);
    case StmtKind::Import: return each(s->as<Import>()->names);
    case StmtKind::ImportFrom: return each(s->as<ImportFrom>()->names);
    case StmtKind::Global: return declaration(s->as<Global>(), kDefGlobal, kGlobalErrors);
    case StmtKind::Nonlocal: return declaration(s->as<Nonlocal>(), kDefNonlocal, kNonlocalErrors);
    case StmtKind::ExprStmt: return visit(s->as<ExprStmt>()->value);
    case StmtKind::Pass:
    case StmtKind::Break:
    case StmtKind::Continue: return {};
  }
  return {};
}

Status SymbolVisitor::visit(ExceptHandler* handler) {
  TRY(visitOpt(handler->type));
  if (handler->name) TRY(define(handler->name, kDefLocal, handler->span));
  return stmts(handler->body);
}

Status SymbolVisitor::visit(WithItem* item) {
  TRY(visit(item->context_expr));
  return visitOpt(item->optional_vars);
}

Status SymbolVisitor::visit(MatchCase* match_case) {
  TRY(visit(match_case->pattern));
  TRY(visitOpt(match_case->guard));
  return stmts(match_case->body);
}

// Binds the name that an import stores: `import a.b` binds `a`.
Status SymbolVisitor::visit(Alias* alias) {
  compiler::Name name = alias->asname ? alias->asname : alias->name;
  if (name->text == "*") {
    if (cur_->type == ScopeType::kModule) return {};
    return error(alias->span, "import * only allowed at module level");
  }
  size_t dot = name->text.find('.');
  if (dot != std::string_view::npos) name = intern(name->text.substr(0, dot));
  return define(name, kDefImport, alias->span);
}

Status SymbolVisitor::visit(Pattern* p) {
  auto nested = TRY(context_.nest());
  switch (p->kind) {
    case PatternKind::MatchValue: return visit(p->as<MatchValue>()->value);
    case PatternKind::MatchSingleton: return {};
    case PatternKind::MatchSequence: return patterns(p->as<MatchSequence>()->patterns);
    case PatternKind::MatchStar:
      if (!p->as<MatchStar>()->name) return {};
      return define(p->as<MatchStar>()->name, kDefLocal, p->span);
    case PatternKind::MatchMapping: {
      auto* mapping = p->as<MatchMapping>();
      TRY(exprs(mapping->keys));
      TRY(patterns(mapping->patterns));
      return mapping->rest ? define(mapping->rest, kDefLocal, p->span) : Status();
    }
    case PatternKind::MatchClass:
      TRY(visit(p->as<MatchClass>()->cls));
      TRY(patterns(p->as<MatchClass>()->patterns));
      return patterns(p->as<MatchClass>()->kwd_patterns);
    case PatternKind::MatchAs: {
      auto* as = p->as<MatchAs>();
      if (as->pattern) TRY(visit(as->pattern));
      return as->name ? define(as->name, kDefLocal, p->span) : Status();
    }
    case PatternKind::MatchOr: return patterns(p->as<MatchOr>()->patterns);
  }
  return {};
}

// --- functions

Status SymbolVisitor::defaults(Arguments* args) {
  TRY(exprs(args->defaults));
  return exprs(args->kw_defaults);
}

Status SymbolVisitor::params(const Seq<Arg*>& args) {
  for (Arg* arg : args) TRY(define(arg->arg, kDefParam, arg->span));
  return {};
}

Status SymbolVisitor::arguments(Arguments* args) {
  TRY(params(args->posonlyargs));
  TRY(params(args->args));
  TRY(params(args->kwonlyargs));
  if (args->vararg) {
    TRY(define(args->vararg->arg, kDefParam, args->vararg->span));
    cur_->has_varargs = true;
  }
  if (args->kwarg) {
    TRY(define(args->kwarg->arg, kDefParam, args->kwarg->span));
    cur_->has_varkeywords = true;
  }
  return {};
}

Status SymbolVisitor::annotation(Expr* e) {
  bool as_text = table_.future_flags_ & kCoFutureAnnotations;
  if (as_text) enter(intern("_annotation"), ScopeType::kAnnotation, e, e->span);
  TRY(visit(e));
  if (as_text) leave();
  return {};
}

Status SymbolVisitor::annotationsOf(const Seq<Arg*>& args) {
  for (Arg* arg : args) TRY(visitOpt(arg->annotation));
  return {};
}

Status SymbolVisitor::annotations(const void* node, const Span& span, Arguments* args, Expr* returns) {
  bool as_text = table_.future_flags_ & kCoFutureAnnotations;
  if (as_text) enter(intern("_annotation"), ScopeType::kAnnotation, node, span);
  TRY(annotationsOf(args->posonlyargs));
  TRY(annotationsOf(args->args));
  if (args->vararg) TRY(visitOpt(args->vararg->annotation));
  if (args->kwarg) TRY(visitOpt(args->kwarg->annotation));
  TRY(annotationsOf(args->kwonlyargs));
  if (as_text) leave();
  return returns ? annotation(returns) : Status();
}

// --- expressions

Status SymbolVisitor::refuseInAnnotation(const char* what, const Span& where) {
  if (cur_->type != ScopeType::kAnnotation) return {};
  return error(where, "'%s' can not be used within an annotation", what);
}

Status SymbolVisitor::refuseInComprehension(const Span& where) {
  switch (cur_->comprehension) {
    case ComprehensionType::kNone: return {};
    case ComprehensionType::kList: return error(where, "'yield' inside list comprehension");
    case ComprehensionType::kSet: return error(where, "'yield' inside set comprehension");
    case ComprehensionType::kDict: return error(where, "'yield' inside dict comprehension");
    case ComprehensionType::kGenerator: return error(where, "'yield' inside generator expression");
  }
  return {};
}

Status SymbolVisitor::yieldExpr(Expr* e, Expr* value) {
  TRY(refuseInAnnotation("yield expression", e->span));
  TRY(visitOpt(value));
  cur_->is_generator = true;
  return refuseInComprehension(e->span);
}

Status SymbolVisitor::lambda(Lambda* e) {
  TRY(defaults(e->args));
  enter(intern("lambda"), ScopeType::kFunction, e, e->span);
  TRY(arguments(e->args));
  TRY(visit(e->body));
  leave();
  return {};
}

Status SymbolVisitor::nameExpr(ast::Name* e) {
  TRY(define(e->id, e->ctx == ast::Context::Load ? kUse : kDefLocal, e->span));
  // super() needs __class__.
  if (e->ctx == ast::Context::Load && cur_->type == ScopeType::kFunction && e->id->text == "super") {
    return define(intern("__class__"), kUse, e->span);
  }
  return {};
}

Status SymbolVisitor::namedExpr(NamedExpr* e) {
  TRY(refuseInAnnotation("named expression", e->span));
  if (cur_->iterable_depth > 0) {
    return error(e->span, "assignment expression cannot be used in a comprehension iterable expression");
  }
  // A hand-made tree may have any target.
  if (!e->target->is<ast::Name>()) return raise(PyExc_TypeError, "NamedExpr target must be a Name");
  if (cur_->comprehension != ComprehensionType::kNone) TRY(extendNamedExprScope(e->target->as<ast::Name>()));
  TRY(visit(e->value));
  return visit(e->target);
}

// In a comprehension `:=` binds in the nearest enclosing scope that is none.
Status SymbolVisitor::extendNamedExprScope(ast::Name* target) {
  compiler::Name id = target->id;
  for (size_t i = stack_.size(); i-- > 0;) {
    Scope* scope = stack_[i];
    if (scope->comprehension != ComprehensionType::kNone) {
      if (!(lookup(scope, id) & kDefCompIter)) continue;
      return nameError(target->span,
                       "assignment expression cannot rebind comprehension iteration variable '%U'", id);
    }
    switch (scope->type) {
      case ScopeType::kFunction:
        TRY(define(id, lookup(scope, id) & kDefGlobal ? kDefGlobal : kDefNonlocal, target->span));
        recordDirective(id, target->span);
        return define(id, kDefLocal, scope, target->span);
      case ScopeType::kModule:
        TRY(define(id, kDefGlobal, target->span));
        recordDirective(id, target->span);
        return define(id, kDefGlobal, scope, target->span);
      case ScopeType::kClass:
        return error(target->span,
                     "assignment expression within a comprehension cannot be used in a class body");
      case ScopeType::kAnnotation: break;
    }
  }
  return {};
}

Status SymbolVisitor::comprehension(Expr* e, const char* name, ComprehensionType type,
                                    const Seq<Comprehension*>& generators, Expr* elt, Expr* value) {
  Comprehension* outermost = generators[0];
  // The outermost iterable is evaluated in the surrounding scope and passed as an argument.
  cur_->iterable_depth++;
  TRY(visit(outermost->iter));
  cur_->iterable_depth--;
  enter(intern(name), ScopeType::kFunction, e, e->span);
  cur_->comprehension = type;
  if (outermost->is_async) cur_->is_coroutine = true;
  TRY(define(intern(".0"), kDefParam, cur_->span));
  cur_->in_comp_target = true;
  TRY(visit(outermost->target));
  cur_->in_comp_target = false;
  TRY(exprs(outermost->ifs));
  for (uint32_t i = 1; i < generators.size(); i++) TRY(visit(generators[i]));
  TRY(visitOpt(value));
  TRY(visit(elt));
  bool is_generator = type == ComprehensionType::kGenerator;
  cur_->is_generator = is_generator;
  bool is_async = cur_->is_coroutine && !is_generator;
  leave();
  if (is_async) cur_->is_coroutine = true;
  return {};
}

Status SymbolVisitor::visit(Comprehension* generator) {
  cur_->in_comp_target = true;
  TRY(visit(generator->target));
  cur_->in_comp_target = false;
  cur_->iterable_depth++;
  TRY(visit(generator->iter));
  cur_->iterable_depth--;
  TRY(exprs(generator->ifs));
  if (generator->is_async) cur_->is_coroutine = true;
  return {};
}

Status SymbolVisitor::visit(Expr* e) {
  auto nested = TRY(context_.nest());
  switch (e->kind) {
    case ExprKind::BoolOp: return exprs(e->as<BoolOp>()->values);
    case ExprKind::NamedExpr: return namedExpr(e->as<NamedExpr>());
    case ExprKind::BinOp: TRY(visit(e->as<BinOp>()->left)); return visit(e->as<BinOp>()->right);
    case ExprKind::UnaryOp: return visit(e->as<UnaryOp>()->operand);
    case ExprKind::Lambda: return lambda(e->as<Lambda>());
    case ExprKind::IfExp:
      TRY(visit(e->as<IfExp>()->test));
      TRY(visit(e->as<IfExp>()->body));
      return visit(e->as<IfExp>()->orelse);
    case ExprKind::Dict: TRY(exprs(e->as<Dict>()->keys)); return exprs(e->as<Dict>()->values);
    case ExprKind::Set: return exprs(e->as<Set>()->elts);
    case ExprKind::ListComp: {
      auto* comp = e->as<ListComp>();
      return comprehension(e, "listcomp", ComprehensionType::kList, comp->generators, comp->elt, nullptr);
    }
    case ExprKind::SetComp: {
      auto* comp = e->as<SetComp>();
      return comprehension(e, "setcomp", ComprehensionType::kSet, comp->generators, comp->elt, nullptr);
    }
    case ExprKind::DictComp: {
      auto* comp = e->as<DictComp>();
      return comprehension(e, "dictcomp", ComprehensionType::kDict, comp->generators, comp->key, comp->value);
    }
    case ExprKind::GeneratorExp: {
      auto* comp = e->as<GeneratorExp>();
      return comprehension(e, "genexpr", ComprehensionType::kGenerator, comp->generators, comp->elt, nullptr);
    }
    case ExprKind::Await:
      TRY(refuseInAnnotation("await expression", e->span));
      TRY(visit(e->as<Await>()->value));
      cur_->is_coroutine = true;
      return {};
    case ExprKind::Yield: return yieldExpr(e, e->as<Yield>()->value);
    case ExprKind::YieldFrom: return yieldExpr(e, e->as<YieldFrom>()->value);
    case ExprKind::Compare: TRY(visit(e->as<Compare>()->left)); return exprs(e->as<Compare>()->comparators);
    case ExprKind::Call:
      TRY(visit(e->as<Call>()->func));
      TRY(exprs(e->as<Call>()->args));
      return each(e->as<Call>()->keywords);
    case ExprKind::FormattedValue:
      TRY(visit(e->as<FormattedValue>()->value));
      return visitOpt(e->as<FormattedValue>()->format_spec);
    case ExprKind::JoinedStr: return exprs(e->as<JoinedStr>()->values);
    case ExprKind::Constant: return {};
    case ExprKind::Attribute: return visit(e->as<Attribute>()->value);
    case ExprKind::Subscript: TRY(visit(e->as<Subscript>()->value)); return visit(e->as<Subscript>()->slice);
    case ExprKind::Starred: return visit(e->as<Starred>()->value);
    case ExprKind::Name: return nameExpr(e->as<ast::Name>());
    case ExprKind::List: return exprs(e->as<List>()->elts);
    case ExprKind::Tuple: return exprs(e->as<Tuple>()->elts);
    case ExprKind::Slice: {
      auto* slice = e->as<Slice>();
      TRY(visitOpt(slice->lower));
      TRY(visitOpt(slice->upper));
      return visitOpt(slice->step);
    }
  }
  return {};
}

Status SymbolTable::build(Mod* mod) {
  TRY(SymbolVisitor(*this).visitMod(mod));
  return analyze();
}

}  // namespace krait::compiler
