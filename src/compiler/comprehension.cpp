// Comprehensions and generator expressions: each is a function of its own, called with the outermost
// iterator.
#include "compiler/codegen.h"

namespace krait::compiler {

using namespace ast;

struct CodeGen::Comp {
  Expr* node;
  ComprehensionType type;
  const char* name;
  const Seq<Comprehension*>& generators;
  Expr* elt;
  Expr* value;  // of a dict comprehension
};

Status CodeGen::comprehension(const Comp& comp) {
  UnitType outer = unit_->type;
  bool top_level_await = isTopLevelAwait();
  bool is_generator = comp.type == ComprehensionType::kGenerator;
  Comprehension* outermost = comp.generators[0];
  TRY(enterUnit(intern(comp.name), UnitType::kComprehension, comp.node, comp.node->span.lineno));
  setLoc(comp.node->span);
  bool is_async = unit_->scope->is_coroutine;
  if (is_async && !is_generator && outer != UnitType::kAsyncFunction && outer != UnitType::kComprehension &&
      !top_level_await) {
    return error("asynchronous comprehension outside of an asynchronous function");
  }
  if (!is_generator) {
    bool is_list = comp.type == ComprehensionType::kList, is_set = comp.type == ComprehensionType::kSet;
    TRY(op(is_list ? Op::BUILD_LIST : is_set ? Op::BUILD_SET : Op::BUILD_MAP, 0));
  }
  TRY(compGenerator(comp, 0, 0));
  if (!is_generator) TRY(op(Op::RETURN_VALUE));
  Compiled compiled = TRY(leaveUnit(true));

  if (top_level_await && is_async) unit_->scope->is_coroutine = true;
  TRY(makeClosure(std::move(compiled), 0));
  TRY(visit(outermost->iter));
  TRY(op(outermost->is_async ? Op::GET_AITER : Op::GET_ITER));
  TRY(emitCall(0));
  return is_async && !is_generator ? await(0) : Status();
}

Status CodeGen::compGenerator(const Comp& comp, uint32_t index, int depth) {
  return comp.generators[index]->is_async ? compAsyncGenerator(comp, index, depth)
                                          : compSyncGenerator(comp, index, depth);
}

namespace {

// `for y in [f(x)]` only names a value: no loop is needed.
Expr* onlyElement(Expr* iterable) {
  const Seq<Expr*>* elts = nullptr;
  if (auto* list = iterable->asIf<List>()) elts = &list->elts;
  if (auto* tuple = iterable->asIf<Tuple>()) elts = &tuple->elts;
  if (!elts || elts->size() != 1 || (*elts)[0]->is<Starred>()) return nullptr;
  return (*elts)[0];
}

}  // namespace

Status CodeGen::compSyncGenerator(const Comp& comp, uint32_t index, int depth) {
  Comprehension* generator = comp.generators[index];
  Block* start = newBlock();
  Block* if_cleanup = newBlock();
  Block* anchor = newBlock();
  bool loops = true;
  if (index == 0) {
    unit_->argcount = 1;
    TRY(op(Op::LOAD_FAST, 0));
  } else if (Expr* only = onlyElement(generator->iter)) {
    TRY(visit(only));
    loops = false;
  } else {
    TRY(visit(generator->iter));
    TRY(op(Op::GET_ITER));
  }
  if (loops) {
    depth++;
    use(start);
    TRY(jump(Op::FOR_ITER, anchor));
  }
  TRY(visit(generator->target));
  TRY(compRest(comp, index, depth, if_cleanup));
  use(if_cleanup);
  if (loops) {
    TRY(jump(Op::JUMP, start));
    use(anchor);
  }
  return {};
}

Status CodeGen::compAsyncGenerator(const Comp& comp, uint32_t index, int depth) {
  Comprehension* generator = comp.generators[index];
  Block* start = newBlock();
  Block* except = newBlock();
  Block* if_cleanup = newBlock();
  if (index == 0) {
    unit_->argcount = 1;
    TRY(op(Op::LOAD_FAST, 0));
  } else {
    TRY(visit(generator->iter));
    TRY(op(Op::GET_AITER));
  }
  use(start);
  TRY(pushBlock({.type = FrameBlockType::kAsyncComprehension, .block = start}));
  TRY(jump(Op::SETUP_FINALLY, except));
  TRY(op(Op::GET_ANEXT));
  TRY(loadConst(Py_None));
  TRY(yieldFrom(true));
  TRY(op(Op::POP_BLOCK));
  TRY(visit(generator->target));
  TRY(compRest(comp, index, depth + 1, if_cleanup));
  use(if_cleanup);
  TRY(jump(Op::JUMP, start));
  popBlock();
  use(except);
  return op(Op::END_ASYNC_FOR);
}

// The conditions, then the next `for` or the element.
Status CodeGen::compRest(const Comp& comp, uint32_t index, int depth, Block* if_cleanup) {
  for (Expr* condition : comp.generators[index]->ifs) TRY(jumpIf(condition, if_cleanup, false));
  if (index + 1 < comp.generators.size()) return compGenerator(comp, index + 1, depth);
  return compElement(comp, depth);
}

Status CodeGen::compElement(const Comp& comp, int depth) {
  TRY(visit(comp.elt));
  switch (comp.type) {
    case ComprehensionType::kList: return op(Op::LIST_APPEND, depth + 1);
    case ComprehensionType::kSet: return op(Op::SET_ADD, depth + 1);
    case ComprehensionType::kDict: TRY(visit(comp.value)); return op(Op::MAP_ADD, depth + 1);
    default: TRY(yieldValue()); return op(Op::POP_TOP);
  }
}

Status CodeGen::comprehensionExpr(Expr* e) {
  switch (e->kind) {
    case ExprKind::ListComp: {
      auto* c = e->as<ListComp>();
      return comprehension({e, ComprehensionType::kList, "<listcomp>", c->generators, c->elt, nullptr});
    }
    case ExprKind::SetComp: {
      auto* c = e->as<SetComp>();
      return comprehension({e, ComprehensionType::kSet, "<setcomp>", c->generators, c->elt, nullptr});
    }
    case ExprKind::DictComp: {
      auto* c = e->as<DictComp>();
      return comprehension({e, ComprehensionType::kDict, "<dictcomp>", c->generators, c->key, c->value});
    }
    default: {
      auto* c = e->as<GeneratorExp>();
      return comprehension({e, ComprehensionType::kGenerator, "<genexpr>", c->generators, c->elt, nullptr});
    }
  }
}

}  // namespace krait::compiler
