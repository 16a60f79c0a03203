// _ast: the classes of syntax trees, and the flags of compile() that concern them.
#include "types/module.h"
#include "bytecode/code_flags.h"
#include "core/native.h"
#include "modules/_ast/ast_types.h"

namespace krait::modules {
namespace {

Status astExec(PyObject* module) {
  const AstTypes* types = TRY(astTypes());
  TRY(attrSet(module, "AST", reinterpret_cast<PyObject*>(types->at(AstType::kAST))));
  TRY(moduleAddInt(module, "PyCF_ALLOW_TOP_LEVEL_AWAIT", kCfAllowTopLevelAwait));
  TRY(moduleAddInt(module, "PyCF_ONLY_AST", kCfOnlyAst));
  TRY(moduleAddInt(module, "PyCF_TYPE_COMMENTS", kCfTypeComments));
  return astAddTypes(module);
}

constinit PyMethodDef kMethods[] = {{}};
constinit PyModuleDef kModule = moduleDef<"_ast", astExec>(kMethods, nullptr);

}  // namespace

PyObject* initAst() { return moduleDefInit(&kModule); }

}  // namespace krait::modules
