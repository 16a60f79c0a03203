// From a syntax tree to objects of the `ast` module.
#include "compiler/ast_object.h"
#include "compiler/context.h"
#include "core/gc.h"
#include "core/object.h"
#include "modules/_ast/ast_types.h"
#include "types/int.h"
#include "types/list.h"

namespace krait::modules {

using namespace ast;

namespace {

class ToObject {
 public:
  explicit ToObject(const AstTypes& types) : types_(types) {}

  Result<Ref<>> value(Mod* node);
  Result<Ref<>> value(Stmt* node);
  Result<Ref<>> value(Expr* node);
  Result<Ref<>> value(Pattern* node);
  Result<Ref<>> value(ExceptHandler* node);
  Result<Ref<>> value(TypeIgnore* node);
#define KR_PRODUCT(Struct, PyName, has_positions, ...) Result<Ref<>> value(Struct* node);
#include "parser/ast.def"
#define KR_SUM_BEGIN(Sum, PyName) \
  Result<Ref<>> value(enums::Sum op) { return share(types_.singleton(astTypeOf(op))); }
#include "parser/ast.def"
  Result<Ref<>> value(const Identifier* identifier);
  Result<Ref<>> value(std::string_view text) {
    if (!text.data()) return none();
    return TRY(strFromWtf8(text));
  }
  Result<Ref<>> value(const ConstantValue& constant) { return compiler::constantObject(constant); }
  Result<Ref<>> value(int number) { return TRY(intFromLong(number)); }
  template <class T>
  Result<Ref<>> value(const Seq<T>& seq);

 private:
  Result<Ref<>> make(AstType type) { return typeAlloc<PyObject>(types_.at(type)); }
  template <class T>
  Status set(PyObject* object, StrObject* name, T&& field) {
    Ref<> converted = TRY(value(field));
    return attrSet(object, name, converted.get());
  }
  Status setPositions(PyObject* object, const Span& span);

  const AstTypes& types_;
  compiler::Nesting nesting_{"ast construction"};
};

Result<Ref<>> ToObject::value(const Identifier* identifier) {
  if (!identifier) return none();
  if (!identifier->object) identifier->object = TRY(strInternUtf8(identifier->text)).leak();
  return share(static_cast<PyObject*>(identifier->object));
}

template <class T>
Result<Ref<>> ToObject::value(const Seq<T>& seq) {
  Ref<ListObject> list = TRY(listNew());
  for (T item : seq) TRY(listAppend(list, TRY(value(item))));
  return Ref<>(std::move(list));
}

Status ToObject::setPositions(PyObject* object, const Span& span) {
  TRY(set(object, name<"lineno">(), span.lineno));
  TRY(set(object, name<"col_offset">(), span.col_offset));
  TRY(set(object, name<"end_lineno">(), span.end_lineno));
  return set(object, name<"end_col_offset">(), span.end_col_offset);
}

#define KR_FIELD(field) TRY(set(object.get(), fieldName<#field>(), n->field));

#define KR_NODE(Struct, ...)                               \
  {                                                        \
    [[maybe_unused]] auto* n = static_cast<Struct*>(node); \
    Ref<> object = TRY(make(AstType::k##Struct));          \
    __VA_ARGS__                                            \
    return finish(std::move(object), node);                \
  }

#define KR_GUARD() auto level = TRY(nesting_.enter())

#include "modules/_ast/field_rows.inc"

Result<Ref<>> ToObject::value(Mod* node) {
  KR_GUARD();
  auto finish = [](Ref<> object, Mod*) -> Result<Ref<>> { return object; };
  switch (node->kind) {
#define KR_MOD(Struct, PyName, ...) \
  case ModKind::Struct: KR_NODE(Struct, __VA_ARGS__)
#include "parser/ast.def"
  }
  return none();
}

#define KR_FINISH(Base)                                          \
  auto finish = [this](Ref<> object, Base* n) -> Result<Ref<>> { \
    TRY(setPositions(object.get(), n->span));                    \
    return object;                                               \
  };

#include "modules/_ast/field_rows.inc"

Result<Ref<>> ToObject::value(Stmt* node) {
  if (!node) return none();
  KR_GUARD();
  KR_FINISH(Stmt)
  switch (node->kind) {
#define KR_STMT(Struct, PyName, ...) \
  case StmtKind::Struct: KR_NODE(Struct, __VA_ARGS__)
#include "parser/ast.def"
  }
  return none();
}

#include "modules/_ast/field_rows.inc"

Result<Ref<>> ToObject::value(Expr* node) {
  if (!node) return none();
  KR_GUARD();
  KR_FINISH(Expr)
  switch (node->kind) {
#define KR_EXPR(Struct, PyName, ...) \
  case ExprKind::Struct: KR_NODE(Struct, __VA_ARGS__)
#include "parser/ast.def"
  }
  return none();
}

#include "modules/_ast/field_rows.inc"

Result<Ref<>> ToObject::value(Pattern* node) {
  if (!node) return none();
  KR_GUARD();
  KR_FINISH(Pattern)
  switch (node->kind) {
#define KR_PATTERN(Struct, PyName, ...) \
  case PatternKind::Struct: KR_NODE(Struct, __VA_ARGS__)
#include "parser/ast.def"
  }
  return none();
}

#include "modules/_ast/field_rows.inc"
#define KR_HANDLER(Struct, PyName, ...)         \
  Result<Ref<>> ToObject::value(Struct* node) { \
    KR_GUARD();                                 \
    KR_FINISH(Struct)                           \
    KR_NODE(Struct, __VA_ARGS__)                \
  }
#define KR_IGNORE(Struct, PyName, ...)                                           \
  Result<Ref<>> ToObject::value(Struct* node) {                                  \
    auto finish = [](Ref<> object, Struct*) -> Result<Ref<>> { return object; }; \
    KR_NODE(Struct, __VA_ARGS__)                                                 \
  }
#define KR_PRODUCT(Struct, PyName, has_positions, ...)               \
  Result<Ref<>> ToObject::value(Struct* node) {                      \
    if (!node) return none();                                        \
    KR_GUARD();                                                      \
    auto finish = [this](Ref<> object, Struct* n) -> Result<Ref<>> { \
      if (has_positions) TRY(setPositions(object.get(), n->span));   \
      return object;                                                 \
    };                                                               \
    KR_NODE(Struct, __VA_ARGS__)                                     \
  }
#include "parser/ast.def"

}  // namespace

}  // namespace krait::modules

namespace krait::compiler {

Result<Ref<>> astToObject(ast::Mod* mod) {
  const modules::AstTypes* types = TRY(modules::astTypes());
  return modules::ToObject(*types).value(mod);
}

}  // namespace krait::compiler
