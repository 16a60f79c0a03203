// Symbol tables: which names every scope binds and uses, and where each name lives.
//
// Built in two steps: SymbolTable::build walks the tree (symtable_build.cpp), then analyze() resolves names
// from the outside in (symtable_analyze.cpp). Flag numbers are those of the `_symtable` module. Ownership:
// scopes belong to the table; they refer to the tree's identifiers.
#pragma once

#include <deque>
#include <unordered_map>

#include "compiler/context.h"

namespace krait::compiler {

enum SymbolFlag : int {
  kDefGlobal = 1,
  kDefLocal = 2,
  kDefParam = 4,
  kDefNonlocal = 8,
  kUse = 16,
  kDefFree = 32,
  kDefFreeClass = 64,
  kDefImport = 128,
  kDefAnnotation = 256,
  kDefCompIter = 512,
  kDefBound = kDefLocal | kDefParam | kDefImport,
};
constexpr int kScopeOffset = 11;
constexpr int kScopeMask = kDefGlobal | kDefLocal | kDefParam | kDefNonlocal;

// Where a name lives, in the flags from kScopeOffset up.
enum class NameScope : int { kUnknown, kLocal, kGlobalExplicit, kGlobalImplicit, kFree, kCell };

enum class ScopeType : uint8_t { kFunction, kClass, kModule, kAnnotation };
enum class ComprehensionType : uint8_t { kNone, kList, kDict, kSet, kGenerator };

struct Directive {
  Name name;
  ast::Span span;
};

struct Scope {
  Name name;
  ScopeType type;
  const void* node;  // the tree node that opened the scope
  ast::Span span;
  NameMap symbols;  // mangled names
  std::vector<int> flags;
  std::vector<Name> params;
  std::vector<Scope*> children;
  std::vector<Directive> directives;
  ComprehensionType comprehension = ComprehensionType::kNone;
  int iterable_depth = 0;  // inside this many iterables of comprehensions
  bool nested = false;
  bool has_free = false;
  bool child_has_free = false;
  bool is_generator = false;
  bool is_coroutine = false;
  bool has_varargs = false;
  bool has_varkeywords = false;
  bool needs_class_closure = false;
  bool in_comp_target = false;

  int flagsOf(Name mangled) const {
    int at = symbols.find(mangled);
    return at == NameMap::kAbsent ? 0 : flags[static_cast<size_t>(at)];
  }
  NameScope scopeOf(Name mangled) const {
    return static_cast<NameScope>(flagsOf(mangled) >> kScopeOffset & 15);
  }
  void setFlags(Name mangled, int value) {
    size_t at = static_cast<size_t>(symbols.add(mangled));
    if (at >= flags.size()) flags.resize(at + 1);
    flags[at] = value;
  }
};

class SymbolTable {
 public:
  // `future_flags`: the kCoFuture* bits in force.
  SymbolTable(Context& context, int future_flags) : context_(context), future_flags_(future_flags) {}
  SymbolTable(const SymbolTable&) = delete;

  Status build(ast::Mod* mod);

  Scope* top() const { return top_; }
  Scope* scopeOf(const void* node) const { return by_node_.at(node); }
  const std::deque<Scope>& scopes() const { return scopes_; }

 private:
  friend class SymbolVisitor;
  Status analyze();

  Context& context_;
  int future_flags_;
  std::deque<Scope> scopes_;
  std::unordered_map<const void*, Scope*> by_node_;
  Scope* top_ = nullptr;
};

}  // namespace krait::compiler
