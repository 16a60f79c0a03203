// Number tokens: integers in four bases, floats, imaginary numbers, underscores, and their error texts.
#include <cstring>

#include "parser/char_class.h"
#include "parser/lexer.h"

namespace krait::parser {

// Reads one number token with the lexer's cursor. Each step answers false after an error was raised.
class NumberLexer {
 public:
  explicit NumberLexer(Lexer& lexer) : lexer_(lexer), p_(lexer.cur_) {}

  bool read() {
    if (*p_ == '0') {
      char letter = static_cast<char>(p_[1] | 0x20);
      if (letter == 'x') return based("hexadecimal", 16);
      if (letter == 'o') return based("octal", 8);
      if (letter == 'b') return based("binary", 2);
      return leadingZero();
    }
    if (*p_ == '.') {
      p_++;
      return fraction();
    }
    return decimalTail() && afterInteger();
  }

 private:
  // Every error reports the cursor; `at` is CPython's position when it gives up.
  bool raise(std::string message, const char* at) {
    lexer_.cur_ = at;
    lexer_.raise(std::move(message));
    return false;
  }
  bool isDigitOf(int base) const {
    char c = *p_;
    if (base == 16) return isHexChar(static_cast<unsigned char>(c));
    return c >= '0' && c < '0' + base;
  }
  bool badDigit(const char* kind) {
    return raise(std::string("invalid digit '") + *p_ + "' in " + kind + " literal", p_ + 1);
  }

  bool based(const char* kind, int base) {
    p_ += 2;
    do {
      if (*p_ == '_') p_++;
      if (!isDigitOf(base)) {
        if (isDigitChar(static_cast<unsigned char>(*p_))) return badDigit(kind);
        return raise(std::string("invalid ") + kind + " literal", p_);
      }
      while (isDigitOf(base)) p_++;
    } while (*p_ == '_');
    if (isDigitChar(static_cast<unsigned char>(*p_))) return badDigit(kind);
    return verifyEnd(kind);
  }

  // digits ('_' digits)*; p_ is on the first digit.
  bool decimalTail() {
    for (;;) {
      while (isDigitChar(static_cast<unsigned char>(*p_))) p_++;
      if (*p_ == 0) return endAtNull();
      if (*p_ != '_') return true;
      p_++;
      if (!isDigitChar(static_cast<unsigned char>(*p_))) return raise("invalid decimal literal", p_);
    }
  }

  // A null inside the text, which CPython takes for its own sign that an error was raised.
  bool endAtNull() {
    if (p_ >= lexer_.inp_) return true;
    lexer_.cur_ = p_ + 1;
    lexer_.fail(LexFailure::Unexplained);
    return false;
  }

  bool leadingZero() {
    const char* start = p_;
    for (;;) {
      if (*p_ == '_') {
        p_++;
        if (!isDigitChar(static_cast<unsigned char>(*p_))) return raise("invalid decimal literal", p_);
      }
      if (*p_ != '0') break;
      p_++;
    }
    // CPython's cursor stands one past the first character that is not a zero.
    const char* zeros_end = p_ + (*p_ ? 1 : 0);
    bool nonzero = isDigitChar(static_cast<unsigned char>(*p_));
    if (nonzero && !decimalTail()) return false;
    bool is_float = *p_ == '.' || (*p_ | 0x20) == 'e' || (*p_ | 0x20) == 'j';
    if (!is_float && nonzero) {
      lexer_.cur_ = p_;
      lexer_.raiseRange(
          "leading zeros in decimal integer literals are not permitted; "
          "use an 0o prefix for octal integers",
          static_cast<int>(start + 1 - lexer_.line_start_), static_cast<int>(zeros_end - lexer_.line_start_));
      return false;
    }
    return afterInteger();
  }

  bool afterInteger() {
    if (*p_ != '.') return exponent();
    p_++;
    return fraction();
  }

  bool fraction() {
    if (isDigitChar(static_cast<unsigned char>(*p_)) && !decimalTail()) return false;
    return exponent();
  }

  bool exponent() {
    if ((*p_ | 0x20) != 'e') return imaginary();
    const char* e = p_++;
    if (*p_ == '+' || *p_ == '-') {
      p_++;
      if (!isDigitChar(static_cast<unsigned char>(*p_))) return raise("invalid decimal literal", p_);
    } else if (!isDigitChar(static_cast<unsigned char>(*p_))) {
      p_ = e;
      return verifyEnd("decimal");
    }
    return decimalTail() && imaginary();
  }

  bool imaginary() {
    if ((*p_ | 0x20) != 'j') return verifyEnd("decimal");
    p_++;
    return verifyEnd("imaginary");
  }

  // A number may be followed at once by a keyword that can stand after it (with a warning), by no other name.
  bool verifyEnd(const char* kind) {
    static constexpr std::string_view kKeywords[] = {"and", "else", "for", "if", "in", "is", "or", "not"};
    for (std::string_view keyword : kKeywords) {
      if (std::strncmp(p_, keyword.data(), keyword.size()) != 0) continue;
      // `if`, `in` and `is` are known by their two letters, the others must end there.
      if (keyword[0] != 'i' && isNameChar(static_cast<unsigned char>(p_[keyword.size()]))) continue;
      lexer_.cur_ = p_;
      lexer_.warnNumber(kind);
      return true;
    }
    if (isNameChar(static_cast<unsigned char>(*p_)))
      return raise(std::string("invalid ") + kind + " literal", p_);
    lexer_.cur_ = p_;
    return true;
  }

  Lexer& lexer_;
  const char* p_;
};

Tok Lexer::readNumber(Token& token) {
  NumberLexer number(*this);
  if (!number.read()) return Tok::Error;
  return finish(token, Tok::Number, cur_);
}

}  // namespace krait::parser
