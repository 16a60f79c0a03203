// Text signatures, parsed at compile time: "sort($self, /, *, key=None, reverse=False)".
//
// A leading '!' hides the text from __text_signature__ (for functions whose CPython counterpart has none); a
// '%' behind it says that CPython's counterpart is METH_VARARGS, "%%" that PyArg_ParseTuple takes it apart,
// whose words differ. A type's constructor may have no name, "(year, month)": messages speak of "function"
// then.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/text.h"

namespace krait {

constexpr int kMaxParams = 26;

struct Param {
  std::string_view name, fallback;  // fallback: the text behind '=', empty when required
  bool required = false;
};

struct ParsedSignature {
  std::string_view function;
  std::array<Param, kMaxParams> params{};
  int count = 0, positional_only = 0, positional = 0;
  bool hidden = false, variadic = false;  // variadic: has *args or **kwargs, bound by the function itself
  bool packed = false;                    // METH_KR_PACKED
  bool classic = false;                   // wrong counts and types are told in PyArg_ParseTuple's words
  bool names = false;                     // has **kwargs
};

void badTextSignature();  // never defined: reached only in a failing compile-time parse

consteval std::string_view trimSpaces(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\n')) s.remove_prefix(1);
  while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
  return s;
}

// Length of the first comma-separated item; commas inside brackets and quotes do not count.
consteval size_t firstItemLength(std::string_view s) {
  int depth = 0;
  char quote = 0;
  for (size_t i = 0; i < s.size(); i++) {
    char c = s[i];
    if (quote) {
      if (c == quote) quote = 0;
      continue;
    }
    if (c == '\'' || c == '"') quote = c;
    if (c == '(' || c == '[' || c == '{') depth++;
    if (c == ')' || c == ']' || c == '}') depth--;
    if (c == ',' && depth == 0) return i;
  }
  return s.size();
}

consteval ParsedSignature parseSignature(std::string_view text) {
  ParsedSignature sig;
  if (text.starts_with('!')) {
    sig.hidden = true;
    text.remove_prefix(1);
  }
  if (text.starts_with('%')) {
    sig.packed = true;
    text.remove_prefix(1);
  }
  if (text.starts_with('%')) {
    sig.classic = true;
    text.remove_prefix(1);
  }
  size_t open = text.find('(');
  if (open == text.npos || text.back() != ')') badTextSignature();
  sig.function = text.substr(0, open);
  std::string_view body = text.substr(open + 1, text.size() - open - 2);
  bool keyword_only = false;
  while (!body.empty()) {
    size_t length = firstItemLength(body);
    std::string_view item = trimSpaces(body.substr(0, length));
    body = length == body.size() ? std::string_view{} : body.substr(length + 1);
    if (item.empty() || item.front() == '$') continue;
    if (item == "/") {
      sig.positional_only = sig.count;
      continue;
    }
    if (item == "*") {
      keyword_only = true;
      continue;
    }
    if (item.front() == '*') {
      sig.variadic = true;
      sig.names |= item.starts_with("**");
      keyword_only = true;
      continue;
    }
    size_t equals = item.find('=');
    bool required = equals == item.npos;
    sig.params[sig.count++] = {item.substr(0, equals),
                               required ? std::string_view{} : item.substr(equals + 1), required};
    if (!keyword_only) sig.positional = sig.count;
  }
  return sig;
}

// What the run-time binder needs; one constant per row.
struct RuntimeSignature {
  const char* function;
  std::array<const char*, kMaxParams> names;
  uint32_t required_mask;
  uint8_t count, positional_only, positional;
  bool classic;
};

// NUL-terminated copies of the pieces of a signature, with static storage.
template <Text S>
struct SignatureOf {
  static constexpr ParsedSignature parsed = parseSignature(S.view());
  struct Storage {
    char chars[S.size() + kMaxParams + 2]{};
    std::array<size_t, kMaxParams> starts{};
  };
  static constexpr Storage storage = [] {
    Storage s;
    size_t at = 0;
    for (char c : parsed.function) s.chars[at++] = c;
    at++;
    for (int i = 0; i < parsed.count; i++) {
      s.starts[i] = at;
      for (char c : parsed.params[i].name) s.chars[at++] = c;
      at++;
    }
    return s;
  }();
  static constexpr RuntimeSignature runtime = [] {
    RuntimeSignature r{};
    r.function = storage.chars;
    for (int i = 0; i < parsed.count; i++) {
      r.names[i] = storage.chars + storage.starts[i];
      if (parsed.params[i].required) r.required_mask |= 1u << i;
    }
    r.count = parsed.count;
    r.positional_only = parsed.positional_only;
    r.positional = parsed.positional;
    r.classic = parsed.classic;
    return r;
  }();
};

// "name(sig)\n--\n\ndoc" (or the doc alone when the signature is hidden), with static storage.
template <Text S, Text Doc>
struct DocOf {
  static constexpr size_t kHidden = S.chars[0] == '!' ? 1 : 0;
  struct Storage {
    char chars[S.size() + Doc.size() + 8]{};
  };
  static constexpr Storage storage = [] {
    Storage s;
    size_t at = 0;
    if (!kHidden) {
      for (char c : S.view()) s.chars[at++] = c;
      for (char c : std::string_view("\n--\n\n")) s.chars[at++] = c;
    }
    for (char c : Doc.view()) s.chars[at++] = c;
    return s;
  }();
  static constexpr const char* text = storage.chars;
};
// tp_doc of a type: docText<"list(iterable=(), /)", "A mutable sequence.">
template <Text S, Text Doc>
inline constexpr const char* docText = DocOf<S, Doc>::text;

}  // namespace krait
