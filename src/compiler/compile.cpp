#include "compiler/compile.h"

#include "compiler/ast_object.h"
#include "compiler/codegen.h"
#include "compiler/future.h"
#include "compiler/parse_source.h"
#include "compiler/preprocess.h"
#include "core/buffer.h"
#include "core/interpreter.h"
#include "core/scratch.h"

namespace krait {

using namespace compiler;

namespace {

// What compiling takes at most for each byte of the tree, measured. Where a finally block is copied again and
// again it may be more: Nesting::checkStack() looks at the memory, too.
constexpr size_t kBytesPerTreeByte = 12;

Result<Ref<CodeObject>> compileWithPool(ast::Tree& tree, ConstPool& pool, ast::Mod* mod, StrObject* filename,
                                        CompileOptions& options) {
  TRY(askForRoom(tree.arena().bytesReserved() * kBytesPerTreeByte));
  Context context(tree, filename);
  Future future = TRY(futureFeatures(context, mod));
  options.flags |= future.flags;
  int optimize = options.optimize == -1 ? interpreter().config.optimize : options.optimize;
  TRY(preprocess(context, pool, mod, optimize, options.flags));
  SymbolTable symbols(context, options.flags);
  TRY(symbols.build(mod));
  CodeGen::Settings settings;
  settings.optimize = optimize;
  settings.future_flags = options.flags;
  settings.future_line = future.line;
  settings.top_level_await = options.flags & kCfAllowTopLevelAwait;
  Ref<> code = TRY(CodeGen(context, pool, symbols, settings).compileMod(mod));
  return std::move(code).as<CodeObject>();
}

}  // namespace

Result<Ref<StrObject>> sourceFileName(PyObject* path) {
  if (!isStr(path) && !isBytes(path) && hasBuffer(path)) {
    TRY(warn(PyExc_DeprecationWarning, 1, "path should be string, bytes, or os.PathLike, not %.200s",
             typeName(path)));
    Buffer bytes = TRY(Buffer::acquire(path));
    return fsDecode({reinterpret_cast<const char*>(bytes.data()), static_cast<size_t>(bytes.size())});
  }
  Ref<> plain = TRY(fsPathObject(path));
  if (isStr(plain.get())) return std::move(plain).as<StrObject>();
  return fsDecode(static_cast<BytesObject*>(plain.get())->view());
}

Result<Ref<CodeObject>> compileTree(ast::Tree& tree, ast::Mod* mod, StrObject* filename,
                                    CompileOptions& options) {
  ConstPool pool;
  Ref<CodeObject> code = TRY(compileWithPool(tree, pool, mod, filename, options));
  if (options.constants) *options.constants = std::move(pool).take();
  return code;
}

Result<Ref<>> compileSourceOrAst(std::string_view source, StrObject* filename, CompileOptions& options) {
  ast::Tree tree;
  ast::Mod* mod = TRY(parseSource(source, filename, options, tree));
  if (options.flags & kCfOnlyAst) {
    Context strings(tree, filename);
    return astToObject(mod);
  }
  Ref<CodeObject> code = TRY(compileTree(tree, mod, filename, options));
  return Ref<>(std::move(code));
}

Result<Ref<CodeObject>> compileSource(std::string_view source, StrObject* filename, CompileOptions options) {
  options.flags &= ~kCfOnlyAst;
  Ref<> code = TRY(compileSourceOrAst(source, filename, options));
  return std::move(code).as<CodeObject>();
}

Result<MaybeRef<CodeObject>> compileInteractive(InteractiveInput& input, StrObject* filename,
                                                CompileOptions& options) {
  ast::Tree tree;
  ast::Mod* mod = TRY(parseInteractive(input, filename, options, tree));
  if (!mod) return MaybeRef<CodeObject>();
  Ref<CodeObject> code = TRY(compileTree(tree, mod, filename, options));
  return MaybeRef<CodeObject>(std::move(code));
}

Result<Ref<CodeObject>> compileAstObject(PyObject* ast_object, StrObject* filename, CompileOptions options) {
  ast::Tree tree;
  ConstPool pool;
  ast::Mod* mod = TRY(astFromObject(ast_object, options.mode, tree, pool));
  TRY(astValidate(mod));
  return compileWithPool(tree, pool, mod, filename, options);
}

}  // namespace krait
