// The syntax tree: node structs made from ast.def, in an arena, joined by plain pointers.
//
// Holds: a node's kind tells its struct; node->as<BinOp>() is that cast, checked in debug builds. Fields are
// public and named as in Python's ast module (exception: Constant.kind is `kind_prefix`). Column offsets are
// UTF-8 byte offsets. Optional fields are null when absent; `string` fields that are absent have data() ==
// nullptr. Ownership: everything belongs to the Tree. Identifiers are interned: equal names are equal
// pointers in one Tree.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/arena.h"

namespace krait::ast {

struct Span {
  int lineno = 0;
  int col_offset = 0;
  int end_lineno = 0;
  int end_col_offset = 0;
};

// A name, NFKC-normalised, UTF-8. `object` is a free slot for the upper layers (their interned string);
// whoever fills it owns what it stores and clears it before the Tree dies.
struct Identifier {
  std::string_view text;
  uint32_t hash;
  uint32_t index;  // dense number in its Tree, in order of first appearance
  mutable void* object;
};

enum class ConstantKind : uint8_t {
  None,
  True,
  False,
  Ellipsis,
  Int,
  BigInt,
  Float,
  Complex,
  Str,
  Bytes,
  Object
};

// The value of a literal.
struct ConstantValue {
  ConstantKind kind = ConstantKind::None;
  uint8_t base = 0;  // BigInt: base of text: 2, 8, 10 or 16
  union {
    int64_t integer = 0;  // Int (never negative when it comes from source)
    double number;        // Float; Complex: the imaginary part
    void* object;         // Object: owned by the upper layers
  };
  std::string_view text = {};  // BigInt: digits without prefix and underscores; Str: WTF-8; Bytes: the bytes
};

// One enumerator per constructor, in the order of ast.def.
enum class ModKind : uint8_t {
#define KR_MOD(Struct, PyName, ...) Struct,
#include "parser/ast.def"
};
enum class StmtKind : uint8_t {
#define KR_STMT(Struct, PyName, ...) Struct,
#include "parser/ast.def"
};
enum class ExprKind : uint8_t {
#define KR_EXPR(Struct, PyName, ...) Struct,
#include "parser/ast.def"
};
enum class PatternKind : uint8_t {
#define KR_PATTERN(Struct, PyName, ...) Struct,
#include "parser/ast.def"
};
enum class HandlerKind : uint8_t { ExceptHandler };
enum class IgnoreKind : uint8_t { TypeIgnore };

namespace enums {
#define KR_SUM_BEGIN(Sum, PyName) enum class Sum : uint8_t {
#define KR_SINGLETON(Sum, Name) Name,
#define KR_SUM_END(Sum) \
  }                     \
  ;
#include "parser/ast.def"
}  // namespace enums
using Context = enums::expr_context;
using BoolOperator = enums::boolop;
using Operator = enums::operator_;
using UnaryOperator = enums::unaryop;
using CompareOperator = enums::cmpop;

// The common head of every constructor of a sum type.
template <class Kind>
struct Node {
  Kind kind;
  Span span;
  template <class T>
  T* as() {
    KR_ASSERT(kind == T::kKind, "node has the asked kind");
    return static_cast<T*>(this);
  }
  template <class T>
  const T* as() const {
    KR_ASSERT(kind == T::kKind, "node has the asked kind");
    return static_cast<const T*>(this);
  }
  // The node as a T, or null when it is of another kind.
  template <class T>
  T* asIf() {
    return kind == T::kKind ? static_cast<T*>(this) : nullptr;
  }
  template <class T>
  bool is() const {
    return kind == T::kKind;
  }
};
struct Mod : Node<ModKind> {};
struct Stmt : Node<StmtKind> {};
struct Expr : Node<ExprKind> {};
struct Pattern : Node<PatternKind> {};

#define KR_PRODUCT(Struct, PyName, has_positions, ...) struct Struct;
#define KR_HANDLER(Struct, PyName, ...) struct Struct;
#define KR_IGNORE(Struct, PyName, ...) struct Struct;
#include "parser/ast.def"

// Field types of ast.def as C++ types.
namespace field {
using expr = Expr*;
using stmt = Stmt*;
using pattern = Pattern*;
using mod = Mod*;
using comprehension = Comprehension*;
using excepthandler = ExceptHandler*;
using arguments = Arguments*;
using arg = Arg*;
using keyword = Keyword*;
using alias = Alias*;
using withitem = WithItem*;
using match_case = MatchCase*;
using type_ignore = TypeIgnore*;
using boolop = BoolOperator;
using operator_ = Operator;
using unaryop = UnaryOperator;
using cmpop = CompareOperator;
using expr_context = Context;
using identifier = const Identifier*;
using string = std::string_view;
using constant = ConstantValue;
using int_ = int;
}  // namespace field

#define KR_REQ(type, name) field::type name;
#define KR_OPT(type, name) field::type name;
#define KR_SEQ(type, name) Seq<field::type> name;
#define KR_SEQ_OPT(type, name) Seq<field::type> name;
#define KR_MOD(Struct, PyName, ...)                   \
  struct Struct : Mod {                               \
    static constexpr ModKind kKind = ModKind::Struct; \
    __VA_ARGS__                                       \
  };
#define KR_STMT(Struct, PyName, ...)                    \
  struct Struct : Stmt {                                \
    static constexpr StmtKind kKind = StmtKind::Struct; \
    __VA_ARGS__                                         \
  };
#define KR_EXPR(Struct, PyName, ...)                    \
  struct Struct : Expr {                                \
    static constexpr ExprKind kKind = ExprKind::Struct; \
    __VA_ARGS__                                         \
  };
#define KR_PATTERN(Struct, PyName, ...)                       \
  struct Struct : Pattern {                                   \
    static constexpr PatternKind kKind = PatternKind::Struct; \
    __VA_ARGS__                                               \
  };
#define KR_HANDLER(Struct, PyName, ...)                       \
  struct Struct : Node<HandlerKind> {                         \
    static constexpr HandlerKind kKind = HandlerKind::Struct; \
    __VA_ARGS__                                               \
  };
#define KR_IGNORE(Struct, PyName, ...)                      \
  struct Struct : Node<IgnoreKind> {                        \
    static constexpr IgnoreKind kKind = IgnoreKind::Struct; \
    __VA_ARGS__                                             \
  };
// Every product has a span; where Python shows no positions it is all zero.
#define KR_PRODUCT(Struct, PyName, has_positions, ...) \
  struct Struct {                                      \
    Span span;                                         \
    __VA_ARGS__                                        \
  };
#include "parser/ast.def"

// Python's class name of a node kind: "BinOp", "Expr" ...
const char* kindName(ModKind kind);
const char* kindName(StmtKind kind);
const char* kindName(ExprKind kind);
const char* kindName(PatternKind kind);
const char* operatorName(Context value);
const char* operatorName(BoolOperator value);
const char* operatorName(Operator value);
const char* operatorName(UnaryOperator value);
const char* operatorName(CompareOperator value);

// Owner of one syntax tree: its memory and its interned identifiers.
class Tree {
 public:
  Tree();
  ~Tree();
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;

  Arena& arena() { return arena_; }
  // The interned identifier of an already normalised UTF-8 text (copied).
  const Identifier* intern(std::string_view text);
  uint32_t identifierCount() const { return count_; }
  // All identifiers, for an upper layer that must release `object`.
  template <class F>
  void forEachIdentifier(F visit) const {
    for (uint32_t i = 0; i <= mask_; i++)
      if (slots_[i]) visit(slots_[i]);
  }

 private:
  void grow();

  Arena arena_;
  Identifier** slots_;
  uint32_t mask_;
  uint32_t count_ = 0;
};

}  // namespace krait::ast
