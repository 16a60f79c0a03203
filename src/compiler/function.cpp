// Functions, lambdas and classes.
#include "compiler/codegen.h"
#include "compiler/unparse.h"

namespace krait::compiler {

using namespace ast;

Status CodeGen::decorators(const Seq<Expr*>& list) { return exprs(list); }

Status CodeGen::applyDecorators(const Seq<Expr*>& list) {
  Span statement = unit_->loc;
  for (uint32_t i = list.size(); i-- > 0;) {
    setLoc(list[i]->span);
    TRY(emitCall(0));
  }
  setLoc(statement);
  return {};
}

Status CodeGen::checkArgumentNames(Arguments* args) {
  for (Arg* arg : args->posonlyargs) TRY(forbidName(arg->arg, NameUse::kStore));
  for (Arg* arg : args->args) TRY(forbidName(arg->arg, NameUse::kStore));
  if (args->vararg) TRY(forbidName(args->vararg->arg, NameUse::kStore));
  for (Arg* arg : args->kwonlyargs) TRY(forbidName(arg->arg, NameUse::kStore));
  if (args->kwarg) TRY(forbidName(args->kwarg->arg, NameUse::kStore));
  return {};
}

void CodeGen::setArgumentCounts(Arguments* args) {
  unit_->argcount = static_cast<int>(args->args.size());
  unit_->posonlyargcount = static_cast<int>(args->posonlyargs.size());
  unit_->kwonlyargcount = static_cast<int>(args->kwonlyargs.size());
}

// Answers whether a dict of defaults was pushed.
Result<bool> CodeGen::keywordDefaults(Arguments* args) {
  std::vector<compiler::Name> keys;
  for (uint32_t i = 0; i < args->kwonlyargs.size(); i++) {
    Expr* value = args->kw_defaults[i];
    if (!value) continue;
    keys.push_back(mangle(args->kwonlyargs[i]->arg));
    TRY(visit(value));
  }
  if (keys.empty()) return false;
  Seq<compiler::Name> names(keys.data(), static_cast<uint32_t>(keys.size()));
  TRY(loadConst(Ref<>(TRY(nameTuple(names)))));
  TRY(op(Op::BUILD_CONST_KEY_MAP, static_cast<int>(keys.size())));
  return true;
}

// Pushes the defaults; answers MAKE_FUNCTION's flags for them.
Result<int> CodeGen::defaultArguments(Arguments* args) {
  int flags = 0;
  if (!args->defaults.empty()) {
    flags |= kMakeDefaults;
    TRY(exprs(args->defaults));
    TRY(op(Op::BUILD_TUPLE, static_cast<int>(args->defaults.size())));
  }
  if (TRY(keywordDefaults(args))) flags |= kMakeKwDefaults;
  return flags;
}

Status CodeGen::annotationValue(Expr* e) {
  if (settings_.future_flags & kCoFutureAnnotations) return loadConst(Ref<>(TRY(exprAsText(e))));
  return visit(e);
}

Status CodeGen::argAnnotation(compiler::Name name, Expr* annotation, int* count) {
  if (!annotation) return {};
  TRY(loadName(mangle(name)));
  auto* starred = annotation->asIf<Starred>();
  if (starred && !(settings_.future_flags & kCoFutureAnnotations)) {
    TRY(visit(starred->value));
    TRY(op(Op::UNPACK_SEQUENCE, 1));
  } else {
    TRY(annotationValue(annotation));
  }
  *count += 2;
  return {};
}

Status CodeGen::argAnnotations(const Seq<Arg*>& args, int* count) {
  for (Arg* arg : args) TRY(argAnnotation(arg->arg, arg->annotation, count));
  return {};
}

// Pushes a tuple of names and values, if there are any annotations.
Result<bool> CodeGen::annotations(Arguments* args, Expr* returns) {
  int count = 0;
  TRY(argAnnotations(args->args, &count));
  TRY(argAnnotations(args->posonlyargs, &count));
  if (args->vararg) TRY(argAnnotation(args->vararg->arg, args->vararg->annotation, &count));
  TRY(argAnnotations(args->kwonlyargs, &count));
  if (args->kwarg) TRY(argAnnotation(args->kwarg->arg, args->kwarg->annotation, &count));
  TRY(argAnnotation(intern("return"), returns, &count));
  if (count == 0) return false;
  TRY(op(Op::BUILD_TUPLE, count));
  return true;
}

Result<int> CodeGen::closureArg(compiler::Name name) {
  bool is_class_cell = unit_->type == UnitType::kClass && name->text == "__class__";
  NameScope where = is_class_cell ? NameScope::kCell : unit_->scope->scopeOf(name);
  int index = where == NameScope::kCell ? unit_->cellvars.find(name) : unit_->freevars.find(name);
  if (index == NameMap::kAbsent) {
    return raise(PyExc_SystemError, "unknown scope in unit %U for closure variable %U",
                 TRY(context_.text(unit_->name)), TRY(context_.text(name)));
  }
  return where == NameScope::kCell ? index : unit_->cellvars.size() + index;
}

Status CodeGen::makeClosure(Compiled compiled, int flags) {
  if (!compiled.free_names.empty()) {
    for (compiler::Name name : compiled.free_names) TRY(op(Op::LOAD_CLOSURE, TRY(closureArg(name))));
    flags |= kMakeClosure;
    TRY(op(Op::BUILD_TUPLE, static_cast<int>(compiled.free_names.size())));
  }
  TRY(loadConst(std::move(compiled.code)));
  return op(Op::MAKE_FUNCTION, flags);
}

template <class Def>
Status CodeGen::function(Def* def, UnitType type) {
  TRY(checkArgumentNames(def->args));
  TRY(decorators(def->decorator_list));
  int first_line = def->decorator_list.empty() ? def->span.lineno : def->decorator_list[0]->span.lineno;
  int flags = TRY(defaultArguments(def->args));
  if (TRY(annotations(def->args, def->returns))) flags |= kMakeAnnotations;

  TRY(enterUnit(def->name, type, def, first_line));
  Constant* docstring = settings_.optimize < 2 ? docstringOf(def->body) : nullptr;
  PyObject* first_const = docstring ? TRY(pool_.object(docstring->value)) : Py_None;
  TRY(unit_->consts.add(share(first_const)));
  setArgumentCounts(def->args);
  TRY(stmts(def->body, docstring ? 1 : 0));
  Compiled compiled = TRY(leaveUnit(true));
  TRY(makeClosure(std::move(compiled), flags));
  TRY(applyDecorators(def->decorator_list));
  return nameOp(def->name, NameUse::kStore);
}
template Status CodeGen::function(FunctionDef*, UnitType);
template Status CodeGen::function(AsyncFunctionDef*, UnitType);

Status CodeGen::lambda(Lambda* e) {
  TRY(checkArgumentNames(e->args));
  int flags = TRY(defaultArguments(e->args));
  TRY(enterUnit(intern("<lambda>"), UnitType::kLambda, e, e->span.lineno));
  TRY(unit_->consts.add(none()));  // the first constant is the docstring
  setArgumentCounts(e->args);
  TRY(visit(e->body));
  bool is_generator = unit_->scope->is_generator;
  if (!is_generator) TRY(op(Op::RETURN_VALUE));
  Compiled compiled = TRY(leaveUnit(!is_generator));
  return makeClosure(std::move(compiled), flags);
}

Status CodeGen::classDef(ClassDef* s) {
  TRY(decorators(s->decorator_list));
  int first_line = s->decorator_list.empty() ? s->span.lineno : s->decorator_list[0]->span.lineno;
  TRY(enterUnit(s->name, UnitType::kClass, s, first_line));
  unit_->private_name = s->name;
  TRY(nameOp(intern("__name__"), NameUse::kLoad));
  TRY(nameOp(intern("__module__"), NameUse::kStore));
  TRY(loadConst(unit_->qualname.get()));
  TRY(nameOp(intern("__qualname__"), NameUse::kStore));
  TRY(body(s->body));
  clearLoc();
  if (unit_->scope->needs_class_closure) {
    TRY(op(Op::LOAD_CLOSURE, unit_->cellvars.find(intern("__class__"))));
    TRY(op(Op::COPY, 1));
    TRY(nameOp(intern("__classcell__"), NameUse::kStore));
  } else {
    TRY(loadConst(Py_None));
  }
  TRY(op(Op::RETURN_VALUE));
  Compiled compiled = TRY(leaveUnit(true));

  TRY(op(Op::PUSH_NULL));
  TRY(op(Op::LOAD_BUILD_CLASS));
  TRY(makeClosure(std::move(compiled), 0));
  TRY(loadName(s->name));
  TRY(callHelper(2, s->bases, s->keywords));
  TRY(applyDecorators(s->decorator_list));
  return nameOp(s->name, NameUse::kStore);
}

}  // namespace krait::compiler
