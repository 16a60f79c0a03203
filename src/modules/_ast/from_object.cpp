// From objects of the `ast` module to a syntax tree. Objects may be anything that looks like nodes, and
// reading their attributes may run Python code.
#include "compiler/ast_object.h"
#include "core/object.h"
#include "core/scratch.h"
#include "core/thread.h"
#include "modules/_ast/ast_types.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/list.h"

namespace krait::modules {

using namespace ast;

namespace {

// The node whose field is being read, for messages.
struct Owner {
  const char* name;
  const char* traversing;  // " while traversing 'BinOp' node"
};
#define KR_OWNER(PyName) {PyName, " while traversing '" PyName "' node"}

class FromObject {
 public:
  FromObject(const AstTypes& types, Tree& tree, compiler::ConstPool& pool)
      : types_(types), tree_(tree), pool_(pool) {}

  Status read(PyObject* o, Mod*& out);

 private:
  Result<bool> isNode(AstType type, PyObject* o) {
    if (typeOf(o) == types_.at(type)) return true;
    return isInstance(o, reinterpret_cast<PyObject*>(types_.at(type)));
  }
  template <class T>
  T* make() {
    return tree_.arena().make<T>();
  }

  Status read(PyObject* o, Stmt*& out);
  Status read(PyObject* o, Expr*& out);
  Status read(PyObject* o, Pattern*& out);
  Status read(PyObject* o, ExceptHandler*& out);
  Status read(PyObject* o, TypeIgnore*& out);
#define KR_PRODUCT(Struct, ...) Status read(PyObject* o, Struct*& out);
#include "parser/ast.def"
#define KR_SUM_BEGIN(Sum, PyName) Status read(PyObject* o, enums::Sum& out);
#include "parser/ast.def"
  Status read(PyObject* o, const Identifier*& out);
  Status read(PyObject* o, std::string_view& out);
  Status read(PyObject* o, ConstantValue& out);
  Status read(PyObject* o, int& out);

  // A field of a node.
  template <class T>
  Status required(PyObject* o, StrObject* name, const Owner& owner, T& out);
  template <class T>
  Status optional(PyObject* o, StrObject* name, const Owner& owner, T& out);
  template <class T>
  Status sequence(PyObject* o, StrObject* name, const Owner& owner, Seq<T>& out);
  Status positions(PyObject* o, const Owner& owner, bool end_required, Span& out);
  Raised missing(StrObject* name, const Owner& owner) {
    return raise(PyExc_TypeError, "required field \"%U\" missing from %s", name, owner.name);
  }

  const AstTypes& types_;
  Tree& tree_;
  compiler::ConstPool& pool_;
};

Raised raiseUnexpected(const char* wanted, PyObject* given) {
  return raise(PyExc_TypeError, "expected some sort of %s, but got %R", wanted, given);
}

// --- leaves

Status FromObject::read(PyObject* o, const Identifier*& out) {
  if (!isExactStr(o) && o != Py_None) return raise(PyExc_TypeError, "AST identifier must be of type str");
  out = nullptr;
  if (o == Py_None) return {};
  out = tree_.intern(TRY(strUtf8(static_cast<StrObject*>(o))));
  return {};
}

Status FromObject::read(PyObject* o, std::string_view& out) {
  if (!isExactStr(o) && !isExactBytes(o)) return raise(PyExc_TypeError, "AST string must be of type str");
  if (isExactBytes(o)) {
    out = tree_.arena().copyText(static_cast<BytesObject*>(o)->view());
  } else {
    out = tree_.arena().copyText(TRY(strUtf8(static_cast<StrObject*>(o))));
  }
  if (!out.data()) out = "";
  return {};
}

Status FromObject::read(PyObject* o, ConstantValue& out) {
  out = pool_.hold(share(o));
  return {};
}

Status FromObject::read(PyObject* o, int& out) {
  if (!isInt(o)) return raise(PyExc_ValueError, "invalid integer value: %R", o);
  long value;
  if (!intFitsLong(static_cast<IntObject*>(o), &value) || value != static_cast<int>(value)) {
    return raise(PyExc_OverflowError, "Python int too large to convert to C int");
  }
  out = static_cast<int>(value);
  return {};
}

#define KR_SUM_BEGIN(Sum, PyName)                         \
  Status FromObject::read(PyObject* o, enums::Sum& out) { \
    using enum enums::Sum;                                \
    constexpr const char* kWanted = PyName;
#define KR_SINGLETON(Sum, Name)              \
  if (TRY(isNode(AstType::kOp_##Name, o))) { \
    out = Name;                              \
    return {};                               \
  }
#define KR_SUM_END(Sum)               \
  return raiseUnexpected(kWanted, o); \
  }
#include "parser/ast.def"

// --- fields

template <class T>
Status FromObject::required(PyObject* o, StrObject* name, const Owner& owner, T& out) {
  MaybeRef<> value = TRY(attrLookup(o, name));
  if (!value) return missing(name, owner);
  auto guard = TRY(RecursionGuard::enter(owner.traversing));
  return read(value.get(), out);
}

template <class T>
Status FromObject::optional(PyObject* o, StrObject* name, const Owner& owner, T& out) {
  MaybeRef<> value = TRY(attrLookup(o, name));
  out = T{};
  if (!value || value.get() == Py_None) return {};
  auto guard = TRY(RecursionGuard::enter(owner.traversing));
  return read(value.get(), out);
}

template <class T>
Status FromObject::sequence(PyObject* o, StrObject* name, const Owner& owner, Seq<T>& out) {
  MaybeRef<> value = TRY(attrLookup(o, name));
  if (!value) return missing(name, owner);
  if (!isList(value.get())) {
    return raise(PyExc_TypeError, "%s field \"%U\" must be a list, not a %.200s", owner.name, name,
                 typeName(value.get()));
  }
  auto* list = static_cast<ListObject*>(value.get());
  Py_ssize_t size = list->size();
  TRY(askForRoom(static_cast<size_t>(size) * sizeof(T)));
  T* items = tree_.arena().makeArray<T>(static_cast<size_t>(size));
  for (Py_ssize_t i = 0; i < size; i++) {
    Ref<> item = share(list->at(i));
    items[i] = T{};
    TRY(checkMemory());
    auto guard = TRY(RecursionGuard::enter(owner.traversing));
    TRY(read(item.get(), items[i]));
    if constexpr (std::is_same_v<T, const Identifier*>) {
      if (!items[i]) return raise(PyExc_ValueError, "None disallowed in %s field \"%U\"", owner.name, name);
    }
    if (list->size() != size) {
      return raise(PyExc_RuntimeError, "%s field \"%U\" changed size during iteration", owner.name, name);
    }
  }
  out = Seq<T>(items, static_cast<uint32_t>(size));
  return {};
}

Status FromObject::positions(PyObject* o, const Owner& owner, bool end_required, Span& out) {
  TRY(required(o, name<"lineno">(), owner, out.lineno));
  TRY(required(o, name<"col_offset">(), owner, out.col_offset));
  if (end_required) {
    TRY(required(o, name<"end_lineno">(), owner, out.end_lineno));
    return required(o, name<"end_col_offset">(), owner, out.end_col_offset);
  }
  MaybeRef<> line = TRY(attrLookup(o, name<"end_lineno">()));
  out.end_lineno = out.lineno;
  if (line && line.get() != Py_None) TRY(read(line.get(), out.end_lineno));
  MaybeRef<> column = TRY(attrLookup(o, name<"end_col_offset">()));
  out.end_col_offset = out.col_offset;
  if (column && column.get() != Py_None) TRY(read(column.get(), out.end_col_offset));
  return {};
}

// Fields that may have been read as None although they must not.
template <class T>
bool isAbsent(const T&) {
  return false;
}
template <class T>
bool isAbsent(T* const& field) {
  return field == nullptr;
}

template <class T>
Status checkPresent(const T& field, StrObject* name, const Owner& owner) {
  if (!isAbsent(field)) return {};
  return raise(PyExc_ValueError, "field '%U' is required for %s", name, owner.name);
}

// --- nodes: first all fields are read, then the required ones are checked

#define KR_READ_NODE(Struct, PyName, ...)                            \
  [[maybe_unused]] static constexpr Owner kOwner = KR_OWNER(PyName); \
  auto* n = make<Struct>();                                          \
  for (bool reading : {true, false}) {                               \
    (void)reading;                                                   \
    __VA_ARGS__                                                      \
  }

#define KR_CONSTRUCTOR(Struct, PyName, ...)   \
  if (TRY(isNode(AstType::k##Struct, o))) {   \
    KR_READ_NODE(Struct, PyName, __VA_ARGS__) \
    n->kind = Struct::kKind;                  \
    n->span = span;                           \
    out = n;                                  \
    return {};                                \
  }

#include "modules/_ast/field_reads.inc"

Status FromObject::read(PyObject* o, Mod*& out) {
  Span span;
  out = nullptr;
  if (o == Py_None) return {};
#define KR_MOD(Struct, PyName, ...) KR_CONSTRUCTOR(Struct, PyName, __VA_ARGS__)
#include "parser/ast.def"
  return raiseUnexpected("mod", o);
}

#include "modules/_ast/field_reads.inc"

Status FromObject::read(PyObject* o, Stmt*& out) {
  static constexpr Owner kSum = KR_OWNER("stmt");
  Span span;
  out = nullptr;
  if (o == Py_None) return {};
  TRY(positions(o, kSum, false, span));
#define KR_STMT(Struct, PyName, ...) KR_CONSTRUCTOR(Struct, PyName, __VA_ARGS__)
#include "parser/ast.def"
  return raiseUnexpected("stmt", o);
}

#include "modules/_ast/field_reads.inc"

Status FromObject::read(PyObject* o, Expr*& out) {
  static constexpr Owner kSum = KR_OWNER("expr");
  Span span;
  out = nullptr;
  if (o == Py_None) return {};
  TRY(positions(o, kSum, false, span));
#define KR_EXPR(Struct, PyName, ...) KR_CONSTRUCTOR(Struct, PyName, __VA_ARGS__)
#include "parser/ast.def"
  return raiseUnexpected("expr", o);
}

#include "modules/_ast/field_reads.inc"

Status FromObject::read(PyObject* o, Pattern*& out) {
  static constexpr Owner kSum = KR_OWNER("pattern");
  Span span;
  out = nullptr;
  if (o == Py_None) return {};
  TRY(positions(o, kSum, true, span));
#define KR_PATTERN(Struct, PyName, ...) KR_CONSTRUCTOR(Struct, PyName, __VA_ARGS__)
#include "parser/ast.def"
  return raiseUnexpected("pattern", o);
}

#include "modules/_ast/field_reads.inc"

Status FromObject::read(PyObject* o, ExceptHandler*& out) {
  static constexpr Owner kSum = KR_OWNER("excepthandler");
  Span span;
  out = nullptr;
  if (o == Py_None) return {};
  TRY(positions(o, kSum, false, span));
#define KR_HANDLER(Struct, PyName, ...) KR_CONSTRUCTOR(Struct, PyName, __VA_ARGS__)
#include "parser/ast.def"
  return raiseUnexpected("excepthandler", o);
}

#include "modules/_ast/field_reads.inc"

Status FromObject::read(PyObject* o, TypeIgnore*& out) {
  Span span;
  out = nullptr;
  if (o == Py_None) return {};
#define KR_IGNORE(Struct, PyName, ...) KR_CONSTRUCTOR(Struct, PyName, __VA_ARGS__)
#include "parser/ast.def"
  return raiseUnexpected("type_ignore", o);
}

#include "modules/_ast/field_reads.inc"
#define KR_PRODUCT(Struct, PyName, has_positions, ...)            \
  Status FromObject::read(PyObject* o, Struct*& out) {            \
    out = nullptr;                                                \
    KR_READ_NODE(Struct, PyName, __VA_ARGS__)                     \
    if (has_positions) TRY(positions(o, kOwner, false, n->span)); \
    out = n;                                                      \
    return {};                                                    \
  }
#include "parser/ast.def"

Status checkModKind(const AstTypes& types, PyObject* object, CompileMode mode) {
  static constexpr AstType kWanted[] = {AstType::kModule, AstType::kExpression, AstType::kInteractive};
  static constexpr const char* kNames[] = {"Module", "Expression", "Interactive"};
  if (mode == CompileMode::kFuncType) return raise(PyExc_ValueError, "bad compile mode for an ast object");
  auto at = static_cast<size_t>(mode);
  if (TRY(isInstance(object, reinterpret_cast<PyObject*>(types.at(kWanted[at]))))) return {};
  return raise(PyExc_TypeError, "expected %s node, got %.400s", kNames[at], typeName(object));
}

}  // namespace

Result<ast::Mod*> readAst(PyObject* object, CompileMode mode, ast::Tree& tree, compiler::ConstPool& pool) {
  const AstTypes* types = TRY(astTypes());
  TRY(audit("compile", "OO", object, Py_None));
  TRY(checkModKind(*types, object, mode));
  ast::Mod* mod;
  TRY(FromObject(*types, tree, pool).read(object, mod));
  return mod;
}

}  // namespace krait::modules

namespace krait::compiler {

Result<ast::Mod*> astFromObject(PyObject* object, CompileMode mode, ast::Tree& tree, ConstPool& pool) {
  return modules::readAst(object, mode, tree, pool);
}

}  // namespace krait::compiler

namespace krait {

Result<bool> isAstObject(PyObject* object) {
  const modules::AstTypes* types = TRY(modules::astTypes());
  return isInstance(object, reinterpret_cast<PyObject*>(types->at(modules::AstType::kAST)));
}

}  // namespace krait
