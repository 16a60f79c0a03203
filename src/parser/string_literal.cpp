// String tokens to Constant and JoinedStr nodes: prefixes, adjacent literals, bytes.
#include <algorithm>
#include <cstring>
#include <optional>

#include "parser/lexer.h"
#include "parser/literal.h"
#include "parser/utf8_text.h"

namespace krait::parser {

using namespace ast;

namespace {

// The 1-based column of a byte offset; the line's end counts as a character.
int columnAfter(std::string_view line, size_t offset) {
  return utf8Length(line.substr(0, offset)) + (offset <= line.size() ? 1 : 0);
}

}  // namespace

void LiteralContext::warnEscape(const Token& token, const char* at) {
  bool octal = *at >= '4' && *at <= '7';
  Warning warning;
  warning.message = octal ? "invalid octal escape sequence '\\" + std::string(at, 3) + "'"
                          : std::string("invalid escape sequence '\\") + *at + "'";
  warning.lineno = token.lineno;
  warning.as_error.message = warning.message;
  warning.as_error.lineno = token.lineno;
  std::string_view line = lexer->line(token.lineno);
  bool is_current = token.lineno == lexer->lineno() + lexer->options().first_lineno - 1;
  warning.as_error.offset = columnAfter(line, static_cast<size_t>(token.col_offset));
  warning.as_error.end_lineno = token.end_lineno;
  warning.as_error.end_offset = columnAfter(line, static_cast<size_t>(token.end_col_offset));
  warning.as_error.text = std::string(line) + (is_current ? "\n" : "");
  warnings.add(std::move(warning), false);
}

namespace {

Expr* makeConstant(LiteralContext& context, const Span& span, ConstantKind kind, std::string_view text,
                   bool u_kind) {
  ConstantValue value;
  value.kind = kind;
  value.text = context.tree.arena().copyText(text);
  std::string_view prefix = u_kind ? std::string_view("u") : std::string_view();
  return context.tree.arena().make<Constant>(Constant{{{ExprKind::Constant, span}}, value, prefix});
}

// CPython finds itself called wrongly.
bool failInternally(LiteralContext& context, std::string message) {
  context.fail({}, LiteralError::Where::Diagnostic);
  context.error.diagnostic = {};
  context.error.diagnostic.kind = ErrorKind::SystemError;
  context.error.diagnostic.message = std::move(message);
  context.error.diagnostic.has_location = false;
  return false;
}

bool badCall(LiteralContext& context, int line) {
  return failInternally(
      context, "../Parser/string_parser.c:" + std::to_string(line) + ": bad argument to internal function");
}

// What stands between the quotes of `literal`, a token without its prefix.
bool unquote(LiteralContext& context, std::string_view literal, StringToken& token) {
  // In the text that a codec reads there may be nulls, which end the token as a C string.
  bool is_cut = literal.find('\0') != literal.npos;
  literal = literal.substr(0, literal.find('\0'));
  char quote = literal[0];
  if (literal.size() == 1 && !token.is_format)
    return failInternally(context, std::string("Negative size passed to ") +
                                       (token.is_bytes ? "PyBytes_FromStringAndSize" : "PyUnicode_New"));
  if (literal.back() != quote) return badCall(context, 236);
  bool is_triple = literal.size() >= 6 && literal[1] == quote && literal[2] == quote;
  size_t quotes = is_triple ? 3 : 1;
  if (is_triple && is_cut && !literal.ends_with(literal.substr(0, 3))) return badCall(context, 247);
  token.body = literal.size() == 1 ? literal.substr(1) : literal.substr(quotes, literal.size() - 2 * quotes);
  return true;
}

bool splitToken(LiteralContext& context, const Token& token, StringToken& out) {
  out.token = &token;
  const char* p = token.start;
  for (; *p != '"' && *p != '\''; p++) {
    char c = static_cast<char>(*p | 0x20);
    out.is_bytes = out.is_bytes || c == 'b';
    out.is_raw = out.is_raw || c == 'r';
    out.is_format = out.is_format || c == 'f';
  }
  return unquote(context, token.text().substr(static_cast<size_t>(p - token.start)), out);
}

bool appendBytes(LiteralContext& context, std::string& out, const StringToken& token) {
  bool ascii = std::none_of(token.body.begin(), token.body.end(), [](char c) { return c & 0x80; });
  if (!ascii) {
    context.fail("bytes can only contain ASCII literal characters");
    return false;
  }
  if (token.is_raw) {
    out += token.body;
    return true;
  }
  std::string message;
  const char* bad_escape = nullptr;
  if (!decodeBytesEscapes(token.body, out, &message, &bad_escape)) {
    context.fail("(value error) " + message);
    return false;
  }
  if (bad_escape) context.warnEscape(*token.token, bad_escape);
  return true;
}

}  // namespace

// Bad UTF-8 anywhere in a text counts before bad escapes; each stretch of non-ASCII bytes is decoded by
// itself, unless the text is raw or a whole literal without escapes.
static std::optional<std::string> undecodableStretch(std::string_view text) {
  auto is_ascii = [](char c) { return !(c & 0x80); };
  for (auto start = text.begin(); start != text.end();) {
    start = std::find_if_not(start, text.end(), is_ascii);
    auto end = std::find_if(start, text.end(), is_ascii);
    std::string_view stretch(start, end);
    if (Utf8Error bad = utf8Check(stretch); bad.reason) return utf8ErrorMessage(stretch, bad);
    start = end;
  }
  return std::nullopt;
}

bool appendText(LiteralContext& context, std::string& out, const StringToken& token, std::string_view text,
                bool raw) {
  std::string message;
  if (raw || text.find('\\') == text.npos) {
    Utf8Error bad = utf8Check(text);
    if (!bad.reason) {
      out += text;
      return true;
    }
    bool by_stretches = token.is_format && !raw;
    context.fail("(unicode error) " +
                 (by_stretches ? *undecodableStretch(text) : utf8ErrorMessage(text, bad)));
    return false;
  }
  if (auto undecodable = undecodableStretch(text)) {
    context.fail("(unicode error) " + *undecodable);
    return false;
  }
  const char* bad_escape = nullptr;
  if (!decodeTextEscapes(context.options.callbacks, text, out, &message, &bad_escape)) {
    context.fail("(unicode error) " + message);
    return false;
  }
  if (bad_escape) context.warnEscape(*token.token, bad_escape);
  return true;
}

void StringParts::flushText(LiteralContext& context, const Span& at) {
  if (text.empty()) return;
  values.push_back(makeConstant(context, at, ConstantKind::Str, text, is_unicode_kind));
  text.clear();
}

Expr* finishString(LiteralContext& context, StringParts& parts) {
  if (!parts.is_format)
    return makeConstant(context, parts.span, ConstantKind::Str, parts.text, parts.is_unicode_kind);
  parts.flushText(context, parts.tail_span);
  Arena& arena = context.tree.arena();
  Seq<Expr*> values = arena.copySeq(parts.values.data(), parts.values.size());
  return arena.make<JoinedStr>(JoinedStr{{{ExprKind::JoinedStr, parts.tail_span}}, values});
}

Expr* stringValue(LiteralContext& context, const Token* tokens, size_t count) {
  // The tokens are copied out: parsing an f-string expression must not depend on the array they live in.
  std::vector<Token> copies(tokens, tokens + count);
  const Token& first = copies.front();
  const Token& last = copies.back();
  StringParts parts;
  parts.span = {first.lineno, first.col_offset, last.end_lineno, last.end_col_offset};
  parts.tail_span = parts.span;
  parts.is_unicode_kind = first.start[0] == 'u';
  bool bytes_mode = false;
  for (size_t i = 0; i < count; i++) {
    StringToken token;
    if (!splitToken(context, copies[i], token)) return nullptr;
    if (token.is_format && context.options.feature_version < 6) {
      context.fail("Format strings are only supported in Python 3.6 and greater");
      return nullptr;
    }
    // Bytes are checked, and mixing is noticed, before format text is read.
    bool plain_ok = token.is_bytes    ? appendBytes(context, parts.text, token)
                    : token.is_format ? true
                                      : appendText(context, parts.text, token, token.body, token.is_raw);
    if (!plain_ok) return nullptr;
    if (i > 0 && token.is_bytes != bytes_mode) {
      context.fail("cannot mix bytes and nonbytes literals");
      return nullptr;
    }
    bytes_mode = token.is_bytes;
    if (!token.is_format) continue;
    parts.is_format = true;
    const char* p = token.body.data();
    if (!readFormat(context, parts, token, &p, 0)) return nullptr;
  }
  if (bytes_mode) return makeConstant(context, parts.span, ConstantKind::Bytes, parts.text, false);
  return finishString(context, parts);
}

}  // namespace krait::parser
