// The text of ast.dump(tree, include_attributes=True), generated from ast.def.
#include <cstdio>

#include "base/float_text.h"
#include "base/unicode/database.h"
#include "parser/parse.h"
#include "parser/utf8_text.h"

namespace krait::parser {

using namespace ast;

namespace {

class Dumper {
 public:
  std::string out;

  // Fields are shown with their values; a constructor's optional fields are left out when absent.
  void open(const char* name) {
    out += name;
    out += '(';
    first_ = true;
  }
  void close() {
    out += ')';
    first_ = false;
  }
  void attributes(const Span& span) {
    attribute("lineno", span.lineno);
    attribute("col_offset", span.col_offset);
    attribute("end_lineno", span.end_lineno);
    attribute("end_col_offset", span.end_col_offset);
  }
  void label(const char* name) {
    if (!first_) out += ", ";
    first_ = false;
    out += name;
    out += '=';
  }

  void value(const Mod* node);
  void value(const Stmt* node);
  void value(const Expr* node);
  void value(const Pattern* node);
  void value(const ExceptHandler* node);
  void value(const TypeIgnore* node);
#define KR_PRODUCT(Struct, PyName, has_positions, ...) void value(const Struct* node);
#include "parser/ast.def"
#define KR_SUM_BEGIN(Sum, PyName) \
  void value(enums::Sum v) { out += operatorName(v), out += "()"; }
#include "parser/ast.def"
  void value(const Identifier* name) { text(name->text, false); }
  void value(std::string_view string) { text(string, false); }
  void value(int number) { out += std::to_string(number); }
  void value(const ConstantValue& constant);

  template <class T>
  void required(const char* name, const T& field) {
    label(name);
    value(field);
  }
  template <class T>
  void optional(const char* name, T* field) {
    if (field) required(name, field);
  }
  void optional(const char* name, std::string_view field) {
    if (field.data()) required(name, field);
  }
  void optional(const char* name, int field) { required(name, field); }
  template <class T>
  void sequence(const char* name, const Seq<T>& items) {
    label(name);
    out += '[';
    bool begin = true;
    for (const T& item : items) {
      if (!begin) out += ", ";
      begin = false;
      bool saved = first_;
      if constexpr (std::is_pointer_v<T>) {
        if (!item) {
          out += "None";
          continue;
        }
      }
      value(item);
      first_ = saved;
    }
    out += ']';
    first_ = false;
  }

 private:
  void attribute(const char* name, int number) {
    label(name);
    out += std::to_string(number);
  }
  void text(std::string_view string, bool bytes);
  void escaped(char32_t c, char quote, bool bytes);
  bool first_ = true;
};

void Dumper::escaped(char32_t c, char quote, bool bytes) {
  char buffer[16];
  if (c == static_cast<unsigned char>(quote) || c == '\\') {
    out += '\\';
    out += static_cast<char>(c);
  } else if (c == '\n') {
    out += "\\n";
  } else if (c == '\r') {
    out += "\\r";
  } else if (c == '\t') {
    out += "\\t";
  } else if (c < ' ' || c == 127 || (bytes && c > 127)) {
    std::snprintf(buffer, sizeof buffer, "\\x%02x", static_cast<unsigned>(c));
    out += buffer;
  } else if (c < 127 || (c != 0 && unicode::isPrintable(c))) {
    utf8Append(out, c);
  } else {
    const char* format = c <= 0xFF ? "\\x%02x" : c <= 0xFFFF ? "\\u%04x" : "\\U%08x";
    std::snprintf(buffer, sizeof buffer, format, static_cast<unsigned>(c));
    out += buffer;
  }
}

void Dumper::text(std::string_view string, bool bytes) {
  bool single = string.find('\'') != string.npos, twice = string.find('"') != string.npos;
  char quote = single && !twice ? '"' : '\'';
  out += quote;
  const char* end = string.data() + string.size();
  for (const char* p = string.data(); p < end;) {
    escaped(bytes ? static_cast<unsigned char>(*p++) : utf8Next(&p), quote, bytes);
  }
  out += quote;
}

std::string floatText(double number, bool dot_zero) {
  CharBuffer buffer;
  DoubleFormat format;
  format.dot_zero = dot_zero;
  doubleToText(buffer, number, format);
  return std::string(buffer.data(), buffer.size());
}

// Digits of a power-of-two base as decimal text; quadratic, for tests only.
std::string decimalText(std::string_view digits, uint32_t base) {
  std::vector<uint32_t> chunks{0};  // base 10^9, least significant first
  for (char c : digits) {
    uint64_t carry = static_cast<uint64_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    for (uint32_t& chunk : chunks) {
      carry += static_cast<uint64_t>(chunk) * base;
      chunk = static_cast<uint32_t>(carry % 1000000000);
      carry /= 1000000000;
    }
    if (carry) chunks.push_back(static_cast<uint32_t>(carry));
  }
  std::string text = std::to_string(chunks.back());
  for (size_t i = chunks.size() - 1; i-- > 0;) {
    std::string part = std::to_string(chunks[i]);
    text.append(9 - part.size(), '0');
    text += part;
  }
  return text;
}

void Dumper::value(const ConstantValue& constant) {
  switch (constant.kind) {
    case ConstantKind::None: out += "None"; break;
    case ConstantKind::True: out += "True"; break;
    case ConstantKind::False: out += "False"; break;
    case ConstantKind::Ellipsis: out += "Ellipsis"; break;
    case ConstantKind::Int: out += std::to_string(constant.integer); break;
    case ConstantKind::BigInt:
      out += constant.base == 10 ? std::string(constant.text) : decimalText(constant.text, constant.base);
      break;
    case ConstantKind::Float: out += floatText(constant.number, true); break;
    case ConstantKind::Complex: out += floatText(constant.number, false) + "j"; break;
    case ConstantKind::Str: text(constant.text, false); break;
    case ConstantKind::Bytes:
      out += 'b';
      text(constant.text, true);
      break;
    case ConstantKind::Object: out += "<object>"; break;
  }
}

const char* shownName(const char* field) { return std::string_view(field) == "kind_prefix" ? "kind" : field; }

#define KR_REQ(type, name) required(shownName(#name), fields->name);
#define KR_OPT(type, name) optional(shownName(#name), fields->name);
#define KR_SEQ(type, name) sequence(shownName(#name), fields->name);
#define KR_SEQ_OPT(type, name) sequence(shownName(#name), fields->name);
#define KR_MOD(Struct, PyName, ...)                     \
  case ModKind::Struct: {                               \
    [[maybe_unused]] auto* fields = node->as<Struct>(); \
    __VA_ARGS__ break;                                  \
  }
void Dumper::value(const Mod* node) {
  open(kindName(node->kind));
  switch (node->kind) {
#include "parser/ast.def"
  }
  close();
}

#define KR_REQ(type, name) required(shownName(#name), fields->name);
#define KR_OPT(type, name) optional(shownName(#name), fields->name);
#define KR_SEQ(type, name) sequence(shownName(#name), fields->name);
#define KR_SEQ_OPT(type, name) sequence(shownName(#name), fields->name);
#define KR_STMT(Struct, PyName, ...)                    \
  case StmtKind::Struct: {                              \
    [[maybe_unused]] auto* fields = node->as<Struct>(); \
    __VA_ARGS__ break;                                  \
  }
void Dumper::value(const Stmt* node) {
  open(kindName(node->kind));
  switch (node->kind) {
#include "parser/ast.def"
  }
  attributes(node->span);
  close();
}

#define KR_REQ(type, name) required(shownName(#name), fields->name);
#define KR_OPT(type, name) optional(shownName(#name), fields->name);
#define KR_SEQ(type, name) sequence(shownName(#name), fields->name);
#define KR_SEQ_OPT(type, name) sequence(shownName(#name), fields->name);
#define KR_EXPR(Struct, PyName, ...)                    \
  case ExprKind::Struct: {                              \
    [[maybe_unused]] auto* fields = node->as<Struct>(); \
    __VA_ARGS__ break;                                  \
  }
void Dumper::value(const Expr* node) {
  open(kindName(node->kind));
  switch (node->kind) {
#include "parser/ast.def"
  }
  attributes(node->span);
  close();
}

#define KR_REQ(type, name) required(shownName(#name), fields->name);
#define KR_OPT(type, name) optional(shownName(#name), fields->name);
#define KR_SEQ(type, name) sequence(shownName(#name), fields->name);
#define KR_SEQ_OPT(type, name) sequence(shownName(#name), fields->name);
#define KR_PATTERN(Struct, PyName, ...)                 \
  case PatternKind::Struct: {                           \
    [[maybe_unused]] auto* fields = node->as<Struct>(); \
    __VA_ARGS__ break;                                  \
  }
void Dumper::value(const Pattern* node) {
  open(kindName(node->kind));
  switch (node->kind) {
#include "parser/ast.def"
  }
  attributes(node->span);
  close();
}

#define KR_REQ(type, name) required(shownName(#name), fields->name);
#define KR_OPT(type, name) optional(shownName(#name), fields->name);
#define KR_SEQ(type, name) sequence(shownName(#name), fields->name);
#define KR_SEQ_OPT(type, name) sequence(shownName(#name), fields->name);
#define KR_PRODUCT(Struct, PyName, has_positions, ...) \
  void Dumper::value(const Struct* fields) {           \
    open(PyName);                                      \
    __VA_ARGS__                                        \
    if (has_positions) attributes(fields->span);       \
    close();                                           \
  }
#define KR_HANDLER(Struct, PyName, ...)      \
  void Dumper::value(const Struct* fields) { \
    open(PyName);                            \
    __VA_ARGS__                              \
    attributes(fields->span);                \
    close();                                 \
  }
#define KR_IGNORE(Struct, PyName, ...)       \
  void Dumper::value(const Struct* fields) { \
    open(PyName);                            \
    __VA_ARGS__                              \
    close();                                 \
  }
#include "parser/ast.def"

}  // namespace

std::string dump(const Mod* mod) {
  Dumper dumper;
  dumper.value(mod);
  return std::move(dumper.out);
}

}  // namespace krait::parser
