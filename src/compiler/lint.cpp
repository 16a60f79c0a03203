// SyntaxWarnings about expressions that cannot work at run time.
#include "compiler/codegen.h"
#include "types/bool.h"
#include "types/bytes.h"
#include "types/complex.h"
#include "types/float.h"
#include "types/set.h"

namespace krait::compiler {

using namespace ast;

namespace {

bool isLiteralOperand(Expr* e) { return e->is<Constant>() && !isSingletonValue(e->as<Constant>()->value); }

bool isSequenceDisplay(Expr* e) {
  switch (e->kind) {
    case ExprKind::Tuple:
    case ExprKind::List:
    case ExprKind::ListComp:
    case ExprKind::JoinedStr:
    case ExprKind::FormattedValue: return true;
    default: return false;
  }
}

}  // namespace

// The type an expression certainly has; null when unknown.
const char* CodeGen::inferType(Expr* e) {
  switch (e->kind) {
    case ExprKind::Tuple: return "tuple";
    case ExprKind::List:
    case ExprKind::ListComp: return "list";
    case ExprKind::Dict:
    case ExprKind::DictComp: return "dict";
    case ExprKind::Set:
    case ExprKind::SetComp: return "set";
    case ExprKind::GeneratorExp: return "generator";
    case ExprKind::Lambda: return "function";
    case ExprKind::JoinedStr:
    case ExprKind::FormattedValue: return "str";
    case ExprKind::Constant: return typeOf(static_cast<PyObject*>(e->as<Constant>()->value.object))->tp_name;
    default: return nullptr;
  }
}

Status CodeGen::checkCompare(Compare* e) {
  bool left = isLiteralOperand(e->left);
  for (uint32_t i = 0; i < e->ops.size(); i++) {
    bool right = isLiteralOperand(e->comparators[i]);
    bool is = e->ops[i] == CompareOperator::Is;
    if ((is || e->ops[i] == CompareOperator::IsNot) && (left || right)) {
      return warn(is ? "\"is\" with a literal. Did you mean \"==\"?"
                     : "\"is not\" with a literal. Did you mean \"!=\"?");
    }
    left = right;
  }
  return {};
}

Status CodeGen::checkCaller(Expr* e) {
  switch (e->kind) {
    case ExprKind::Constant: TRY(pool_.object(e->as<Constant>()->value)); break;
    case ExprKind::Tuple:
    case ExprKind::List:
    case ExprKind::ListComp:
    case ExprKind::Dict:
    case ExprKind::DictComp:
    case ExprKind::Set:
    case ExprKind::SetComp:
    case ExprKind::GeneratorExp:
    case ExprKind::JoinedStr:
    case ExprKind::FormattedValue: break;
    default: return {};
  }
  return warn("'%.200s' object is not callable; perhaps you missed a comma?", inferType(e));
}

Status CodeGen::checkSubscripter(Expr* e) {
  switch (e->kind) {
    case ExprKind::Constant: {
      PyObject* value = TRY(pool_.object(e->as<Constant>()->value));
      bool suspicious = value == Py_None || value == Py_Ellipsis || isInt(value) || isFloat(value) ||
                        isComplex(value) || isAnySet(value);
      if (!suspicious) return {};
      break;
    }
    case ExprKind::Set:
    case ExprKind::SetComp:
    case ExprKind::GeneratorExp:
    case ExprKind::Lambda: break;
    default: return {};
  }
  return warn("'%.200s' object is not subscriptable; perhaps you missed a comma?", inferType(e));
}

Status CodeGen::checkIndex(Expr* e, Expr* index) {
  if (index->is<Constant>()) {
    if (isInt(TRY(pool_.object(index->as<Constant>()->value)))) return {};
  }
  const char* index_type = inferType(index);
  if (!index_type) return {};
  if (e->is<Constant>()) {
    PyObject* value = TRY(pool_.object(e->as<Constant>()->value));
    if (!isStr(value) && !isBytes(value) && !isTuple(value)) return {};
  } else if (!isSequenceDisplay(e)) {
    return {};
  }
  return warn("%.200s indices must be integers or slices, not %.200s; perhaps you missed a comma?",
              inferType(e), index_type);
}

}  // namespace krait::compiler
