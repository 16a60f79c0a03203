#include "compiler/preprocess.h"

#include "bytecode/code_flags.h"
#include "compiler/fold.h"
#include "compiler/percent_format.h"
#include "types/bool.h"
#include "types/set.h"
#include "types/tuple.h"

namespace krait::compiler {

using namespace ast;

namespace {

// Visits every expression through the place that refers to it, so that it can be replaced there.
class Preprocessor {
 public:
  Preprocessor(Context& context, ConstPool& pool, int optimize, int future_flags)
      : context_(context), pool_(pool), optimize_(optimize), future_flags_(future_flags) {}

  Status mod(Mod* m);

 private:
  template <class T, class... A>
  T* make(const Span& span) {
    T* node = context_.tree().arena().make<T>();
    node->kind = T::kKind;
    node->span = span;
    return node;
  }
  void replace(Expr*& e, Ref<> value) {
    auto* constant = make<Constant>(e->span);
    constant->value = pool_.hold(std::move(value));
    e = constant;
  }
  void replaceIfFolded(Expr*& e, MaybeRef<> value) {
    if (value) replace(e, std::move(value).take());
  }
  Result<PyObject*> valueOf(Expr* e) { return pool_.object(e->as<Constant>()->value); }

  Status expr(Expr*& e);
  Status children(Expr* e);
  Status opt(Expr*& e) { return e ? expr(e) : Status(); }
  Status exprs(const Seq<Expr*>& seq) {
    for (Expr*& e : seq) TRY(opt(e));
    return {};
  }
  Status keywords(const Seq<Keyword*>& seq) {
    for (Keyword* keyword : seq) TRY(expr(keyword->value));
    return {};
  }
  Status generators(const Seq<Comprehension*>& seq);

  Status unary(Expr*& e);
  Status binary(Expr*& e);
  Status subscript(Expr*& e);
  Status tuple(Expr*& e);
  Status iterable(Expr*& e);
  Status compare(Compare* e);
  Result<MaybeRef<>> constTuple(const Seq<Expr*>& elts);

  Status stmt(Stmt* s);
  Status stmts(const Seq<Stmt*>& seq) {
    for (Stmt* s : seq) TRY(stmt(s));
    return {};
  }
  Status body(const Seq<Stmt*>& seq);
  template <class Def>
  Status function(Def* def);
  template <class Loop>
  Status forLoop(Loop* s);
  template <class WithStmt>
  Status with(WithStmt* s);
  template <class TryStmt>
  Status tryStmt(TryStmt* s);
  Status annotation(Expr*& e) { return e && !(future_flags_ & kCoFutureAnnotations) ? expr(e) : Status(); }
  Status argument(Arg* arg) { return arg ? annotation(arg->annotation) : Status(); }
  Status arguments(Arguments* args);
  Status pattern(Pattern* p);
  Status patterns(const Seq<Pattern*>& seq) {
    for (Pattern* p : seq) TRY(pattern(p));
    return {};
  }

  Context& context_;
  ConstPool& pool_;
  int optimize_;
  int future_flags_;
};

bool hasStarred(const Seq<Expr*>& elts) {
  for (Expr* e : elts) {
    if (e->is<Starred>()) return true;
  }
  return false;
}

// --- folding

Status Preprocessor::unary(Expr*& e) {
  auto* node = e->as<UnaryOp>();
  if (node->operand->is<Constant>()) {
    replaceIfFolded(e, TRY(foldUnary(node->op, TRY(valueOf(node->operand)))));
    return {};
  }
  // `not a in b` is `a not in b`; nothing alike holds for the rich comparisons.
  auto* compare = node->operand->asIf<Compare>();
  if (node->op != UnaryOperator::Not || !compare || compare->ops.size() != 1) return {};
  CompareOperator& op = compare->ops[0];
  switch (op) {
    case CompareOperator::Is: op = CompareOperator::IsNot; break;
    case CompareOperator::IsNot: op = CompareOperator::Is; break;
    case CompareOperator::In: op = CompareOperator::NotIn; break;
    case CompareOperator::NotIn: op = CompareOperator::In; break;
    default: return {};
  }
  e = compare;
  return {};
}

Status Preprocessor::binary(Expr*& e) {
  auto* node = e->as<BinOp>();
  if (!node->left->is<Constant>()) return {};
  if (node->op == Operator::Mod && isStrValue(node->left->as<Constant>()->value)) {
    if (auto* items = node->right->asIf<Tuple>(); items && !hasStarred(items->elts)) {
      auto* format = static_cast<StrObject*>(TRY(valueOf(node->left)));
      Expr* joined = TRY(percentAsJoinedStr(context_.tree(), pool_, format, items->elts, e->span));
      if (joined) e = joined;
      return {};
    }
  }
  if (!node->right->is<Constant>()) return {};
  PyObject* left = TRY(valueOf(node->left));
  replaceIfFolded(e, TRY(foldBinary(node->op, left, TRY(valueOf(node->right)))));
  return {};
}

Status Preprocessor::subscript(Expr*& e) {
  auto* node = e->as<Subscript>();
  if (node->ctx != ast::Context::Load || !node->value->is<Constant>() || !node->slice->is<Constant>())
    return {};
  PyObject* container = TRY(valueOf(node->value));
  replaceIfFolded(e, TRY(foldSubscript(container, TRY(valueOf(node->slice)))));
  return {};
}

// Absent unless all elements are constants.
Result<MaybeRef<>> Preprocessor::constTuple(const Seq<Expr*>& elts) {
  for (Expr* e : elts) {
    if (!e->is<Constant>()) return MaybeRef<>();
  }
  Ref<TupleObject> made = TRY(tupleNew(elts.size()));
  for (uint32_t i = 0; i < elts.size(); i++) made->ob_item[i] = share(TRY(valueOf(elts[i]))).leak();
  return MaybeRef<>(std::move(made));
}

Status Preprocessor::tuple(Expr*& e) {
  auto* node = e->as<Tuple>();
  if (node->ctx == ast::Context::Load) replaceIfFolded(e, TRY(constTuple(node->elts)));
  return {};
}

// A literal list or set that is only iterated over or searched may as well be a tuple or frozenset.
Status Preprocessor::iterable(Expr*& e) {
  if (auto* list = e->asIf<List>()) {
    if (hasStarred(list->elts)) return {};
    auto* made = make<Tuple>(e->span);
    made->elts = list->elts;
    made->ctx = list->ctx;
    e = made;
    return tuple(e);
  }
  if (auto* set = e->asIf<Set>()) {
    MaybeRef<> items = TRY(constTuple(set->elts));
    if (items) replace(e, TRY(frozenSetNew(items.get())));
  }
  return {};
}

Status Preprocessor::compare(Compare* e) {
  CompareOperator last = e->ops.back();
  if (last != CompareOperator::In && last != CompareOperator::NotIn) return {};
  return iterable(e->comparators.back());
}

// --- walking

Status Preprocessor::generators(const Seq<Comprehension*>& seq) {
  for (Comprehension* generator : seq) {
    TRY(expr(generator->target));
    TRY(expr(generator->iter));
    TRY(exprs(generator->ifs));
    TRY(iterable(generator->iter));
  }
  return {};
}

Status Preprocessor::children(Expr* e) {
  switch (e->kind) {
    case ExprKind::BoolOp: return exprs(e->as<BoolOp>()->values);
    case ExprKind::NamedExpr: return expr(e->as<NamedExpr>()->value);
    case ExprKind::BinOp: TRY(expr(e->as<BinOp>()->left)); return expr(e->as<BinOp>()->right);
    case ExprKind::UnaryOp: return expr(e->as<UnaryOp>()->operand);
    case ExprKind::Lambda: TRY(arguments(e->as<Lambda>()->args)); return expr(e->as<Lambda>()->body);
    case ExprKind::IfExp:
      TRY(expr(e->as<IfExp>()->test));
      TRY(expr(e->as<IfExp>()->body));
      return expr(e->as<IfExp>()->orelse);
    case ExprKind::Dict: TRY(exprs(e->as<Dict>()->keys)); return exprs(e->as<Dict>()->values);
    case ExprKind::Set: return exprs(e->as<Set>()->elts);
    case ExprKind::ListComp:
      TRY(expr(e->as<ListComp>()->elt));
      return generators(e->as<ListComp>()->generators);
    case ExprKind::SetComp: TRY(expr(e->as<SetComp>()->elt)); return generators(e->as<SetComp>()->generators);
    case ExprKind::DictComp:
      TRY(expr(e->as<DictComp>()->key));
      TRY(expr(e->as<DictComp>()->value));
      return generators(e->as<DictComp>()->generators);
    case ExprKind::GeneratorExp:
      TRY(expr(e->as<GeneratorExp>()->elt));
      return generators(e->as<GeneratorExp>()->generators);
    case ExprKind::Await: return expr(e->as<Await>()->value);
    case ExprKind::Yield: return opt(e->as<Yield>()->value);
    case ExprKind::YieldFrom: return expr(e->as<YieldFrom>()->value);
    case ExprKind::Compare:
      TRY(expr(e->as<Compare>()->left));
      TRY(exprs(e->as<Compare>()->comparators));
      return compare(e->as<Compare>());
    case ExprKind::Call:
      TRY(expr(e->as<Call>()->func));
      TRY(exprs(e->as<Call>()->args));
      return keywords(e->as<Call>()->keywords);
    case ExprKind::FormattedValue:
      TRY(expr(e->as<FormattedValue>()->value));
      return opt(e->as<FormattedValue>()->format_spec);
    case ExprKind::JoinedStr: return exprs(e->as<JoinedStr>()->values);
    case ExprKind::Attribute: return expr(e->as<Attribute>()->value);
    case ExprKind::Subscript: TRY(expr(e->as<Subscript>()->value)); return expr(e->as<Subscript>()->slice);
    case ExprKind::Starred: return expr(e->as<Starred>()->value);
    case ExprKind::Slice:
      TRY(opt(e->as<Slice>()->lower));
      TRY(opt(e->as<Slice>()->upper));
      return opt(e->as<Slice>()->step);
    case ExprKind::List: return exprs(e->as<List>()->elts);
    case ExprKind::Tuple: return exprs(e->as<Tuple>()->elts);
    case ExprKind::Name:
    case ExprKind::Constant: return {};
  }
  return {};
}

Status Preprocessor::expr(Expr*& e) {
  auto nested = TRY(context_.nest());
  TRY(children(e));
  switch (e->kind) {
    case ExprKind::BinOp: return binary(e);
    case ExprKind::UnaryOp: return unary(e);
    case ExprKind::Subscript: return subscript(e);
    case ExprKind::Tuple: return tuple(e);
    case ExprKind::Name:
      if (e->as<ast::Name>()->ctx == ast::Context::Load && e->as<ast::Name>()->id->text == "__debug__") {
        replace(e, boolRef(optimize_ == 0));
      }
      return {};
    default: return {};
  }
}

Status Preprocessor::arguments(Arguments* args) {
  for (Arg* arg : args->posonlyargs) TRY(argument(arg));
  for (Arg* arg : args->args) TRY(argument(arg));
  TRY(argument(args->vararg));
  for (Arg* arg : args->kwonlyargs) TRY(argument(arg));
  TRY(exprs(args->kw_defaults));
  TRY(argument(args->kwarg));
  return exprs(args->defaults);
}

// A string expression that only came to be by folding is no docstring.
Status Preprocessor::body(const Seq<Stmt*>& seq) {
  bool had_docstring = docstringOf(seq) != nullptr;
  TRY(stmts(seq));
  if (had_docstring || !docstringOf(seq)) return {};
  auto* first = seq[0]->as<ExprStmt>();
  auto* joined = make<JoinedStr>(first->span);
  joined->values = context_.tree().arena().copySeq(&first->value, 1);
  first->value = joined;
  return {};
}

template <class Def>
Status Preprocessor::function(Def* def) {
  TRY(arguments(def->args));
  TRY(body(def->body));
  TRY(exprs(def->decorator_list));
  return annotation(def->returns);
}

template <class Loop>
Status Preprocessor::forLoop(Loop* s) {
  TRY(expr(s->target));
  TRY(expr(s->iter));
  TRY(stmts(s->body));
  TRY(stmts(s->orelse));
  return s->kind == StmtKind::For ? iterable(s->iter) : Status();  // an 'async for' names what it was given
}

template <class WithStmt>
Status Preprocessor::with(WithStmt* s) {
  for (WithItem* item : s->items) {
    TRY(expr(item->context_expr));
    TRY(opt(item->optional_vars));
  }
  return stmts(s->body);
}

template <class TryStmt>
Status Preprocessor::tryStmt(TryStmt* s) {
  TRY(stmts(s->body));
  for (ExceptHandler* handler : s->handlers) {
    TRY(opt(handler->type));
    TRY(stmts(handler->body));
  }
  TRY(stmts(s->orelse));
  return stmts(s->finalbody);
}

Status Preprocessor::pattern(Pattern* p) {
  auto nested = TRY(context_.nest());
  switch (p->kind) {
    case PatternKind::MatchValue: return expr(p->as<MatchValue>()->value);
    case PatternKind::MatchSequence: return patterns(p->as<MatchSequence>()->patterns);
    case PatternKind::MatchMapping:
      TRY(exprs(p->as<MatchMapping>()->keys));
      return patterns(p->as<MatchMapping>()->patterns);
    case PatternKind::MatchClass:
      TRY(expr(p->as<MatchClass>()->cls));
      TRY(patterns(p->as<MatchClass>()->patterns));
      return patterns(p->as<MatchClass>()->kwd_patterns);
    case PatternKind::MatchAs:
      return p->as<MatchAs>()->pattern ? pattern(p->as<MatchAs>()->pattern) : Status();
    case PatternKind::MatchOr: return patterns(p->as<MatchOr>()->patterns);
    case PatternKind::MatchSingleton:
    case PatternKind::MatchStar: return {};
  }
  return {};
}

Status Preprocessor::stmt(Stmt* s) {
  auto nested = TRY(context_.nest());
  switch (s->kind) {
    case StmtKind::FunctionDef: return function(s->as<FunctionDef>());
    case StmtKind::AsyncFunctionDef: return function(s->as<AsyncFunctionDef>());
    case StmtKind::ClassDef: {
      auto* def = s->as<ClassDef>();
      TRY(exprs(def->bases));
      TRY(keywords(def->keywords));
      TRY(body(def->body));
      return exprs(def->decorator_list);
    }
    case StmtKind::Return: return opt(s->as<Return>()->value);
    case StmtKind::Delete: return exprs(s->as<Delete>()->targets);
    case StmtKind::Assign: TRY(exprs(s->as<Assign>()->targets)); return expr(s->as<Assign>()->value);
    case StmtKind::AugAssign: TRY(expr(s->as<AugAssign>()->target)); return expr(s->as<AugAssign>()->value);
    case StmtKind::AnnAssign:
      TRY(expr(s->as<AnnAssign>()->target));
      TRY(annotation(s->as<AnnAssign>()->annotation));
      return opt(s->as<AnnAssign>()->value);
    case StmtKind::For: return forLoop(s->as<For>());
    case StmtKind::AsyncFor: return forLoop(s->as<AsyncFor>());
    case StmtKind::While:
      TRY(expr(s->as<While>()->test));
      TRY(stmts(s->as<While>()->body));
      return stmts(s->as<While>()->orelse);
    case StmtKind::If:
      TRY(expr(s->as<If>()->test));
      TRY(stmts(s->as<If>()->body));
      return stmts(s->as<If>()->orelse);
    case StmtKind::With: return with(s->as<With>());
    case StmtKind::AsyncWith: return with(s->as<AsyncWith>());
    case StmtKind::Match:
      TRY(expr(s->as<Match>()->subject));
      for (MatchCase* match_case : s->as<Match>()->cases) {
        TRY(pattern(match_case->pattern));
        TRY(opt(match_case->guard));
        TRY(stmts(match_case->body));
      }
      return {};
    case StmtKind::Raise: TRY(opt(s->as<Raise>()->exc)); return opt(s->as<Raise>()->cause);
    case StmtKind::Try: return tryStmt(s->as<Try>());
    case StmtKind::TryStar: return tryStmt(s->as<TryStar>());
    case StmtKind::Assert: TRY(expr(s->as<Assert>()->test)); return opt(s->as<Assert>()->msg);
    case StmtKind::ExprStmt: return expr(s->as<ExprStmt>()->value);
    case StmtKind::Import:
    case StmtKind::ImportFrom:
    case StmtKind::Global:
    case StmtKind::Nonlocal:
    case StmtKind::Pass:
    case StmtKind::Break:
    case StmtKind::Continue: return {};
  }
  return {};
}

Status Preprocessor::mod(Mod* m) {
  switch (m->kind) {
    case ModKind::Module: return body(m->as<Module>()->body);
    case ModKind::Interactive: return stmts(m->as<Interactive>()->body);
    case ModKind::Expression: return expr(m->as<Expression>()->body);
    case ModKind::FunctionType: return {};
  }
  return {};
}

}  // namespace

Status preprocess(Context& context, ConstPool& pool, Mod* mod, int optimize, int future_flags) {
  return Preprocessor(context, pool, optimize, future_flags).mod(mod);
}

}  // namespace krait::compiler
