// Finds the operator inside the source text of an expression, for the carets of tracebacks.
#include "core/c_stack.h"
#include "core/print_error.h"
#include "parser/parse.h"

namespace krait {
namespace {

bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\f'; }

// The operator is the first thing behind the left operand; one or two characters.
bool binaryAnchors(std::string_view text, const ast::BinOp* op, int* left_end, int* right_start) {
  int stop = op->right->span.col_offset;
  for (int i = op->left->span.end_col_offset; i < stop; i++) {
    if (isBlank(text[i])) continue;
    *left_end = i;
    *right_start = i + 1 < stop && !isBlank(text[i + 1]) ? i + 2 : i + 1;
    return true;
  }
  return false;
}

}  // namespace

bool operatorAnchors(std::string_view segment, int* left_end, int* right_start) {
  ast::Tree tree;
  parser::Options options;
  options.ignore_cookie = true;
  options.stack_limit = nestingStackLimit();
  parser::ParseResult parsed = parser::parse(segment, options, tree);
  if (!parsed || parsed.mod->kind != ast::ModKind::Module) return false;
  auto& body = parsed.mod->as<ast::Module>()->body;
  if (body.size() != 1 || body[0]->kind != ast::StmtKind::ExprStmt) return false;
  ast::Expr* value = body[0]->as<ast::ExprStmt>()->value;
  if (value->kind == ast::ExprKind::BinOp)
    return binaryAnchors(segment, value->as<ast::BinOp>(), left_end, right_start);
  if (value->kind != ast::ExprKind::Subscript) return false;
  auto* subscript = value->as<ast::Subscript>();
  *left_end = subscript->value->span.end_col_offset;
  *right_start = subscript->slice->span.end_col_offset + 1;
  return true;
}

}  // namespace krait
