// What all stages of one compilation share: the tree, the file name, the interned strings of its identifiers
// and the nesting limit.
//
// Ownership: borrows the tree and the file name from the caller, who keeps them alive.
#pragma once

#include <string>

#include "compiler/name_map.h"
#include "compiler/nesting.h"
#include "types/str.h"

namespace krait::compiler {

class Context {
 public:
  Context(ast::Tree& tree, StrObject* filename);
  Context(const Context&) = delete;
  ~Context();  // releases the strings of the tree's identifiers

  ast::Tree& tree() const { return tree_; }
  StrObject* filename() const { return filename_; }

  // The interned str of an identifier; borrowed from the identifier.
  Result<StrObject*> text(Name name);
  Name intern(std::string_view text) { return tree_.intern(text); }
  // `__spam` inside class Ham is `_Ham__spam`. private_name: the class, or null.
  Name mangle(Name private_name, Name name);

  Result<Nesting::Level> nest() { return nesting_.enter(); }
  Status checkStack() { return nesting_.checkStack(); }

 private:
  ast::Tree& tree_;
  StrObject* filename_;
  Nesting nesting_{"compilation"};
};

// SyntaxError about a piece of a tree. Columns of `where` are 0-based as in the tree.
// raiseAtRange sets the details as attributes (args hold the message only), raiseCompileError passes them as
// arguments: CPython's symbol table and its code generator differ so, and users can see it.
[[gnu::cold]] Raised raiseAtRange(StrObject* filename, const ast::Span& where, const char* format, ...);
[[gnu::cold]] Raised raiseCompileError(StrObject* filename, const ast::Span& where, const char* format, ...);
// Without an end, as the __future__ checks do.
[[gnu::cold]] Raised raiseAtPoint(StrObject* filename, int lineno, int column, const char* format, ...);
// Line `lineno` of the file in that encoding (none: UTF-8 without faults), absent when it cannot be read.
// Never leaves an exception pending.
MaybeRef<StrObject> sourceLine(StrObject* filename, int lineno, const std::string& encoding = {});

}  // namespace krait::compiler
