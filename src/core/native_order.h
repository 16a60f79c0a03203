// Rows in the order that vars() of the type shows, where they are written in another one: shared tables,
// related methods kept together.
#pragma once

#include <array>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "core/native.h"

namespace krait {

consteval size_t wordCount(std::string_view words) {
  size_t count = 0;
  for (size_t i = 0; i < words.size(); i++) count += words[i] != ' ' && (i == 0 || words[i - 1] == ' ');
  return count;
}

// names: all rows' names, separated by single blanks. The last row given is the terminator.
template <size_t N>
consteval std::array<PyMethodDef, N> inOrder(std::string_view names, const PyMethodDef (&rows)[N]) {
  if (wordCount(names) != N - 1) badTextSignature();
  std::array<PyMethodDef, N> ordered{};
  for (size_t at = 0; at < N - 1; at++) {
    std::string_view wanted = names.substr(0, names.find(' '));
    names.remove_prefix(at == N - 2 ? names.size() : wanted.size() + 1);
    size_t row = 0;
    while (row < N - 1 && wanted != rows[row].ml_name) row++;
    if (row == N - 1) badTextSignature();  // no such row
    ordered[at] = rows[row];
  }
  return ordered;
}

// Likewise for the tables of several files, at run time. The rows have to live as long as what is made of
// them.
std::vector<PyMethodDef> mergedInOrder(std::initializer_list<const PyMethodDef*> tables,
                                       std::string_view names);

}  // namespace krait
