// The code generator: walks the tree and emits instructions into the flow graph of the current unit.
//
// Emitted sequences, block boundaries and locations are CPython 3.11's, instruction by instruction: the code
// objects have to come out equal. One .cpp per family of constructs. `unit_->loc` is the location of what is
// emitted next; visit(Expr*) restores it, visit(Stmt*) does not.
#pragma once

#include <optional>

#include "bytecode/code_flags.h"
#include "compiler/const_value.h"
#include "compiler/unit.h"
#include "types/tuple.h"

namespace krait::compiler {

class CodeGen {
 public:
  struct Settings {
    int optimize = 0;
    int future_flags = 0;
    int future_line = -1;  // of the last __future__ import
    bool interactive = false;
    bool top_level_await = false;
  };
  CodeGen(Context& context, ConstPool& pool, SymbolTable& symbols, Settings settings)
      : context_(context), pool_(pool), symbols_(symbols), settings_(settings) {}
  ~CodeGen();

  Result<Ref<>> compileMod(ast::Mod* mod);

 private:
  // codegen.cpp: emission, scopes
  Status op(Op op, int oparg = 0);
  Status opNoLine(Op op, int oparg = 0);
  Status jump(Op op, Block* target);
  Status jumpNoLine(Op op, Block* target);
  Block* newBlock() { return unit_->graph.newBlock(); }
  void use(Block* block) { unit_->graph.useNext(block); }
  Status loadConst(PyObject* value) { return loadConst(share(value)); }
  Status loadConst(Ref<> value);
  Status loadInt(long value);
  Status loadName(Name name);  // the name as a str constant
  Status opName(Op op, Name name);
  Status enterUnit(Name name, UnitType type, const void* node, int first_line);
  Result<Compiled> leaveUnit(bool add_none);
  void dropUnit();
  Status setQualname();
  void setLoc(const ast::Span& span) { unit_->loc = span; }
  void clearLoc() { unit_->loc = kNoLocation; }
  template <class... A>
  [[gnu::cold]] Raised error(const char* format, A... args) {
    return raiseCompileError(context_.filename(), unit_->loc, format, args...);
  }
  Raised nameError(const char* format, Name name);
  Status warn(const char* format, ...);
  Name mangle(Name name) { return context_.mangle(unit_->private_name, name); }
  Name intern(std::string_view text) { return context_.intern(text); }
  bool isTopLevelAwait() const {
    return settings_.top_level_await && unit_->scope->type == ScopeType::kModule;
  }
  Result<Ref<TupleObject>> nameTuple(const Seq<Name>& names);

  // names.cpp
  enum class NameUse { kLoad, kStore, kDelete };
  static NameUse useOf(ast::Context context) { return static_cast<NameUse>(context); }
  Status nameOp(Name name, NameUse how);
  Status forbidName(Name name, NameUse how);
  Status import(ast::Import* s);
  Status importAs(Name name, Name as);
  Status importFrom(ast::ImportFrom* s);

  // stmt.cpp
  Status body(const Seq<ast::Stmt*>& stmts);
  Status stmts(const Seq<ast::Stmt*>& stmts, uint32_t from = 0);
  Status visit(ast::Stmt* s);
  Status exprStmt(ast::Expr* value);
  Status assign(ast::Assign* s);
  Status augAssign(ast::AugAssign* s);
  Status annAssign(ast::AnnAssign* s);
  Status evalAnnotation(ast::Expr* e);
  Status evalAnnotationSubscript(ast::Expr* e);
  Status annotationValue(ast::Expr* e);
  Status ifStmt(ast::If* s);
  Status whileStmt(ast::While* s);
  Status forStmt(ast::For* s);
  Status asyncFor(ast::AsyncFor* s);
  Status assertStmt(ast::Assert* s);
  Status raiseStmt(ast::Raise* s);

  // unwind.cpp
  Status pushBlock(FrameBlock block);
  void popBlock() { unit_->frame_blocks.pop_back(); }
  Status unwind(FrameBlock block, bool preserve_top);
  // Unwinds everything, or up to the innermost loop when `loop` is given.
  Status unwindStack(bool preserve_top, std::optional<FrameBlock>* loop);
  Status returnStmt(ast::Return* s);
  Status breakStmt();
  Status continueStmt();

  // try_with.cpp
  template <class TryStmt>
  Status tryStmt(TryStmt* s, Status (CodeGen::*handled)(TryStmt*));
  template <class TryStmt>
  Status tryFinally(TryStmt* s, Status (CodeGen::*handled)(TryStmt*));
  Status tryExcept(ast::Try* s);
  Status tryStar(ast::TryStar* s);
  Status exceptHandler(ast::ExceptHandler* handler, Block* end);
  Status starHandler(ast::ExceptHandler* handler, Block* next);
  Status clearHandlerName(Name name);
  Status popExceptAndReraise();
  Status with(ast::With* s, uint32_t item);
  Status asyncWith(ast::AsyncWith* s, uint32_t item);
  Status withExceptFinish(Block* cleanup);
  Status callExitWithNones();
  Status await(int where);
  Status yieldFrom(bool is_await);

  // function.cpp
  template <class Def>
  Status function(Def* def, UnitType type);
  Status lambda(ast::Lambda* e);
  Status classDef(ast::ClassDef* s);
  Status decorators(const Seq<ast::Expr*>& list);
  Status applyDecorators(const Seq<ast::Expr*>& list);
  Status checkArgumentNames(ast::Arguments* args);
  void setArgumentCounts(ast::Arguments* args);
  Result<int> defaultArguments(ast::Arguments* args);
  Result<bool> keywordDefaults(ast::Arguments* args);
  Result<bool> annotations(ast::Arguments* args, ast::Expr* returns);
  Status argAnnotation(Name name, ast::Expr* annotation, int* count);
  Status argAnnotations(const Seq<ast::Arg*>& args, int* count);
  Status makeClosure(Compiled compiled, int flags);
  Result<int> closureArg(Name name);

  // comprehension.cpp
  struct Comp;
  Status comprehensionExpr(ast::Expr* e);
  Status comprehension(const Comp& comp);
  Status compGenerator(const Comp& comp, uint32_t index, int depth);
  Status compSyncGenerator(const Comp& comp, uint32_t index, int depth);
  Status compAsyncGenerator(const Comp& comp, uint32_t index, int depth);
  Status compElement(const Comp& comp, int depth);
  Status compRest(const Comp& comp, uint32_t index, int depth, Block* if_cleanup);

  // expr.cpp
  Status visit(ast::Expr* e);
  Status visitKind(ast::Expr* e);
  Status exprs(const Seq<ast::Expr*>& seq);
  Status jumpIf(ast::Expr* e, Block* next, bool condition);
  Status jumpIfCompare(ast::Compare* e, Block* next, bool condition);
  Status boolOp(ast::BoolOp* e);
  Status ifExp(ast::IfExp* e);
  Status compare(ast::Compare* e);
  Status compareOp(ast::CompareOperator op);
  Status constant(ast::Constant* e) { return loadConst(TRY(pool_.object(e->value))); }
  Status attribute(ast::Attribute* e);
  Status subscript(ast::Subscript* e);
  Result<int> slice(ast::Slice* e);
  Status yieldValue();
  Status yieldExpr(ast::Yield* e);
  Status yieldFromExpr(ast::YieldFrom* e);
  Status awaitExpr(ast::Await* e);
  Status joinedStr(ast::JoinedStr* e);
  Status formattedValue(ast::FormattedValue* e);
  void startAtAttribute(ast::Attribute* e);

  // collection.cpp
  struct SequenceOps {
    Op build, add, extend;
    bool to_tuple;
  };
  Status sequence(const Seq<ast::Expr*>& elts, int pushed, const SequenceOps& ops);
  Status constSequence(const Seq<ast::Expr*>& elts, int pushed, const SequenceOps& ops);
  Status unpackTargets(const Seq<ast::Expr*>& elts);
  Status assignTargets(const Seq<ast::Expr*>& elts);
  Status list(ast::List* e);
  Status tuple(ast::Tuple* e);
  Status dict(ast::Dict* e);
  Status subDict(ast::Dict* e, uint32_t begin, uint32_t end);
  Result<Ref<TupleObject>> constTuple(const Seq<ast::Expr*>& elts, uint32_t begin, uint32_t end);

  // call.cpp
  Status call(ast::Call* e);
  bool isImported(ast::Expr* e) const;
  Result<bool> methodCall(ast::Call* e);
  Status callHelper(int pushed, const Seq<ast::Expr*>& args, const Seq<ast::Keyword*>& keywords);
  Status callUnpacking(int pushed, const Seq<ast::Expr*>& args, const Seq<ast::Keyword*>& keywords);
  Status packKeywords(const Seq<ast::Keyword*>& keywords);
  Status subKeywords(const Seq<ast::Keyword*>& keywords, uint32_t begin, uint32_t end);
  Status keywordNames(const Seq<ast::Keyword*>& keywords);
  Status validateKeywords(const Seq<ast::Keyword*>& keywords);
  Status emitCall(int count);

  // lint.cpp: warnings about code that cannot work
  const char* inferType(ast::Expr* e);
  Status checkCompare(ast::Compare* e);
  Status checkCaller(ast::Expr* e);
  Status checkSubscripter(ast::Expr* e);
  Status checkIndex(ast::Expr* e, ast::Expr* index);

  // pattern.cpp
  struct PatternContext;
  Status match(ast::Match* s);
  Status matchCase(ast::MatchCase* c, PatternContext& pc, bool is_last, Block* end);
  Status pattern(ast::Pattern* p, PatternContext& pc);
  Status subpattern(ast::Pattern* p, PatternContext& pc);
  Status patternAs(ast::MatchAs* p, PatternContext& pc);
  Status patternValue(ast::MatchValue* p, PatternContext& pc);
  Status patternSequence(ast::MatchSequence* p, PatternContext& pc);
  Status patternMapping(ast::MatchMapping* p, PatternContext& pc);
  Status mappingKeys(ast::MatchMapping* p);
  Status mappingRest(ast::MatchMapping* p, PatternContext& pc);
  Status patternClass(ast::MatchClass* p, PatternContext& pc);
  Status validateClassAttrs(ast::MatchClass* p);
  Status patternOr(ast::MatchOr* p, PatternContext& pc);
  Status alternative(ast::Pattern* p, PatternContext& pc, std::vector<Name>& control, bool first);
  Status unpackPatterns(const Seq<ast::Pattern*>& patterns);
  Status sequenceUnpack(const Seq<ast::Pattern*>& patterns, PatternContext& pc);
  Status sequenceSubscript(const Seq<ast::Pattern*>& patterns, int star, PatternContext& pc);
  Status rotate(int count);
  Status storePatternName(Name name, PatternContext& pc);
  Status duplicateStore(Name name);
  void ensureFailPop(PatternContext& pc, size_t pops);
  Status jumpToFailPop(PatternContext& pc, Op op);
  Status emitFailPops(PatternContext& pc);
  Status compareLength(int size, ast::CompareOperator op, PatternContext& pc);
  Status testNotNone(PatternContext& pc);

  Context& context_;
  ConstPool& pool_;
  SymbolTable& symbols_;
  Settings settings_;
  ConstCache cache_;
  Unit* unit_ = nullptr;
  int nest_level_ = 0;
};

// Sequences longer than this are built piece by piece, to bound the stack.
constexpr uint32_t kStackUseGuideline = 30;

}  // namespace krait::compiler
