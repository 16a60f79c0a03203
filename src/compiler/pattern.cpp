// match: patterns.
//
// A pattern works on the subject on top of the stack. Captured values stay on the stack, below what the
// pattern is working on, until the whole pattern has matched. When a test fails, everything this case has
// pushed must go: the jump goes to one of a chain of POP_TOPs (fail_pops), as far along as there are values
// to drop.
#include <algorithm>
#include <climits>

#include "compiler/codegen.h"
#include "types/set.h"

namespace krait::compiler {

using namespace ast;

struct CodeGen::PatternContext {
  std::vector<compiler::Name> stores;  // captured so far, in stack order
  bool allow_irrefutable = false;
  std::vector<Block*> fail_pops;  // entering at [n] pops n values
  int on_top = 0;                 // values above the captures that must be kept
};

namespace {

bool isWildcard(Pattern* p) { return p->is<MatchAs>() && !p->as<MatchAs>()->name; }
bool isStarWildcard(Pattern* p) { return p->is<MatchStar>() && !p->as<MatchStar>()->name; }

}  // namespace

void CodeGen::ensureFailPop(PatternContext& pc, size_t pops) {
  while (pc.fail_pops.size() <= pops) pc.fail_pops.push_back(newBlock());
}

Status CodeGen::jumpToFailPop(PatternContext& pc, Op code) {
  size_t pops = static_cast<size_t>(pc.on_top) + pc.stores.size();
  ensureFailPop(pc, pops);
  return jump(code, pc.fail_pops[pops]);
}

Status CodeGen::emitFailPops(PatternContext& pc) {
  if (pc.fail_pops.empty()) return {};
  for (size_t i = pc.fail_pops.size(); i-- > 1;) {
    use(pc.fail_pops[i]);
    TRY(op(Op::POP_TOP));
  }
  use(pc.fail_pops[0]);
  pc.fail_pops.clear();
  return {};
}

Status CodeGen::rotate(int count) {
  while (count > 1) TRY(op(Op::SWAP, count--));
  return {};
}

Status CodeGen::duplicateStore(compiler::Name name) {
  return error("multiple assignments to name %R in pattern", TRY(context_.text(name)));
}

Status CodeGen::storePatternName(compiler::Name name, PatternContext& pc) {
  if (!name) return op(Op::POP_TOP);
  TRY(forbidName(name, NameUse::kStore));
  if (std::find(pc.stores.begin(), pc.stores.end(), name) != pc.stores.end()) return duplicateStore(name);
  TRY(rotate(pc.on_top + static_cast<int>(pc.stores.size()) + 1));
  pc.stores.push_back(name);
  return {};
}

Status CodeGen::pattern(Pattern* p, PatternContext& pc) {
  TRY(context_.checkStack());
  setLoc(p->span);
  switch (p->kind) {
    case PatternKind::MatchValue: return patternValue(p->as<MatchValue>(), pc);
    case PatternKind::MatchSingleton:
      TRY(loadConst(TRY(pool_.object(p->as<MatchSingleton>()->value))));
      TRY(compareOp(CompareOperator::Is));
      return jumpToFailPop(pc, Op::POP_JUMP_IF_FALSE);
    case PatternKind::MatchSequence: return patternSequence(p->as<MatchSequence>(), pc);
    case PatternKind::MatchMapping: return patternMapping(p->as<MatchMapping>(), pc);
    case PatternKind::MatchClass: return patternClass(p->as<MatchClass>(), pc);
    case PatternKind::MatchStar: return storePatternName(p->as<MatchStar>()->name, pc);
    case PatternKind::MatchAs: return patternAs(p->as<MatchAs>(), pc);
    case PatternKind::MatchOr: return patternOr(p->as<MatchOr>(), pc);
  }
  return {};
}

// A pattern inside another: being irrefutable is fine there.
Status CodeGen::subpattern(Pattern* p, PatternContext& pc) {
  bool outer = std::exchange(pc.allow_irrefutable, true);
  TRY(pattern(p, pc));
  pc.allow_irrefutable = outer;
  return {};
}

Status CodeGen::patternAs(MatchAs* p, PatternContext& pc) {
  if (!p->pattern) {
    if (!pc.allow_irrefutable) {
      if (!p->name) return error("wildcard makes remaining patterns unreachable");
      return error("name capture %R makes remaining patterns unreachable", TRY(context_.text(p->name)));
    }
    return storePatternName(p->name, pc);
  }
  pc.on_top++;
  TRY(op(Op::COPY, 1));
  TRY(pattern(p->pattern, pc));
  pc.on_top--;
  return storePatternName(p->name, pc);
}

Status CodeGen::patternValue(MatchValue* p, PatternContext& pc) {
  if (!p->value->is<Constant>() && !p->value->is<Attribute>()) {
    return error("patterns may only match literals and attribute lookups");
  }
  TRY(visit(p->value));
  TRY(compareOp(CompareOperator::Eq));
  return jumpToFailPop(pc, Op::POP_JUMP_IF_FALSE);
}

// --- sequences

Status CodeGen::compareLength(int size, CompareOperator compare, PatternContext& pc) {
  TRY(op(Op::GET_LEN));
  TRY(loadInt(size));
  TRY(compareOp(compare));
  return jumpToFailPop(pc, Op::POP_JUMP_IF_FALSE);
}

Status CodeGen::unpackPatterns(const Seq<Pattern*>& patterns) {
  int size = static_cast<int>(patterns.size());
  bool starred = false;
  for (int i = 0; i < size; i++) {
    if (!patterns[static_cast<uint32_t>(i)]->is<MatchStar>()) continue;
    if (starred) return error("multiple starred expressions in sequence pattern");
    int after = size - i - 1;
    if (i >= 256 || after >= (INT_MAX >> 8))
      return error("too many expressions in star-unpacking sequence pattern");
    TRY(op(Op::UNPACK_EX, i + (after << 8)));
    starred = true;
  }
  return starred ? Status() : op(Op::UNPACK_SEQUENCE, size);
}

Status CodeGen::sequenceUnpack(const Seq<Pattern*>& patterns, PatternContext& pc) {
  TRY(unpackPatterns(patterns));
  pc.on_top += static_cast<int>(patterns.size());
  for (Pattern* p : patterns) {
    pc.on_top--;
    TRY(subpattern(p, pc));
  }
  return {};
}

// With `*_` in it the sequence is not unpacked; the wanted items are fetched by index.
Status CodeGen::sequenceSubscript(const Seq<Pattern*>& patterns, int star, PatternContext& pc) {
  pc.on_top++;
  int size = static_cast<int>(patterns.size());
  for (int i = 0; i < size; i++) {
    Pattern* p = patterns[static_cast<uint32_t>(i)];
    if (isWildcard(p) || i == star) continue;
    TRY(op(Op::COPY, 1));
    if (i < star) {
      TRY(loadInt(i));
    } else {
      TRY(op(Op::GET_LEN));
      TRY(loadInt(size - i));
      TRY(op(Op::BINARY_OP, static_cast<int>(BinaryOp::kSubtract)));
    }
    TRY(op(Op::BINARY_SUBSCR));
    TRY(subpattern(p, pc));
  }
  pc.on_top--;
  return op(Op::POP_TOP);
}

Status CodeGen::patternSequence(MatchSequence* p, PatternContext& pc) {
  int size = static_cast<int>(p->patterns.size());
  int star = -1;
  bool only_wildcard = true, star_wildcard = false;
  for (int i = 0; i < size; i++) {
    Pattern* item = p->patterns[static_cast<uint32_t>(i)];
    if (!item->is<MatchStar>()) {
      only_wildcard = only_wildcard && isWildcard(item);
      continue;
    }
    if (star >= 0) return error("multiple starred names in sequence pattern");
    star_wildcard = isStarWildcard(item);
    only_wildcard = only_wildcard && star_wildcard;
    star = i;
  }
  pc.on_top++;
  TRY(op(Op::MATCH_SEQUENCE));
  TRY(jumpToFailPop(pc, Op::POP_JUMP_IF_FALSE));
  if (star < 0) {
    TRY(compareLength(size, CompareOperator::Eq, pc));
  } else if (size > 1) {
    TRY(compareLength(size - 1, CompareOperator::GtE, pc));
  }
  pc.on_top--;
  if (only_wildcard) return op(Op::POP_TOP);
  return star_wildcard ? sequenceSubscript(p->patterns, star, pc) : sequenceUnpack(p->patterns, pc);
}

// --- mappings

Status CodeGen::mappingKeys(MatchMapping* p) {
  Ref<SetObject> seen = TRY(setNew());
  for (Expr* key : p->keys) {
    if (!key) return error("can't use NULL keys in MatchMapping (set 'rest' parameter instead)");
    if (auto* constant = key->asIf<Constant>()) {
      PyObject* value = TRY(pool_.object(constant->value));
      if (TRY(setContains(seen, value))) return error("mapping pattern checks duplicate key (%R)", value);
      TRY(setAdd(seen, value));
    } else if (!key->is<Attribute>()) {
      return error("mapping pattern keys may only match literals and attribute lookups");
    }
    TRY(visit(key));
  }
  return {};
}

// None on top means that MATCH_KEYS or MATCH_CLASS found no match.
Status CodeGen::testNotNone(PatternContext& pc) {
  TRY(op(Op::COPY, 1));
  TRY(loadConst(Py_None));
  TRY(op(Op::IS_OP, 1));
  return jumpToFailPop(pc, Op::POP_JUMP_IF_FALSE);
}

// Binds `**rest`: a copy of the subject without the matched keys.
Status CodeGen::mappingRest(MatchMapping* p, PatternContext& pc) {
  int size = static_cast<int>(p->keys.size());
  TRY(op(Op::BUILD_MAP, 0));
  TRY(op(Op::SWAP, 3));
  TRY(op(Op::DICT_UPDATE, 2));
  TRY(op(Op::UNPACK_SEQUENCE, size));
  for (; size > 0; size--) {
    TRY(op(Op::COPY, 1 + size));
    TRY(op(Op::SWAP, 2));
    TRY(op(Op::DELETE_SUBSCR));
  }
  return storePatternName(p->rest, pc);
}

Status CodeGen::patternMapping(MatchMapping* p, PatternContext& pc) {
  int size = static_cast<int>(p->keys.size());
  if (p->keys.size() != p->patterns.size()) {
    return error("keys (%d) / patterns (%d) length mismatch in mapping pattern", size,
                 static_cast<int>(p->patterns.size()));
  }
  pc.on_top++;
  TRY(op(Op::MATCH_MAPPING));
  TRY(jumpToFailPop(pc, Op::POP_JUMP_IF_FALSE));
  if (size == 0 && !p->rest) {
    pc.on_top--;
    return op(Op::POP_TOP);
  }
  if (size > 0) TRY(compareLength(size, CompareOperator::GtE, pc));
  TRY(mappingKeys(p));
  TRY(op(Op::BUILD_TUPLE, size));
  TRY(op(Op::MATCH_KEYS));
  pc.on_top += 2;
  TRY(testNotNone(pc));
  TRY(op(Op::UNPACK_SEQUENCE, size));
  pc.on_top += size - 1;
  for (Pattern* value : p->patterns) {
    pc.on_top--;
    TRY(subpattern(value, pc));
  }
  pc.on_top -= 2;
  if (p->rest) return mappingRest(p, pc);
  TRY(op(Op::POP_TOP));
  return op(Op::POP_TOP);
}

// --- classes

Status CodeGen::validateClassAttrs(MatchClass* p) {
  for (uint32_t i = 0; i < p->kwd_attrs.size(); i++) {
    setLoc(p->kwd_patterns[i]->span);
    for (uint32_t j = i + 1; j < p->kwd_attrs.size(); j++) {
      if (p->kwd_attrs[i] != p->kwd_attrs[j]) continue;
      setLoc(p->kwd_patterns[j]->span);
      return nameError("attribute name repeated in class pattern: %U", p->kwd_attrs[i]);
    }
  }
  return {};
}

Status CodeGen::patternClass(MatchClass* p, PatternContext& pc) {
  int nargs = static_cast<int>(p->patterns.size());
  int nattrs = static_cast<int>(p->kwd_attrs.size());
  if (p->kwd_attrs.size() != p->kwd_patterns.size()) {
    return error("kwd_attrs (%d) / kwd_patterns (%d) length mismatch in class pattern", nattrs,
                 static_cast<int>(p->kwd_patterns.size()));
  }
  if (nattrs > 0) {
    TRY(validateClassAttrs(p));
    setLoc(p->span);
  }
  TRY(visit(p->cls));
  TRY(loadConst(Ref<>(TRY(nameTuple(p->kwd_attrs)))));
  TRY(op(Op::MATCH_CLASS, nargs));
  pc.on_top++;
  TRY(testNotNone(pc));
  TRY(op(Op::UNPACK_SEQUENCE, nargs + nattrs));
  pc.on_top += nargs + nattrs - 1;
  for (int i = 0; i < nargs + nattrs; i++) {
    pc.on_top--;
    Pattern* sub =
        i < nargs ? p->patterns[static_cast<uint32_t>(i)] : p->kwd_patterns[static_cast<uint32_t>(i - nargs)];
    TRY(isWildcard(sub) ? op(Op::POP_TOP) : subpattern(sub, pc));
  }
  return {};
}

// --- alternatives

// `control` receives the captures of the first alternative; the others must capture the same names and are
// brought into the same order.
Status CodeGen::alternative(Pattern* p, PatternContext& pc, std::vector<compiler::Name>& control,
                            bool first) {
  TRY(op(Op::COPY, 1));
  TRY(pattern(p, pc));
  if (first) {
    control = pc.stores;
    return {};
  }
  if (pc.stores.size() != control.size()) return error("alternative patterns bind different names");
  for (size_t wanted = control.size(); wanted-- > 0;) {
    auto found = std::find(pc.stores.begin(), pc.stores.end(), control[wanted]);
    if (found == pc.stores.end()) return error("alternative patterns bind different names");
    size_t at = static_cast<size_t>(found - pc.stores.begin());
    if (at == wanted) continue;
    // Move the first at+1 captures up, so that the wanted one arrives at its place.
    size_t count = at + 1;
    std::vector<compiler::Name> moved(pc.stores.begin(), pc.stores.begin() + static_cast<ptrdiff_t>(count));
    pc.stores.erase(pc.stores.begin(), pc.stores.begin() + static_cast<ptrdiff_t>(count));
    pc.stores.insert(pc.stores.begin() + static_cast<ptrdiff_t>(wanted - at), moved.begin(), moved.end());
    for (; count > 0; count--) TRY(rotate(static_cast<int>(wanted) + 1));
  }
  return {};
}

Status CodeGen::patternOr(MatchOr* p, PatternContext& pc) {
  Block* end = newBlock();
  uint32_t size = p->patterns.size();
  std::vector<compiler::Name> control;
  for (uint32_t i = 0; i < size; i++) {
    setLoc(p->patterns[i]->span);
    PatternContext its;
    its.allow_irrefutable = i + 1 == size && pc.allow_irrefutable;
    TRY(alternative(p->patterns[i], its, control, i == 0));
    TRY(jump(Op::JUMP, end));
    TRY(emitFailPops(its));
  }
  TRY(op(Op::POP_TOP));
  TRY(jumpToFailPop(pc, Op::JUMP));
  use(end);
  int rotations = static_cast<int>(control.size()) + 1 + pc.on_top + static_cast<int>(pc.stores.size());
  for (compiler::Name name : control) {
    TRY(rotate(rotations));
    if (std::find(pc.stores.begin(), pc.stores.end(), name) != pc.stores.end()) return duplicateStore(name);
    pc.stores.push_back(name);
  }
  return op(Op::POP_TOP);
}

// --- the statement

// The last case may use up the subject itself; the others work on a copy.
Status CodeGen::matchCase(MatchCase* c, PatternContext& pc, bool is_last, Block* end) {
  setLoc(c->pattern->span);
  if (!is_last) TRY(op(Op::COPY, 1));
  TRY(pattern(c->pattern, pc));
  KR_ASSERT(pc.on_top == 0, "a matched pattern has consumed its subject");
  for (compiler::Name name : pc.stores) TRY(nameOp(name, NameUse::kStore));
  if (c->guard) {
    ensureFailPop(pc, 0);
    TRY(jumpIf(c->guard, pc.fail_pops[0], false));
  }
  if (!is_last) TRY(op(Op::POP_TOP));
  TRY(stmts(c->body));
  TRY(jump(Op::JUMP, end));
  setLoc(c->pattern->span);
  return emitFailPops(pc);
}

Status CodeGen::match(Match* s) {
  TRY(visit(s->subject));
  Block* end = newBlock();
  uint32_t count = s->cases.size();
  MatchCase* last = s->cases[count - 1];
  bool has_default = isWildcard(last->pattern) && count > 1;
  uint32_t tested = has_default ? count - 1 : count;
  for (uint32_t i = 0; i < tested; i++) {
    PatternContext pc;
    pc.allow_irrefutable = s->cases[i]->guard || i + 1 == count;
    TRY(matchCase(s->cases[i], pc, i + 1 == tested, end));
  }
  if (has_default) {
    setLoc(last->pattern->span);
    TRY(op(Op::NOP));  // shows the line
    if (last->guard) TRY(jumpIf(last->guard, end, false));
    TRY(stmts(last->body));
  }
  use(end);
  return {};
}

}  // namespace krait::compiler
