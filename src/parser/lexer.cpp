#include "parser/lexer.h"

#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/unicode/database.h"
#include "parser/char_class.h"
#include "parser/script_text.h"
#include "parser/utf8_text.h"

namespace krait::parser {

namespace {

constexpr size_t kInteractiveReserve = size_t{1} << 30;  // address space only; pages come on demand
constexpr int kTabSize = 8;

std::string hexCode(char32_t c) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "U+%04X", static_cast<unsigned>(c));
  return buffer;
}

bool isPrintableChar(char32_t c) { return c == ' ' || unicode::isPrintable(c); }

}  // namespace

Lexer::Lexer(std::string_view text, const LexerOptions& options)
    : options_(options),
      text_(text.data()),
      text_end_(text.data() + text.size()),
      cur_(text_),
      inp_(text_),
      line_start_(text_),
      buffer_begin_(text_) {
  capacity_ = 64 + text.size() / 4;
  tokens_ = static_cast<Token*>(std::malloc(capacity_ * sizeof(Token)));
  KR_CHECK(tokens_, "out of memory for tokens");
  indents_[0] = alt_indents_[0] = 0;
  if (options.script && !options.script->gaps.empty()) gap_ = text_ + options.script->gaps[0];
}

Lexer::~Lexer() {
  std::free(tokens_);
  if (callbacks_) munmap(const_cast<char*>(text_), kInteractiveReserve);
}

void Lexer::readLinesFrom(const Callbacks* callbacks) {
  void* block = mmap(nullptr, kInteractiveReserve, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  KR_CHECK(block != MAP_FAILED, "no address space for interactive input");
  callbacks_ = callbacks;
  text_ = text_end_ = cur_ = inp_ = line_start_ = buffer_begin_ = static_cast<char*>(block);
}

void Lexer::grow() {
  capacity_ *= 2;
  tokens_ = static_cast<Token*>(std::realloc(tokens_, capacity_ * sizeof(Token)));
  KR_CHECK(tokens_, "out of memory for tokens");
}

// Lines

bool Lexer::pullLine() {
  if (stop_reading_) {
    failure_ = LexFailure::Stopped;
    return false;
  }
  auto line = callbacks_->readline(count_ > 0 || lineno_ > 0);
  if (!line) {
    failure_ = LexFailure::Interrupted;
    return false;
  }
  size_t used = static_cast<size_t>(text_end_ - text_);
  if (line->empty() || used + line->size() + 2 > kInteractiveReserve) return false;
  std::memcpy(const_cast<char*>(text_end_), line->data(), line->size());
  text_end_ += line->size();
  return true;
}

// The reader answers "the end" once; the next time it has a line, unless it holds the start of a token.
void Lexer::meetGap() {
  const std::vector<size_t>& gaps = options_.script->gaps;
  gaps_met_++;
  gap_ = gaps_met_ < gaps.size() ? text_ + gaps[gaps_met_] : nullptr;
  eof_ = token_start_ && token_start_ < inp_;
  cur_ = buffer_begin_ = inp_;
}

void Lexer::endLines() {
  eof_ = true;
  cur_ = inp_;
  if (options_.script && options_.script->failure) failure_ = LexFailure::Unreadable;
}

const ReadFailure& Lexer::readFailure() const { return *options_.script->failure; }

bool Lexer::nextLine() {
  if (eof_) return false;
  if (inp_ == gap_) [[unlikely]] {
    meetGap();
    return false;
  }
  if (inp_ == text_end_ && !(callbacks_ && pullLine())) {
    endLines();
    return false;
  }
  auto* newline = static_cast<const char*>(std::memchr(inp_, '\n', static_cast<size_t>(text_end_ - inp_)));
  if (token_start_ == nullptr) {
    buffer_begin_ = cur_;
  } else {
    joined_.push_back({lineno_ + 1, buffer_begin_});
  }
  line_start_ = cur_;
  lineno_++;
  inp_ = newline ? newline + 1 : text_end_;
  return true;
}

inline int Lexer::nextChar() {
  if (cur_ >= inp_ && !nextLine()) return -1;
  return static_cast<unsigned char>(*cur_++);
}

std::string_view Lexer::line(int lineno) const {
  const char* begin = text_;
  for (int i = 1; i < relativeLine(lineno); i++) {
    auto* newline =
        static_cast<const char*>(std::memchr(begin, '\n', static_cast<size_t>(text_end_ - begin)));
    if (!newline || newline + 1 > inp_) break;
    begin = newline + 1;
  }
  auto* end = static_cast<const char*>(std::memchr(begin, '\n', static_cast<size_t>(text_end_ - begin)));
  return {begin, static_cast<size_t>((end ? end : text_end_) - begin)};
}

bool Lexer::endsInput(size_t index) const {
  const Token& token = tokens_[index];
  if (token.type == Tok::Error) return failure_ == LexFailure::Eof || unterminated_string_;
  if (index >= eof_index_) return true;
  // All but strings and the longest operators are ended by looking at the character after them.
  if (token.col_offset < 0 || token.type == Tok::String || token.type == Tok::Newline) return false;
  bool is_operator = token.type > Tok::Newline && token.type <= Tok::Op;
  if (is_operator && token.length == 3) return false;
  if (token.type == Tok::Dot && *token.end() == '.') return token.end() + 1 == text_end_;
  return token.end() == text_end_;
}

std::pair<const char*, const char*> Lexer::joinedLines(int lineno) const {
  std::string_view own = line(lineno);
  const char* end = own.data() + own.size();
  if (*end == '\n') end++;
  if (unterminated_string_ && relativeLine(lineno) == lineno_) return {buffer_begin_, inp_};
  for (const JoinedLine& joined : joined_) {
    if (joined.lineno == relativeLine(lineno)) return {joined.begin, end};
  }
  return {own.data(), end};
}

// Errors

// Lines are missing: what seems wrong because of that is not.
bool Lexer::isCutOff() const {
  return failure_ == LexFailure::Interrupted || failure_ == LexFailure::Stopped ||
         failure_ == LexFailure::Unreadable;
}

Tok Lexer::fail(LexFailure failure) {
  if (!isCutOff()) failure_ = failure;
  return Tok::Error;
}

Diagnostic Lexer::diagnosticHere(std::string message) const {
  Diagnostic error;
  error.message = std::move(message);
  error.lineno = error.end_lineno = lineno_ + options_.first_lineno - 1;
  error.offset = error.end_offset = utf8Length({line_start_, static_cast<size_t>(cur_ - line_start_)});
  size_t length = std::strcspn(line_start_, "\n");
  error.text = utf8Replace({line_start_, length});
  return error;
}

Tok Lexer::raise(std::string message) {
  error_ = diagnosticHere(std::move(message));
  return fail(LexFailure::Raised);
}

Tok Lexer::raiseRange(std::string message, int offset, int end_offset) {
  error_ = diagnosticHere(std::move(message));
  error_.offset = offset;
  error_.end_offset = end_offset;
  return fail(LexFailure::Raised);
}

void Lexer::warnNumber(const char* kind) {
  std::string message = std::string("invalid ") + kind + " literal";
  if (!options_.warnings) return;
  Warning warning{false, message, lineno_ + options_.first_lineno - 1, diagnosticHere(message)};
  options_.warnings->add(std::move(warning), options_.is_source);
}

// Tokens

void Lexer::fetch() {
  if (count_ == capacity_) grow();
  if (failure_ != LexFailure::None) {
    tokens_[count_] = tokens_[count_ - 1];
    count_++;
    return;
  }
  Token token;
  token.type = next(token);
  while (token.type == Tok::TypeIgnore) {
    type_ignores_.push_back({lineno_ + options_.first_lineno - 1, token.text()});
    token = Token{};
    token.type = next(token);
  }
  if (options_.single && token.type == Tok::EndMarker && started_) {
    token.type = Tok::Newline;
    started_ = false;
    if (indent_ && !options_.dont_imply_dedent) {
      pending_ = -indent_;
      indent_ = 0;
    }
  } else {
    started_ = true;
  }
  bool is_string = token.type == Tok::String;
  int shift = lineno_ == 1 ? options_.first_col_offset : 0;
  const char* begin = is_string ? string_line_start_ : line_start_;
  token.lineno = (is_string ? string_lineno_ : lineno_) + options_.first_lineno - 1;
  token.end_lineno = lineno_ + options_.first_lineno - 1;
  token.col_offset =
      (token.start && token.start >= begin ? static_cast<int>(token.start - begin) : -1) + shift;
  token.end_col_offset =
      (token.start && token.end() >= line_start_ ? static_cast<int>(token.end() - line_start_) : -1) + shift;
  token.level = static_cast<uint8_t>(depth_);
  if (!token.start) {
    token.start = line_start_;
    token.length = static_cast<uint32_t>(cur_ - line_start_);
  }
  if (eof_ && eof_index_ > count_) eof_index_ = count_;
  tokens_[count_++] = token;
}

Tok Lexer::finish(Token& token, Tok type, const char* end) {
  token.start = token_start_;
  token.length = static_cast<uint32_t>(end - token_start_);
  return type;
}

Tok Lexer::endOfText() {
  if (!eof_) return fail(LexFailure::Unexplained);
  if (isCutOff() || depth_ > 0) return fail(LexFailure::Eof);
  return Tok::EndMarker;
}

Tok Lexer::next(Token& token) {
next_line:
  token_start_ = nullptr;
  bool blank_line = false;
  if (at_line_begin_) {
    at_line_begin_ = false;
    if (!readIndentation(&blank_line)) return Tok::Error;
  }
  token_start_ = cur_;
  if (pending_ != 0) {
    bool dedent = pending_ < 0;
    pending_ += dedent ? 1 : -1;
    return dedent ? Tok::Dedent : Tok::Indent;
  }
  if (cur_ == inp_) nextLine();  // CPython looks at the next character here: another gap goes by
  if (in_async_def_ && !blank_line && *cur_ != '\n' && depth_ == 0 && async_def_newline_ &&
      async_def_indent_ >= indent_) {
    in_async_def_ = async_def_newline_ = false;
  }
again:
  token_start_ = nullptr;
  int c = nextChar();
  while (c >= 0 && isBlank(static_cast<char>(c))) c = nextChar();
  token_start_ = cur_ - (c >= 0 ? 1 : 0);
  if (c == '#') {
    if (Tok type = readComment(token, blank_line); type != Tok::EndMarker) return type;
    c = nextChar();
  }
  if (c < 0) return endOfText();
  if (isNameStart(c)) return readName(token);
  if (c == '\n') {
    at_line_begin_ = true;
    if (blank_line || depth_ > 0) goto next_line;
    async_def_newline_ = async_def_newline_ || in_async_def_;
    return finish(token, Tok::Newline, cur_ - 1);
  }
  if (isDigitChar(c) || (c == '.' && isDigitChar(static_cast<unsigned char>(*cur_)))) {
    cur_--;
    return readNumber(token);
  }
  if (c == '\'' || c == '"') return readString(token, cur_ - 1);
  if (c == '\\') {
    if (!continuationLine()) return Tok::Error;
    goto again;
  }
  return readOperator(token);
}

// Reads the blanks at the start of a line and queues INDENTs or DEDENTs. *blank_line: nothing but a comment
// follows.
bool Lexer::readIndentation(bool* blank_line) {
  int col = 0, alt_col = 0, continued_col = 0;
  int c;
  for (;;) {
    c = nextChar();
    if (c == ' ') {
      col++, alt_col++;
    } else if (c == '\t') {
      col = (col / kTabSize + 1) * kTabSize;
      alt_col++;
    } else if (c == '\f') {
      col = alt_col = 0;
    } else if (c == '\\') {
      // The first backslash decides the level of what follows on the next line.
      continued_col = continued_col ? continued_col : col;
      if (!continuationLine()) return false;
    } else {
      break;
    }
  }
  if (failure_ == LexFailure::Unreadable) return false;
  backUp(c);
  if (c == '#' || c == '\n') {
    if (callbacks_ && col == 0 && c == '\n') {
      *blank_line = false;  // an empty line ends an interactive block
    } else if (callbacks_ && lineno_ == 1) {
      *blank_line = false;
      col = alt_col = 0;
    } else {
      *blank_line = true;
    }
  }
  if (*blank_line || depth_ > 0) return true;
  if (continued_col) col = alt_col = continued_col;
  return applyIndentation(col, alt_col) != Tok::Error;
}

Tok Lexer::applyIndentation(int col, int alt_col) {
  LexFailure failure = LexFailure::None;
  if (col == indents_[indent_]) {
    if (alt_col != alt_indents_[indent_]) failure = LexFailure::TabSpace;
  } else if (col > indents_[indent_]) {
    if (indent_ + 1 >= kMaxIndent) {
      failure = LexFailure::TooDeep;
    } else if (alt_col <= alt_indents_[indent_]) {
      failure = LexFailure::TabSpace;
    } else {
      pending_++;
      indents_[++indent_] = col;
      alt_indents_[indent_] = alt_col;
    }
  } else {
    while (indent_ > 0 && col < indents_[indent_]) {
      pending_--;
      indent_--;
    }
    if (col != indents_[indent_]) {
      failure = LexFailure::Dedent;
    } else if (alt_col != alt_indents_[indent_]) {
      failure = LexFailure::TabSpace;
    }
  }
  if (failure == LexFailure::None) return Tok::Indent;
  cur_ = inp_;
  return fail(failure);
}

bool Lexer::continuationLine() {
  int c = nextChar();
  if (c != '\n') {
    fail(LexFailure::LineContinuation);
    return false;
  }
  c = nextChar();
  if (c < 0) {
    cur_ = inp_;
    fail(LexFailure::Eof);
    return false;
  }
  backUp(c);
  return true;
}

// Consumes a comment up to its newline. Returns EndMarker for an ordinary one.
Tok Lexer::readComment(Token& token, bool blank_line) {
  auto* newline = static_cast<const char*>(std::memchr(cur_, '\n', static_cast<size_t>(inp_ - cur_)));
  cur_ = newline ? newline : inp_;
  if (!options_.type_comments) return Tok::EndMarker;
  const char* p = token_start_;
  for (const char* prefix = "# type: "; *prefix; prefix++) {
    if (*prefix == ' ') {
      while (p < cur_ && (*p == ' ' || *p == '\t')) p++;
    } else if (p < cur_ && *p == *prefix) {
      p++;
    } else {
      return Tok::EndMarker;
    }
  }
  const char* ignore_end = p + 6;
  bool is_ignore =
      cur_ >= ignore_end && std::memcmp(p, "ignore", 6) == 0 &&
      !(cur_ > ignore_end && isNameChar(static_cast<unsigned char>(*ignore_end)) && *ignore_end != '_');
  token.start = is_ignore ? ignore_end : p;
  token.length = static_cast<uint32_t>(cur_ - token.start);
  if (!is_ignore) return Tok::TypeComment;
  if (blank_line) {
    nextChar();
    at_line_begin_ = true;
  }
  return Tok::TypeIgnore;
}

Tok Lexer::readName(Token& token) {
  const char* start = cur_ - 1;
  // A string prefix is at most two letters of b, r, u, f in a legal combination.
  bool saw_b = false, saw_r = false, saw_u = false, saw_f = false;
  for (const char* p = start;; p++) {
    char c = static_cast<char>(*p | 0x20);
    if (*p == '"' || *p == '\'') return cur_ = p + 1, readString(token, p);
    if (!(saw_b || saw_u || saw_f) && c == 'b') {
      saw_b = true;
    } else if (!(saw_b || saw_u || saw_r || saw_f) && c == 'u') {
      saw_u = true;
    } else if (!(saw_r || saw_u) && c == 'r') {
      saw_r = true;
    } else if (!(saw_f || saw_b || saw_u) && c == 'f') {
      saw_f = true;
    } else {
      break;
    }
  }
  unsigned char seen = 0;
  const char* p = start;
  while (kByteClasses[static_cast<uint8_t>(*p)] & kNameChar) seen |= static_cast<unsigned char>(*p++);
  cur_ = p;
  Tok type = Tok::Name;
  if (seen & 0x80) {
    if (!verifyName(start)) return Tok::Error;
  } else {
    type = keywordType(start, static_cast<uint32_t>(p - start), &token.soft);
    if ((type == Tok::Async || type == Tok::Await) && options_.async_hacks) type = legacyAsync(type);
  }
  return finish(token, type, cur_);
}

// Before 3.7, async and await were keywords only in front of `def` and inside of `async def`.
Tok Lexer::legacyAsync(Tok type) {
  if (in_async_def_) return type;
  if (type == Tok::Await || !isAsyncDef()) return Tok::Name;
  async_def_indent_ = indent_;
  in_async_def_ = true;
  return Tok::Async;
}

bool Lexer::isAsyncDef() {
  const char* p = cur_;
  while (isBlank(*p)) p++;
  return std::strncmp(p, "def", 3) == 0 && !isNameChar(static_cast<unsigned char>(p[3]));
}

bool Lexer::verifyName(const char* start) {
  std::string_view name(start, static_cast<size_t>(cur_ - start));
  if (Utf8Error bad = utf8Check(name); bad.reason) {
    error_.message = utf8ErrorMessage(name, bad);
    error_.text = std::string(name);
    fail(LexFailure::Decode);
    return false;
  }
  for (const char* p = start; p < cur_;) {
    bool first = p == start;
    char32_t c = utf8Next(&p);
    if (c == '_' || (first ? unicode::isXidStart(c) : unicode::isXidContinue(c))) continue;
    cur_ = p;
    if (isPrintableChar(c)) {
      std::string shown;
      utf8Append(shown, c);
      raise("invalid character '" + shown + "' (" + hexCode(c) + ")");
    } else {
      raise("invalid non-printable character " + hexCode(c));
    }
    return false;
  }
  return true;
}

Tok Lexer::readString(Token& token, const char* quote_at) {
  char quote = *quote_at;
  string_lineno_ = lineno_;
  string_line_start_ = line_start_;
  const char* p = quote_at + 1;
  if (*p == quote && p[1] != quote) {
    cur_ = p + 1;
    return finish(token, Tok::String, cur_);
  }
  int quote_size = *p == quote ? 3 : 1;
  cur_ = quote_size == 3 ? p + 2 : p;
  int run = 0;
  while (run != quote_size) {
    int c = nextChar();
    if (failure_ == LexFailure::Unreadable) return Tok::Error;
    if (c < 0 || (quote_size == 1 && c == '\n')) {
      std::string where = " (detected at line " + std::to_string(lineno_ + options_.first_lineno - 1) + ")";
      unterminated_string_ = c < 0;
      cur_ = token_start_ + 1;
      line_start_ = string_line_start_;
      lineno_ = string_lineno_;
      return raise(
          (quote_size == 3 ? "unterminated triple-quoted string literal" : "unterminated string literal") +
          where);
    }
    run = c == quote ? run + 1 : 0;
    if (c == '\\') nextChar();
  }
  return finish(token, Tok::String, cur_);
}

namespace {

Tok twoCharOperator(char a, char b) {
  if (b == '=') {
    switch (a) {
      case '=': return Tok::EqEqual;
      case '!': return Tok::NotEqual;
      case '<': return Tok::LessEqual;
      case '>': return Tok::GreaterEqual;
      case '+': return Tok::PlusEqual;
      case '-': return Tok::MinEqual;
      case '*': return Tok::StarEqual;
      case '/': return Tok::SlashEqual;
      case '%': return Tok::PercentEqual;
      case '&': return Tok::AmperEqual;
      case '|': return Tok::VBarEqual;
      case '^': return Tok::CircumflexEqual;
      case '@': return Tok::AtEqual;
      case ':': return Tok::ColonEqual;
      default: return Tok::Op;
    }
  }
  if (a == '*' && b == '*') return Tok::DoubleStar;
  if (a == '/' && b == '/') return Tok::DoubleSlash;
  if (a == '<' && b == '<') return Tok::LeftShift;
  if (a == '>' && b == '>') return Tok::RightShift;
  if (a == '<' && b == '>') return Tok::NotEqual;
  if (a == '-' && b == '>') return Tok::RArrow;
  return Tok::Op;
}

Tok withEqual(Tok two) {
  switch (two) {
    case Tok::DoubleStar: return Tok::DoubleStarEqual;
    case Tok::DoubleSlash: return Tok::DoubleSlashEqual;
    case Tok::LeftShift: return Tok::LeftShiftEqual;
    case Tok::RightShift: return Tok::RightShiftEqual;
    default: return Tok::Op;
  }
}

Tok oneCharOperator(char c) {
  switch (c) {
    case ':': return Tok::Colon;
    case ',': return Tok::Comma;
    case ';': return Tok::Semi;
    case '+': return Tok::Plus;
    case '-': return Tok::Minus;
    case '*': return Tok::Star;
    case '/': return Tok::Slash;
    case '|': return Tok::VBar;
    case '&': return Tok::Amper;
    case '<': return Tok::Less;
    case '>': return Tok::Greater;
    case '=': return Tok::Equal;
    case '.': return Tok::Dot;
    case '%': return Tok::Percent;
    case '~': return Tok::Tilde;
    case '^': return Tok::Circumflex;
    case '@': return Tok::At;
    default: return Tok::Op;
  }
}

}  // namespace

Tok Lexer::readOperator(Token& token) {
  char c = cur_[-1];
  Tok type;
  switch (c) {
    case '(':
    case '[':
    case '{': type = openBracket(c); break;
    case ')':
    case ']':
    case '}': type = closeBracket(c); break;
    case '.':
      type = Tok::Dot;
      if (cur_[0] == '.' && cur_[1] == '.') {
        cur_ += 2;
        type = Tok::Ellipsis;
      }
      break;
    default: {
      type = twoCharOperator(c, *cur_);
      if (type == Tok::Op) {
        if (static_cast<unsigned char>(c) < ' ' || c == 127) {
          return raise("invalid non-printable character " + hexCode(static_cast<unsigned char>(c)));
        }
        type = oneCharOperator(c);
        break;
      }
      cur_++;
      if (*cur_ == '=' && withEqual(type) != Tok::Op) {
        cur_++;
        type = withEqual(type);
      }
    }
  }
  if (type == Tok::Error) return type;
  return finish(token, type, cur_);
}

bool Lexer::bracketsRunTooDeep() {
  constexpr int kNearlyTooDeep = kMaxDepth - 20;
  size_t last = count_ - 1;
  while (depth_ >= kNearlyTooDeep && at(last).type != Tok::Error && at(last).type != Tok::EndMarker) last++;
  return depth_ >= kNearlyTooDeep && failure_ == LexFailure::Raised;
}

Tok Lexer::openBracket(char c) {
  if (depth_ >= kMaxDepth) return raise("too many nested parentheses");
  brackets_[depth_++] = {c, lineno_ + options_.first_lineno - 1,
                         static_cast<int>(token_start_ - line_start_)};
  return c == '(' ? Tok::LPar : c == '[' ? Tok::LSqb : Tok::LBrace;
}

Tok Lexer::closeBracket(char c) {
  if (depth_ == 0) return raise(std::string("unmatched '") + c + "'");
  const Bracket& open = brackets_[--depth_];
  char expected = open.kind == '(' ? ')' : open.kind == '[' ? ']' : '}';
  if (c == expected) return c == ')' ? Tok::RPar : c == ']' ? Tok::RSqb : Tok::RBrace;
  std::string message =
      std::string("closing parenthesis '") + c + "' does not match opening parenthesis '" + open.kind + "'";
  if (open.lineno != lineno_ + options_.first_lineno - 1)
    message += " on line " + std::to_string(open.lineno);
  return raise(std::move(message));
}

}  // namespace krait::parser
