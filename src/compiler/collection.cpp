// List, tuple, set and dict displays, and assignment to lists and tuples.
#include <climits>

#include "compiler/codegen.h"
#include "types/set.h"

namespace krait::compiler {

using namespace ast;

namespace {

bool allConstants(const Seq<Expr*>& elts, uint32_t begin, uint32_t end) {
  for (uint32_t i = begin; i < end; i++) {
    if (!elts[i] || !elts[i]->is<Constant>()) return false;
  }
  return true;
}

}  // namespace

Result<Ref<TupleObject>> CodeGen::constTuple(const Seq<Expr*>& elts, uint32_t begin, uint32_t end) {
  Ref<TupleObject> tuple = TRY(tupleNew(end - begin));
  for (uint32_t i = begin; i < end; i++) {
    tuple->ob_item[i - begin] = share(TRY(pool_.object(elts[i]->as<Constant>()->value))).leak();
  }
  return tuple;
}

Status CodeGen::constSequence(const Seq<Expr*>& elts, int pushed, const SequenceOps& ops) {
  Ref<> folded = TRY(constTuple(elts, 0, elts.size()));
  if (ops.to_tuple && pushed == 0) return loadConst(std::move(folded));
  if (ops.add == Op::SET_ADD) folded = TRY(frozenSetNew(folded.get()));
  TRY(op(ops.build, pushed));
  TRY(loadConst(std::move(folded)));
  TRY(op(ops.extend, 1));
  return ops.to_tuple ? op(Op::LIST_TO_TUPLE) : Status();
}

// `pushed` values are on the stack already and come first.
Status CodeGen::sequence(const Seq<Expr*>& elts, int pushed, const SequenceOps& ops) {
  uint32_t size = elts.size();
  if (size > 2 && allConstants(elts, 0, size)) return constSequence(elts, pushed, ops);
  int total = static_cast<int>(size) + pushed;
  bool big = total > static_cast<int>(kStackUseGuideline);
  bool starred = false;
  for (Expr* e : elts) starred = starred || e->is<Starred>();
  if (!starred && !big) {
    TRY(exprs(elts));
    return op(ops.to_tuple ? Op::BUILD_TUPLE : ops.build, total);
  }
  bool built = big;
  if (big) TRY(op(ops.build, pushed));
  for (uint32_t i = 0; i < size; i++) {
    if (auto* star = elts[i]->asIf<Starred>()) {
      if (!built) TRY(op(ops.build, static_cast<int>(i) + pushed));
      built = true;
      TRY(visit(star->value));
      TRY(op(ops.extend, 1));
    } else {
      TRY(visit(elts[i]));
      if (built) TRY(op(ops.add, 1));
    }
  }
  return ops.to_tuple ? op(Op::LIST_TO_TUPLE) : Status();
}

Status CodeGen::unpackTargets(const Seq<Expr*>& elts) {
  int size = static_cast<int>(elts.size());
  bool starred = false;
  for (int i = 0; i < size; i++) {
    if (!elts[static_cast<uint32_t>(i)]->is<Starred>()) continue;
    if (starred) return error("multiple starred expressions in assignment");
    int after = size - i - 1;
    if (i >= 256 || after >= (INT_MAX >> 8))
      return error("too many expressions in star-unpacking assignment");
    TRY(op(Op::UNPACK_EX, i + (after << 8)));
    starred = true;
  }
  return starred ? Status() : op(Op::UNPACK_SEQUENCE, size);
}

Status CodeGen::assignTargets(const Seq<Expr*>& elts) {
  TRY(unpackTargets(elts));
  for (Expr* e : elts) TRY(visit(e->is<Starred>() ? e->as<Starred>()->value : e));
  return {};
}

Status CodeGen::list(List* e) {
  if (e->ctx == ast::Context::Store) return assignTargets(e->elts);
  if (e->ctx == ast::Context::Del) return exprs(e->elts);
  return sequence(e->elts, 0, {Op::BUILD_LIST, Op::LIST_APPEND, Op::LIST_EXTEND, false});
}

Status CodeGen::tuple(Tuple* e) {
  if (e->ctx == ast::Context::Store) return assignTargets(e->elts);
  if (e->ctx == ast::Context::Del) return exprs(e->elts);
  return sequence(e->elts, 0, {Op::BUILD_LIST, Op::LIST_APPEND, Op::LIST_EXTEND, true});
}

Status CodeGen::subDict(Dict* e, uint32_t begin, uint32_t end) {
  uint32_t count = end - begin;
  bool big = count * 2 > kStackUseGuideline;
  if (count > 1 && !big && allConstants(e->keys, begin, end)) {
    for (uint32_t i = begin; i < end; i++) TRY(visit(e->values[i]));
    TRY(loadConst(Ref<>(TRY(constTuple(e->keys, begin, end)))));
    return op(Op::BUILD_CONST_KEY_MAP, static_cast<int>(count));
  }
  if (big) TRY(op(Op::BUILD_MAP, 0));
  for (uint32_t i = begin; i < end; i++) {
    TRY(visit(e->keys[i]));
    TRY(visit(e->values[i]));
    if (big) TRY(op(Op::MAP_ADD, 1));
  }
  return big ? Status() : op(Op::BUILD_MAP, static_cast<int>(count));
}

Status CodeGen::dict(Dict* e) {
  bool have_dict = false;
  uint32_t pending = 0;  // key-value pairs seen and not yet emitted
  auto flush = [&](uint32_t begin, uint32_t end) -> Status {
    TRY(subDict(e, begin, end));
    if (have_dict) TRY(op(Op::DICT_UPDATE, 1));
    have_dict = true;
    pending = 0;
    return {};
  };
  uint32_t size = e->values.size();
  for (uint32_t i = 0; i < size; i++) {
    if (!e->keys[i]) {
      if (pending > 0) TRY(flush(i - pending, i));
      if (!have_dict) TRY(op(Op::BUILD_MAP, 0));
      have_dict = true;
      TRY(visit(e->values[i]));
      TRY(op(Op::DICT_UPDATE, 1));
    } else if (pending * 2 > kStackUseGuideline) {
      TRY(flush(i - pending, i + 1));
    } else {
      pending++;
    }
  }
  if (pending > 0) TRY(flush(size - pending, size));
  return have_dict ? Status() : op(Op::BUILD_MAP, 0);
}

}  // namespace krait::compiler
