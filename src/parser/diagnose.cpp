#include "parser/diagnose.h"
namespace krait::parser {
Diagnostic diagnose(const DiagnoseInput& input) { Diagnostic d; d.message="invalid syntax"; const Token& t = input.lexer.fetched(input.lexer.count()-1); d.lineno=t.lineno; d.offset=t.col_offset; return d; }
}
