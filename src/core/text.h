// Text as a template argument: `template <Text S> ...` is usable as f<"some text">.
#pragma once

#include <cstddef>
#include <string_view>

namespace krait {

template <size_t N>
struct Text {
  char chars[N]{};
  consteval Text(const char (&text)[N]) {
    for (size_t i = 0; i < N; i++) chars[i] = text[i];
  }
  static constexpr size_t size() { return N - 1; }
  constexpr std::string_view view() const { return {chars, N - 1}; }
};

}  // namespace krait
