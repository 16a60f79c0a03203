// Warnings in the order in which CPython issues them while parsing.
//
// A token is lexed once, so its warnings stay; a literal is evaluated again whenever its text is parsed
// again, so its warnings are dropped when the parser goes back and come anew.
#pragma once

#include <vector>

#include "parser/parse.h"

namespace krait::parser {

class WarningList {
 public:
  void add(Warning warning, bool from_source_lexer) {
    items_.push_back({std::move(warning), from_source_lexer});
  }
  size_t mark() const { return items_.size(); }
  void dropReparsed(size_t mark) {
    std::erase_if(items_, [&, index = size_t{0}](const Item& item) mutable {
      return index++ >= mark && !item.from_source_lexer;
    });
  }
  std::vector<Warning> take() {
    std::vector<Warning> result;
    for (Item& item : items_) result.push_back(std::move(item.warning));
    items_.clear();
    return result;
  }

 private:
  struct Item {
    Warning warning;
    bool from_source_lexer;
  };
  std::vector<Item> items_;
};

}  // namespace krait::parser
