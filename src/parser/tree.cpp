#include <cstdlib>

#include "parser/ast.h"

namespace krait::ast {

namespace {

constexpr uint32_t kFirstSlots = 256;

uint32_t hashText(std::string_view text) {
  uint32_t hash = 2166136261u;
  for (unsigned char c : text) hash = (hash ^ c) * 16777619u;
  return hash ^ (hash >> 15);
}

}  // namespace

Tree::Tree()
    : slots_(static_cast<Identifier**>(std::calloc(kFirstSlots, sizeof(Identifier*)))),
      mask_(kFirstSlots - 1) {
  KR_CHECK(slots_, "out of memory for identifiers");
}

Tree::~Tree() { std::free(slots_); }

const Identifier* Tree::intern(std::string_view text) {
  uint32_t hash = hashText(text);
  uint32_t i = hash & mask_;
  for (; slots_[i]; i = (i + 1) & mask_) {
    if (slots_[i]->hash == hash && slots_[i]->text == text) return slots_[i];
  }
  auto* made = arena_.make<Identifier>(arena_.copyText(text), hash, count_, nullptr);
  slots_[i] = made;
  if (++count_ * 2 > mask_) grow();
  return made;
}

void Tree::grow() {
  Identifier** old = slots_;
  uint32_t old_mask = mask_;
  mask_ = mask_ * 2 + 1;
  slots_ = static_cast<Identifier**>(std::calloc(mask_ + 1, sizeof(Identifier*)));
  KR_CHECK(slots_, "out of memory for identifiers");
  for (uint32_t i = 0; i <= old_mask; i++) {
    if (!old[i]) continue;
    uint32_t j = old[i]->hash & mask_;
    while (slots_[j]) j = (j + 1) & mask_;
    slots_[j] = old[i];
  }
  std::free(old);
}

const char* kindName(ModKind kind) {
  static constexpr const char* kNames[] = {
#define KR_MOD(Struct, PyName, ...) PyName,
#include "parser/ast.def"
  };
  return kNames[static_cast<int>(kind)];
}

const char* kindName(StmtKind kind) {
  static constexpr const char* kNames[] = {
#define KR_STMT(Struct, PyName, ...) PyName,
#include "parser/ast.def"
  };
  return kNames[static_cast<int>(kind)];
}

const char* kindName(ExprKind kind) {
  static constexpr const char* kNames[] = {
#define KR_EXPR(Struct, PyName, ...) PyName,
#include "parser/ast.def"
  };
  return kNames[static_cast<int>(kind)];
}

const char* kindName(PatternKind kind) {
  static constexpr const char* kNames[] = {
#define KR_PATTERN(Struct, PyName, ...) PyName,
#include "parser/ast.def"
  };
  return kNames[static_cast<int>(kind)];
}

namespace {
#define KR_SUM_BEGIN(Sum, PyName) constexpr const char* kNames_##Sum[] = {
#define KR_SINGLETON(Sum, Name) #Name,
#define KR_SUM_END(Sum) \
  }                     \
  ;
#include "parser/ast.def"
}  // namespace

const char* operatorName(Context value) { return kNames_expr_context[static_cast<int>(value)]; }
const char* operatorName(BoolOperator value) { return kNames_boolop[static_cast<int>(value)]; }
const char* operatorName(Operator value) { return kNames_operator_[static_cast<int>(value)]; }
const char* operatorName(UnaryOperator value) { return kNames_unaryop[static_cast<int>(value)]; }
const char* operatorName(CompareOperator value) { return kNames_cmpop[static_cast<int>(value)]; }

}  // namespace krait::ast
