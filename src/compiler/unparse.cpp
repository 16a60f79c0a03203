#include "compiler/unparse.h"

#include <cmath>

#include "compiler/const_value.h"
#include "core/object.h"
#include "core/thread.h"
#include "types/complex.h"
#include "types/float.h"
#include "types/int.h"
#include "types/str_builder.h"
#include "types/tuple.h"

namespace krait::compiler {

using namespace ast;

namespace {

// How tightly the surroundings bind; an operand that binds less tightly gets parentheses.
enum Level : int {
  kTuple,
  kTest,
  kOr,
  kAnd,
  kNot,
  kCmp,
  kExpr,
  kBor = kExpr,
  kBxor,
  kBand,
  kShift,
  kArith,
  kTerm,
  kFactor,
  kPower,
  kAwait,
  kAtom,
};

struct BinaryText {
  const char* text;
  int level;
};

BinaryText binaryText(Operator op) {
  switch (op) {
    case Operator::Add: return {" + ", kArith};
    case Operator::Sub: return {" - ", kArith};
    case Operator::Mult: return {" * ", kTerm};
    case Operator::MatMult: return {" @ ", kTerm};
    case Operator::Div: return {" / ", kTerm};
    case Operator::Mod: return {" % ", kTerm};
    case Operator::Pow: return {" ** ", kPower};
    case Operator::LShift: return {" << ", kShift};
    case Operator::RShift: return {" >> ", kShift};
    case Operator::BitOr: return {" | ", kBor};
    case Operator::BitXor: return {" ^ ", kBxor};
    case Operator::BitAnd: return {" & ", kBand};
    case Operator::FloorDiv: return {" // ", kTerm};
  }
  return {" ? ", kAtom};
}

const char* compareText(CompareOperator op) {
  static constexpr const char* kText[] = {" == ", " != ", " < ",      " <= ", " > ",
                                          " >= ", " is ", " is not ", " in ", " not in "};
  return kText[static_cast<size_t>(op)];
}

class Unparser {
 public:
  explicit Unparser(StrBuilder& out) : out_(out) {}
  Status expr(const Expr* e, int level);

 private:
  void open(bool needed) {
    if (needed) out_.append('(');
  }
  void close(bool needed) {
    if (needed) out_.append(')');
  }
  Status name(const Identifier* identifier) {
    out_.append(TRY(strFromUtf8(identifier->text)));
    return {};
  }
  Status list(const Seq<Expr*>& elts, int level = kTest);
  Status boolOp(const ast::BoolOp* e, int level);
  Status binOp(const BinOp* e, int level);
  Status unaryOp(const UnaryOp* e, int level);
  Status arg(const Arg* arg);
  Status arguments(const Arguments* args);
  Status keywordOnly(const Arguments* args, bool* first);
  Status lambda(const Lambda* e, int level);
  Status ifExp(const IfExp* e, int level);
  Status dict(const Dict* e);
  Status tuple(const Tuple* e, int level);
  Status generators(const Seq<Comprehension*>& generators);
  Status comprehension(char open, const Expr* elt, const Expr* value, const Seq<Comprehension*>& generators,
                       char close);
  Status compare(const Compare* e, int level);
  Status call(const Call* e);
  Status joinedStr(const JoinedStr* e, bool is_format_spec);
  Status fstringElement(const Expr* e, bool is_format_spec);
  Status formattedValue(const FormattedValue* e);
  Status constant(const Constant* e);
  Status constantValue(PyObject* value);
  Status attribute(const Attribute* e);
  Status subscript(const Subscript* e);
  Status slice(const Slice* e);

  StrBuilder& out_;
};

Result<Ref<StrObject>> textOf(const Expr* e, int level) {
  StrBuilder out;
  TRY(Unparser(out).expr(e, level));
  return out.finish();
}

Status Unparser::list(const Seq<Expr*>& elts, int level) {
  for (uint32_t i = 0; i < elts.size(); i++) {
    if (i > 0) out_.append(", ");
    TRY(expr(elts[i], level));
  }
  return {};
}

Status Unparser::boolOp(const ast::BoolOp* e, int level) {
  bool is_and = e->op == BoolOperator::And;
  int own = is_and ? kAnd : kOr;
  open(level > own);
  for (uint32_t i = 0; i < e->values.size(); i++) {
    if (i > 0) out_.append(is_and ? " and " : " or ");
    TRY(expr(e->values[i], own + 1));
  }
  close(level > own);
  return {};
}

Status Unparser::binOp(const BinOp* e, int level) {
  BinaryText op = binaryText(e->op);
  bool right_associative = e->op == Operator::Pow;
  open(level > op.level);
  TRY(expr(e->left, op.level + right_associative));
  out_.append(op.text);
  TRY(expr(e->right, op.level + !right_associative));
  close(level > op.level);
  return {};
}

Status Unparser::unaryOp(const UnaryOp* e, int level) {
  static constexpr const char* kText[] = {"~", "not ", "+", "-"};
  int own = e->op == UnaryOperator::Not ? kNot : kFactor;
  open(level > own);
  out_.append(kText[static_cast<size_t>(e->op)]);
  TRY(expr(e->operand, own));
  close(level > own);
  return {};
}

Status Unparser::arg(const Arg* arg) {
  TRY(name(arg->arg));
  if (!arg->annotation) return {};
  out_.append(": ");
  return expr(arg->annotation, kTest);
}

Status Unparser::arguments(const Arguments* args) {
  bool first = true;
  auto separate = [&] {
    if (!std::exchange(first, false)) out_.append(", ");
  };
  uint32_t posonly = args->posonlyargs.size(), count = posonly + args->args.size();
  for (uint32_t i = 0; i < count; i++) {
    separate();
    TRY(arg(i < posonly ? args->posonlyargs[i] : args->args[i - posonly]));
    if (i + args->defaults.size() >= count) {
      out_.append('=');
      TRY(expr(args->defaults[i + args->defaults.size() - count], kTest));
    }
    if (posonly > 0 && i + 1 == posonly) out_.append(", /");
  }
  if (args->vararg || !args->kwonlyargs.empty()) {
    separate();
    out_.append('*');
    if (args->vararg) TRY(arg(args->vararg));
  }
  TRY(keywordOnly(args, &first));
  if (args->kwarg) {
    separate();
    out_.append("**");
    TRY(arg(args->kwarg));
  }
  return {};
}

Status Unparser::keywordOnly(const Arguments* args, bool* first) {
  for (uint32_t i = 0; i < args->kwonlyargs.size(); i++) {
    if (!std::exchange(*first, false)) out_.append(", ");
    TRY(arg(args->kwonlyargs[i]));
    const Expr* value = i < args->kw_defaults.size() ? args->kw_defaults[i] : nullptr;
    if (!value) continue;
    out_.append('=');
    TRY(expr(value, kTest));
  }
  return {};
}

Status Unparser::lambda(const Lambda* e, int level) {
  bool positional = !e->args->args.empty() || !e->args->posonlyargs.empty();
  open(level > kTest);
  out_.append(positional ? "lambda " : "lambda");
  TRY(arguments(e->args));
  out_.append(": ");
  TRY(expr(e->body, kTest));
  close(level > kTest);
  return {};
}

Status Unparser::ifExp(const IfExp* e, int level) {
  open(level > kTest);
  TRY(expr(e->body, kTest + 1));
  out_.append(" if ");
  TRY(expr(e->test, kTest + 1));
  out_.append(" else ");
  TRY(expr(e->orelse, kTest));
  close(level > kTest);
  return {};
}

Status Unparser::dict(const Dict* e) {
  out_.append('{');
  for (uint32_t i = 0; i < e->values.size(); i++) {
    if (i > 0) out_.append(", ");
    if (e->keys[i]) {
      TRY(expr(e->keys[i], kTest));
      out_.append(": ");
      TRY(expr(e->values[i], kTest));
    } else {
      out_.append("**");
      TRY(expr(e->values[i], kExpr));
    }
  }
  out_.append('}');
  return {};
}

Status Unparser::tuple(const Tuple* e, int level) {
  if (e->elts.empty()) {
    out_.append("()");
    return {};
  }
  open(level > kTuple);
  TRY(list(e->elts));
  if (e->elts.size() == 1) out_.append(',');
  close(level > kTuple);
  return {};
}

Status Unparser::generators(const Seq<Comprehension*>& generators) {
  for (const Comprehension* generator : generators) {
    out_.append(generator->is_async ? " async for " : " for ");
    TRY(expr(generator->target, kTuple));
    out_.append(" in ");
    TRY(expr(generator->iter, kTest + 1));
    for (const Expr* condition : generator->ifs) {
      out_.append(" if ");
      TRY(expr(condition, kTest + 1));
    }
  }
  return {};
}

Status Unparser::comprehension(char open, const Expr* elt, const Expr* value,
                               const Seq<Comprehension*>& generators, char close) {
  out_.append(open);
  TRY(expr(elt, kTest));
  if (value) {
    out_.append(": ");
    TRY(expr(value, kTest));
  }
  TRY(this->generators(generators));
  out_.append(close);
  return {};
}

Status Unparser::compare(const Compare* e, int level) {
  open(level > kCmp);
  TRY(expr(e->left, kCmp + 1));
  for (uint32_t i = 0; i < e->ops.size(); i++) {
    out_.append(compareText(e->ops[i]));
    TRY(expr(e->comparators[i], kCmp + 1));
  }
  close(level > kCmp);
  return {};
}

Status Unparser::call(const Call* e) {
  TRY(expr(e->func, kAtom));
  // A generator expression as the only argument brings its own parentheses.
  if (e->args.size() == 1 && e->keywords.empty() && e->args[0]->is<GeneratorExp>())
    return expr(e->args[0], kAtom);
  out_.append('(');
  TRY(list(e->args));
  for (uint32_t i = 0; i < e->keywords.size(); i++) {
    if (i > 0 || !e->args.empty()) out_.append(", ");
    const Keyword* keyword = e->keywords[i];
    if (keyword->arg) {
      TRY(name(keyword->arg));
      out_.append('=');
    } else {
      out_.append("**");
    }
    TRY(expr(keyword->value, kTest));
  }
  out_.append(')');
  return {};
}

Status Unparser::joinedStr(const JoinedStr* e, bool is_format_spec) {
  StrBuilder body;
  for (const Expr* value : e->values) TRY(Unparser(body).fstringElement(value, is_format_spec));
  Ref<StrObject> text = TRY(body.finish());
  if (!is_format_spec) {
    out_.append('f');
    text = TRY(strRepr(text));
  }
  out_.append(text);
  return {};
}

Status Unparser::fstringElement(const Expr* e, bool is_format_spec) {
  if (e->is<JoinedStr>()) return joinedStr(e->as<JoinedStr>(), is_format_spec);
  if (e->is<FormattedValue>()) return formattedValue(e->as<FormattedValue>());
  if (!e->is<Constant>()) return raise(PyExc_SystemError, "unknown expression kind inside f-string");
  Ref<> value = TRY(constantObject(e->as<Constant>()->value));
  if (!isStr(value)) return raise(PyExc_SystemError, "constant inside f-string is not a str");
  auto* text = static_cast<StrObject*>(value.get());
  for (Py_ssize_t i = 0; i < text->size(); i++) {
    Py_UCS4 ch = text->at(i);
    if (ch == '{' || ch == '}') out_.append(ch);
    out_.append(ch);
  }
  return {};
}

Status Unparser::formattedValue(const FormattedValue* e) {
  Ref<StrObject> value = TRY(textOf(e->value, kTest + 1));
  out_.append(value->size() > 0 && value->at(0) == '{' ? "{ " : "{");
  out_.append(value);
  if (e->conversion > 0) {
    if (e->conversion != 'a' && e->conversion != 'r' && e->conversion != 's') {
      return raise(PyExc_SystemError, "unknown f-value conversion kind");
    }
    out_.append('!');
    out_.append(static_cast<Py_UCS4>(e->conversion));
  }
  if (e->format_spec) {
    out_.append(':');
    TRY(fstringElement(e->format_spec, true));
  }
  out_.append('}');
  return {};
}

// repr, with infinity as a literal that overflows to it.
Status Unparser::constantValue(PyObject* value) {
  if (value == Py_Ellipsis) {
    out_.append("...");
    return {};
  }
  if (isExactTuple(value)) {
    auto* tuple = static_cast<TupleObject*>(value);
    out_.append('(');
    for (Py_ssize_t i = 0; i < tuple->size(); i++) {
      if (i > 0) out_.append(", ");
      TRY(constantValue(tuple->at(i)));
    }
    out_.append(tuple->size() == 1 ? ",)" : ")");
    return {};
  }
  Ref<StrObject> text = TRY(objectRepr(value));
  bool infinite = isExactFloat(value) && std::isinf(static_cast<FloatObject*>(value)->value);
  if (infinite || isExact(value, &PyComplex_Type)) {
    Ref<StrObject> from = TRY(strFromAscii("inf")), to = TRY(strFromAscii("1e309"));
    text = TRY(strReplace(text, from, to, -1));
  }
  out_.append(text);
  return {};
}

Status Unparser::constant(const Constant* e) {
  Ref<> value = TRY(constantObject(e->value));
  if (value.get() != Py_Ellipsis && e->kind_prefix.data()) out_.append(TRY(strFromUtf8(e->kind_prefix)));
  return constantValue(value);
}

Status Unparser::attribute(const Attribute* e) {
  TRY(expr(e->value, kAtom));
  bool after_int = false;
  if (e->value->is<Constant>())
    after_int = isExactInt(TRY(constantObject(e->value->as<Constant>()->value)).get());
  out_.append(after_int ? " ." : ".");
  return name(e->attr);
}

Status Unparser::subscript(const Subscript* e) {
  TRY(expr(e->value, kAtom));
  out_.append('[');
  TRY(expr(e->slice, kTuple));
  out_.append(']');
  return {};
}

Status Unparser::slice(const Slice* e) {
  if (e->lower) TRY(expr(e->lower, kTest));
  out_.append(':');
  if (e->upper) TRY(expr(e->upper, kTest));
  if (!e->step) return {};
  out_.append(':');
  return expr(e->step, kTest);
}

Status Unparser::expr(const Expr* e, int level) {
  auto guard = TRY(RecursionGuard::enter(" during compilation"));
  switch (e->kind) {
    case ExprKind::BoolOp: return boolOp(e->as<ast::BoolOp>(), level);
    case ExprKind::BinOp: return binOp(e->as<BinOp>(), level);
    case ExprKind::UnaryOp: return unaryOp(e->as<UnaryOp>(), level);
    case ExprKind::Lambda: return lambda(e->as<Lambda>(), level);
    case ExprKind::IfExp: return ifExp(e->as<IfExp>(), level);
    case ExprKind::Dict: return dict(e->as<Dict>());
    case ExprKind::Set:
      out_.append('{');
      TRY(list(e->as<Set>()->elts));
      out_.append('}');
      return {};
    case ExprKind::GeneratorExp:
      return comprehension('(', e->as<GeneratorExp>()->elt, nullptr, e->as<GeneratorExp>()->generators, ')');
    case ExprKind::ListComp:
      return comprehension('[', e->as<ListComp>()->elt, nullptr, e->as<ListComp>()->generators, ']');
    case ExprKind::SetComp:
      return comprehension('{', e->as<SetComp>()->elt, nullptr, e->as<SetComp>()->generators, '}');
    case ExprKind::DictComp:
      return comprehension('{', e->as<DictComp>()->key, e->as<DictComp>()->value,
                           e->as<DictComp>()->generators, '}');
    case ExprKind::Yield:
      out_.append(e->as<Yield>()->value ? "(yield " : "(yield");
      if (e->as<Yield>()->value) TRY(expr(e->as<Yield>()->value, kTest));
      out_.append(')');
      return {};
    case ExprKind::YieldFrom:
      out_.append("(yield from ");
      TRY(expr(e->as<YieldFrom>()->value, kTest));
      out_.append(')');
      return {};
    case ExprKind::Await:
      open(level > kAwait);
      out_.append("await ");
      TRY(expr(e->as<Await>()->value, kAtom));
      close(level > kAwait);
      return {};
    case ExprKind::Compare: return compare(e->as<Compare>(), level);
    case ExprKind::Call: return call(e->as<Call>());
    case ExprKind::Constant: return constant(e->as<Constant>());
    case ExprKind::JoinedStr: return joinedStr(e->as<JoinedStr>(), false);
    case ExprKind::FormattedValue: return formattedValue(e->as<FormattedValue>());
    case ExprKind::Attribute: return attribute(e->as<Attribute>());
    case ExprKind::Starred: out_.append('*'); return expr(e->as<Starred>()->value, kExpr);
    case ExprKind::Name: return name(e->as<ast::Name>()->id);
    case ExprKind::List:
      out_.append('[');
      TRY(list(e->as<List>()->elts));
      out_.append(']');
      return {};
    case ExprKind::Tuple: return tuple(e->as<Tuple>(), level);
    case ExprKind::Subscript: return subscript(e->as<Subscript>());
    case ExprKind::Slice: return slice(e->as<Slice>());
    case ExprKind::NamedExpr:
      open(level > kTuple);
      TRY(expr(e->as<NamedExpr>()->target, kAtom));
      out_.append(" := ");
      TRY(expr(e->as<NamedExpr>()->value, kAtom));
      close(level > kTuple);
      return {};
  }
  return {};
}

}  // namespace

Result<Ref<StrObject>> exprAsText(const Expr* e) { return textOf(e, kTest); }

}  // namespace krait::compiler
