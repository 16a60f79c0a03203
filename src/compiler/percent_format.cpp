#include "compiler/percent_format.h"

#include <cstring>
#include <string>
#include <vector>

namespace krait::compiler {
namespace {

constexpr int kMaxDigits = 3;

struct Unit {
  Py_UCS4 letter = 0;
  bool left_justify = false;
  int width = -1;
  int precision = -1;
};

class Reader {
 public:
  explicit Reader(StrObject* format) : format_(format) {}
  bool atEnd() const { return at_ >= format_->size(); }
  void skipPercent() { at_++; }

  // The text up to the next unit, with %% still doubled; answers whether there is any.
  bool literal(Py_ssize_t* start, Py_ssize_t* end, bool* has_percents);
  // False: not of the simple form.
  bool unit(Unit& unit);

 private:
  bool next() {
    if (atEnd()) return false;
    ch_ = format_->at(at_++);
    return true;
  }
  bool isDigit() const { return ch_ >= '0' && ch_ <= '9'; }
  bool number(int& value);

  StrObject* format_;
  Py_ssize_t at_ = 0;
  Py_UCS4 ch_ = 0;
};

bool Reader::literal(Py_ssize_t* start, Py_ssize_t* end, bool* has_percents) {
  *start = at_;
  *has_percents = false;
  while (!atEnd()) {
    if (format_->at(at_) != '%') {
      at_++;
    } else if (at_ + 1 < format_->size() && format_->at(at_ + 1) == '%') {
      *has_percents = true;
      at_ += 2;
    } else {
      break;
    }
  }
  *end = at_;
  return *end > *start;
}

bool Reader::number(int& value) {
  value = 0;
  for (int digits = 0; isDigit();) {
    value = value * 10 + static_cast<int>(ch_ - '0');
    if (!next() || ++digits >= kMaxDigits) return false;
  }
  return true;
}

bool Reader::unit(Unit& unit) {
  for (;;) {
    if (!next()) return false;
    if (ch_ == '-')
      unit.left_justify = true;
    else if (ch_ != '+' && ch_ != ' ' && ch_ != '#' && ch_ != '0')
      break;
  }
  if (isDigit() && !number(unit.width)) return false;
  if (ch_ == '.') {
    if (!next()) return false;
    if (!number(unit.precision)) return false;
  }
  unit.letter = ch_;
  return true;
}

std::string formatSpec(const Unit& unit) {
  std::string spec;
  if (!unit.left_justify && unit.width > 0) spec += '>';
  if (unit.width >= 0) spec += std::to_string(unit.width);
  if (unit.precision >= 0) spec += "." + std::to_string(unit.precision);
  return spec;
}

class Converter {
 public:
  Converter(ast::Tree& tree, ConstPool& pool, StrObject* format)
      : tree_(tree), pool_(pool), format_(format) {}

  Result<ast::Expr*> run(const Seq<ast::Expr*>& items, const ast::Span& span) {
    Reader reader(format_);
    std::vector<ast::Expr*> parts;
    uint32_t used = 0;
    for (;;) {
      if (ast::Expr* text = TRY(literal(reader))) parts.push_back(text);
      if (reader.atEnd()) break;
      if (used >= items.size()) return nullptr;
      reader.skipPercent();
      Unit unit;
      if (!reader.unit(unit)) return nullptr;
      if (unit.letter != 's' && unit.letter != 'r' && unit.letter != 'a') return nullptr;
      parts.push_back(TRY(formatted(unit, items[used++])));
    }
    if (used < items.size()) return nullptr;
    auto* joined = tree_.arena().make<ast::JoinedStr>();
    joined->kind = ast::ExprKind::JoinedStr;
    joined->span = span;
    joined->values = tree_.arena().copySeq(parts.data(), parts.size());
    return joined;
  }

 private:
  ast::Expr* constant(Ref<> value) {
    auto* made = tree_.arena().make<ast::Constant>();
    made->kind = ast::ExprKind::Constant;
    made->span = {-1, -1, -1, -1};
    made->value = pool_.hold(std::move(value));
    return made;
  }
  // "%%" is "%": a string of its own even when nothing else is left, as marshal shows.
  static Result<Ref<StrObject>> withSinglePercents(const Ref<StrObject>& text) {
    Ref<StrObject> doubled = TRY(strFromAscii("%%"));
    Ref<StrObject> single = TRY(strFromAscii("%"));
    Ref<StrObject> made = TRY(strReplace(text, doubled, single, -1));
    if (made->size() != 1) return made;
    Ref<StrObject> own = TRY(strNew(1, '%'));
    std::memcpy(own->data(), made->data(), 1);
    return own;
  }
  Result<ast::Expr*> literal(Reader& reader) {
    Py_ssize_t start, end;
    bool has_percents;
    if (!reader.literal(&start, &end, &has_percents)) return nullptr;
    Ref<StrObject> text = TRY(strSubstring(format_, start, end));
    if (has_percents) text = TRY(withSinglePercents(text));
    return constant(std::move(text));
  }
  Result<ast::Expr*> formatted(const Unit& unit, ast::Expr* value) {
    auto* made = tree_.arena().make<ast::FormattedValue>();
    made->kind = ast::ExprKind::FormattedValue;
    made->span = value->span;
    made->value = value;
    made->conversion = static_cast<int>(unit.letter);
    std::string spec = formatSpec(unit);
    made->format_spec = spec.empty() ? nullptr : constant(TRY(strFromAscii(spec)));
    return made;
  }

  ast::Tree& tree_;
  ConstPool& pool_;
  StrObject* format_;
};

}  // namespace

Result<ast::Expr*> percentAsJoinedStr(ast::Tree& tree, ConstPool& pool, StrObject* format,
                                      const Seq<ast::Expr*>& items, const ast::Span& span) {
  return Converter(tree, pool, format).run(items, span);
}

}  // namespace krait::compiler
