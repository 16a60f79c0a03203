#include "core/native_order.h"

#include <unordered_map>

namespace krait {

std::vector<PyMethodDef> mergedInOrder(std::initializer_list<const PyMethodDef*> tables,
                                       std::string_view names) {
  std::unordered_map<std::string_view, const PyMethodDef*> rows;
  for (const PyMethodDef* row : tables)
    for (; row->ml_name; row++) rows.emplace(row->ml_name, row);
  std::vector<PyMethodDef> ordered;
  ordered.reserve(rows.size() + 1);
  while (!names.empty()) {
    std::string_view wanted = names.substr(0, names.find(' '));
    names.remove_prefix(wanted.size() == names.size() ? wanted.size() : wanted.size() + 1);
    auto found = rows.find(wanted);
    KR_ASSERT(found != rows.end(), "a name without a row");
    ordered.push_back(*found->second);
  }
  KR_ASSERT(ordered.size() == rows.size(), "a row without a name");
  ordered.push_back({});
  return ordered;
}

}  // namespace krait
