// One code object in the making: its scope, flow graph, constants and name tables.
#pragma once

#include "compiler/flow_graph.h"
#include "compiler/symtable.h"

namespace krait::compiler {

enum class UnitType : uint8_t { kModule, kClass, kFunction, kAsyncFunction, kLambda, kComprehension };

// What `break`, `continue` and `return` have to unwind on their way out.
enum class FrameBlockType : uint8_t {
  kWhileLoop,
  kForLoop,
  kTryExcept,
  kFinallyTry,
  kFinallyEnd,
  kWith,
  kAsyncWith,
  kHandlerCleanup,
  kPopValue,
  kExceptionHandler,
  kExceptionGroupHandler,
  kAsyncComprehension,
};

struct FrameBlock {
  FrameBlockType type;
  Block* block = nullptr;
  Block* exit = nullptr;
  const Seq<ast::Stmt*>* finally_body = nullptr;  // kFinallyTry
  Name handler_name = nullptr;                    // kHandlerCleanup, may be null
  ast::Span with_span = {};                       // kWith, kAsyncWith
};

struct Unit {
  Unit(ConstCache& cache, Unit* parent) : parent(parent), consts(cache) {}

  Unit* parent;
  UnitType type = UnitType::kModule;
  Scope* scope = nullptr;
  Name name = nullptr;
  Name private_name = nullptr;  // class for name mangling
  MaybeRef<StrObject> qualname;
  FlowGraph graph;
  ConstTable consts;
  NameMap names, varnames, cellvars, freevars;  // freevars' opargs follow the cellvars'
  int argcount = 0, posonlyargcount = 0, kwonlyargcount = 0;
  int first_line = 1;
  ast::Span loc = kNoLocation;  // where the next instruction comes from
  std::vector<FrameBlock> frame_blocks;

  bool isFunctionBlock() const { return scope->type == ScopeType::kFunction; }
};

// A finished code object and the names its closure needs, in order.
struct Compiled {
  Ref<> code;
  std::vector<Name> free_names;
};

// co_flags of the unit; `inherited` are the __future__ flags in force, top_level_await as in the compile()
// flag.
int codeFlags(const Unit& unit, int inherited, bool top_level_await);

// co_name; of a lambda, comprehension or module a string that is not interned and never freed, as marshal
// shows. Borrowed from the context or for ever.
Result<StrObject*> unitName(Context& context, const Unit& unit);

// Runs the passes over the unit's graph and makes the code object (assemble.cpp).
Result<Compiled> assemble(Context& context, Unit& unit, int flags, bool add_none);

}  // namespace krait::compiler
