// _PyImport_FrozenBootstrap, -Stdlib and -Test: the tables of frozen modules, as cpython/import.h describes
// them.
#include <array>
#include <utility>

#include "capi/capi.h"
#include "modules/frozen.h"

using namespace krait;

namespace {

struct FrozenRow {  // struct _frozen
  const char* name;
  const unsigned char* code;  // null: get_code answers it
  int size, is_package;
  PyObject* (*get_code)();
};
static_assert(sizeof(FrozenRow) == 32 && offsetof(FrozenRow, get_code) == 24);

template <size_t Index>
PyObject* frozenCodeAt() {
  return toC(modules::frozenCode(modules::kFrozenModules[Index]));
}

template <size_t First, size_t... Offsets>
constexpr auto rowsOf(std::index_sequence<Offsets...>) {
  return std::array<FrozenRow, sizeof...(Offsets) + 1>{
      FrozenRow{modules::kFrozenModules[First + Offsets].name, nullptr, 0,
                modules::kFrozenModules[First + Offsets].is_package, frozenCodeAt<First + Offsets>}...,
      FrozenRow{}};
}
template <size_t First, size_t End>
constexpr auto rows() {
  return rowsOf<First>(std::make_index_sequence<End - First>());
}

constexpr size_t indexOf(std::string_view name) {
  size_t index = 0;
  while (modules::kFrozenModules[index].name != name) index++;
  return index;
}
constexpr size_t kStdlib = indexOf("abc"), kTest = indexOf("__hello__");

constexpr auto kBootstrapRows = rows<0, kStdlib>();
constexpr auto kStdlibRows = rows<kStdlib, kTest>();
constexpr auto kTestRows = rows<kTest, std::size(modules::kFrozenModules)>();

}  // namespace

KR_EXPORT constinit const FrozenRow* _PyImport_FrozenBootstrap = kBootstrapRows.data();
KR_EXPORT constinit const FrozenRow* _PyImport_FrozenStdlib = kStdlibRows.data();
KR_EXPORT constinit const FrozenRow* _PyImport_FrozenTest = kTestRows.data();
