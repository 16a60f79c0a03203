// Emission, scopes, modules, and the pieces that all families of constructs share.
#include "compiler/codegen.h"

#include <algorithm>
#include <array>

#include "types/exceptions.h"
#include "types/int.h"
#include "types/str_builder.h"
#include "types/tuple.h"

namespace krait::compiler {

using namespace ast;

CodeGen::~CodeGen() {
  while (unit_) dropUnit();
}

Status CodeGen::op(Op op, int oparg) {
  unit_->graph.emit(op, oparg, nullptr, unit_->loc);
  return {};
}

Status CodeGen::opNoLine(Op op, int oparg) {
  unit_->graph.emit(op, oparg, nullptr, kNoLocation);
  return {};
}

Status CodeGen::jump(Op op, Block* target) {
  unit_->graph.emit(op, 0, target, unit_->loc);
  return {};
}

Status CodeGen::jumpNoLine(Op op, Block* target) {
  unit_->graph.emit(op, 0, target, kNoLocation);
  return {};
}

Status CodeGen::loadConst(Ref<> value) {
  return op(Op::LOAD_CONST, TRY(unit_->consts.add(std::move(value))));
}

Status CodeGen::loadInt(long value) { return loadConst(Ref<>(TRY(intFromLong(value)))); }

Status CodeGen::loadName(compiler::Name name) { return loadConst(TRY(context_.text(name))); }

Status CodeGen::opName(Op code, compiler::Name name) { return op(code, unit_->names.add(mangle(name))); }

Raised CodeGen::nameError(const char* format, compiler::Name name) {
  return error(format, TRY(context_.text(name)));
}

Status CodeGen::warn(const char* format, ...) {
  va_list args;
  va_start(args, format);
  Result<Ref<StrObject>> formatted = strFormatV(format, args);
  va_end(args);
  Ref<StrObject> message = TRY(std::move(formatted));
  Status warned =
      warnExplicit(PyExc_SyntaxWarning, message, context_.filename(), unit_->loc.lineno, nullptr, nullptr);
  if (!warned.failed()) return {};
  if (!pendingMatches(PyExc_SyntaxWarning)) return Raised{};
  // A warning turned into an error is reported as the SyntaxError it then is, with its place.
  clearPending();
  return error("%U", message.get());
}

Result<Ref<TupleObject>> CodeGen::nameTuple(const Seq<compiler::Name>& names) {
  Ref<TupleObject> tuple = TRY(tupleNew(names.size()));
  for (uint32_t i = 0; i < names.size(); i++)
    tuple->ob_item[i] = share<PyObject>(TRY(context_.text(names[i]))).leak();
  return tuple;
}

namespace {

// Names of the given kind, sorted, so that their order does not depend on hashing.
void addSorted(NameMap& to, const Scope& scope, NameScope where, int flag) {
  std::vector<compiler::Name> found;
  for (int i = 0; i < scope.symbols.size(); i++) {
    int flags = scope.flags[static_cast<size_t>(i)];
    bool matches = static_cast<NameScope>(flags >> kScopeOffset & 15) == where;
    if (matches || (flags & flag)) found.push_back(scope.symbols.at(i));
  }
  std::sort(found.begin(), found.end(), [](compiler::Name a, compiler::Name b) { return a->text < b->text; });
  for (compiler::Name name : found) to.add(name);
}

}  // namespace

Status CodeGen::enterUnit(compiler::Name name, UnitType type, const void* node, int first_line) {
  auto* unit = new Unit(cache_, unit_);
  unit_ = unit;
  nest_level_++;
  unit->type = type;
  unit->name = name;
  unit->scope = symbols_.scopeOf(node);
  unit->first_line = first_line;
  unit->private_name = unit->parent ? unit->parent->private_name : nullptr;
  for (compiler::Name param : unit->scope->params) unit->varnames.add(param);
  addSorted(unit->cellvars, *unit->scope, NameScope::kCell, 0);
  if (unit->scope->needs_class_closure) unit->cellvars.add(intern("__class__"));
  addSorted(unit->freevars, *unit->scope, NameScope::kFree, kDefFreeClass);
  setLoc({first_line, 0, first_line, 0});
  if (type == UnitType::kModule) {
    unit_->loc.lineno = 0;
  } else {
    TRY(setQualname());
  }
  TRY(op(Op::RESUME, kResumeStart));
  if (type == UnitType::kModule) unit_->loc.lineno = -1;
  return {};
}

void CodeGen::dropUnit() {
  Unit* left = std::exchange(unit_, unit_->parent);
  nest_level_--;
  delete left;
}

Result<Compiled> CodeGen::leaveUnit(bool add_none) {
  int inherited = settings_.future_flags & kFutureMask;
  Compiled compiled =
      TRY(assemble(context_, *unit_, codeFlags(*unit_, inherited, settings_.top_level_await), add_none));
  dropUnit();
  return compiled;
}

Status CodeGen::setQualname() {
  Unit* parent = unit_->parent;
  Ref<StrObject> own = share(TRY(unitName(context_, *unit_)));
  unit_->qualname = own.clone();
  if (!parent->parent) return {};  // at module level
  bool named = unit_->type == UnitType::kFunction || unit_->type == UnitType::kAsyncFunction ||
               unit_->type == UnitType::kClass;
  if (named) {
    compiler::Name mangled = context_.mangle(parent->private_name, unit_->name);
    if (parent->scope->scopeOf(mangled) == NameScope::kGlobalExplicit) return {};
  }
  StrBuilder out;
  out.append(parent->qualname.get());
  bool in_function = parent->type == UnitType::kFunction || parent->type == UnitType::kAsyncFunction ||
                     parent->type == UnitType::kLambda;
  if (in_function) out.append(".<locals>");
  out.append('.');
  out.append(own);
  unit_->qualname = TRY(out.finish());
  return {};
}

Result<StrObject*> unitName(Context& context, const Unit& unit) {
  constexpr std::array<std::string_view, 6> kNames = {"<module>",  "<lambda>",   "<listcomp>",
                                                      "<setcomp>", "<dictcomp>", "<genexpr>"};
  static std::array<StrObject*, kNames.size()> made;
  if (unit.type != UnitType::kModule && unit.type != UnitType::kLambda &&
      unit.type != UnitType::kComprehension)
    return context.text(unit.name);
  size_t i = static_cast<size_t>(std::ranges::find(kNames, unit.name->text) - kNames.begin());
  if (!made[i]) {
    made[i] = TRY(strFromAscii(kNames[i])).leak();
    made[i]->ob_refcnt = kImmortalRefcount;
  }
  return made[i];
}

int codeFlags(const Unit& unit, int inherited, bool top_level_await) {
  const Scope& scope = *unit.scope;
  int flags = inherited;
  if (unit.isFunctionBlock()) {
    flags |= kCoNewLocals | kCoOptimized;
    if (scope.nested) flags |= kCoNested;
    if (scope.is_generator)
      flags |= scope.is_coroutine ? kCoAsyncGenerator : kCoGenerator;
    else if (scope.is_coroutine)
      flags |= kCoCoroutine;
    if (scope.has_varargs) flags |= kCoVarArgs;
    if (scope.has_varkeywords) flags |= kCoVarKeywords;
  }
  if (top_level_await && scope.type == ScopeType::kModule && scope.is_coroutine && !scope.is_generator)
    flags |= kCoCoroutine;
  return flags;
}

namespace {

bool containsAnnotation(const Seq<Stmt*>& stmts);

template <class TryStmt>
bool tryContainsAnnotation(const TryStmt* s) {
  for (ExceptHandler* handler : s->handlers) {
    if (containsAnnotation(handler->body)) return true;
  }
  return containsAnnotation(s->body) || containsAnnotation(s->finalbody) || containsAnnotation(s->orelse);
}

// Whether a statement list annotates variables, nested blocks included.
bool containsAnnotation(Stmt* s) {
  switch (s->kind) {
    case StmtKind::AnnAssign: return true;
    case StmtKind::For:
      return containsAnnotation(s->as<For>()->body) || containsAnnotation(s->as<For>()->orelse);
    case StmtKind::AsyncFor:
      return containsAnnotation(s->as<AsyncFor>()->body) || containsAnnotation(s->as<AsyncFor>()->orelse);
    case StmtKind::While:
      return containsAnnotation(s->as<While>()->body) || containsAnnotation(s->as<While>()->orelse);
    case StmtKind::If:
      return containsAnnotation(s->as<If>()->body) || containsAnnotation(s->as<If>()->orelse);
    case StmtKind::With: return containsAnnotation(s->as<With>()->body);
    case StmtKind::AsyncWith: return containsAnnotation(s->as<AsyncWith>()->body);
    case StmtKind::Try: return tryContainsAnnotation(s->as<Try>());
    case StmtKind::TryStar: return tryContainsAnnotation(s->as<TryStar>());
    default: return false;
  }
}

bool containsAnnotation(const Seq<Stmt*>& stmts) {
  for (Stmt* s : stmts) {
    if (containsAnnotation(s)) return true;
  }
  return false;
}

}  // namespace

Status CodeGen::body(const Seq<Stmt*>& stmts) {
  if (unit_->type == UnitType::kModule && !stmts.empty()) setLoc(stmts[0]->span);
  if (containsAnnotation(stmts)) TRY(op(Op::SETUP_ANNOTATIONS));
  uint32_t from = 0;
  if (settings_.optimize < 2) {
    if (Constant* docstring = docstringOf(stmts)) {
      from = 1;
      TRY(visit(docstring));
      clearLoc();
      TRY(nameOp(intern("__doc__"), NameUse::kStore));
    }
  }
  return this->stmts(stmts, from);
}

Result<Ref<>> CodeGen::compileMod(Mod* mod) {
  bool add_none = true;
  TRY(enterUnit(intern("<module>"), UnitType::kModule, mod, 1));
  switch (mod->kind) {
    case ModKind::Module: TRY(body(mod->as<Module>()->body)); break;
    case ModKind::Interactive:
      if (containsAnnotation(mod->as<Interactive>()->body)) {
        setLoc({1, 0, 1, 0});
        TRY(op(Op::SETUP_ANNOTATIONS));
      }
      settings_.interactive = true;
      TRY(stmts(mod->as<Interactive>()->body));
      break;
    case ModKind::Expression:
      TRY(visit(mod->as<Expression>()->body));
      add_none = false;
      break;
    case ModKind::FunctionType:
      return raise(PyExc_SystemError, "module kind %d should not be possible",
                   static_cast<int>(mod->kind) + 1);
  }
  Compiled compiled = TRY(leaveUnit(add_none));
  return std::move(compiled.code);
}

}  // namespace krait::compiler
