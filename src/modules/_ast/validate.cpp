// Whether a syntax tree made by hand could have come from source. The code generator relies on what is
// checked here.
#include <string>

#include "compiler/ast_object.h"
#include "compiler/nesting.h"
#include "types/bool.h"
#include "types/bytes.h"
#include "types/complex.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/set.h"
#include "types/tuple.h"

namespace krait::compiler {

using namespace ast;

namespace {

class Validator {
 public:
  Status mod(Mod* m);

 private:
  Raised wrong(const char* message) { return raise(PyExc_ValueError, "%s", message); }
  Status position(const Span& span);
  Status name(const Identifier* identifier);
  Status capture(const Identifier* identifier);
  Status constant(PyObject* value);
  Status nonEmpty(uint32_t size, const char* what, const char* owner);

  Status expr(Expr* e, ast::Context context);
  Status opt(Expr* e) { return e ? expr(e, ast::Context::Load) : Status(); }
  Status load(Expr* e) { return expr(e, ast::Context::Load); }
  Status exprs(const Seq<Expr*>& seq, ast::Context context, bool none_ok);
  Status loads(const Seq<Expr*>& seq) { return exprs(seq, ast::Context::Load, false); }
  Status exprContext(Expr* e, ast::Context context);
  Status exprChildren(Expr* e, ast::Context context);
  Status dict(Dict* e);
  Status compare(Compare* e);
  Status generators(const Seq<Comprehension*>& seq);
  Status keywords(const Seq<Keyword*>& seq);
  Status arguments(Arguments* args);
  Status args(const Seq<Arg*>& seq);

  Status pattern(Pattern* p, bool star_ok);
  Status patternChildren(Pattern* p, bool star_ok);
  Status patterns(const Seq<Pattern*>& seq, bool star_ok);
  Status patternValue(Expr* e);
  Status mapping(MatchMapping* p);
  Status classPattern(MatchClass* p);

  Status stmt(Stmt* s);
  Status stmtChildren(Stmt* s);
  Status stmts(const Seq<Stmt*>& seq);
  Status body(const Seq<Stmt*>& seq, const char* owner);
  template <class Def>
  Status function(Def* s, const char* owner);
  template <class Loop>
  Status forLoop(Loop* s, const char* owner);
  template <class WithStmt>
  Status with(WithStmt* s, const char* owner);
  template <class TryStmt>
  Status tryStmt(TryStmt* s, const std::string& owner);
  Status match(Match* s);

  Nesting nesting_{"compilation"};
};

const char* contextName(ast::Context context) { return operatorName(context); }

PyObject* valueOf(const ConstantValue& value) { return static_cast<PyObject*>(value.object); }

Status Validator::position(const Span& s) {
  if (s.lineno > s.end_lineno) {
    return raise(PyExc_ValueError, "AST node line range (%d, %d) is not valid", s.lineno, s.end_lineno);
  }
  if ((s.lineno < 0 && s.end_lineno != s.lineno) || (s.col_offset < 0 && s.col_offset != s.end_col_offset)) {
    return raise(PyExc_ValueError, "AST node column range (%d, %d) for line range (%d, %d) is not valid",
                 s.col_offset, s.end_col_offset, s.lineno, s.end_lineno);
  }
  if (s.lineno == s.end_lineno && s.col_offset > s.end_col_offset) {
    return raise(PyExc_ValueError, "line %d, column %d-%d is not a valid range", s.lineno, s.col_offset,
                 s.end_col_offset);
  }
  return {};
}

Status Validator::name(const Identifier* identifier) {
  for (const char* reserved : {"None", "True", "False"}) {
    if (identifier->text == reserved) {
      return raise(PyExc_ValueError, "identifier field can't represent '%s' constant", reserved);
    }
  }
  return {};
}

Status Validator::capture(const Identifier* identifier) {
  if (identifier->text == "_") return wrong("can't capture name '_' in patterns");
  return name(identifier);
}

Status Validator::nonEmpty(uint32_t size, const char* what, const char* owner) {
  if (size > 0) return {};
  return raise(PyExc_ValueError, "empty %s on %s", what, owner);
}

Status Validator::constant(PyObject* v) {
  if (v == Py_None || v == Py_Ellipsis || isExactInt(v) || isExactFloat(v) || isExact(v, &PyComplex_Type) ||
      isBool(v) || isExactStr(v) || isExactBytes(v)) {
    return {};
  }
  if (!isExactTuple(v) && !isExact(v, &PyFrozenSet_Type)) {
    return raise(PyExc_TypeError, "got an invalid type in Constant: %s", typeName(v));
  }
  auto level = TRY(nesting_.enter());
  Ref<TupleObject> items = TRY(sequenceTuple(v));
  for (Py_ssize_t i = 0; i < items->size(); i++) TRY(constant(items->at(i)));
  return {};
}

// --- expressions

Status Validator::exprs(const Seq<Expr*>& seq, ast::Context context, bool none_ok) {
  for (Expr* e : seq) {
    if (e)
      TRY(expr(e, context));
    else if (!none_ok)
      return wrong("None disallowed in expression list");
  }
  return {};
}

Status Validator::generators(const Seq<Comprehension*>& seq) {
  if (seq.empty()) return wrong("comprehension with no generators");
  for (Comprehension* generator : seq) {
    TRY(expr(generator->target, ast::Context::Store));
    TRY(load(generator->iter));
    TRY(loads(generator->ifs));
  }
  return {};
}

Status Validator::keywords(const Seq<Keyword*>& seq) {
  for (Keyword* keyword : seq) TRY(load(keyword->value));
  return {};
}

Status Validator::args(const Seq<Arg*>& seq) {
  for (Arg* arg : seq) {
    TRY(position(arg->span));
    TRY(opt(arg->annotation));
  }
  return {};
}

Status Validator::arguments(Arguments* a) {
  TRY(args(a->posonlyargs));
  TRY(args(a->args));
  if (a->vararg) TRY(opt(a->vararg->annotation));
  TRY(args(a->kwonlyargs));
  if (a->kwarg) TRY(opt(a->kwarg->annotation));
  if (a->defaults.size() > a->posonlyargs.size() + a->args.size()) {
    return wrong("more positional defaults than args on arguments");
  }
  if (a->kw_defaults.size() != a->kwonlyargs.size()) {
    return wrong("length of kwonlyargs is not the same as kw_defaults on arguments");
  }
  TRY(loads(a->defaults));
  return exprs(a->kw_defaults, ast::Context::Load, true);
}

// Load, Store or Del as the place demands.
Status Validator::exprContext(Expr* e, ast::Context wanted) {
  ast::Context actual;
  switch (e->kind) {
    case ExprKind::Name:
      TRY(name(e->as<ast::Name>()->id));
      actual = e->as<ast::Name>()->ctx;
      break;
    case ExprKind::Attribute: actual = e->as<Attribute>()->ctx; break;
    case ExprKind::Subscript: actual = e->as<Subscript>()->ctx; break;
    case ExprKind::Starred: actual = e->as<Starred>()->ctx; break;
    case ExprKind::List: actual = e->as<List>()->ctx; break;
    case ExprKind::Tuple: actual = e->as<Tuple>()->ctx; break;
    default:
      if (wanted == ast::Context::Load) return {};
      return raise(PyExc_ValueError, "expression which can't be assigned to in %s context",
                   contextName(wanted));
  }
  if (actual == wanted) return {};
  return raise(PyExc_ValueError, "expression must have %s context but has %s instead", contextName(wanted),
               contextName(actual));
}

Status Validator::dict(Dict* e) {
  if (e->keys.size() != e->values.size()) return wrong("Dict doesn't have the same number of keys as values");
  TRY(exprs(e->keys, ast::Context::Load, true));
  return loads(e->values);
}

Status Validator::compare(Compare* e) {
  if (e->comparators.empty()) return wrong("Compare with no comparators");
  if (e->comparators.size() != e->ops.size())
    return wrong("Compare has a different number of comparators and operands");
  TRY(loads(e->comparators));
  return load(e->left);
}

Status Validator::expr(Expr* e, ast::Context context) {
  TRY(position(e->span));
  auto level = TRY(nesting_.enter());
  TRY(exprContext(e, context));
  return exprChildren(e, context);
}

Status Validator::exprChildren(Expr* e, ast::Context context) {
  switch (e->kind) {
    case ExprKind::BoolOp:
      if (e->as<ast::BoolOp>()->values.size() < 2) return wrong("BoolOp with less than 2 values");
      return loads(e->as<ast::BoolOp>()->values);
    case ExprKind::BinOp: TRY(load(e->as<BinOp>()->left)); return load(e->as<BinOp>()->right);
    case ExprKind::UnaryOp: return load(e->as<UnaryOp>()->operand);
    case ExprKind::Lambda: TRY(arguments(e->as<Lambda>()->args)); return load(e->as<Lambda>()->body);
    case ExprKind::IfExp:
      TRY(load(e->as<IfExp>()->test));
      TRY(load(e->as<IfExp>()->body));
      return load(e->as<IfExp>()->orelse);
    case ExprKind::Dict: return dict(e->as<Dict>());
    case ExprKind::Set: return loads(e->as<Set>()->elts);
    case ExprKind::ListComp:
      TRY(generators(e->as<ListComp>()->generators));
      return load(e->as<ListComp>()->elt);
    case ExprKind::SetComp: TRY(generators(e->as<SetComp>()->generators)); return load(e->as<SetComp>()->elt);
    case ExprKind::GeneratorExp:
      TRY(generators(e->as<GeneratorExp>()->generators));
      return load(e->as<GeneratorExp>()->elt);
    case ExprKind::DictComp:
      TRY(generators(e->as<DictComp>()->generators));
      TRY(load(e->as<DictComp>()->key));
      return load(e->as<DictComp>()->value);
    case ExprKind::Yield: return opt(e->as<Yield>()->value);
    case ExprKind::YieldFrom: return load(e->as<YieldFrom>()->value);
    case ExprKind::Await: return load(e->as<Await>()->value);
    case ExprKind::Compare: return compare(e->as<Compare>());
    case ExprKind::Call:
      TRY(load(e->as<Call>()->func));
      TRY(loads(e->as<Call>()->args));
      return keywords(e->as<Call>()->keywords);
    case ExprKind::Constant: return constant(valueOf(e->as<Constant>()->value));
    case ExprKind::JoinedStr: return loads(e->as<JoinedStr>()->values);
    case ExprKind::FormattedValue:
      TRY(load(e->as<FormattedValue>()->value));
      return opt(e->as<FormattedValue>()->format_spec);
    case ExprKind::Attribute: return load(e->as<Attribute>()->value);
    case ExprKind::Subscript: TRY(load(e->as<Subscript>()->slice)); return load(e->as<Subscript>()->value);
    case ExprKind::Starred: return expr(e->as<Starred>()->value, context);
    case ExprKind::Slice:
      TRY(opt(e->as<Slice>()->lower));
      TRY(opt(e->as<Slice>()->upper));
      return opt(e->as<Slice>()->step);
    case ExprKind::List: return exprs(e->as<List>()->elts, context, false);
    case ExprKind::Tuple: return exprs(e->as<Tuple>()->elts, context, false);
    case ExprKind::NamedExpr: return load(e->as<NamedExpr>()->value);
    case ExprKind::Name: return {};
  }
  return {};
}

// --- patterns

bool isNumber(PyObject* v, bool allow_real, bool allow_imaginary) {
  return (allow_real && (isExactInt(v) || isExactFloat(v))) ||
         (allow_imaginary && isExact(v, &PyComplex_Type));
}

bool isLiteralNumber(Expr* e, bool allow_real, bool allow_imaginary) {
  return e->is<Constant>() && isNumber(valueOf(e->as<Constant>()->value), allow_real, allow_imaginary);
}

bool isNegativeNumber(Expr* e, bool allow_real, bool allow_imaginary) {
  auto* unary = e->asIf<UnaryOp>();
  return unary && unary->op == UnaryOperator::USub &&
         isLiteralNumber(unary->operand, allow_real, allow_imaginary);
}

// 1 + 2j, -1 - 2j ...
bool isComplexLiteral(Expr* e) {
  auto* binary = e->asIf<BinOp>();
  if (!binary || (binary->op != Operator::Add && binary->op != Operator::Sub)) return false;
  bool left = isLiteralNumber(binary->left, true, false) || isNegativeNumber(binary->left, true, false);
  return left && isLiteralNumber(binary->right, false, true);
}

Status Validator::patternValue(Expr* e) {
  TRY(load(e));
  if (auto* literal = e->asIf<Constant>()) {
    PyObject* v = valueOf(literal->value);
    if (isNumber(v, true, true) || isExactBytes(v) || isExactStr(v)) return {};
    return wrong("unexpected constant inside of a literal pattern");
  }
  if (e->is<Attribute>() || e->is<JoinedStr>()) return {};  // an f-string is refused later
  if (isNegativeNumber(e, true, true) || isComplexLiteral(e)) return {};
  return wrong("patterns may only match literals and attribute lookups");
}

Status Validator::patterns(const Seq<Pattern*>& seq, bool star_ok) {
  for (Pattern* p : seq) {
    if (!p) return wrong("None disallowed in pattern list");
    TRY(pattern(p, star_ok));
  }
  return {};
}

Status Validator::mapping(MatchMapping* p) {
  if (p->keys.size() != p->patterns.size()) {
    return wrong("MatchMapping doesn't have the same number of keys as patterns");
  }
  if (p->rest) TRY(capture(p->rest));
  for (Expr* key : p->keys) {
    if (!key) return wrong("None disallowed in expression list");
    if (auto* literal = key->asIf<Constant>()) {
      PyObject* v = valueOf(literal->value);
      if (v == Py_None || v == Py_True || v == Py_False) continue;
    }
    TRY(patternValue(key));
  }
  return patterns(p->patterns, false);
}

Status Validator::classPattern(MatchClass* p) {
  if (p->kwd_attrs.size() != p->kwd_patterns.size()) {
    return wrong("MatchClass doesn't have the same number of keyword attributes as patterns");
  }
  TRY(load(p->cls));
  Expr* cls = p->cls;
  while (cls->is<Attribute>()) cls = cls->as<Attribute>()->value;
  if (!cls->is<ast::Name>()) return wrong("MatchClass cls field can only contain Name or Attribute nodes.");
  for (const Identifier* attr : p->kwd_attrs) TRY(name(attr));
  TRY(patterns(p->patterns, false));
  return patterns(p->kwd_patterns, false);
}

Status Validator::pattern(Pattern* p, bool star_ok) {
  TRY(position(p->span));
  auto level = TRY(nesting_.enter());
  return patternChildren(p, star_ok);
}

Status Validator::patternChildren(Pattern* p, bool star_ok) {
  switch (p->kind) {
    case PatternKind::MatchValue: return patternValue(p->as<MatchValue>()->value);
    case PatternKind::MatchSingleton: {
      PyObject* v = valueOf(p->as<MatchSingleton>()->value);
      if (v == Py_None || v == Py_True || v == Py_False) return {};
      return wrong("MatchSingleton can only contain True, False and None");
    }
    case PatternKind::MatchSequence: return patterns(p->as<MatchSequence>()->patterns, true);
    case PatternKind::MatchMapping: return mapping(p->as<MatchMapping>());
    case PatternKind::MatchClass: return classPattern(p->as<MatchClass>());
    case PatternKind::MatchStar:
      if (!star_ok) return wrong("can't use MatchStar here");
      return p->as<MatchStar>()->name ? capture(p->as<MatchStar>()->name) : Status();
    case PatternKind::MatchAs: {
      auto* as = p->as<MatchAs>();
      if (as->name) TRY(capture(as->name));
      if (!as->pattern) return {};
      if (!as->name) return wrong("MatchAs must specify a target name if a pattern is given");
      return pattern(as->pattern, false);
    }
    case PatternKind::MatchOr:
      if (p->as<MatchOr>()->patterns.size() < 2) return wrong("MatchOr requires at least 2 patterns");
      return patterns(p->as<MatchOr>()->patterns, false);
  }
  return {};
}

// --- statements

Status Validator::stmts(const Seq<Stmt*>& seq) {
  for (Stmt* s : seq) {
    if (!s) return wrong("None disallowed in statement list");
    TRY(stmt(s));
  }
  return {};
}

Status Validator::body(const Seq<Stmt*>& seq, const char* owner) {
  TRY(nonEmpty(seq.size(), "body", owner));
  return stmts(seq);
}

template <class Def>
Status Validator::function(Def* s, const char* owner) {
  TRY(body(s->body, owner));
  TRY(arguments(s->args));
  TRY(loads(s->decorator_list));
  return opt(s->returns);
}

template <class Loop>
Status Validator::forLoop(Loop* s, const char* owner) {
  TRY(expr(s->target, ast::Context::Store));
  TRY(load(s->iter));
  TRY(body(s->body, owner));
  return stmts(s->orelse);
}

template <class WithStmt>
Status Validator::with(WithStmt* s, const char* owner) {
  TRY(nonEmpty(s->items.size(), "items", owner));
  for (WithItem* item : s->items) {
    TRY(load(item->context_expr));
    if (item->optional_vars) TRY(expr(item->optional_vars, ast::Context::Store));
  }
  return body(s->body, owner);
}

template <class TryStmt>
Status Validator::tryStmt(TryStmt* s, const std::string& owner) {
  TRY(body(s->body, owner.c_str()));
  if (s->handlers.empty() && s->finalbody.empty())
    return wrong((owner + " has neither except handlers nor finalbody").c_str());
  if (s->handlers.empty() && !s->orelse.empty())
    return wrong((owner + " has orelse but no except handlers").c_str());
  for (ExceptHandler* handler : s->handlers) {
    if (!handler) return wrong("None disallowed in handler list");
    TRY(position(handler->span));
    TRY(opt(handler->type));
    TRY(body(handler->body, "ExceptHandler"));
  }
  TRY(stmts(s->finalbody));
  return stmts(s->orelse);
}

Status Validator::match(Match* s) {
  TRY(load(s->subject));
  TRY(nonEmpty(s->cases.size(), "cases", "Match"));
  for (MatchCase* c : s->cases) {
    TRY(pattern(c->pattern, false));
    TRY(opt(c->guard));
    TRY(body(c->body, "match_case"));
  }
  return {};
}

Status Validator::stmt(Stmt* s) {
  TRY(position(s->span));
  auto level = TRY(nesting_.enter());
  return stmtChildren(s);
}

Status Validator::stmtChildren(Stmt* s) {
  switch (s->kind) {
    case StmtKind::FunctionDef: return function(s->as<FunctionDef>(), "FunctionDef");
    case StmtKind::AsyncFunctionDef: return function(s->as<AsyncFunctionDef>(), "AsyncFunctionDef");
    case StmtKind::ClassDef: {
      auto* def = s->as<ClassDef>();
      TRY(body(def->body, "ClassDef"));
      TRY(loads(def->bases));
      TRY(keywords(def->keywords));
      return loads(def->decorator_list);
    }
    case StmtKind::Return: return opt(s->as<Return>()->value);
    case StmtKind::Delete:
      TRY(nonEmpty(s->as<Delete>()->targets.size(), "targets", "Delete"));
      return exprs(s->as<Delete>()->targets, ast::Context::Del, false);
    case StmtKind::Assign:
      TRY(nonEmpty(s->as<Assign>()->targets.size(), "targets", "Assign"));
      TRY(exprs(s->as<Assign>()->targets, ast::Context::Store, false));
      return load(s->as<Assign>()->value);
    case StmtKind::AugAssign:
      TRY(expr(s->as<AugAssign>()->target, ast::Context::Store));
      return load(s->as<AugAssign>()->value);
    case StmtKind::AnnAssign: {
      auto* assign = s->as<AnnAssign>();
      if (!assign->target->is<ast::Name>() && assign->simple) {
        return raise(PyExc_TypeError, "AnnAssign with simple non-Name target");
      }
      TRY(expr(assign->target, ast::Context::Store));
      TRY(opt(assign->value));
      return load(assign->annotation);
    }
    case StmtKind::For: return forLoop(s->as<For>(), "For");
    case StmtKind::AsyncFor: return forLoop(s->as<AsyncFor>(), "AsyncFor");
    case StmtKind::While:
      TRY(load(s->as<While>()->test));
      TRY(body(s->as<While>()->body, "While"));
      return stmts(s->as<While>()->orelse);
    case StmtKind::If:
      TRY(load(s->as<If>()->test));
      TRY(body(s->as<If>()->body, "If"));
      return stmts(s->as<If>()->orelse);
    case StmtKind::With: return with(s->as<With>(), "With");
    case StmtKind::AsyncWith: return with(s->as<AsyncWith>(), "AsyncWith");
    case StmtKind::Match: return match(s->as<Match>());
    case StmtKind::Raise: {
      auto* raised = s->as<Raise>();
      if (!raised->exc) return raised->cause ? Status(wrong("Raise with cause but no exception")) : Status();
      TRY(load(raised->exc));
      return opt(raised->cause);
    }
    case StmtKind::Try: return tryStmt(s->as<Try>(), "Try");
    case StmtKind::TryStar: return tryStmt(s->as<TryStar>(), "TryStar");
    case StmtKind::Assert: TRY(load(s->as<Assert>()->test)); return opt(s->as<Assert>()->msg);
    case StmtKind::Import: return nonEmpty(s->as<Import>()->names.size(), "names", "Import");
    case StmtKind::ImportFrom:
      if (s->as<ImportFrom>()->level < 0) return wrong("Negative ImportFrom level");
      return nonEmpty(s->as<ImportFrom>()->names.size(), "names", "ImportFrom");
    case StmtKind::Global: return nonEmpty(s->as<Global>()->names.size(), "names", "Global");
    case StmtKind::Nonlocal: return nonEmpty(s->as<Nonlocal>()->names.size(), "names", "Nonlocal");
    case StmtKind::ExprStmt: return load(s->as<ExprStmt>()->value);
    case StmtKind::Pass:
    case StmtKind::Break:
    case StmtKind::Continue: return {};
  }
  return {};
}

Status Validator::mod(Mod* m) {
  switch (m->kind) {
    case ModKind::Module: return stmts(m->as<Module>()->body);
    case ModKind::Interactive: return stmts(m->as<Interactive>()->body);
    case ModKind::Expression: return load(m->as<Expression>()->body);
    case ModKind::FunctionType:
      TRY(loads(m->as<FunctionType>()->argtypes));
      return load(m->as<FunctionType>()->returns);
  }
  return {};
}

}  // namespace

Status astValidate(Mod* mod) { return Validator().mod(mod); }

}  // namespace krait::compiler
