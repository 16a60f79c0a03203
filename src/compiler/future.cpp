#include "compiler/future.h"

#include "bytecode/code_flags.h"
#include "compiler/const_value.h"

namespace krait::compiler {
namespace {

struct Feature {
  std::string_view name;
  int flag;  // 0: mandatory by now
};
constexpr Feature kFeatures[] = {
    {"nested_scopes", 0},    {"generators", 0},
    {"division", 0},         {"absolute_import", 0},
    {"with_statement", 0},   {"print_function", 0},
    {"unicode_literals", 0}, {"barry_as_FLUFL", kCoFutureBarryAsBdfl},
    {"generator_stop", 0},   {"annotations", kCoFutureAnnotations},
};

const Feature* findFeature(std::string_view name) {
  for (const Feature& feature : kFeatures) {
    if (feature.name == name) return &feature;
  }
  return nullptr;
}

Status addFeatures(Context& context, ast::ImportFrom* s, Future& future) {
  for (ast::Alias* alias : s->names) {
    if (const Feature* feature = findFeature(alias->name->text)) {
      future.flags |= feature->flag;
      continue;
    }
    int column = s->span.col_offset + 1;
    if (alias->name->text == "braces")
      return raiseAtPoint(context.filename(), s->span.lineno, column, "not a chance");
    std::string name(alias->name->text);
    return raiseAtPoint(context.filename(), s->span.lineno, column, "future feature %.100s is not defined",
                        name.c_str());
  }
  future.line = s->span.lineno;
  return {};
}

}  // namespace

Result<Future> futureFeatures(Context& context, const ast::Mod* mod) {
  Future future;
  Seq<ast::Stmt*> body;
  if (mod->is<ast::Module>()) body = mod->as<ast::Module>()->body;
  if (mod->is<ast::Interactive>()) body = mod->as<ast::Interactive>()->body;
  // Behind a docstring only such imports may stand. What follows on the line of another statement is still
  // looked at: a later import there is an error that the code generator, which compares lines, would not see.
  bool done = false;
  int previous_line = 0;
  for (uint32_t i = docstringOf(body) ? 1 : 0; i < body.size(); i++) {
    const ast::Span& at = body[i]->span;
    if (done && at.lineno > previous_line) break;
    previous_line = at.lineno;
    auto* import = body[i]->asIf<ast::ImportFrom>();
    if (!import || !import->module || import->module->text != "__future__") {
      done = true;
      continue;
    }
    if (done) return raiseAtPoint(context.filename(), at.lineno, at.col_offset, "%s", kLateFuture);
    TRY(addFeatures(context, import, future));
  }
  return future;
}

}  // namespace krait::compiler
