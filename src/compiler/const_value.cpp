#include "compiler/const_value.h"

#include "types/bool.h"
#include "types/bytes.h"
#include "types/complex.h"
#include "types/float.h"
#include "types/int.h"
#include "types/tuple.h"

namespace krait::compiler {

using ast::ConstantKind;

Result<Ref<>> constantObject(const ast::ConstantValue& value) {
  switch (value.kind) {
    case ConstantKind::None: return none();
    case ConstantKind::True: return boolRef(true);
    case ConstantKind::False: return boolRef(false);
    case ConstantKind::Ellipsis: return share(Py_Ellipsis);
    case ConstantKind::Int: return intFromLong(value.integer);
    case ConstantKind::BigInt: return intFromText(value.text, value.base);
    case ConstantKind::Float: return floatNew(value.number);
    case ConstantKind::Complex: return complexNew(0.0, value.number);
    case ConstantKind::Str: return strFromWtf8(value.text);
    case ConstantKind::Bytes: return bytesFrom(value.text);
    case ConstantKind::Object: return share(static_cast<PyObject*>(value.object));
  }
  return none();
}

ast::ConstantValue ConstPool::hold(Ref<> object) {
  ast::ConstantValue value;
  value.kind = ConstantKind::Object;
  value.object = object.get();
  held_.push_back(std::move(object));
  return value;
}

Result<PyObject*> ConstPool::object(ast::ConstantValue& value) {
  if (value.kind != ConstantKind::Object) value = hold(TRY(constantObject(value)));
  return static_cast<PyObject*>(value.object);
}

bool isStrValue(const ast::ConstantValue& value) {
  if (value.kind == ConstantKind::Object) return isExactStr(static_cast<PyObject*>(value.object));
  return value.kind == ConstantKind::Str;
}

bool isTupleValue(const ast::ConstantValue& value) {
  return value.kind == ConstantKind::Object && isExactTuple(static_cast<PyObject*>(value.object));
}

bool isSingletonValue(const ast::ConstantValue& value) {
  switch (value.kind) {
    case ConstantKind::None:
    case ConstantKind::True:
    case ConstantKind::False:
    case ConstantKind::Ellipsis: return true;
    case ConstantKind::Object:
      return value.object == Py_None || value.object == Py_True || value.object == Py_False ||
             value.object == Py_Ellipsis;
    default: return false;
  }
}

ast::Constant* docstringOf(const Seq<ast::Stmt*>& body) {
  if (body.empty()) return nullptr;
  auto* first = body[0]->asIf<ast::ExprStmt>();
  auto* constant = first ? first->value->asIf<ast::Constant>() : nullptr;
  return constant && isStrValue(constant->value) ? constant : nullptr;
}

}  // namespace krait::compiler
