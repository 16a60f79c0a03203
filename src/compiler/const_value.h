// Values of Constant nodes as Python objects.
#pragma once

#include <vector>

#include "core/result.h"
#include "parser/ast.h"

namespace krait::compiler {

// A new reference to the value.
Result<Ref<>> constantObject(const ast::ConstantValue& value);

// Keeps alive the objects that Constant nodes of a tree refer to (ConstantKind::Object).
class ConstPool {
 public:
  ConstPool() = default;
  ConstPool(const ConstPool&) = delete;
  // Hands over what is kept alive, for somebody who wants that longer than the tree.
  std::vector<Ref<>> take() && { return std::move(held_); }

  // The value as an object, borrowed; it is stored in the node.
  Result<PyObject*> object(ast::ConstantValue& value);
  // Makes a value that refers to the object.
  ast::ConstantValue hold(Ref<> object);

 private:
  std::vector<Ref<>> held_;
};

bool isStrValue(const ast::ConstantValue& value);
bool isTupleValue(const ast::ConstantValue& value);
// None, True, False or Ellipsis.
bool isSingletonValue(const ast::ConstantValue& value);
// The docstring statement's constant; null when the body does not start with one.
ast::Constant* docstringOf(const Seq<ast::Stmt*>& body);

}  // namespace krait::compiler
