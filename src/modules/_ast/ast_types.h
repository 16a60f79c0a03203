// The classes of the `ast` module, made from ast.def on first use.
#pragma once

#include "parser/ast.h"
#include "types/str.h"
#include "types/type.h"

namespace krait::modules {

// One per class: sums (kSum_expr ...), their constructors and singletons (kBinOp, kLoad ...), products (kArg
// ...).
enum class AstType : uint8_t {
  kAST,
#define KR_MOD(Struct, ...) k##Struct,
#define KR_STMT(Struct, ...) k##Struct,
#define KR_EXPR(Struct, ...) k##Struct,
#define KR_PATTERN(Struct, ...) k##Struct,
#define KR_HANDLER(Struct, ...) k##Struct,
#define KR_IGNORE(Struct, ...) k##Struct,
#define KR_PRODUCT(Struct, ...) k##Struct,
#define KR_SUM_BEGIN(Sum, PyName) kSum_##Sum,
#define KR_SINGLETON(Sum, Name) kOp_##Name,
#include "parser/ast.def"
  kSum_mod,
  kSum_stmt,
  kSum_expr,
  kSum_pattern,
  kSum_excepthandler,
  kSum_type_ignore,
  kCount,
};

struct AstTypes {
  PyTypeObject* types[static_cast<size_t>(AstType::kCount)];
  PyObject* singletons[static_cast<size_t>(AstType::kCount)];  // of kOp_* only

  PyTypeObject* at(AstType type) const { return types[static_cast<size_t>(type)]; }
  PyObject* singleton(AstType type) const { return singletons[static_cast<size_t>(type)]; }
};

// Immortal once made.
Result<const AstTypes*> astTypes();
// Adds all classes to the module's namespace, in CPython's order.
Status astAddTypes(PyObject* module);

// Python's name of a field of ast.def.
template <Text Field>
StrObject* fieldName() {
  if constexpr (Field.view() == "kind_prefix")
    return name<"kind">();
  else
    return name<Field>();
}

// The class of an operator or context enumerator.
#define KR_SUM_BEGIN(Sum, PyName)                      \
  constexpr AstType astTypeOf(ast::enums::Sum value) { \
    using enum ast::enums::Sum;                        \
    constexpr AstType kTypes[] = {
#define KR_SINGLETON(Sum, Name) AstType::kOp_##Name,
#define KR_SUM_END(Sum)                      \
  }                                          \
  ;                                          \
  return kTypes[static_cast<size_t>(value)]; \
  }
#include "parser/ast.def"

}  // namespace krait::modules
