// A small insertion-ordered map from identifiers to numbers: a list, hashed once it has grown.
#pragma once

#include <unordered_map>
#include <vector>

#include "parser/ast.h"

namespace krait::compiler {

using Name = const ast::Identifier*;

class NameMap {
 public:
  static constexpr int kAbsent = -1;

  // The position of `name` in insertion order.
  int find(Name name) const {
    if (hashed_.empty()) {
      for (size_t i = 0; i < names_.size(); i++) {
        if (names_[i] == name) return static_cast<int>(i);
      }
      return kAbsent;
    }
    auto it = hashed_.find(name);
    return it == hashed_.end() ? kAbsent : it->second;
  }
  bool contains(Name name) const { return find(name) != kAbsent; }
  // The position, new or old.
  int add(Name name) {
    int at = find(name);
    if (at != kAbsent) return at;
    at = size();
    names_.push_back(name);
    if (!hashed_.empty()) {
      hashed_.emplace(name, at);
    } else if (names_.size() > kMaxLinear) {
      for (size_t i = 0; i < names_.size(); i++) hashed_.emplace(names_[i], static_cast<int>(i));
    }
    return at;
  }
  int size() const { return static_cast<int>(names_.size()); }
  Name at(int index) const { return names_[static_cast<size_t>(index)]; }
  const std::vector<Name>& names() const { return names_; }

 private:
  static constexpr size_t kMaxLinear = 8;

  std::vector<Name> names_;
  std::unordered_map<Name, int> hashed_;
};

// A set of identifiers of one tree, as bits by their dense number.
class NameSet {
 public:
  bool contains(Name name) const {
    size_t word = name->index / 64;
    return word < words_.size() && (words_[word] >> (name->index % 64) & 1);
  }
  void add(Name name) {
    size_t word = name->index / 64;
    if (word >= words_.size()) words_.resize(word + 1);
    words_[word] |= uint64_t{1} << (name->index % 64);
  }
  bool remove(Name name) {
    if (!contains(name)) return false;
    words_[name->index / 64] &= ~(uint64_t{1} << (name->index % 64));
    return true;
  }
  void addAll(const NameSet& other) {
    if (other.words_.size() > words_.size()) words_.resize(other.words_.size());
    for (size_t i = 0; i < other.words_.size(); i++) words_[i] |= other.words_[i];
  }
  // Calls visit(index) for each member.
  template <class F>
  void forEachIndex(F visit) const {
    for (size_t i = 0; i < words_.size(); i++) {
      for (uint64_t rest = words_[i]; rest; rest &= rest - 1) {
        visit(static_cast<uint32_t>(i * 64 + static_cast<size_t>(__builtin_ctzll(rest))));
      }
    }
  }

 private:
  std::vector<uint64_t> words_;
};

}  // namespace krait::compiler
