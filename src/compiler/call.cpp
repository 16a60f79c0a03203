// Calls.
#include "compiler/codegen.h"

namespace krait::compiler {

using namespace ast;

Status CodeGen::emitCall(int count) {
  TRY(op(Op::PRECALL, count));
  return op(Op::CALL, count);
}

Status CodeGen::validateKeywords(const Seq<Keyword*>& keywords) {
  for (uint32_t i = 0; i < keywords.size(); i++) {
    compiler::Name name = keywords[i]->arg;
    if (!name) continue;
    TRY(forbidName(name, NameUse::kStore));
    for (uint32_t j = i + 1; j < keywords.size(); j++) {
      if (keywords[j]->arg != name) continue;
      setLoc(keywords[j]->span);
      return nameError("keyword argument repeated: %U", name);
    }
  }
  return {};
}

Status CodeGen::keywordNames(const Seq<Keyword*>& keywords) {
  Ref<TupleObject> names = TRY(tupleNew(keywords.size()));
  for (uint32_t i = 0; i < keywords.size(); i++) {
    names->ob_item[i] = share<PyObject>(TRY(context_.text(keywords[i]->arg))).leak();
  }
  return op(Op::KW_NAMES, TRY(unit_->consts.add(Ref<>(std::move(names)))));
}

// module.function(...) is no method call. Only names that the module itself imports are recognised.
bool CodeGen::isImported(Expr* e) const {
  auto* name = e->asIf<ast::Name>();
  return name && (symbols_.top()->flagsOf(name->id) & kDefImport);
}

// object.method(...) without making a bound method; answers false when the call is not of that simple form.
Result<bool> CodeGen::methodCall(Call* e) {
  auto* method = e->func->asIf<Attribute>();
  if (!method || method->ctx != ast::Context::Load || isImported(method->value)) return false;
  uint32_t count = e->args.size() + e->keywords.size();
  if (count + (e->keywords.empty() ? 0 : 1) >= kStackUseGuideline) return false;
  for (Expr* arg : e->args) {
    if (arg->is<Starred>()) return false;
  }
  for (Keyword* keyword : e->keywords) {
    if (!keyword->arg) return false;
  }
  TRY(visit(method->value));
  setLoc(method->span);
  startAtAttribute(method);
  TRY(opName(Op::LOAD_METHOD, method->attr));
  TRY(exprs(e->args));
  if (!e->keywords.empty()) {
    for (Keyword* keyword : e->keywords) TRY(visit(keyword->value));
    TRY(keywordNames(e->keywords));
  }
  setLoc(e->span);
  startAtAttribute(method);
  TRY(emitCall(static_cast<int>(count)));
  return true;
}

Status CodeGen::call(Call* e) {
  TRY(validateKeywords(e->keywords));
  if (TRY(methodCall(e))) return {};
  TRY(checkCaller(e->func));
  setLoc(e->func->span);
  TRY(op(Op::PUSH_NULL));
  setLoc(e->span);
  TRY(visit(e->func));
  return callHelper(0, e->args, e->keywords);
}

// `pushed` arguments are on the stack already.
Status CodeGen::callHelper(int pushed, const Seq<Expr*>& args, const Seq<Keyword*>& keywords) {
  TRY(validateKeywords(keywords));
  bool unpacks = args.size() + keywords.size() * 2 > kStackUseGuideline;
  for (Expr* arg : args) unpacks = unpacks || arg->is<Starred>();
  for (Keyword* keyword : keywords) unpacks = unpacks || !keyword->arg;
  if (unpacks) return callUnpacking(pushed, args, keywords);
  TRY(exprs(args));
  if (!keywords.empty()) {
    for (Keyword* keyword : keywords) TRY(visit(keyword->value));
    TRY(keywordNames(keywords));
  }
  return emitCall(pushed + static_cast<int>(args.size() + keywords.size()));
}

Status CodeGen::callUnpacking(int pushed, const Seq<Expr*>& args, const Seq<Keyword*>& keywords) {
  if (pushed == 0 && args.size() == 1 && args[0]->is<Starred>()) {
    TRY(visit(args[0]->as<Starred>()->value));
  } else {
    TRY(sequence(args, pushed, {Op::BUILD_LIST, Op::LIST_APPEND, Op::LIST_EXTEND, true}));
  }
  if (!keywords.empty()) TRY(packKeywords(keywords));
  return op(Op::CALL_FUNCTION_EX, keywords.empty() ? 0 : 1);
}

Status CodeGen::packKeywords(const Seq<Keyword*>& keywords) {
  bool have_dict = false;
  uint32_t pending = 0;
  auto flush = [&](uint32_t end) -> Status {
    TRY(subKeywords(keywords, end - pending, end));
    if (have_dict) TRY(op(Op::DICT_MERGE, 1));
    have_dict = true;
    pending = 0;
    return {};
  };
  for (uint32_t i = 0; i < keywords.size(); i++) {
    if (keywords[i]->arg) {
      pending++;
      continue;
    }
    if (pending > 0) TRY(flush(i));
    if (!have_dict) TRY(op(Op::BUILD_MAP, 0));
    have_dict = true;
    TRY(visit(keywords[i]->value));
    TRY(op(Op::DICT_MERGE, 1));
  }
  return pending > 0 ? flush(keywords.size()) : Status();
}

Status CodeGen::subKeywords(const Seq<Keyword*>& keywords, uint32_t begin, uint32_t end) {
  uint32_t count = end - begin;
  bool big = count * 2 > kStackUseGuideline;
  if (count > 1 && !big) {
    std::vector<compiler::Name> names;
    for (uint32_t i = begin; i < end; i++) {
      TRY(visit(keywords[i]->value));
      names.push_back(keywords[i]->arg);
    }
    TRY(loadConst(Ref<>(TRY(nameTuple({names.data(), count})))));
    return op(Op::BUILD_CONST_KEY_MAP, static_cast<int>(count));
  }
  if (big) TRY(opNoLine(Op::BUILD_MAP, 0));
  for (uint32_t i = begin; i < end; i++) {
    TRY(loadName(keywords[i]->arg));
    TRY(visit(keywords[i]->value));
    if (big) TRY(opNoLine(Op::MAP_ADD, 1));
  }
  return big ? Status() : op(Op::BUILD_MAP, static_cast<int>(count));
}

}  // namespace krait::compiler
