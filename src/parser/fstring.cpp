// Format strings. As in Python 3.11 they are string tokens whose text is taken apart here; each expression is
// parsed on its own, wrapped in parentheses, with positions counted from where it stands in the token.
#include <cstring>

#include "parser/literal.h"

namespace krait::parser {

using namespace ast;

namespace {

class FormatReader {
 public:
  FormatReader(LiteralContext& context, StringParts& parts, const StringToken& token, const char* p,
               int level)
      : context_(context),
        parts_(parts),
        token_(token),
        p_(p),
        end_(token.body.data() + token.body.size()),
        level_(level) {}

  const char* position() const { return p_; }

  bool read() {
    for (;;) {
      bool doubled = false;
      if (!literal(&doubled)) return false;
      if (doubled) continue;
      if (p_ >= end_ || *p_ == '}') break;
      if (!replacement()) return false;
    }
    if (level_ == 0 && p_ < end_) return fail("f-string: unexpected end of string");
    if (level_ > 0 && p_ >= end_) return fail("f-string: expecting '}'");
    return true;
  }

 private:
  bool fail(std::string message) {
    context_.fail(std::move(message));
    return false;
  }

  // Literal text up to a brace. A doubled brace ends it too, its first half included and its second skipped.
  bool literal(bool* doubled) {
    const char* start = p_;
    const char* s = p_;
    const char* resume = nullptr;
    while (s < end_) {
      char c = *s++;
      if (!token_.is_raw && c == '\\' && s < end_) {
        c = *s++;
        if (c == 'N') {
          // \N{name}: the braces belong to the escape.
          if (s < end_ && *s++ == '{') {
            while (s < end_ && *s++ != '}') {
            }
          }
          continue;
        }
        if (c == '{') context_.warnEscape(*token_.token, s - 1);
      }
      if (c != '{' && c != '}') continue;
      if (level_ == 0) {
        if (s < end_ && *s == c) {
          resume = s + 1;
          *doubled = true;
          break;
        }
        if (c == '}') return fail("f-string: single '}' is not allowed");
      }
      s--;
      break;
    }
    p_ = resume ? resume : s;
    if (s == start) return true;
    std::string_view text(start, static_cast<size_t>(s - start));
    return appendText(context_, parts_.text, token_, text, token_.is_raw);
  }

  // {expression [=] [!conversion] [:spec]}
  bool replacement() {
    if (level_ >= 2) return fail("f-string: expressions nested too deeply");
    const char* expr_start = ++p_;
    if (!scanExpression()) return false;
    const char* expr_end = p_;
    if (p_ >= end_) return fail("f-string: expecting '}'");
    Expr* value = compile(expr_start, expr_end);
    if (!value) return false;
    bool has_text = *p_ == '=';
    if (has_text && !selfDocument(expr_start)) return false;
    int conversion = -1;
    if (*p_ == '!') {
      if (++p_ >= end_) return fail("f-string: expecting '}'");
      conversion = static_cast<unsigned char>(*p_++);
      if (conversion != 's' && conversion != 'r' && conversion != 'a') {
        return fail("f-string: invalid conversion character: expected 's', 'r', or 'a'");
      }
    }
    Expr* spec = nullptr;
    if (p_ < end_ && *p_ == ':' && !readSpec(&spec)) return false;
    if (p_ >= end_ || *p_ != '}') return fail("f-string: expecting '}'");
    p_++;
    if (has_text && !spec && conversion == -1) conversion = 'r';
    parts_.flushText(context_, parts_.span);
    parts_.values.push_back(context_.tree.arena().make<FormattedValue>(
        FormattedValue{{{ExprKind::FormattedValue, parts_.span}}, value, conversion, spec}));
    return true;
  }

  bool selfDocument(const char* expr_start) {
    if (context_.options.feature_version < 8) {
      return fail("f-string: self documenting expressions are only supported in Python 3.8 and greater");
    }
    p_++;
    while (p_ < end_ && (*p_ == ' ' || (*p_ >= '\t' && *p_ <= '\r'))) p_++;
    if (p_ >= end_) return fail("f-string: expecting '}'");
    parts_.text.append(expr_start, static_cast<size_t>(p_ - expr_start));
    return true;
  }

  bool readSpec(Expr** spec) {
    if (++p_ >= end_) return fail("f-string: expecting '}'");
    StringParts inner;
    inner.span = parts_.span;
    inner.is_format = true;
    const Token& token = *token_.token;
    inner.tail_span = {token.lineno, token.col_offset, token.end_lineno, token.end_col_offset};
    inner.is_unicode_kind = parts_.is_unicode_kind;
    if (!readFormat(context_, inner, token_, &p_, level_ + 1)) return false;
    inner.is_unicode_kind = false;  // the tail belongs to the format token, whose prefix has no u
    *spec = finishString(context_, inner);
    return true;
  }

  // Moves to the character that ends the expression, knowing brackets and strings but no grammar.
  bool scanExpression() {
    char quote = 0;
    bool triple = false;
    std::string open;
    for (; p_ < end_; p_++) {
      char c = *p_;
      if (c == '\\') return fail("f-string expression part cannot include a backslash");
      bool three = p_ + 2 < end_ && p_[1] == c && p_[2] == c;
      if (quote) {
        if (c != quote || (triple && !three)) continue;
        if (triple) p_ += 2;
        quote = 0;
        continue;
      }
      if (c == '\'' || c == '"') {
        quote = c;
        triple = three;
        if (three) p_ += 2;
        continue;
      }
      if (c == '[' || c == '{' || c == '(') {
        if (open.size() >= 200) return fail("f-string: too many nested parenthesis");
        open += c;
        continue;
      }
      if (c == '#') return fail("f-string expression part cannot include '#'");
      if (open.empty() && std::strchr("!:}=<>", c)) {
        if (p_ + 1 < end_ && p_[1] == '=' && std::strchr("!=<>", c)) {
          p_++;
          continue;
        }
        if (c == '<' || c == '>') continue;
        break;
      }
      if ((c == ']' || c == '}' || c == ')') && !closeBracket(open, c)) return false;
    }
    if (quote) return fail("f-string: unterminated string");
    if (!open.empty()) return fail(std::string("f-string: unmatched '") + open.back() + "'");
    return true;
  }

  bool closeBracket(std::string& open, char c) {
    if (open.empty()) return fail(std::string("f-string: unmatched '") + c + "'");
    char opening = open.back();
    open.pop_back();
    bool matches =
        (opening == '(' && c == ')') || (opening == '[' && c == ']') || (opening == '{' && c == '}');
    if (matches) return true;
    return fail(std::string("f-string: closing parenthesis '") + c +
                "' does not match opening parenthesis '" + opening + "'");
  }

  Expr* compile(const char* start, const char* stop) {
    const char* s = start;
    while (s < stop && std::strchr(" \t\n\f", *s)) s++;
    if (s == stop) {
      if (*stop == '!' || *stop == ':' || *stop == '=') {
        fail(std::string("f-string: expression required before '") + *stop + "'");
      } else {
        fail("f-string: empty expression not allowed");
      }
      return nullptr;
    }
    std::string text = "(" + std::string(start, static_cast<size_t>(stop - start)) + ")\n";
    int lines, column;
    locate(start - 1, &lines, &column);
    const Token& token = *token_.token;
    return context_.parse_fstring_expression(context_, text, token.lineno + lines,
                                             lines ? column : token.col_offset + column);
  }

  // Lines before the opening brace and the column that counts for the first line of the expression: none when
  // a newline follows the brace directly.
  void locate(const char* brace, int* lines, int* column) const {
    const char* begin = token_.token->start;
    *lines = *column = 0;
    const char* s = brace + 1;
    while (*s == ' ' || *s == '\t' || *s == '\f') s++;
    if (*s != '\n' && *s != '}') {
      const char* line = brace;
      while (line > begin && *line != '\n') line--;
      *column = static_cast<int>(brace - line) - (*line == '\n' ? 1 : 0);
    }
    for (const char* q = begin; q < brace; q++) *lines += *q == '\n';
  }

  LiteralContext& context_;
  StringParts& parts_;
  const StringToken& token_;
  const char* p_;
  const char* end_;
  int level_;
};

}  // namespace

bool readFormat(LiteralContext& context, StringParts& parts, const StringToken& token, const char** p,
                int level) {
  FormatReader reader(context, parts, token, *p, level);
  bool ok = reader.read();
  *p = reader.position();
  return ok;
}

}  // namespace krait::parser
