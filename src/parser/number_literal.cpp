// Number text to constants, and name text to identifiers.
#include <algorithm>

#include "base/float_text.h"
#include "base/unicode/database.h"
#include "parser/char_class.h"
#include "parser/literal.h"
#include "parser/utf8_text.h"

namespace krait::parser {

using ast::ConstantKind;
using ast::ConstantValue;

void LiteralContext::fail(std::string message, LiteralError::Where where) {
  error.failed = true;
  error.where = where;
  error.diagnostic = {};
  error.diagnostic.message = std::move(message);
}

namespace {

std::string nfkc(std::string_view text) {
  std::u32string wide;
  for (const char* p = text.data(); p < text.data() + text.size();) wide += utf8Next(&p);
  unicode::Characters characters;
  KR_CHECK(unicode::normalize(wide, unicode::Form::kNfkc, characters), "out of memory for a name");
  std::string normalized;
  for (char32_t c : characters) utf8Append(normalized, c);
  return normalized;
}

}  // namespace

const ast::Identifier* internName(LiteralContext& context, std::string_view text) {
  bool ascii =
      std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii || context.callback_raised) return context.tree.intern(text);
  const Callbacks* callbacks = context.options.callbacks;
  if (!callbacks || !callbacks->normalize) return context.tree.intern(nfkc(text));
  std::optional<std::string> normalized = callbacks->normalize(text);
  context.callback_raised = !normalized;
  return context.tree.intern(normalized ? *normalized : text);
}

namespace {

int digitValue(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

std::string withoutUnderscores(std::string_view text) {
  std::string out;
  for (char c : text)
    if (c != '_') out += c;
  return out;
}

void setInteger(LiteralContext& context, std::string_view digits, int base, ConstantValue* out) {
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size() - 1));
  uint64_t value = 0;
  bool fits = digits.size() <= 63;
  for (size_t i = 0; fits && i < digits.size(); i++) {
    auto digit = static_cast<uint64_t>(digitValue(digits[i]));
    fits = value <= (static_cast<uint64_t>(INT64_MAX) - digit) / static_cast<uint64_t>(base);
    value = value * static_cast<uint64_t>(base) + digit;
  }
  out->kind = fits ? ConstantKind::Int : ConstantKind::BigInt;
  out->base = static_cast<uint8_t>(base);
  if (fits) {
    out->integer = static_cast<int64_t>(value);
  } else {
    out->text = context.tree.arena().copyText(digits);
  }
}

bool checkDigitLimit(LiteralContext& context, const Token& token, size_t digits) {
  constexpr size_t kThreshold = 640;
  auto limit = static_cast<size_t>(context.options.int_max_str_digits);
  if (limit == 0 || digits <= limit || digits <= kThreshold) return true;
  context.error.token = token;
  context.fail("Exceeds the limit (" + std::to_string(limit) +
                   " digits) for integer string conversion: value has " + std::to_string(digits) +
                   " digits; use sys.set_int_max_str_digits() to increase the limit - " +
                   "Consider hexadecimal for huge integer literals to avoid decimal conversion limits.",
               LiteralError::Where::TokenLine);
  return false;
}

}  // namespace

bool numberValue(LiteralContext& context, const Token& token, ConstantValue* out) {
  std::string_view text = token.text();
  std::string stripped;
  if (text.find('_') != text.npos) {
    if (context.options.feature_version < 6) {
      context.fail("Underscores in numeric literals are only supported in Python 3.6 and greater");
      return false;
    }
    stripped = withoutUnderscores(text);
    text = stripped;
  }
  char letter = text.size() > 1 && text[0] == '0' ? static_cast<char>(text[1] | 0x20) : '0';
  int base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 10;
  if (base != 10) {
    setInteger(context, text.substr(2), base, out);
    return true;
  }
  bool imaginary = (text.back() | 0x20) == 'j';
  if (!imaginary && text.find_first_of(".eE") == text.npos) {
    if (!checkDigitLimit(context, token, text.size())) return false;
    setInteger(context, text, 10, out);
    return true;
  }
  out->kind = imaginary ? ConstantKind::Complex : ConstantKind::Float;
  out->number = doubleParse(text.data(), text.data() + text.size() - (imaginary ? 1 : 0)).value;
  return true;
}

}  // namespace krait::parser
